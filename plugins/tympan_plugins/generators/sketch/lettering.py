"""Headlines as outlines: the bundled font, wrapped and fitted to a box.

Reads fonts/Outfit-SemiBold.ttf. Writes nothing.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.canvas import Pen

FONT = "Outfit-SemiBold.ttf"
# Distance of lines, in ems; the font's own 1.26 is for running text.
LEADING = 1.06


@cache
def _font() -> Any:
    from fontTools.ttLib import TTFont

    data = files("tympan_plugins.generators.sketch").joinpath("fonts").joinpath(FONT).read_bytes()
    return TTFont(BytesIO(data), lazy=True)


@cache
def _outline(character: str) -> tuple[g.Path, float]:
    """Outline (y down, 1 em = 1) and advance of a character; an empty box for one the font lacks."""
    from fontTools.pens.svgPathPen import SVGPathPen

    font = _font()
    name = font.getBestCmap().get(ord(character), ".notdef")
    glyphs = font.getGlyphSet()
    pen = SVGPathPen(glyphs, ntos=lambda n: f" {n:g}")
    glyphs[name].draw(pen)
    em = font["head"].unitsPerEm
    path = g.parse(_commas(pen.getCommands()))
    return g.transform(path, (1 / em, 0, 0, -1 / em, 0, 0)), font["hmtx"][name][0] / em


def _commas(data: str) -> str:
    return re.sub(r",", " ", data)


@cache
def _kerning() -> dict[tuple[str, str], float]:
    """Pair kerning of the font's plain pair lookups, in ems."""
    font, pairs = _font(), {}
    if "GPOS" not in font:
        return {}
    em = font["head"].unitsPerEm
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            if table.LookupType != 2 or table.Format != 1:
                continue
            for first, entry in zip(table.Coverage.glyphs, table.PairSet, strict=True):
                for record in entry.PairValueRecord:
                    if record.Value1 and getattr(record.Value1, "XAdvance", 0):
                        pairs[first, record.SecondGlyph] = record.Value1.XAdvance / em
    return pairs


def width(line: str) -> float:
    """Width of a line, in ems."""
    return sum(step for _, step in _steps(line))


def _steps(line: str) -> list[tuple[str, float]]:
    names, pairs = _font().getBestCmap(), _kerning()
    steps = []
    for one, other in zip(line, [*line[1:], ""], strict=False):
        kern = pairs.get((names.get(ord(one), ""), names.get(ord(other), "")), 0.0) if other else 0.0
        steps.append((one, _outline(one)[1] + kern))
    return steps


def wrap(text: str, measure: float) -> list[str]:
    """Lines no wider than `measure` ems, broken at spaces and where the text has line ends."""
    lines = []
    for paragraph in text.replace("\\n", "\n").split("\n"):
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and width(longer) > measure:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return [line for line in lines if line] or [""]


def fit(text: str, w: float, h: float) -> tuple[list[str], float]:
    """Lines, and the largest size at which they fill a box of w by h units."""
    best: tuple[list[str], float] = ([text], 0.0)
    for measure in (40, 26, 18, 14, 11, 9, 7.5, 6, 5, 4, 3):
        lines = wrap(text, measure)
        size = min(w / max(width(line) or 1 for line in lines), h / (len(lines) * LEADING), 220.0)
        if size > best[1] * 1.04:
            best = (lines, size)
    return best


def headline(p: Pen, text: str, box: tuple[float, float, float, float], colour: str) -> None:
    """Set a text into a box (x, y, width, height), top left; one path for all of it."""
    x, y, w, h = box
    lines, size = fit(text, w, h)
    path: g.Path = []
    for row, line in enumerate(lines):
        at = 0.0
        foot = y + size * (0.74 + row * LEADING)
        for character, step in _steps(line):
            path += g.transform(_outline(character)[0], (size, 0, 0, size, x + at * size, foot))
            at += step
    if path:
        p.raw(path, f'fill="{colour}"')
