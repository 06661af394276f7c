"""What a sheet shows: assets, their steps with candidates, their targets with files.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from tympan.files import digest
from tympan.model import canonical

# What a target's row in `shown` begins its second word with.
TARGET = "target:"


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What has been said of a picture before: the mark that stands, stars, comments with their places.

    mark: "select", "shortlist", "reject", "approve", "request-changes" or "".
    """

    mark: str = ""
    by: str = ""
    why: str = ""
    stars: int = 0
    comments: tuple[Comment, ...] = ()


class Comment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A remark on a picture. place: share of width and height from the upper left, 0 to 1; () if none."""

    text: str
    by: str = ""
    at: str = ""
    place: tuple[float, ...] = ()


class Aids(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a machine measured, to look at and not to obey.

    sharpness: 0 to 1, see `tympan.views.sharpness`. colour: mean distance to the nearest brand colour in
    OKLab, times 100; None without tokens. near: numbers of candidates that look almost the same. letters: per
    cent of the asked text's letters that are wrong in what is read; None if none was asked for, or nothing
    here can read. read: the words.
    """

    sharpness: float | None = None
    colour: float | None = None
    near: tuple[int, ...] = ()
    letters: float | None = None
    read: str = ""


class Shown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One picture: a candidate, or a file of a target.

    digest: of its bytes, by which views are kept. number: of a candidate, from 1. name: of a file. size: in
    px. cell: values on the axes of its group. facts: what to tell of it, in order. vector: it is an SVG.
    trouble: why it cannot be shown.
    """

    digest: str
    number: int = 0
    name: str = ""
    size: tuple[int, int] = (0, 0)
    clear: bool = False
    vector: bool = False
    cell: dict[str, str] = {}
    facts: tuple[tuple[str, str], ...] = ()
    aids: Aids = Aids()
    said: Said = Said()
    trouble: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The candidates of one request. step: "source", "refine.1", ...; variant: "" for all.

    also: further variants that share them. axes: the one or two keys that differ between candidates.
    chosen: digest of the candidate that goes on now. text: what is to be read in the pictures.
    """

    step: str
    variant: str = ""
    also: tuple[str, ...] = ()
    heading: str
    prompt: str = ""
    text: str = ""
    axes: tuple[Axis, ...] = ()
    chosen: str = ""
    pictures: tuple[Shown, ...] = ()


class Axis(msgspec.Struct, frozen=True):
    """A key that differs, and its values in order."""

    name: str
    values: tuple[str, ...]


class Target(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One target of one variant. digest: of what its files show; files: of their bytes; word: its state."""

    target: str
    variant: str = ""
    digest: str
    files: str
    format: str = ""
    word: str = ""
    pictures: tuple[Shown, ...] = ()
    said: Said = Said()


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One asset on the sheet. word: how it stands. dropped: how many candidates an option left out."""

    asset: str
    title: str = ""
    subject: str = ""
    word: str = ""
    steps: tuple[Step, ...] = ()
    targets: tuple[Target, ...] = ()


class Sheet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything on one sheet, but for the pictures' bytes.

    grounds: colours to look at cut-outs and vectors on, name -> #rrggbb. absent: aids that are not shown, and
    why. inside: for people of the house, see `gather`.
    """

    title: str
    note: str = ""
    parts: tuple[Part, ...]
    grounds: dict[str, str] = {}
    absent: tuple[str, ...] = ()
    inside: bool = False

    @property
    def shown(self) -> list[list[str]]:
        """One row for each thing that can be decided on: asset, step or target, variant, digest."""
        return list(_rows(self))

    @property
    def id(self) -> str:
        """Digest of what is shown, 16 hex digits: the same pictures make the same sheet."""
        return sheet_id(self.shown)

    @property
    def pictures(self) -> list[Shown]:
        """Every picture once, in the order of the page."""
        found: dict[str, Shown] = {}
        for part in self.parts:
            for pictures in (
                *(each.pictures for each in part.steps),
                *(each.pictures for each in part.targets),
            ):
                found.update((each.digest, each) for each in pictures if each.digest not in found)
        return list(found.values())


def sheet_id(shown: list[list[str]]) -> str:
    """The id of a sheet that shows this."""
    return digest(canonical(shown))[:16]


def _rows(sheet: Sheet) -> Iterator[list[str]]:
    for part in sheet.parts:
        for step in part.steps:
            yield from ([part.asset, step.step, step.variant, each.digest] for each in step.pictures)
        for target in part.targets:
            yield [part.asset, TARGET + target.target, target.variant, target.digest]
