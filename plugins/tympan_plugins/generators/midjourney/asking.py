"""From a request to the prompts of its jobs: options, references and follow-ups become parameters and steps.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import msgspec

from tympan import Reference, Request
from tympan_plugins.generators.midjourney.grammar import Prompt, expand, parse
from tympan_plugins.generators.midjourney.rules import Known, known, problems
from tympan_plugins.generators.midjourney.tables import (
    FOLLOW_UPS,
    GRID,
    MOST_JOBS,
    PARAMETERS,
    SAME,
    SEED_END,
    FollowUp,
)

# What the website calls the places of its prompt bar.
_PLACES = {
    "sref": "Style Reference",
    "oref": "Omni Reference",
    "cref": "Character Reference",
    "": "Image Prompt",
}
# Role of a reference -> its weight, and the weight's end: strength 0 to 1 becomes 0 to that.
_WEIGHTS = {"sref": ("sw", 1000), "oref": ("ow", 1000), "cref": ("cw", 100), "": ("iw", 3)}
_STRENGTH = Reference(role="style", image="").strength
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PLAIN = ("", "image-to-image", "text-to-image")


class Asked(NamedTuple):
    """One prompt of a request. version: a sentence if the model is wrong; drops: which pictures go where;
    beside: the parameters that dropped pictures stand for; faults: what options and references have wrong."""

    prompt: Prompt
    version: Known | str
    drops: tuple[str, ...]
    beside: frozenset[str]
    faults: tuple[str, ...]
    follow_up: FollowUp | None = None
    region: str = ""

    @property
    def omni(self) -> bool:
        """Whether an omni reference is dropped beside the prompt."""
        return "oref" in self.beside


def follow_up(request: Request) -> FollowUp | None:
    """The follow-up that the operation names, None for a prompt of its own."""
    return FOLLOW_UPS.get(SAME.get(request.operation, request.operation))


def asked(request: Request) -> Asked:
    """The one prompt of a request whose permutations are spelt out."""
    found = parse(request.prompt)
    params, faults = dict(found.params), list(found.faults)
    for name, value in _from_options(request.options).items():
        if params.setdefault(name, value) != value:
            faults.append(f"--{name} is {params[name]!r} in the prompt and {value!r} in source.options")
    version = _version(request, params, faults)
    if "seed" in params:
        faults.append("the seed is source.seed: take --seed out of the prompt")
    params["seed"] = str(request.seed % SEED_END)
    if request.negative_prompt:
        params["no"] = ", ".join(filter(None, [params.get("no", ""), request.negative_prompt.strip()]))
    _aspect(request, params)
    params.pop("repeat", None)
    images = [*found.images, *request.options.get("images", ())]
    drops, beside = _references(request, version, params, images, faults)
    prompt = Prompt(tuple(images), found.text, params, ())
    return Asked(
        prompt, version, tuple(drops), frozenset(beside), tuple(faults), follow_up(request), request.region
    )


def _version(request: Request, params: dict[str, str], faults: list[str]) -> Known | str:
    said = f"niji {params['niji']}" if "niji" in params else params.get("version", "")
    version = known(request.model or said)
    if isinstance(version, Known):
        if said and known(said) != version:
            faults.append(f"the prompt says version {said}, source.model says {request.model}")
        params.pop("version", None)
        params.pop("niji", None)
        family, _, number = version.name.rpartition(" ")
        params[family or "version"] = number
    return version


def _from_options(options: dict[str, Any]) -> dict[str, str]:
    found = {}
    for name, value in options.items():
        if value in (None, "", False, (), []):
            continue
        if name in ("speed", "visibility"):
            found[value] = ""
        elif name == "profile":
            found[name] = "" if value == "default" else value
        elif name in PARAMETERS and name != "repeat":
            found[name] = _written(value)
    return found


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return ""
    if isinstance(value, int | float):
        return f"{value:.10g}"
    return " ".join(value) if isinstance(value, list | tuple) else str(value)


def _aspect(request: Request, params: dict[str, str]) -> None:
    width, height = request.size
    if "ar" not in params and width != height:
        shared = math.gcd(width, height)
        params["ar"] = f"{width // shared}:{height // shared}"


def _place(role: str, version: Known | str) -> str:
    if role == "style":
        return "sref"
    if role == "character":
        lacks = version.table.without if isinstance(version, Known) else {}
        return "cref" if "oref" in lacks and "cref" not in lacks else "oref"
    return ""


def _references(
    request: Request, version: Known | str, params: dict[str, str], images: list[str], faults: list[str]
) -> tuple[list[str], set[str]]:
    drops, beside, urls = [], set(), request.options.get("urls", {})
    strengths: dict[str, set[float]] = {}
    for name in sorted(request.reference):
        reference = request.reference[name]
        if name == "selected" and follow_up(request):
            continue
        place = _place(reference.role, version)
        strengths.setdefault(place, set()).add(reference.strength)
        if url := urls.get(name):
            if place:
                params[place] = f"{params.get(place, '')} {url}".strip()
            else:
                images.append(url)
        else:
            beside.add(place or "iw")
            drops.append(
                f"drop the picture {reference.image} ({name}) into the prompt bar as {_PLACES[place]}"
            )
    for place, found in strengths.items():
        _weigh(place, found, params, faults)
    faults += [
        f"source.options.urls has {name!r}, which is no reference"
        for name in sorted(set(urls) - set(request.reference))
    ]
    return drops, beside


def _weigh(place: str, strengths: set[float], params: dict[str, str], faults: list[str]) -> None:
    weight, end = _WEIGHTS[place]
    if len(strengths) > 1:
        faults.append(f"Midjourney has one weight (--{weight}) for all pictures that are {_PLACES[place]}")
    strength = max(strengths)
    # A strength that nobody has set leaves Midjourney's own default, which is not ours.
    if strength != _STRENGTH and weight not in params:
        value = strength * end if weight == "iw" else max(1 if weight == "ow" else 0, round(strength * end))
        params[weight] = f"{value:.4g}"


def _spelt_out(request: Request) -> tuple[list[str], int, str]:
    """The prompts, how often each, and what is wrong with the permutations."""
    texts, wrong = expand(request.prompt)
    said = parse(texts[0]).params.get("repeat", "1")
    repeat = max(int(said) if said.isdigit() else 1, request.options.get("repeat", 1))
    return texts, repeat, wrong


def jobs(request: Request) -> tuple[Request, ...]:
    """One request a job: so many prompts, so often, until there are as many pictures as are wanted."""
    texts, repeat, wrong = _spelt_out(request)
    follow = follow_up(request)
    brings = follow.brings if follow else GRID
    rounds = max(repeat, math.ceil(request.candidates / (len(texts) * brings)))
    if wrong or len(texts) * rounds == 1 or len(texts) * rounds > MOST_JOBS * GRID:
        return (request,)
    found: list[Request] = []
    wanted, ids = request.candidates, request.options.get("job_ids", ())
    for n in range(len(texts) * rounds):
        if wanted == 0:
            break  # a last round of jobs that bring one picture each need not be a whole one
        left = len(texts) * rounds - n - 1
        take = max(1, min(brings, wanted - left))
        wanted -= take
        prompt = parse(texts[n % len(texts)])
        prompt.params.pop("repeat", None)
        found.append(
            msgspec.structs.replace(
                request,
                prompt=texts[n % len(texts)] if prompt.faults else prompt.render(),
                seed=(request.seed + n) % SEED_END,
                candidates=take,
                options={**request.options, "repeat": 1, "job_ids": list(ids[n : n + 1])},
            )
        )
    return tuple(found)


def check(request: Request) -> Iterable[str]:
    """Everything that is wrong with a request, one sentence each, none twice."""
    found: dict[str, None] = {}
    texts, repeat, wrong = _spelt_out(request)
    if wrong:
        found[wrong] = None
    for text in texts:
        one = asked(msgspec.structs.replace(request, prompt=text))
        found.update(dict.fromkeys(one.faults))
        if isinstance(one.version, Known):
            found.update(dict.fromkeys(problems(one.prompt, one.version, one.beside)))
            found.update(dict.fromkeys(_about_references(request, one.version)))
        else:
            found[one.version] = None
    if not wrong and len(texts) * repeat > request.candidates:
        count = len(texts) * repeat
        found[f"these are {count} jobs with {count * GRID} pictures: say candidates = {count * GRID}"] = None
    found.update(dict.fromkeys(_about_request(request)))
    return list(found)


def _about_references(request: Request, version: Known) -> Iterable[str]:
    places = [_place(r.role, version) for name, r in request.reference.items()]
    for place in ("oref", "cref"):
        if place in places and place in version.table.without and not version.by:
            yield f"{version.shown} takes no character reference: {version.table.without[place]}"
    if places.count("oref") > 1:
        yield "an omni reference is one picture: only one reference may have the role character"
    follow = follow_up(request)
    if follow and follow.button.startswith("Upscale") and request.options.get("hd"):
        yield "a picture of --hd cannot be upscaled"


def _about_request(request: Request) -> Iterable[str]:
    follow = follow_up(request)
    if request.operation not in _PLAIN and follow is None:
        yield f"midjourney cannot {request.operation!r}: it has {', '.join(FOLLOW_UPS)}"
    if request.region and not (follow and follow.region):
        yield "a region is for the operation vary-region"
    if follow and follow.region and not request.region:
        yield "vary-region needs source.region, the mask of what is drawn anew"
    if request.lora:
        yield "Midjourney takes no LoRA: use a style reference, or options.profile"
    if request.control:
        yield "Midjourney takes no control map: use an image prompt (role content)"
    for each in request.options.get("job_ids", ()):
        if not _UUID.fullmatch(each):
            yield f"source.options.job_ids: {each!r} is no Job ID: 32 hex digits in five groups"
