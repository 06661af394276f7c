"""Glyphs of the sky: sun, moon, stars, clouds, planets, a rocket and a balloon.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.canvas import Pen
from tympan_plugins.generators.sketch.glyphs import glyph

CLOUD = "M-46 0 C-62 0 -64 -24 -46 -26 C-46 -46 -20 -52 -10 -38 C0 -58 34 -52 34 -28 C56 -34 64 0 44 0 Z"


@glyph("sun", 100, 100, 110, "c")
def sun(p: Pen, main: str) -> None:
    """A sun with rays."""
    for i in range(12):
        with p.at(0, -50, 1, 30 * i):
            p.line([(0, -37), (0, -47 if i % 2 else -43)], main, 5, glow=True)
    p.disc(0, -50, 28, main, shade=0.16, glow=True, deep=0.1)


@glyph("moon", 80, 90, 90, "c")
def moon(p: Pen, main: str) -> None:
    """A crescent."""
    p.fill(
        "M14 -88 C-18 -90 -42 -68 -40 -42 C-38 -14 -10 4 18 -4 C32 -8 38 -16 40 -22 C8 -14 -18 -44 14 -88 Z",
        p.lighter(main, 0.35),
        shade=0.1,
        glow=True,
        deep=0.1,
    )


@glyph("star", 96, 92, 60, "c")
def star(p: Pen, main: str) -> None:
    """A five-pointed star with soft corners."""
    p.poly(g.star(0, -46, 48, 24, 5), main, 7, shade=0.14, glow=True, deep=0.12)


@glyph("cloud", 124, 56, 80, "pale")
def cloud(p: Pen, main: str) -> None:
    """A fair-weather cloud."""
    p.fill(CLOUD, main, shade=0.07, lift=1.5, deep=0.1)


@glyph("planet", 130, 90, 110, "a")
def planet(p: Pen, main: str) -> None:
    """A planet with a ring."""
    with p.at(0, -45, 1, -16):
        p.stroke(g.ellipse(0, 0, 62, 15), p.lighter("c", 0.2), 6)
        p.disc(0, 0, 38, main, shade=0.24)
        with p.clip(g.ellipse(0, 0, 38)):
            p.curve([(-40, -14), (-10, -8), (40, -15)], p.lighter(main, 0.24), 5)
            p.curve([(-40, 14), (0, 22), (40, 14)], p.lighter(main, 0.24), 4)
        p.stroke("M-60 -4 C-50 22 50 22 60 -4", p.lighter("c", 0.2), 6)


@glyph("rocket", 70, 130, 240, "a")
def rocket(p: Pen, main: str) -> None:
    """A rocket on its flame."""
    p.fill("M-11 -26 C-16 -10 -6 -4 0 6 C6 -4 16 -10 11 -26 Z", "c", glow=True)
    p.fill("M-6 -26 C-8 -16 -3 -12 0 -6 C3 -12 8 -16 6 -26 Z", "paper", glow=True, line=False)
    p.fill("M-17 -62 C-32 -54 -34 -38 -32 -24 L-14 -34 Z", main)
    p.fill("M17 -62 C32 -54 34 -38 32 -24 L14 -34 Z", p.darker(main))
    p.fill("M-13 -28 C-30 -66 -20 -106 0 -130 C20 -106 30 -66 13 -28 Z", "pale", shade=0.3, lift=0)
    with p.clip("M-13 -28 C-30 -66 -20 -106 0 -130 C20 -106 30 -66 13 -28 Z"):
        p.fill("M-30 -140 H30 V-104 C12 -96 -12 -96 -30 -104 Z", main, line=False)
        p.rect(0, -140, 30, 36, p.darker(main, 0.16), line=False, opacity=0.6)
    p.disc(0, -78, 10.5, p.darker("stone"), line=True)
    p.disc(0, -78, 7.4, "glass", shade=0.3)
    p.rect(-3, -48, 6, 26, main, 3)


@glyph("balloon", 84, 130, 190, "a")
def balloon(p: Pen, main: str) -> None:
    """A hot-air balloon of coloured gores."""
    hull = (
        "M-9 -36 C-14 -54 -42 -62 -42 -92 C-42 -116 -22 -130 0 -130 C22 -130 42 "
        "-116 42 -92 C42 -62 14 -54 9 -36 Z"
    )
    for x in (-8, 8):
        p.line([(x, -36), (x * 0.9, -16)], "ink", 1.4)
    p.fill(hull, main)
    with p.clip(hull):
        p.fill(
            "M-8 -30 C-16 -60 -30 -70 -26 -100 C-24 -120 -12 -128 0 -130 C-8 -110 -8 -60 -3 -30 Z",
            "c",
            line=False,
        )
        p.fill("M8 -30 C16 -60 30 -70 26 -100 C24 -120 12 -128 0 -130 C8 -110 8 -60 3 -30 Z", "c", line=False)
        p.fill("M30 -140 C26 -100 22 -60 4 -30 L50 -30 V-140 Z", "ink", line=False, opacity=0.14)
    p.rect(-10, -18, 20, 18, "card", (2, 2, 6, 6), shade=0.35)
    p.rect(-11.5, -20, 23, 5, "wood", 2.4)


@glyph("rain", 100, 110, 110, "b")
def rain(p: Pen, main: str) -> None:
    """A cloud that rains."""
    for x, y in ((-28, 0), (0, 0), (28, 0), (-14, -14), (14, -14)):
        p.line([(x + 4, y - 24), (x - 3, y - 4)], main, 5.4)
    with p.at(0, -48, 0.92):
        p.fill(CLOUD, "stone", shade=0.07, lift=1.4)


@glyph("snowflake", 96, 100, 100, "b")
def snowflake(p: Pen, main: str) -> None:
    """A six-armed crystal."""
    for i in range(6):
        with p.at(0, -50, 1, 60 * i):
            p.line([(0, 0), (0, -44)], main, 5.6)
            p.line([(-11, -36), (0, -26), (11, -36)], main, 5)


@glyph("lightning", 60, 100, 100, "c")
def lightning(p: Pen, main: str) -> None:
    """A bolt."""
    p.poly(
        [(8, -100), (-28, -44), (-4, -44), (-12, 0), (28, -60), (4, -60)],
        main,
        3,
        glow=True,
        shade=0.16,
        lift=0,
    )
