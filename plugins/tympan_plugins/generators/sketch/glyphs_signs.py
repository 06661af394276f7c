"""Glyphs that are signs: chart, heart, gear, search, flag, check, pin, chat.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from math import cos, pi, sin

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.canvas import Pen
from tympan_plugins.generators.sketch.glyphs import glyph


@glyph("chart", 116, 100, 120, "b")
def chart(p: Pen, main: str) -> None:
    """Rising bars and their line."""
    p.rect(-56, -4, 112, 5, "ink", 2.5)
    for i, h in enumerate((30, 46, 62, 84)):
        p.rect(
            -48 + i * 26,
            -4 - h,
            18,
            h,
            (main, p.lighter(main, 0.3), "c", "a")[i],
            (6, 6, 0, 0),
            shade=0.3,
            lift=0,
        )
    p.line([(-39, -50), (-13, -66), (12, -80), (38, -100)], "ink", 3.4)
    for x, y in ((-39, -50), (-13, -66), (12, -80), (38, -100)):
        p.disc(x, y, 4.6, "pale")


@glyph("heart", 100, 92, 80, "a")
def heart(p: Pen, main: str) -> None:
    """A heart."""
    p.fill(
        "M0 0 C-26 -20 -50 -40 -50 -64 C-50 -96 -12 -100 0 -72 C12 -100 50 -96 50 -64 C50 -40 26 -20 0 0 Z",
        main,
        shade=0.18,
    )
    if p.style.empty < 0.5:
        p.curve([(-35, -60), (-34, -70), (-26, -77)], p.lighter(main, 0.55), 6)


@glyph("gear", 100, 100, 80, "b")
def gear(p: Pen, main: str) -> None:
    """A cog with eight teeth."""
    points = []
    for i in range(8):
        for turn, r in ((-15, 36), (-10, 48), (10, 48), (15, 36)):
            angle = (i * 45 + turn) * pi / 180
            points.append((r * cos(angle), -50 + r * sin(angle)))
    hole = g.apply(g.ellipse(0, 0, 15), lambda x, y: (x, -50 - y))
    p.fill(g.polygon(points, 4) + hole, main, shade=0.16)


@glyph("search", 100, 100, 80, "b")
def search(p: Pen, main: str) -> None:
    """A magnifying glass."""
    p.line([(18, -28), (42, -4)], p.darker(main, 0.35), 13, cased=True)
    p.disc(-10, -58, 38, main, shade=0.12)
    p.disc(-10, -58, 27, "glass", shade=0.1, line=p.style.outline > 0)
    p.curve([(-28, -60), (-24, -71), (-14, -77)], "pale", 5)


@glyph("flag", 80, 116, 110, "a")
def flag(p: Pen, main: str) -> None:
    """A waving flag."""
    p.line([(-32, 0), (-32, -112)], "wood", 6, cased=True)
    p.fill("M-29 -108 C-10 -120 12 -96 44 -106 V-58 C12 -48 -10 -72 -29 -60 Z", main, shade=0.3, lift=0)


@glyph("check", 100, 100, 80, "d")
def check(p: Pen, main: str) -> None:
    """A tick in a disc."""
    p.disc(0, -50, 48, main, shade=0.14)
    p.line([(-21, -49), (-6, -34), (22, -66)], "pale", 11)


@glyph("pin", 74, 106, 90, "a")
def pin(p: Pen, main: str) -> None:
    """A map pin."""
    p.disc(0, -2, 20, p.lighter("stone", 0.2), 5, line=False)
    p.fill(
        "M0 0 C-18 -28 -36 -46 -36 -70 C-36 -92 -20 -106 0 -106 C20 -106 36 -92 36 -70 C36 -46 18 -28 0 0 Z",
        main,
        shade=0.22,
        lift=0,
    )
    p.disc(0, -70, 14, "pale", line=p.style.outline > 0)


@glyph("chat", 116, 96, 80, "b")
def chat(p: Pen, main: str) -> None:
    """Two speech bubbles."""
    p.fill(
        "M-8 -92 H44 C54 -92 58 -86 58 -78 V-50 C58 -42 54 -36 44 -36 H40 L42 -20 "
        "L24 -36 H-8 C-18 -36 -22 -42 -22 -50 "
        "V-78 C-22 -86 -18 -92 -8 -92 Z",
        p.lighter("c", 0.1),
    )
    p.fill(
        "M-44 -70 H14 C24 -70 28 -64 28 -56 V-30 C28 -22 24 -16 14 -16 H-16 L-36 0 "
        "L-34 -16 H-44 C-54 -16 -58 -22 -58 -30 "
        "V-56 C-58 -64 -54 -70 -44 -70 Z",
        main,
        shade=0.05,
        lift=0.6,
    )
    for x in (-34, -15, 4):
        p.disc(x, -43, 4.6, "pale", line=False)


@glyph("shield", 88, 104, 90, "b")
def shield(p: Pen, main: str) -> None:
    """A shield with a tick."""
    p.fill(
        "M0 -104 C14 -94 28 -90 42 -90 C44 -46 34 -16 0 0 C-34 -16 -44 -46 -42 -90 C-28 -90 -14 -94 0 -104 Z",
        main,
    )
    if p.style.empty < 0.5:
        p.fill("M0 -104 C14 -94 28 -90 42 -90 C44 -46 34 -16 0 0 Z", p.darker(main, 0.16), line=False)
    p.line([(-17, -54), (-4, -40), (19, -68)], "pale", 9)


@glyph("calendar", 100, 100, 80, "a")
def calendar(p: Pen, main: str) -> None:
    """A month's page."""
    p.rect(-46, -88, 92, 88, "pale", 11, shade=0.04, lift=0.8)
    p.rect(-46, -88, 92, 26, main, (11, 11, 0, 0))
    for x in (-24, 24):
        p.line([(x, -96), (x, -80)], "ink", 6)
    for row in range(3):
        for column in range(4):
            marked = (row, column) == (1, 2)
            p.rect(
                -34 + column * 18.6,
                -52 + row * 16,
                11,
                9,
                "a" if marked else p.lighter("stone", 0.3),
                3,
                line=False,
            )
