"""Glyphs that are alive: cat, dog, bird, fish, butterfly, rabbit.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.canvas import Pen
from tympan_plugins.generators.sketch.glyphs import glyph


@glyph("cat", 84, 104, 76, "ink")
def cat(p: Pen, main: str) -> None:
    """A sitting cat, seen from the front, its tail to the right."""
    p.stroke("M22 -8 C46 -4 50 -26 42 -40", main, 9, cased=True)
    p.fill("M-26 0 C-34 -34 -20 -60 0 -62 C20 -60 34 -34 26 0 Z", main, shade=0.2, lift=0)
    p.fill("M-11 0 C-15 -22 -10 -44 0 -46 C10 -44 15 -22 11 0 Z", p.lighter(main, 0.2), line=False)
    p.fill(
        "M-27 -74 L-25 -104 L-9 -92 C-3 -94 3 -94 9 -92 L25 -104 L27 -74 C27 -56 14 "
        "-48 0 -48 C-14 -48 -27 -56 -27 -74 Z",
        main,
        shade=0.1,
        lift=0,
    )
    for s in (-1, 1):
        p.poly([(s * 22, -97), (s * 13, -90), (s * 22, -84)], p.lighter("a", 0.3), 1.5, line=False)
        p.disc(s * 10.5, -72, 4.4, p.lighter("c", 0.2), line=False)
        p.disc(s * 10.5, -72, 1.8, "ink", 3.6, line=False)
        p.line([(s * 15, -61), (s * 30, -64)], p.lighter(main, 0.5), 1.1)
        p.line([(s * 15, -58), (s * 29, -56)], p.lighter(main, 0.5), 1.1)
        p.disc(s * 12, -3, 9, p.lighter(main, 0.1), 5)
    p.poly([(-3.4, -64), (3.4, -64), (0, -60)], p.lighter("a", 0.2), 1, line=False)


@glyph("dog", 110, 100, 84, "wood")
def dog(p: Pen, main: str) -> None:
    """A dog standing, looking right."""
    p.stroke("M-36 -46 C-50 -52 -54 -66 -48 -74", main, 8, cased=True)
    for x in (-20, 24):
        p.line([(x + 5, -30), (x + 5, -4)], p.darker(main, 0.24), 10, cased=True)
    p.fill(
        "M-40 -50 C-40 -62 -28 -64 -10 -62 H22 C34 -62 38 -46 34 -34 C22 -26 -28 "
        "-24 -36 -30 C-40 -36 -40 -42 -40 -50 Z",
        main,
        shade=0.06,
        lift=0.9,
    )
    for x in (-30, 16):
        p.line([(x, -36), (x, -5)], main, 11, cased=True)
        p.line([(x, -5), (x + 5, -5)], main, 10)
    p.fill(
        "M14 -44 C10 -70 16 -96 36 -96 C46 -96 50 -88 52 -82 C60 -82 68 -78 67 -70 C66 "
        "-64 56 -63 48 -62 C46 -52 40 -44 34 -42 Z",
        main,
        shade=0.05,
        lift=0,
    )
    p.fill("M24 -92 C14 -92 8 -74 14 -62 C22 -60 30 -72 30 -86 Z", p.darker(main, 0.35))
    p.disc(44, -82, 2.7, "ink", line=False)
    p.disc(65, -76, 4, "ink", line=False)
    p.line([(17, -50), (40, -50)], "a", 6)
    p.disc(32, -45, 3.6, "c", line=False)


@glyph("bird", 100, 70, 40, "b")
def bird(p: Pen, main: str) -> None:
    """A small round bird."""
    for x in (-4, 8):
        p.line([(x, -14), (x, -1)], "wood", 2.6)
    p.poly([(-30, -36), (-54, -26), (-50, -40)], p.darker(main, 0.2), 2)
    p.fill(
        "M-34 -34 C-30 -12 -2 -8 14 -18 C32 -28 34 -48 28 -56 C20 -68 0 -68 -6 "
        "-54 C-12 -42 -24 -40 -34 -34 Z",
        main,
        shade=0.1,
        lift=0.6,
    )
    p.fill("M-30 -32 C-20 -46 0 -46 8 -36 C0 -22 -18 -20 -30 -32 Z", p.darker(main, 0.22))
    p.poly([(29, -54), (44, -49), (30, -45)], "c", 1.5)
    p.disc(18, -54, 2.8, "ink", line=False)


@glyph("gull", 90, 36, 24, "pale")
def gull(p: Pen, main: str) -> None:
    """A bird on the wing, far off."""
    p.fill(
        "M-44 -26 C-30 -36 -12 -32 0 -14 C12 -32 30 -36 44 -26 C28 -26 12 -18 2 -4 C0 "
        "-2 -1 -2 -2 -4 C-12 -18 -28 -26 -44 -26 Z",
        main,
        line=p.scale > 0.8,
    )


@glyph("fish", 120, 70, 60, "a")
def fish(p: Pen, main: str) -> None:
    """A fish swimming right."""
    p.fill(
        "M-34 -36 C-46 -52 -58 -58 -62 -58 C-56 -44 -56 -28 -62 -12 C-56 -12 -44 -20 -34 -34 Z",
        p.darker(main, 0.14),
    )
    p.fill("M-8 -56 C2 -72 22 -70 26 -60 Z", p.darker(main, 0.14))
    body = "M-40 -35 C-22 -64 30 -68 56 -34 C30 -4 -22 -6 -40 -35 Z"
    p.fill(body, main, shade=0.0)
    with p.clip(body):
        p.fill("M-46 -30 C-10 -14 30 -12 62 -34 L60 10 H-46 Z", p.lighter(main, 0.34), line=False)
        for x in (-14, 6):
            p.curve([(x, -68), (x + 9, -36), (x, -2)], p.lighter("c", 0.1), 6.4)
    p.fill("M-4 -30 C2 -20 0 -12 -8 -8 C-12 -16 -12 -24 -4 -30 Z", p.darker(main, 0.2))
    p.disc(36, -40, 6, "pale", line=p.style.outline > 0)
    p.disc(37.4, -40, 3, "ink", line=False)


@glyph("butterfly", 100, 84, 50, "a")
def butterfly(p: Pen, main: str) -> None:
    """A butterfly with open wings."""
    for flip in (False, True):
        with p.at(0, -42, 1, 0, flip):
            p.fill("M4 2 C14 8 38 10 34 28 C28 44 8 34 4 12 Z", "c", shade=0.1)
            p.fill("M4 0 C6 -30 34 -50 46 -36 C56 -20 36 4 4 4 Z", main, shade=0.1)
            p.disc(34, -24, 6, p.lighter(main, 0.5), line=False)
            p.curve([(1, -18), (5, -30), (12, -38)], "ink", 2)
    p.rect(-4, -62, 8, 48, "ink", 4)


@glyph("rabbit", 74, 110, 70, "pale")
def rabbit(p: Pen, main: str) -> None:
    """A sitting rabbit."""
    p.disc(-28, -14, 10, main)
    p.fill("M-28 0 C-34 -30 -14 -48 4 -48 C24 -46 30 -24 26 0 Z", main, shade=0.14, lift=0)
    for turn in (-14, 10):
        with p.at(10, -76, 1, turn):
            p.fill(g.ellipse(0, -16, 7, 22), main)
            p.fill(g.ellipse(0, -14, 3, 14), p.lighter("a", 0.5), line=False)
    p.disc(12, -62, 20, main, shade=0.1)
    p.disc(20, -65, 2.8, "ink", line=False)
    p.disc(31, -60, 2.4, p.lighter("a", 0.2), line=False)
    p.fill(g.ellipse(14, -4, 14, 6), p.darker(main, 0.05))
