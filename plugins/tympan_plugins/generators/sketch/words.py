"""What a prompt asks for, in words that `sketch` can draw.

Reads a prompt. Writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

import msgspec

from tympan_plugins.generators.sketch import lexicon

_QUOTED = re.compile(r'["“„]([^"“”„]+)["”“]')
_WORD = re.compile(r"[a-zà-ÿ]+(?:-[a-zà-ÿ]+)*|\d+|[,.;:]")
_NOT = ("no", "without", "not")


class Subject(msgspec.Struct, frozen=True):
    """One thing to draw. scale: from adjectives; colour: a named colour as #rrggbb, or ""; exact: counted."""

    noun: str
    count: int = 1
    scale: float = 1.0
    colour: str = ""
    exact: bool = False


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """A prompt understood. time: "day" if it names none; kind: "" if it names none."""

    subjects: tuple[Subject, ...] = ()
    places: frozenset[str] = frozenset()
    time: str = "day"
    weather: str = ""
    season: str = ""
    kind: str = ""
    text: str = ""
    ink_only: bool = False
    banned: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """What fixes the composition: things and places, but not colours, times or letters."""
        return " ".join([*(s.noun for s in self.subjects), *sorted(self.places)])

    def has(self, *nouns: str) -> bool:
        """Whether one of the nouns is a subject."""
        return any(s.noun in nouns for s in self.subjects)

    def find(self, noun: str) -> Subject | None:
        """The subject of a noun."""
        return next((s for s in self.subjects if s.noun == noun), None)


@cache
def _index(table: str) -> dict[str, str]:
    words: Mapping[str, str] = getattr(lexicon, table)
    found: dict[str, str] = {}
    for name, synonyms in words.items():
        for word in synonyms.split():
            found.setdefault(word, name)
    return found


def lookup(table: str, word: str) -> tuple[str, bool]:
    """The name that a word stands for in a table of the lexicon and whether it is a plural; ("", False)."""
    index = _index(table)
    if word in index:
        return index[word], word == "people"
    for ending, singular in (("ves", "f"), ("ves", "fe"), ("ies", "y"), ("es", ""), ("s", "")):
        stem = word[: -len(ending)] + singular
        if word.endswith(ending) and len(stem) > 2 and stem in index:
            return index[stem], True
    return "", False


def understand(prompt: str, negative: str = "") -> Wish:
    """The wish of a prompt; `negative` names what must not be drawn."""
    quoted = _QUOTED.findall(prompt)
    plain = _QUOTED.sub(" ", prompt).lower()
    words, unwanted = _split(_WORD.findall(_joined(plain)))
    banned = frozenset(_known(unwanted + _WORD.findall(negative.lower())))
    subjects = tuple(s for s in _subjects(words) if s.noun not in banned)
    return Wish(
        subjects=subjects,
        places=frozenset(
            p for w in words if (p := lookup("PLACES", w)[0]) and p not in banned and w != "corners"
        ),
        time=_first("TIMES", words) or "day",
        weather=_first("WEATHERS", words),
        season=_first("SEASONS", words),
        kind=_first("KINDS", words),
        text="\n".join(quoted),
        ink_only="black on white" in plain or "monochrome" in words,
        banned=banned,
    )


def _joined(text: str) -> str:
    """Two-word nouns with a hyphen, as the lexicon has them."""
    known = {w for table in ("NOUNS", "PLACES", "TIMES") for w in _index(table) if "-" in w}
    for word in sorted(known, key=len, reverse=True):
        text = text.replace(word.replace("-", " "), word)
    return text


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    """Words that are wanted, and those that follow a "no" up to the next comma."""
    wanted: list[str] = []
    unwanted: list[str] = []
    denied = False
    for word in words:
        if word in _NOT:
            denied = True
        elif word in ",.;:":
            denied = False
        (unwanted if denied else wanted).append(word)
    return wanted, unwanted


def _known(words: list[str]) -> list[str]:
    names = [lookup(table, w)[0] for w in words for table in ("NOUNS", "PLACES", "WEATHERS")]
    if "person" in names:
        names += ["courier", "reader", "giver", "taker"]
    return [name for name in names if name]


def _first(table: str, words: list[str]) -> str:
    return next((name for w in words if (name := lookup(table, w)[0])), "")


def _subjects(words: list[str]) -> list[Subject]:
    found: dict[str, Subject] = {}
    count, scale, colour, last = 0, 1.0, "", ""
    for word in words:
        noun, plural = lookup("NOUNS", word)
        if noun in lexicon.GENERIC and last and last != noun:
            if plural and not found[last].exact:
                found[last] = msgspec.structs.replace(found[last], count=3)
            continue
        last = noun
        if noun:
            before = found.get(noun)
            many = count or ((3 if noun not in ("person", "mountain", "cup") else 2) if plural else 1)
            if before:
                many, scale, colour = (
                    max(many, before.count),
                    max(scale, before.scale),
                    colour or before.colour,
                )
            found[noun] = Subject(
                noun, min(many, 12), scale, colour, exact=bool(count) or bool(before and before.exact)
            )
        if noun or word in ",.;:":
            count, scale, colour = 0, 1.0, ""
        elif word in lexicon.NUMBERS or word.isdigit():
            count = lexicon.NUMBERS.get(word) or min(int(word), 12)
        elif word in lexicon.SIZES:
            scale = lexicon.SIZES[word]
        elif word in lexicon.COLOURS:
            colour = lexicon.COLOURS[word]
    return list(found.values())
