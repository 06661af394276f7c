"""Midjourney's prompt grammar: a text taken apart, written again in one order, its permutations spelt out.

Reads nothing. Writes nothing.

    [image URL ...] text [::weight text ...] [--parameter value ...]
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from itertools import pairwise
from math import gcd
from typing import Any, NamedTuple

from tympan_plugins.generators.midjourney.tables import ASIDE, DEFAULTS, MOST_JOBS, NAMES, PARAMETERS

_LONG_DASH = re.compile(r"(?:^|\s)[\u2013\u2014]{1,2}(?=[A-Za-z])")
_PARAMETER = re.compile(r"(?:^|(?<=\s))--")
_URL = re.compile(r"https?://\S+")
_WEIGHT = re.compile(r"::\s*(-?\d*\.?\d+)?")


class Prompt(NamedTuple):
    """A prompt taken apart. images: URLs in front; params: canonical name -> value, "" of a flag.

    faults: what cannot be read, one sentence each.
    """

    images: tuple[str, ...]
    text: str
    params: dict[str, str]
    faults: tuple[str, ...] = ()

    def render(self) -> str:
        """The prompt as it is pasted: parameters last, in the order of the tables."""
        words = [*self.images, " ".join(self.text.split())]
        for name in PARAMETERS:
            if name in self.params:
                words += [f"--{name}" if name != "version" else "--v", self.params[name]]
        return " ".join(word for word in words if word)

    def drawn(self) -> dict[str, str]:
        """The parameters that shape the picture, in one spelling.

        Without speed, visibility, version, seed and what is default; addresses left out, because a picture
        dropped into the prompt bar gets one of its own.
        """
        kept = {}
        for name, said in self.params.items():
            if name in ASIDE or name in ("seed", "version", "niji"):
                continue
            value = _one_spelling(name, said)
            if value is not None and DEFAULTS.get(name) != value:
                kept[name] = value
        if kept.get("style") == "raw":
            kept["raw"] = kept.pop("style") and ""
        return kept

    def parts(self) -> list[tuple[str, float]]:
        """The parts of a multi-prompt with their weights; one part of weight 1 if it is none."""
        *pieces, last = _WEIGHT.split(self.text)
        found = [
            (text.strip(), float(weight) if weight else 1.0)
            for text, weight in zip(pieces[::2], pieces[1::2], strict=True)
        ]
        return [*found, (last.strip(), 1.0)] if last.strip() or not found else found


def parse(text: str) -> Prompt:
    """A prompt taken apart; what is wrong with its form is in `faults`."""
    faults = []
    if _LONG_DASH.search(text):
        faults.append("there is a long dash (—) where -- is meant")
    first, *rest = _PARAMETER.split(" ".join(text.split()))
    params: dict[str, str] = {}
    for piece in rest:
        _read_parameter(piece, params, faults)
    images, words = [], first.split()
    while words and _URL.fullmatch(words[0]):
        images.append(words.pop(0))
    if any(_URL.match(word) for word in words):
        faults.append("image prompts go in front of the text")
    return Prompt(tuple(images), " ".join(words), params, tuple(faults))


def _read_parameter(piece: str, params: dict[str, str], faults: list[str]) -> None:
    word, _, value = piece.partition(" ")
    value = value.strip()
    if not word and value:
        faults.append(f"a space stands between -- and {value.split()[0]!r}")
        return
    name = NAMES.get(word.lower())
    if not word or name is None:
        faults.append(_unknown(word, value))
        return
    if name in params:
        faults.append(f"--{name} is there twice")
        return
    kind = PARAMETERS[name].kind
    if kind == "flag" and value:
        faults.append(f"--{word} takes no value, and parameters go last: {value!r} stands behind it")
    elif kind in ("number", "choice", "ratio", "word") and " " in value:
        faults.append(f"--{word} takes one value, and parameters go last: {value!r} stands behind it")
    elif kind not in ("flag", "codes") and not value:
        faults.append(f"--{word} has no value")
    else:
        params[name] = value


def _unknown(word: str, value: str) -> str:
    if not word:
        return "there is a -- with nothing behind it"
    glued = re.match(r"([a-z]+)([\d.:]+)$", word.lower())
    if glued and glued[1] in NAMES:
        return f"there is no --{word}: a space is missing, write --{glued[1]} {glued[2]}"
    near = get_close_matches(word.lower(), NAMES, 1, 0.6)
    return f"there is no parameter --{word}" + (f", did you mean --{near[0]}?" if near else "")


def _plain_number(value: str) -> str:
    try:
        return f"{float(value):g}"
    except ValueError:
        return value


def _one_spelling(name: str, value: str) -> str | None:
    """A value such that equal ones are equal texts; None if nothing is left of it."""
    kind = PARAMETERS[name].kind
    if kind == "references":
        return " ".join(word for word in value.split() if not _URL.match(word)) or None
    if kind in ("number", "choice"):
        return _plain_number(value)
    if kind == "words":
        return ", ".join(filter(None, (word.strip().lower() for word in value.split(","))))
    if kind == "ratio" and (found := re.fullmatch(r"(\d{1,5}):(\d{1,5})", value)):
        shared = gcd(int(found[1]), int(found[2])) or 1
        return f"{int(found[1]) // shared}:{int(found[2]) // shared}"
    return value


def expand(text: str) -> tuple[list[str], str]:
    """The prompts that `{a, b}` stand for, in Midjourney's order, and what is wrong ("" if nothing is).

    Braces may be nested; `\\{`, `\\}` and `\\,` are themselves.
    """
    if _unbalanced(text):
        return [text], "braces do not match: a literal one is written \\{ or \\}"
    done: list[str] = []
    waiting = [text]
    while waiting:
        each = waiting.pop(0)
        found = _first_group(each)
        if found is None:
            # Literal braces keep their backslash: Midjourney would take them for choices.
            done.append(each.replace("\\,", ","))
            continue
        start, end, choices = found
        if len(choices) < 2:
            return [text], f"{each[start:end]} has only one choice: a literal brace is written \\{{"
        waiting[:0] = [each[:start] + choice.strip() + each[end:] for choice in choices]
        if len(waiting) + len(done) > MOST_JOBS:
            return [text], f"more than {MOST_JOBS} permutations"
    return done, ""


def _marks(text: str) -> list[tuple[int, str]]:
    """Every brace and comma that is not escaped."""
    return [(m.start(), m[0]) for m in re.finditer(r"\\.|[{},]", text) if len(m[0]) == 1]


def _unbalanced(text: str) -> bool:
    depth = 0
    for _, mark in _marks(text):
        depth += {"{": 1, "}": -1}.get(mark, 0)
        if depth < 0:
            return True
    return depth != 0


def _first_group(text: str) -> tuple[int, int, list[str]] | None:
    start, depth, cuts = -1, 0, []
    for at, mark in _marks(text):
        if mark == "{":
            depth += 1
            if depth == 1:
                start, cuts = at, [at]
        elif mark == "}":
            depth -= 1
            if depth == 0:
                edges = [*cuts, at]
                return start, at + 1, [text[a + 1 : b] for a, b in pairwise(edges)]
        elif depth == 1:
            cuts.append(at)
    return None


def values(prompt: Prompt) -> dict[str, Any]:
    """The parameters as the keys of `[source.options]`; version, seed and `--no` have keys of their own."""
    found: dict[str, Any] = {}
    for name, value in prompt.params.items():
        kind = PARAMETERS[name].kind
        if name in ("version", "niji", "seed", "no", "repeat"):
            continue
        if name in ("fast", "relax", "turbo"):
            found["speed"] = name
        elif name in ("stealth", "public"):
            found["visibility"] = name
        elif kind == "flag" or (name == "style" and value == "raw"):
            found["raw" if name == "style" else name] = True
        elif kind == "number":
            found[name] = _number(value, whole=PARAMETERS[name].whole)
        elif kind == "references":
            found[name] = value.split()
        elif name == "profile":
            found[name] = value or "default"
        else:
            found[name] = value
    return {name: value for name, value in found.items() if value is not None}


def _number(text: str, *, whole: bool) -> float | None:
    if re.fullmatch(r"\d{1,10}", text):
        return int(text) if whole else float(text)
    return float(text) if not whole and re.fullmatch(r"\d{0,10}\.\d{1,10}", text) else None
