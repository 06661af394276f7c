"""Glyphs of a home: lamp, chair, table, plants, clock, pictures, shelves.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from math import cos, pi, sin

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.canvas import Pen
from tympan_plugins.generators.sketch.glyphs import glyph
from tympan_plugins.generators.sketch.glyphs_nature import leaf_at


@glyph("lamp", 70, 170, 330, "c")
def lamp(p: Pen, main: str) -> None:
    """A standard lamp."""
    p.rect(-20, -5, 40, 5, "ink", 2.5)
    p.line([(0, -4), (0, -132)], "ink", 3.2)
    p.fill("M-18 -168 H18 L33 -124 H-33 Z", main, shade=0.24, lift=0, glow=True, deep=0.1)
    p.line([(14, -124), (14, -110)], "ink", 1.2)
    p.disc(14, -109, 2, "ink", line=False)


@glyph("desk-lamp", 80, 96, 120, "a")
def desk_lamp(p: Pen, main: str) -> None:
    """A jointed desk lamp."""
    p.fill("M-34 0 C-34 -10 -6 -10 -6 0 Z", "ink")
    p.line([(-20, -6), (-30, -44), (2, -74)], "ink", 3.4)
    p.disc(-30, -44, 3.6, "stone")
    with p.at(4, -76, 1, -32):
        p.disc(0, 17, 7, p.lighter("c", 0.45), glow=True)
        p.fill("M-7 -12 H7 C9 0 22 6 22 18 H-22 C-22 6 -9 0 -7 -12 Z", main, shade=0.3, lift=0)


@glyph("chair", 116, 112, 185, "a")
def chair(p: Pen, main: str) -> None:
    """An armchair seen a little from the side."""
    for x in (-38, 38):
        p.line([(x, -12), (x * 1.12, -1)], "wood", 5)
    p.rect(-40, -110, 80, 84, p.darker(main, 0.1), (26, 26, 4, 4), shade=0.1, lift=0)
    p.rect(-36, -46, 72, 24, p.lighter(main, 0.16), 10, shade=0.05, lift=0.5)
    p.rect(-57, -66, 24, 56, main, (12, 12, 8, 8), shade=0.18, lift=0.1)
    p.rect(33, -66, 24, 56, main, (12, 12, 8, 8), shade=0.25, lift=0.1)
    p.rect(-50, -24, 100, 15, main, 5, shade=0.05, lift=0.3)
    with p.at(6, -54, 1, 9):
        p.rect(-20, -30, 40, 34, "c", 9, shade=0.2)
        p.line([(-10, -13), (10, -13)], p.lighter("c", 0.5), 2.4)


@glyph("sofa", 190, 96, 165, "b")
def sofa(p: Pen, main: str) -> None:
    """A sofa for two."""
    for x in (-72, 72):
        p.line([(x, -12), (x * 1.04, -1)], "wood", 5)
    p.rect(-80, -94, 160, 70, p.darker(main, 0.1), (20, 20, 4, 4), shade=0.05, lift=0)
    for x in (-70, 2):
        p.rect(x, -46, 68, 24, p.lighter(main, 0.14), 8)
    p.rect(-94, -62, 26, 52, main, 12, shade=0.2, lift=0.1)
    p.rect(68, -62, 26, 52, main, 12, shade=0.25, lift=0.1)
    p.rect(-84, -24, 168, 14, main, 5)
    with p.at(-44, -52, 1, -10):
        p.rect(-19, -28, 38, 32, "c", 8, shade=0.2)


@glyph("stool", 60, 62, 100, "wood")
def stool(p: Pen, main: str) -> None:
    """A round side table on three legs."""
    for x0, x1 in ((-14, -21), (0, 0), (14, 21)):
        p.line([(x0, -54), (x1, -1)], p.darker(main, 0.12), 3.6, cased=True)
    p.rect(-30, -60, 60, 8, main, 4, shade=0.1)


@glyph("table", 200, 84, 140, "wood")
def table(p: Pen, main: str) -> None:
    """A plain table."""
    for x in (-82, 82):
        p.poly([(x - 6, -78), (x + 6, -78), (x + 4, 0), (x - 4, 0)], p.darker(main, 0.14), 1)
    p.rect(-100, -84, 200, 9, main, 4, shade=0.03, lift=0.4)


@glyph("plant", 90, 130, 165, "leaf")
def plant(p: Pen, main: str) -> None:
    """A house plant with broad leaves in a pot."""
    for turn, length, x in ((-62, 62, -3), (60, 60, 3), (-30, 82, -2), (34, 80, 2), (4, 92, 0)):
        tone = p.darker(main, 0.12) if abs(turn) > 50 else main
        leaf_at(p, x, -36, length, turn, tone)
    p.fill("M-26 -42 H26 L20 0 H-20 Z", "a", shade=0.24, lift=0)
    p.rect(-29, -47, 58, 11, p.lighter("a", 0.16), 3, shade=0.12, lift=0)


@glyph("monstera", 110, 140, 220, "leaf")
def monstera(p: Pen, main: str) -> None:
    """A tall plant with long arching leaves."""
    for i, turn in enumerate((-64, -40, -16, 12, 38, 62)):
        length = 96 - abs(turn) * 0.32
        tone = (main, p.darker(main, 0.1), p.lighter(main, 0.12))[i % 3]
        with p.at(turn * 0.06, -40, length / 100, turn):
            p.fill("M-2 0 C-26 -40 -18 -80 8 -104 C22 -74 18 -30 2 0 Z", tone)
            p.curve([(0, -4), (1, -46), (6, -88)], p.darker(tone, 0.2), 2.6)
    p.rect(-24, -44, 48, 44, "b", (3, 3, 12, 12), shade=0.24, lift=0)
    p.line([(-22, -32), (22, -32)], p.lighter("b", 0.4), 3)


@glyph("cactus", 80, 120, 130, "leaf")
def cactus(p: Pen, main: str) -> None:
    """A cactus in a pot, with a flower."""
    p.line([(-14, -60), (-29, -60), (-29, -80)], p.darker(main, 0.1), 13, cased=True)
    p.line([(14, -70), (28, -70), (28, -88)], p.darker(main, 0.16), 12, cased=True)
    p.rect(-16, -108, 32, 76, main, (16, 16, 2, 2), shade=0.22, lift=0)
    for x in (-6, 4):
        p.line([(x, -98), (x, -44)], p.lighter(main, 0.3), 1.7)
    for turn in (-40, 0, 40):
        leaf_at(p, 0, -106, 15, turn, p.lighter("a", 0.2), rib=False)
    p.fill("M-25 -38 H25 L19 0 H-19 Z", "a", shade=0.24, lift=0)
    p.rect(-28, -42, 56, 10, p.lighter("a", 0.16), 3)


@glyph("vase", 80, 140, 150, "b")
def vase(p: Pen, main: str) -> None:
    """A vase of twigs."""
    for turn, length in ((-26, 66), (-6, 84), (16, 76), (34, 56)):
        with p.at(0, -50, 1, turn):
            p.line([(0, 0), (0, -length)], p.darker("leaf", 0.2), 2.4)
            for k in (0.5, 0.75, 1):
                p.disc(4 if k < 1 else 0, -length * k, 5.6, ("a", "c", "leaf")[int(k * 4) % 3])
    p.fill(
        "M-9 -62 H9 C7 -48 24 -40 24 -22 C24 -6 16 0 10 0 H-10 C-16 0 -24 -6 "
        "-24 -22 C-24 -40 -7 -48 -9 -62 Z",
        main,
        shade=0.26,
    )


@glyph("clock", 100, 100, 80, "a")
def clock(p: Pen, main: str) -> None:
    """A wall clock at ten past ten."""
    p.disc(0, -50, 48, main, shade=0.12)
    p.disc(0, -50, 37, "pale", shade=0.08, line=False)
    for i in range(12):
        angle = i * pi / 6
        r = 31
        p.disc(r * cos(angle), -50 + r * sin(angle), 2.6 if i % 3 == 0 else 1.5, "ink", line=False)
    p.line([(0, -50), (-15, -61)], "ink", 5)
    p.line([(0, -50), (21, -66)], "ink", 3.6)
    p.disc(0, -50, 4, "a", line=False)


@glyph("shelf", 150, 190, 320, "wood")
def shelf(p: Pen, main: str) -> None:
    """A bookcase, filled."""
    p.rect(-60, -186, 120, 182, p.darker(main, 0.36), 3)
    for y in (-6, -50, -94, -138, -186):
        p.rect(-62, y, 124, 6, main, 1)
    for y in (-8, -52, -96, -140):
        x = -56.0
        while x < 46:
            w, h = p.dice.between(6, 11), p.dice.between(22, 34)
            if p.dice.chance(0.1):
                x += 12
                continue
            p.rect(
                x,
                y - h + 2,
                w,
                h,
                p.dice.pick(("a", "b", "c", "d", "pale", "card")),
                1,
                line=p.style.outline > 0,
            )
            x += w + 0.6
    p.rect(-66, -190, 6, 190, main, 1)
    p.rect(60, -190, 6, 190, p.darker(main, 0.15), 1)


@glyph("frame", 80, 100, 120, "a")
def frame(p: Pen, main: str) -> None:
    """A framed picture of hills."""
    p.rect(-38, -98, 76, 96, "wood", 2)
    p.rect(-33, -93, 66, 86, "pale", 1, line=False)
    with p.clip(g.box(-25, -85, 50, 70)):
        p.rect(-26, -86, 52, 72, p.lighter("b", 0.6), line=False)
        p.disc(-6, -62, 9, main, line=False)
        p.fill("M-30 -44 C-10 -60 0 -34 30 -50 V-10 H-30 Z", p.lighter("d", 0.3), line=False)
        p.fill("M-30 -32 C-14 -40 6 -20 30 -34 V-10 H-30 Z", "d", line=False)


@glyph("basket", 70, 44, 60, "card")
def basket(p: Pen, main: str) -> None:
    """A woven basket."""
    p.fill("M-32 -42 H32 L26 0 H-26 Z", main, shade=0.2, lift=0)
    for y in (-32, -22, -12):
        p.line([(-28, y), (28, y)], p.darker(main, 0.24), 2)
    p.rect(-35, -46, 70, 8, p.lighter(main, 0.2), 4)


def rug(p: Pen, x: float, y: float, w: float, h: float) -> None:
    """A rug on the floor, in perspective."""
    for share, colour in ((1.0, "a"), (0.88, "paper"), (0.8, "b"), (0.5, p.lighter("b", 0.25))):
        p.fill(g.ellipse(x, y, w / 2 * share, h / 2 * share), p.lighter(colour, 0.18), line=share in (1.0,))
