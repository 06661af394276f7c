"""The generator `midjourney`: prompts, their prices, what a person is to do, and whose picture a file is.

Reads nothing. Writes nothing. Midjourney has no API, and its terms forbid tools that use it by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tympan import Claim, Cost, Instruction, Manual, ModelInfo, Params, Recalled, Request
from tympan_plugins.generators.midjourney import claims, rules, tables
from tympan_plugins.generators.midjourney.asking import Asked, asked, check, jobs
from tympan_plugins.generators.midjourney.rules import Known

_From0To100 = Annotated[int, Meta(ge=0, le=100)]
_From0To1000 = Annotated[int, Meta(ge=0, le=1000)]
_From0To3000 = Annotated[int, Meta(ge=0, le=3000)]
_From1To7 = Annotated[int, Meta(ge=1, le=7)]
_From1To1000 = Annotated[int, Meta(ge=1, le=1000)]
_From10To100 = Annotated[int, Meta(ge=10, le=100)]
_Weight = Annotated[float, Meta(ge=0, le=3)]


class MidjourneyParams(Params, frozen=True, kw_only=True):
    """Options of `midjourney`: its parameters under their long names."""

    ar: Annotated[str, Meta(description="Aspect ratio, such as `3:2`; from `source.size` if not given.")] = ""
    stylize: Annotated[_From0To1000 | None, Meta(description="How much of its own taste.")] = None
    chaos: Annotated[_From0To100 | None, Meta(description="How much the four differ.")] = None
    weird: Annotated[_From0To3000 | None, Meta(description="How odd.")] = None
    exp: Annotated[_From0To100 | None, Meta(description="Experimental detail.")] = None
    quality: Annotated[float | None, Meta(description="GPU time on details: 1, 2 or 4 in V7.")] = None
    style: Annotated[str, Meta(description="A style of Niji 6, such as `cute`.")] = ""
    raw: Annotated[bool, Meta(description="Less of its own taste.")] = False
    tile: Annotated[bool, Meta(description="A pattern that repeats.")] = False
    draft: Annotated[bool, Meta(description="Quick and half the price (V7).")] = False
    hd: Annotated[bool, Meta(description="About 2048 px (V8.1).")] = False
    sd: Annotated[bool, Meta(description="About 1024 px (V8.1), if the account's default is another.")] = (
        False
    )
    stop: Annotated[_From10To100 | None, Meta(description="End early, in percent (V6.1).")] = None
    iw: Annotated[_Weight | None, Meta(description="Weight of image prompts.")] = None
    sref: Annotated[
        tuple[str, ...],
        Meta(description="Style codes or addresses, each with `::weight` if need be."),
    ] = ()
    sw: Annotated[_From0To1000 | None, Meta(description="Weight of style references.")] = None
    sv: Annotated[_From1To7 | None, Meta(description="Version of style references.")] = None
    oref: Annotated[str, Meta(description="Address of an omni reference (V7).")] = ""
    ow: Annotated[_From1To1000 | None, Meta(description="Weight of the omni reference.")] = None
    cref: Annotated[tuple[str, ...], Meta(description="Addresses of character references (V6.1).")] = ()
    cw: Annotated[_From0To100 | None, Meta(description="Weight of character references.")] = None
    profile: Annotated[str, Meta(description="Personalisation: codes, or `default` for your own.")] = ""
    images: Annotated[tuple[str, ...], Meta(description="Addresses of image prompts.")] = ()
    repeat: Annotated[int, Meta(description="So many jobs of each prompt.", ge=1, le=40)] = 1
    speed: Annotated[Literal["", "fast", "relax", "turbo"], Meta(description="How it is paid for.")] = ""
    visibility: Annotated[Literal["", "stealth", "public"], Meta(description="Who may see it there.")] = ""
    urls: Annotated[
        dict[str, str],
        Meta(description="Public addresses of pictures under `[source.reference]`, by their name."),
    ] = msgspec.field(default_factory=dict)
    job_ids: Annotated[
        tuple[str, ...],
        Meta(description="Job IDs of pictures that Midjourney has made already, one a job."),
    ] = ()
    minute_usd: Annotated[float, Meta(description="Price of one GPU minute, in USD.", ge=0)] = (
        tables.MINUTE_USD
    )


class Midjourney(Manual[MidjourneyParams]):
    """Midjourney, operated by a person: tympan writes and checks the prompts, and takes in the downloads."""

    NAME = "midjourney"
    SOURCE_TYPE = "trainedAlgorithmicMedia"
    SYSTEM = "Midjourney"
    VERSION = "1"
    PAID = True
    REPEATABLE = False
    Params = MidjourneyParams

    def models(self) -> Iterable[ModelInfo]:
        """The versions that are known here; a newer one may be named as well."""
        return [ModelInfo(name=name, deterministic=False) for name in tables.VERSIONS]

    def check(self, request: Request) -> Iterable[str]:
        """What Midjourney would refuse or ignore."""
        return check(request)

    def remarks(self, request: Request) -> Iterable[str]:
        """What a version takes under another name, and what nobody says for sure that it takes."""
        one = asked(request)
        return rules.remarks(one.prompt, one.version) if isinstance(one.version, Known) else ()

    def batches(self, request: Request) -> tuple[Request, ...]:
        """One request a job: each permutation and repetition spelt out, each with a seed of its own."""
        return jobs(request)

    def estimate(self, request: Request) -> Cost:
        """GPU minutes of all jobs at `minute_usd`; relaxed jobs cost nothing beside the subscription."""
        minutes = sum(_minutes(asked(job)) for job in jobs(request))
        price = msgspec.convert(request.options, MidjourneyParams).minute_usd
        return Cost(round(minutes * price, 4), "USD")

    def instruct(self, request: Request, job: str) -> Instruction:
        """The prompt to paste and which pictures to drop beside it; for a follow-up, the button to press."""
        one = asked(request)
        notes = [*_steps(one), *one.drops]
        if isinstance(one.version, Known):
            notes += rules.remarks(one.prompt, one.version)
        notes.append("download the pictures from the website: those of Discord have no Job ID inside")
        return Instruction(
            copy=one.prompt.render(), where="https://www.midjourney.com/imagine", notes=tuple(notes)
        )

    def claim(self, file: Recalled, name: str, request: Request, job: str) -> Claim | None:
        """By Job ID, else by prompt and seed, else by the words of the file's name."""
        return claims.claim(file, name, request)


def _minutes(one: Asked) -> float:
    params = one.prompt.params
    version = one.version.name if isinstance(one.version, Known) else ""
    base = tables.MINUTES.get(version, max(tables.MINUTES.values()))
    base = tables.MINUTES_HD if "hd" in params else base
    for name, factor in tables.FACTORS.items():
        if name in params or (name == "oref" and one.omni):
            base *= factor
    quality = params.get("quality", "1")
    return base * float(quality) if quality.replace(".", "").isdigit() else base


def _steps(one: Asked) -> Iterable[str]:
    follow = one.follow_up
    if follow is None:
        return
    version = one.version if isinstance(one.version, Known) else None
    yield f"this is a follow-up: open the picture at midjourney.com and press {follow.button}"
    if follow.region:
        yield f"erase what the mask {one.region} shows white"
    if version and version.number >= 8 and follow.on_v8:
        yield f"Midjourney runs this on V{follow.on_v8}, not on {version.shown}: the style may drift"
