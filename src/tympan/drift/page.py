"""The report as one page: opened from the disk, it asks nobody for anything and saves decisions as a file.

Reads the page's style and script files. Writes nothing: who calls it writes the page.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

import msgspec

from tympan.drift.findings import Drift
from tympan.files import digest
from tympan.model import Measured, canonical
from tympan.page import Block, as_json, document

_STYLE = ("tympan.drift:report.css",)
_SCRIPT = tuple(
    f"tympan.drift:{name}.js" for name in ("state", "matrix", "compare", "sweep", "cards", "report")
)
# The second word of a row in `shown`: decisions are about the new pictures of an asset, all together.
STEP = "drift"
# Views of so many pictures have so many px along the longer side, that 60 assets with 8 pictures a side stay
# well below 20 MB.
_SIDES = ((240, 640), (560, 480), (1_100, 400), (1_800, 320), (4_000, 200))
_LEAST = 120


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One picture of the report. view: WebP; description: see `Measurer.describe`; chosen: goes on now."""

    digest: str
    view: bytes
    description: Mapping[str, Measured] = {}
    chosen: bool = False


class Swept(msgspec.Struct, frozen=True, kw_only=True):
    """New pictures drawn with options, or with none. apart: how far they are from the old ones in `aspect`,
    where they are furthest, in gates; aspect: "" if that could not be measured."""

    options: dict[str, Any]
    new: tuple[Shown, ...]
    apart: float = 0.0
    aspect: str = ""

    @property
    def digest(self) -> str:
        """What a decision on these pictures is about."""
        return _about(self.new)


class Sides(msgspec.Struct, frozen=True, kw_only=True):
    """The pictures of one asset. remarks: what else is to be said, such as parameters a model ignores.
    swept: new pictures by options that were tried, in the order to show them."""

    old: tuple[Shown, ...]
    new: tuple[Shown, ...]
    text: str = ""
    remarks: tuple[str, ...] = ()
    swept: tuple[Swept, ...] = ()

    @property
    def digest(self) -> str:
        """What a decision on the new pictures is about: a digest of theirs, in any order."""
        return _about(self.new)


def _about(pictures: Iterable[Shown]) -> str:
    return digest(canonical(sorted(each.digest for each in pictures)))


def side_for(count: int) -> int:
    """How many px the longer side of a view may have in a report of so many pictures."""
    return next((side for most, side in _SIDES if count <= most), _LEAST)


def shown_rows(pictures: Mapping[str, Sides]) -> list[list[str]]:
    """What the report shows as the decisions file has it: asset, "drift", "", digest.

    A row for each asset, then one for each row of its sweep.
    """
    names = sorted(pictures)
    swept = [[name, STEP, "", each.digest] for name in names for each in pictures[name].swept]
    return [*([name, STEP, "", pictures[name].digest] for name in names), *swept]


def report(
    drift: Drift,
    pictures: Mapping[str, Sides],
    *,
    title: str = "",
    old: str = "old",
    new: str = "new",
    cost: str = "",
    facts: Sequence[tuple[str, str]] = (),
) -> str:
    """One HTML document; the same text for the same arguments.

    title: what is compared, such as `midjourney 7 to 8`; old, new: short names of the sides. cost: what the
    new pictures cost, in words. facts: further lines of the last section.
    """
    rows = shown_rows(pictures)
    views: list[bytes] = []
    assets = [_asset(name, drift, pictures[name], views) for name in sorted(pictures)]
    data = {
        # Without the sweeps: what was decided on the page before one is still there after it.
        "id": digest(canonical([drift.seed, rows[: len(pictures)]]))[:16],
        "title": title or "What a model update did",
        "old": old,
        "new": new,
        "shown": rows,
        "drift": _told(drift),
        "assets": assets,
        "facts": [*_facts(drift, cost), *facts],
    }
    body = f'<header class="wrap" id="head"></header>\n<main class="wrap" id="main"></main>\n{_BAR}'
    blocks = (Block(f"v{nth}", b64encode(view).decode(), "text/plain") for nth, view in enumerate(views))
    return document(
        f"Drift: {title or escape(drift.sentence)}",
        body,
        style=_STYLE,
        script=_SCRIPT,
        data=(Block("report", as_json(data)), *blocks),
    )


_BAR = (
    '<div id="bar" class="no-print"></div>'
    '<noscript><p class="wrap">This page needs JavaScript.</p></noscript>'
)


def _told(drift: Drift) -> dict[str, Any]:
    found = msgspec.to_builtins(drift)
    for each in ("method", "versions", "assets", "gates"):
        found.pop(each)
    return found  # type: ignore[no-any-return]


def _asset(name: str, drift: Drift, sides: Sides, views: list[bytes]) -> dict[str, Any]:
    found = drift.assets.get(name)
    return {
        "name": name,
        "verdict": found.verdict if found else "undecided",
        "main": found.main if found else "",
        "aspects": msgspec.to_builtins(found.aspects) if found else {},
        "text": sides.text,
        "remarks": sides.remarks,
        "old": [_picture(each, views) for each in sides.old],
        "new": [_picture(each, views) for each in sides.new],
        "swept": [_swept(each, views) for each in sides.swept],
    }


def _swept(swept: Swept, views: list[bytes]) -> dict[str, Any]:
    return {
        "options": swept.options,
        "new": [_picture(each, views) for each in swept.new],
        "digest": swept.digest,
        "apart": swept.apart,
        "aspect": swept.aspect,
    }


def _picture(shown: Shown, views: list[bytes]) -> dict[str, Any]:
    views.append(shown.view)
    told: dict[str, Any] = {"view": len(views) - 1, "digest": shown.digest[:12], "chosen": shown.chosen}
    for aspect, curve in (("palette", "swatches"), ("line", "widths")):
        if aspect in shown.description and curve in shown.description[aspect].curves:
            told[curve] = [round(each, 3) for each in shown.description[aspect].curves[curve]]
    if "text" in shown.description:
        told["read"] = shown.description["text"].text
        told["wrong"] = any(shown.description["text"].vector)
    return told


def _facts(drift: Drift, cost: str) -> Iterator[tuple[str, str]]:
    yield "Method", drift.method
    gates = ", ".join(f"{name} {gate:g}" for name, gate in sorted(drift.gates.items()))
    yield "Gates", gates
    for name, why in sorted(drift.absent.items()):
        yield f"Not measured: {name}", why
    smallest = ", ".join(f"{name} {found.smallest_p:.2g}" for name, found in drift.aspects.items())
    yield "Smallest chance that could be reached", f"for the library: {smallest}" if smallest else ""
    yield "Seed", f"{drift.seed}; {drift.permutations} permutations"
    yield "Versions", ", ".join(f"{name} {text}" for name, text in sorted(drift.versions.items()))
    if cost:
        yield "Cost", cost
