"""Glyphs of whole places, for when a place has to be one sign: mountain, wave, city.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.canvas import Pen
from tympan_plugins.generators.sketch.glyphs import glyph


def peak(p: Pen, x: float, base: float, half: float, high: float, colour: str, snow: bool = True) -> None:
    """A mountain with a lit and a shadowed flank and a cap of snow; x, base is the middle of its foot."""
    top = base - high
    p.poly([(x - half, base), (x, top), (x + half, base)], colour, (1, 5, 1))
    ridge = [
        (x, top),
        (x + half * 0.1, top + high * 0.24),
        (x - half * 0.04, top + high * 0.42),
        (x + half * 0.16, top + high * 0.64),
        (x + half * 0.04, base),
    ]
    if p.style.empty < 0.6 and p.style.hatch < 0.5:
        p.poly([*ridge, (x + half, base)], p.darker(colour, 0.2), (3, 0, 0, 0, 0, 0), line=False)
    elif p.style.hatch >= 0.5:
        strokes = g.hatch(
            p.world(g.polygon([*ridge, (x + half * 0.94, base)])), None, 6, -0.9 * p.side, p.hand.unit
        )
        if strokes:
            p.raw_stroke(strokes, p.darker(colour, 0.5), 1.4)
    if snow:
        cap = 0.34
        left = (x - half * cap, top + high * cap)
        right = (x + half * cap, top + high * cap)
        edge = [
            (x + half * 0.17, top + high * 0.27),
            (x + half * 0.06, top + high * 0.4),
            (x - half * 0.08, top + high * 0.27),
            (x - half * 0.16, top + high * 0.37),
        ]
        p.poly([left, (x, top), right, *edge], "pale", (1, 5, 1, 1, 1, 1, 1))
        if p.style.empty < 0.6:
            p.poly(
                [(x, top), right, *edge[:2], ridge[1]], p.darker("pale", 0.14), (3, 1, 1, 1, 0), line=False
            )


@glyph("mountain", 130, 100, 200, "b")
def mountain(p: Pen, main: str) -> None:
    """Two peaks, the near one with snow."""
    peak(p, 28, 0, 38, 66, p.lighter(main, 0.3), snow=False)
    peak(p, -14, 0, 52, 96, main)


@glyph("wave", 120, 84, 100, "b")
def wave(p: Pen, main: str) -> None:
    """A breaking wave over two ripples."""
    p.fill(
        "M-58 -18 C-40 -24 -40 -78 4 -82 C30 -84 46 -66 42 -50 C36 -62 18 -62 14 "
        "-46 C10 -28 30 -20 58 -20 V-12 H-58 Z",
        main,
        shade=0.06,
        lift=1,
    )
    p.curve([(-26, -34), (-14, -58), (4, -68)], p.lighter(main, 0.6), 4)
    for y, role in ((-8, p.lighter(main, 0.3)), (2, "c")):
        p.curve([(-54, y), (-36, y - 5), (-18, y), (0, y - 5), (18, y), (36, y - 5), (54, y)], role, 5)


@glyph("city", 130, 100, 200, "b")
def city(p: Pen, main: str) -> None:
    """Four towers."""
    for x, w, h, colour in (
        (-42, 26, 58, p.lighter(main, 0.3)),
        (30, 26, 74, p.lighter(main, 0.2)),
        (-8, 34, 98, main),
        (52, 22, 46, "a"),
        (-62, 18, 36, "c"),
    ):
        p.rect(x - w / 2, -h, w, h, colour, (4, 4, 0, 0), shade=0.24, lift=0)
        for row in range(int(h / 16)):
            for side in (-0.2, 0.2):
                p.rect(x + side * w - 2.6, -h + 9 + row * 14, 5.2, 6, p.lighter(colour, 0.6), 1, line=False)
