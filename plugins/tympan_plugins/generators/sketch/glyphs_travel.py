"""Glyphs that travel: boats, bicycles, cars, trains, vans, planes.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.canvas import Pen
from tympan_plugins.generators.sketch.glyphs import glyph


@glyph("boat", 110, 122, 175, "a")
def boat(p: Pen, main: str) -> None:
    """A sailing boat heading right."""
    p.line([(-2, -18), (-2, -118)], "wood", 3.4)
    p.fill("M2 -112 C30 -86 46 -56 48 -30 H2 Z", "pale", shade=0.2, lift=0)
    p.fill("M-6 -98 C-10 -66 -22 -42 -42 -30 H-6 Z", p.lighter("c", 0.15), shade=0.16, lift=0)
    p.fill("M-2 -120 L16 -115 L-2 -109 Z", main)
    p.fill("M-54 -22 H54 C48 -6 40 0 30 0 H-32 C-44 0 -50 -10 -54 -22 Z", main, shade=0.12, lift=0.5)
    p.line([(-49, -16), (48, -16)], "pale", 3)


@glyph("ship", 170, 90, 120, "a")
def ship(p: Pen, main: str) -> None:
    """A small steamer."""
    p.rect(6, -84, 18, 34, main, 1, shade=0.35, lift=0)
    p.rect(6, -80, 18, 7, "ink", 0, line=False)
    p.rect(-38, -52, 84, 18, "pale", 3, shade=0.12, lift=0)
    p.rect(-24, -66, 34, 16, "pale", 3)
    for x in (-28, -12, 4, 20, 36):
        p.disc(x, -43, 3.4, "glass")
    p.fill("M-82 -36 H78 C74 -12 64 0 50 0 H-60 C-70 -4 -78 -18 -82 -36 Z", "b", shade=0.1, lift=0.5)
    p.line([(-76, -27), (74, -27)], "pale", 3)


def _wheel(p: Pen, x: float, y: float, r: float) -> None:
    p.stroke(g.ellipse(x, y, r), "ink", 3.2)
    for turn in range(0, 180, 30):
        with p.at(x, y, 1, turn):
            p.line([(-r + 2, 0), (r - 2, 0)], "stone", 0.7)
    p.disc(x, y, 2.4, "ink", line=False)


@glyph("bicycle", 124, 80, 118, "a")
def bicycle(p: Pen, main: str) -> None:
    """A city bicycle facing right, with a basket."""
    _wheel(p, -36, -24, 23)
    _wheel(p, 38, -24, 23)
    p.line([(-36, -24), (-14, -54), (26, -54), (-2, -22), (-36, -24)], main, 4.2, cased=True)
    p.line([(-2, -22), (-17, -62)], main, 4.2, cased=True)
    p.line([(38, -24), (24, -66)], main, 4.2, cased=True)
    p.curve([(14, -73), (22, -70), (27, -66), (24, -63)], "ink", 3.4)
    p.rect(-28, -68, 22, 6, "wood", 3)
    p.fill("M26 -66 H50 L46 -48 H30 Z", "card", shade=0.2)
    p.disc(-2, -22, 5.4, "stone")
    p.line([(-2, -22), (4, -12)], "ink", 2.4)
    p.line([(0, -11), (9, -11)], "ink", 3)


@glyph("car", 140, 66, 104, "a")
def car(p: Pen, main: str) -> None:
    """A small round car facing right."""
    p.fill("M-34 -34 C-28 -58 -18 -64 -4 -64 H12 C30 -64 36 -50 44 -34 Z", main, shade=0.1, lift=0)
    p.fill("M-25 -35 C-21 -52 -14 -57 -4 -57 H-1 V-35 Z", "glass")
    p.fill("M6 -57 H12 C24 -57 28 -48 34 -35 H6 Z", "glass")
    p.rect(-62, -38, 126, 29, main, (15, 20, 9, 9), shade=0.07, lift=1.0)
    p.rect(52, -31, 11, 8, p.lighter("c", 0.4), 3, glow=p.light.dark)
    p.rect(-62, -30, 6, 8, "c", 2, line=False)
    p.line([(-1, -28), (8, -28)], p.darker(main, 0.35), 2.4)
    for x in (-34, 38):
        p.disc(x, -12, 14, "ink")
        p.disc(x, -12, 6.4, "stone", line=False)


@glyph("van", 150, 84, 140, "b")
def van(p: Pen, main: str) -> None:
    """A delivery van facing right."""
    p.rect(-72, -80, 92, 68, main, (8, 4, 3, 6), shade=0.08, lift=0.6)
    p.fill("M20 -64 H46 C56 -64 64 -46 68 -36 C72 -32 72 -28 72 -12 H20 Z", main, shade=0.12, lift=0.4)
    p.fill("M28 -57 H44 C50 -57 56 -46 59 -38 H28 Z", "glass")
    p.rect(-54, -60, 26, 24, "card", 2, shade=0.2)
    p.line([(-41, -60), (-41, -50)], p.darker("card", 0.2), 3)
    p.rect(66, -28, 8, 8, p.lighter("c", 0.4), 3, glow=p.light.dark)
    for x in (-42, 44):
        p.disc(x, -13, 14, "ink")
        p.disc(x, -13, 6, "stone", line=False)


@glyph("train", 210, 70, 110, "a")
def train(p: Pen, main: str) -> None:
    """A railcar and its coach."""
    p.rect(-102, -58, 98, 48, p.darker(main, 0.12), 8, shade=0.05, lift=0.8)
    p.fill("M0 -58 H64 C84 -58 96 -36 102 -18 C102 -12 98 -10 94 -10 H0 Z", main, shade=0.05, lift=0.8)
    for x in (-94, -70, -46, -24, 8, 30):
        p.rect(x, -48, 17, 17, "glass", 4, line=p.style.outline > 0)
    p.fill("M58 -48 H68 C76 -46 82 -38 86 -30 H58 Z", "glass")
    p.line([(-98, -22), (96, -22)], "pale", 4)
    for x in (-86, -64, -38, -18, 14, 36, 66, 86):
        p.disc(x, -7, 6.4, "ink")
    p.line([(-108, 0), (108, 0)], "stone", 3)


@glyph("plane", 140, 76, 90, "pale")
def plane(p: Pen, main: str) -> None:
    """An aeroplane climbing to the right."""
    with p.at(0, -30, 1, -10):
        p.fill("M-50 -4 L-66 -34 H-50 L-30 -6 Z", "a")
        p.fill(
            "M-62 -2 C-60 -16 -40 -16 30 -16 C54 -16 66 -4 66 2 C66 10 40 10 -30 8 C-50 8 -62 6 -62 -2 Z",
            main,
            shade=0.04,
            lift=1.6,
        )
        p.fill("M-2 2 L-34 40 H-18 L28 4 Z", "a", shade=0.2, lift=0)
        for x in (-20, -6, 8, 22, 36):
            p.disc(x, -6, 3, "b", line=False)
