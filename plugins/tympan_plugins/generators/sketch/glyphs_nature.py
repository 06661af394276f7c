"""Glyphs that grow: trees, flowers, leaves, mushrooms.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from math import pi, sin

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.canvas import Pen
from tympan_plugins.generators.sketch.glyphs import glyph

# Half a leaf each side of its rib, from stem (0, 0) to tip (0, -100).
LEAF = "M0 0 C-34 -22 -38 -66 0 -100 C38 -66 34 -22 0 0 Z"
_HALF = "M0 0 C34 -22 38 -66 0 -100 Z"


def leaf_at(p: Pen, x: float, y: float, length: float, turn: float, colour: str, rib: bool = True) -> None:
    """One leaf from its stem at x, y, `length` long, turned by degrees from upright."""
    with p.at(x, y, length / 100, turn):
        p.fill(LEAF, colour)
        if p.style.empty < 0.6:
            p.fill(_HALF, p.darker(colour, 0.14), line=False)
        if rib:
            p.line([(0, 4), (0, -78)], p.lighter(colour, 0.34), 2.6)


@glyph("tree", 84, 124, 225, "leaf")
def tree(p: Pen, main: str) -> None:
    """A broad-leaved tree with one of three crowns."""
    kind = p.dice.pick(("round", "oval", "cloud"))
    p.fill("M-5 0 C-3.5 -20 -3.4 -40 -3 -64 H3 C3.4 -40 3.5 -20 5 0 Z", "wood", shade=0.4)
    if kind == "round":
        p.disc(0, -82, 40, main, shade=0.22)
    elif kind == "oval":
        p.fill(
            g.smooth([(-33, -64), (-30, -98), (0, -124), (30, -98), (33, -64), (0, -42)]), main, shade=0.24
        )
    else:
        crown = [
            (-40, -66),
            (-38, -88),
            (-22, -96),
            (-12, -118),
            (14, -120),
            (24, -100),
            (40, -90),
            (40, -64),
            (20, -50),
            (0, -54),
            (-22, -48),
        ]
        p.fill(g.smooth(crown, pull=0.21), main, shade=0.2)
    bark = p.darker("wood", 0.1)
    p.curve([(0, -40), (0, -66), (0, -84)], bark, 3)
    p.line([(0, -62), (-13, -76)], bark, 2.4)
    p.line([(0, -70), (11, -82)], bark, 2.4)
    if p.style.hatch < 0.5:
        for x, y in ((-20, -88), (-12, -100), (-24, -74)):
            p.disc(x, y, 3.2, p.lighter(main, 0.2), line=False)


@glyph("pine", 66, 130, 245, "leaf")
def pine(p: Pen, main: str) -> None:
    """A conifer of three tiers, lit from the left."""
    p.rect(-4, -18, 8, 18, "wood", shade=0.4)
    dark = p.darker(main, 0.22)
    for low, high, half in ((-14, -72, 33), (-42, -100, 26), (-72, -130, 18)):
        tier = [(-half, low), (0, high), (half, low)]
        p.poly(tier, main, (5, 3, 5))
        if p.style.hatch < 0.5 and p.style.empty < 0.6:
            p.poly(
                [(0, high + 1), (half - 2, low - 0.5), (half * 0.1, low - 0.5)], dark, (1, 4, 1), line=False
            )
        elif p.style.hatch >= 0.5:
            strokes = g.hatch(
                p.world(g.polygon([(2, high + 6), (half - 4, low - 2), (half * 0.12, low - 2)])),
                None,
                5,
                -0.9,
                p.hand.unit,
            )
            if strokes:
                p.raw_stroke(strokes, dark, 1.5)


@glyph("palm", 96, 130, 230, "leaf")
def palm(p: Pen, main: str) -> None:
    """A palm with a bent trunk."""
    p.fill("M-6 0 C-4 -40 -2 -70 8 -100 L14 -98 C8 -70 6 -40 6 0 Z", "wood", shade=0.35)
    for turn, length in ((-100, 46), (-64, 50), (-24, 40), (28, 42), (66, 50), (102, 46)):
        with p.at(11, -100, length / 100, turn):
            p.fill("M0 0 C-20 -30 -14 -76 14 -100 C22 -66 18 -26 0 0 Z", main)
            p.curve([(0, -4), (4, -44), (12, -88)], p.darker(main, 0.2), 3)
    for x, y in ((7, -94), (15, -94)):
        p.disc(x, y, 4.4, "a")


@glyph("bush", 100, 50, 72, "leaf")
def bush(p: Pen, main: str) -> None:
    """A low round bush."""
    p.fill("M-50 0 C-54 -24 -36 -34 -26 -28 C-22 -50 8 -56 16 -38 C30 -48 54 -30 50 0 Z", main, shade=0.16)
    for x, y in ((-30, -14), (-8, -30), (-14, -12), (6, -18)):
        p.disc(x, y, 2.4, p.lighter(main, 0.24), line=False)


@glyph("grass", 40, 40, 44, "leaf")
def grass(p: Pen, main: str) -> None:
    """A tuft."""
    for turn, length in ((-34, 30), (-14, 40), (8, 36), (30, 26)):
        with p.at(turn * 0.14, 0, length / 100, turn):
            p.fill("M-8 0 C-8 -40 -4 -70 4 -100 C8 -66 8 -30 8 0 Z", main, line=False)


@glyph("tulip", 46, 112, 96, "a")
def tulip(p: Pen, main: str) -> None:
    """A tulip with two leaves."""
    p.curve([(0, 0), (1.4, -36), (0, -72)], p.darker("leaf", 0.1), 4.2, cased=True)
    with p.at(0, 0):
        p.fill("M0 -2 C-12 -16 -24 -36 -21 -64 C-8 -50 -1 -24 0 -2 Z", "leaf")
        p.fill("M0 -2 C10 -12 20 -28 21 -50 C8 -42 2 -22 0 -2 Z", p.darker("leaf", 0.14))
    head(p, main)


def head(p: Pen, main: str) -> None:
    """A tulip's flower on a stem that ends at (0, -72)."""
    p.fill("M-9 -66 C-13 -82 -9 -100 0 -112 C9 -100 13 -82 9 -66 Z", p.darker(main, 0.16))
    p.fill("M0 -64 C-22 -62 -24 -84 -18 -108 C-9 -102 -1 -88 0 -64 Z", main)
    p.fill("M0 -64 C22 -62 24 -84 18 -108 C9 -102 1 -88 0 -64 Z", p.lighter(main, 0.2))


@glyph("flower", 60, 110, 90, "a")
def flower(p: Pen, main: str) -> None:
    """A daisy-like flower."""
    p.curve([(0, 0), (-2, -36), (0, -78)], p.darker("leaf", 0.1), 4, cased=True)
    leaf_at(p, 0, -16, 36, -58, "leaf")
    leaf_at(p, 0, -26, 30, 60, "leaf")
    petals = p.dice.pick((6, 8))
    for i in range(petals):
        with p.at(0, -82, 1, 360 / petals * i):
            p.fill(g.ellipse(0, -15, 21 / petals * 2.9 * 0.72, 13), main if i % 2 else p.lighter(main, 0.16))
    p.disc(0, -82, 9, "c", shade=0.25)


@glyph("leaf", 76, 104, 100, "leaf")
def leaf(p: Pen, main: str) -> None:
    """A single leaf with veins."""
    p.curve([(-14, 0), (-6, -16), (0, -26)], p.darker(main, 0.2), 4)
    with p.at(-3, -20, 0.84, 8):
        p.fill("M0 0 C-48 -20 -48 -70 0 -100 C48 -70 48 -20 0 0 Z", main)
        if p.style.empty < 0.6:
            p.fill("M0 0 C48 -20 48 -70 0 -100 Z", p.darker(main, 0.16), line=False)
        vein = p.lighter(main, 0.42)
        p.line([(0, 2), (0, -84)], vein, 3)
        for y, reach in ((-22, 20), (-42, 22), (-62, 15)):
            p.line([(-reach, y - 15), (0, y), (reach, y - 15)], vein, 2.6)


@glyph("sprig", 60, 110, 110, "leaf")
def sprig(p: Pen, main: str) -> None:
    """A stem with paired leaves."""
    p.curve([(0, 0), (3, -40), (0, -84)], p.darker(main, 0.2), 3.4)
    for i, y in enumerate((-18, -40, -62)):
        leaf_at(p, 1, y, 36 - i * 4, -54, main, rib=i < 2)
        leaf_at(p, 1, y - 5, 36 - i * 4, 54, p.darker(main, 0.08), rib=i < 2)
    leaf_at(p, 0, -80, 30, 0, main)


@glyph("mushroom", 76, 78, 56, "a")
def mushroom(p: Pen, main: str) -> None:
    """A spotted mushroom."""
    p.fill("M-11 0 C-13 -18 -9 -30 -9 -42 H9 C9 -30 13 -18 11 0 Z", "pale", shade=0.35)
    p.fill(
        "M-38 -36 C-36 -66 -18 -78 0 -78 C18 -78 36 -66 38 -36 C16 -30 -16 -30 -38 -36 Z", main, shade=0.14
    )
    for x, y, r in ((-17, -52, 5.6), (6, -64, 5), (18, -47, 4.4), (-3, -43, 3.4)):
        p.disc(x, y, r, "pale", line=False)


@glyph("rock", 110, 50, 60, "stone")
def rock(p: Pen, main: str) -> None:
    """A boulder and a stone."""
    p.fill("M-52 0 C-54 -22 -38 -44 -14 -46 C10 -50 26 -32 30 0 Z", main, shade=0.3)
    p.fill("M14 0 C14 -16 28 -24 40 -20 C50 -17 54 -8 54 0 Z", p.lighter(main, 0.14), shade=0.3)


@glyph("seaweed", 40, 120, 130, "leaf")
def seaweed(p: Pen, main: str) -> None:
    """Swaying weed."""
    for x, high, side in ((-10, 92, 1), (0, 120, -1), (11, 76, 1)):
        points = [(x + side * 7 * sin(i * pi / 2), -high * i / 6) for i in range(7)]
        p.curve(points, main if side > 0 else p.darker(main, 0.16), 7)


@glyph("reed", 40, 110, 100, "leaf")
def reed(p: Pen, main: str) -> None:
    """Reeds at a shore."""
    for turn, length in ((-16, 78), (-4, 110), (9, 94), (22, 60)):
        with p.at(turn * 0.3, 0, 1, turn):
            p.line([(0, 0), (0, -length)], main, 2.6)
            if length > 80:
                p.rect(-3.2, -length - 4, 6.4, 22, "wood", 3.2)
