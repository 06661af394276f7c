"""What a version of Midjourney makes of a prompt: what is wrong, and what is only worth knowing.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from tympan_plugins.generators.midjourney.grammar import Prompt
from tympan_plugins.generators.midjourney.tables import PARAMETERS, VERSIONS, WEIGHTS, Version

_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?|-?\.\d{1,6}")
_RATIO = re.compile(r"(\d{1,5}):(\d{1,5})")
# A style code, or "random"; a URL; each may have a weight.
_REFERENCE = re.compile(r"(https?://[^\s:]+(?::[^\s:]+)*?|\d{1,12}|random)(::-?\d*\.?\d+)?")
_CODES = re.compile(r"[A-Za-z0-9]{1,40}")


class Known(NamedTuple):
    """A model. name: "7", "8.1", "niji 7"; by: the version whose table it is checked by, if another one."""

    name: str
    table: Version
    by: str = ""

    @property
    def shown(self) -> str:
        """As people say it: V7, Niji 7."""
        return self.name.replace("niji", "Niji") if self.name.startswith("niji") else f"V{self.name}"

    @property
    def number(self) -> float:
        """The number of its generation."""
        return float(self.name.split()[-1])


def known(model: str) -> Known | str:
    """The version that `source.model` names, or a sentence with what is wrong with it.

    A version newer than all tables is checked by the newest one, and nothing it may lack is refused.
    """
    words = model.strip().lower().removeprefix("midjourney").strip(" -")
    found = re.fullmatch(r"(niji\s*)?v?\s*(\d{1,2}(?:\.\d{1,2})?)", words)
    listed = ", ".join(f'"{name}"' for name in VERSIONS)
    if not model:
        return f"source.model must say which version is meant, such as {listed}: the default moves"
    if not found:
        return f'there is no Midjourney version "{model}": known are {listed}'
    family = "niji " if found[1] else ""
    name = f"{family}{float(found[2]):g}"
    if name in VERSIONS:
        return Known(name, VERSIONS[name])
    newest = max((each for each in VERSIONS if each.startswith("niji") == bool(family)), key=_generation)
    if float(found[2]) > _generation(newest):
        return Known(name, VERSIONS[newest], by=newest)
    return f'Midjourney version "{model}" is not known here: known are {listed}'


def _generation(name: str) -> float:
    return float(name.split()[-1])


def problems(prompt: Prompt, version: Known, beside: frozenset[str] = frozenset()) -> Iterable[str]:
    """Everything that Midjourney would refuse or ignore, one sentence each.

    beside: parameters that pictures stand for which are dropped into the prompt bar; "iw" for image prompts.
    """
    yield from prompt.faults
    for name, value in prompt.params.items():
        if (why := version.table.without.get(name)) is not None and not version.by:
            yield f"{version.shown} has no --{name}: {why}"
        elif wrong := _wrong_value(name, value, version):
            yield wrong
    yield from _alone(prompt, beside)
    yield from _against_each_other(prompt, version, beside)
    yield from _text(prompt, beside)


def remarks(prompt: Prompt, version: Known) -> Iterable[str]:
    """What a person should know before pasting it, though Midjourney takes it."""
    if version.by:
        newer = version.by.replace("niji", "Niji") if version.by.startswith("niji") else f"V{version.by}"
        yield f"{version.shown} is newer than this plugin: checked by what holds for {newer}"
    for name in prompt.params:
        if name in version.table.unsure:
            yield f"whether {version.shown} has --{name} is not documented everywhere: look at the result"
        elif version.by and name in version.table.without:
            yield f"{version.by} has no --{name} ({version.table.without[name]}); {version.shown} may have"
    if prompt.params.get("style") == "raw" and version.number >= 7:
        yield "--style raw is called --raw since V7"
    if "random" in prompt.params.get("sref", "").split():
        yield "--sref random: put the code that Midjourney shows into the spec, else it cannot be drawn again"
    if len(prompt.parts()) > 1 and not version.table.parts:
        yield f"whether {version.shown} weighs the parts of a :: prompt is not documented everywhere"
    if "turbo" in prompt.params and "seed" in prompt.params:
        yield "in turbo mode the same seed does not bring the same picture"


def _wrong_value(name: str, value: str, version: Known) -> str:
    about = PARAMETERS[name]
    if about.kind == "number":
        return _wrong_number(name, value, version)
    if about.kind == "choice":
        choices = version.table.choices.get(name, about.choices)
        if value.lstrip("0") not in choices and not version.by:
            return f"--{name} of {version.shown} is one of {', '.join(choices)}, not {value!r}"
    elif about.kind == "ratio":
        found = _RATIO.fullmatch(value)
        if not found or "0" in (found[1].strip("0") or "0", found[2].strip("0") or "0"):
            return f"--ar is two whole numbers such as 3:2, not {value!r}"
    elif about.kind == "references":
        return _wrong_references(name, value)
    elif about.kind == "codes" and not all(_CODES.fullmatch(word) for word in value.split()):
        return f"--{name} takes codes of letters and digits, not {value!r}"
    return ""


def _wrong_number(name: str, value: str, version: Known) -> str:
    about = PARAMETERS[name]
    low, high = version.table.narrower.get(name, (about.low, about.high))
    words = f"--{name} is a {'whole ' if about.whole else ''}number from {low:g} to {high:.10g}"
    if not _NUMBER.fullmatch(value) or (about.whole and not float(value).is_integer()):
        return f"{words}, not {value!r}"
    return "" if low <= float(value) <= high else f"{words}: {value} is outside"


def _wrong_references(name: str, value: str) -> str:
    words = value.split()
    bad = [word for word in words if not _REFERENCE.fullmatch(word)]
    if bad:
        what = "style codes or addresses" if name == "sref" else "addresses"
        return f"--{name} takes {what} that begin with https://, not {bad[0]!r}"
    if name != "sref" and any(not word.startswith("http") for word in words):
        return f"--{name} takes the address of a picture, not {value!r}"
    if name == "oref" and len(words) > 1:
        return "--oref takes one picture"
    return ""


def _alone(prompt: Prompt, beside: frozenset[str]) -> Iterable[str]:
    for name, what in WEIGHTS.items():
        if name not in prompt.params:
            continue
        of = "iw" if name == "iw" else what.removeprefix("--")
        if of not in beside and not (prompt.images if name == "iw" else of in prompt.params):
            yield f"--{name} does nothing without {what}"


def _against_each_other(prompt: Prompt, version: Known, beside: frozenset[str]) -> Iterable[str]:
    params = prompt.params
    for group in (("hd", "sd"), ("fast", "relax", "turbo"), ("stealth", "public"), ("raw", "style")):
        both = [f"--{name}" for name in group if name in params]
        if len(both) > 1:
            yield f"{' and '.join(both)} exclude each other"
    if ("oref" in params or "oref" in beside) and "oref" not in version.table.without:
        for name in ("draft", "fast", "turbo"):
            if name in params:
                yield f"--oref does not go with --{name}"
        if params.get("quality") == "4":
            yield "--oref does not go with --quality 4"
    widest = version.table.widest_hd if "hd" in params else version.table.widest
    found = _RATIO.fullmatch(params.get("ar", ""))
    if found and widest and not version.by:
        wide, high = int(found[1]), int(found[2])
        if max(wide, high) > widest * max(1, min(wide, high)):
            kind = " with --hd" if "hd" in params else ""
            yield f"{version.shown}{kind} draws at most {widest}:1 or 1:{widest}, not {params['ar']}"


def _text(prompt: Prompt, beside: frozenset[str]) -> Iterable[str]:
    if not prompt.text and len(prompt.images) + ("iw" in beside) < 2:
        images = prompt.images or "iw" in beside
        yield "one image prompt needs words beside it" if images else "there is nothing to draw: no words"
    parts = prompt.parts()
    if len(parts) > 1 or "::" in prompt.text:
        if any(not text for text, _ in parts):
            yield "a part of the :: prompt has no words"
        if sum(weight for _, weight in parts) <= 0:
            yield "the weights of a :: prompt must add up to more than 0"
