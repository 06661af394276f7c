"""Still lifes of things, and abstract compositions when no word is known.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from math import ceil

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.canvas import Pen
from tympan_plugins.generators.sketch.dice import Dice
from tympan_plugins.generators.sketch.glyphs import find
from tympan_plugins.generators.sketch.palette import mix
from tympan_plugins.generators.sketch.stage import Stage


def things(st: Stage) -> None:
    """Subjects on plinths before a great disc or arch, with sprigs at the sides."""
    p, pal, w, h, dice = st.pen, st.pen.palette, st.w, st.h, st.dice.named("things")
    hue = dice.pick((pal.day, pal.d, pal.c, pal.a))
    ground = p.tone(mix(hue, pal.pale, 0.72))
    st.backdrop(h, ground)
    u, floor = min(w / 700, h / 600), h * 0.83
    st.halftone(0, h * 0.5, mix(ground, pal.ink, 0.08))
    if dice.chance(0.5):
        p.disc(w * 0.5, floor - 190 * u, 250 * u, mix(hue, pal.paper, 0.45), line=False)
        p.disc(w * 0.5, floor - 190 * u, 188 * u, mix(hue, pal.paper, 0.32), line=False, opacity=0.7)
    else:
        for k, reach in enumerate((250, 196, 142)):
            r, high = reach * u, (reach + 210) * u
            p.rect(
                w * 0.5 - r,
                floor - high,
                2 * r,
                high,
                mix(hue, pal.paper, 0.52 - 0.1 * k),
                (r, r, 0, 0),
                line=False,
            )
    p.rect(-20, floor, w + 40, h - floor + 30, mix(hue, pal.paper, 0.28), line=True)
    if st.allowed("sprig", "plant", "leaf"):
        for side in (-1, 1):
            for k, (turn, tall) in enumerate(((4, 250), (17, 190), (-12, 170))):
                x, leaf = w * 0.5 + side * (290 + 26 * k) * u, mix(pal.d, pal.paper, 0.24 - 0.12 * k)
                st.put("sprig", x, floor + 4, tall * u, lean=side * turn, shadow=False, main=leaf)
    _plinths(st, floor, u, dice)
    for _ in range(9):
        x, y, s = dice.between(0.08, 0.92) * w, dice.between(0.08, 0.5) * h, dice.between(4, 11) * u
        if dice.chance(0.5):
            p.fill(g.polygon(g.star(x, y, s * 1.5, s * 0.56, 4), 1), "c", line=False)
        else:
            p.disc(x, y, s * 0.55, dice.pick((pal.a, pal.paper, pal.b)), line=False)


def _plinths(st: Stage, floor: float, u: float, dice: Dice) -> None:
    p, pal = st.pen, st.pen.palette
    flat = [s for s in st.wish.subjects for _ in range(s.count)][:7]
    count = len(flat)
    if not count:
        return
    wide = min(215 * u, st.w * 0.86 / count)
    order = sorted(range(count), key=lambda i: abs(i - (count - 1) / 2))
    for rank, slot in enumerate(order):
        s = flat[rank]
        x = st.w * 0.5 + (slot - (count - 1) / 2) * wide
        spot = st.guide.spots[rank] if rank < len(st.guide.spots) else (st.guide.main if rank == 0 else None)
        if spot:
            x = st.w * spot.x
        high = (96 - 34 * (rank % 3)) * u * (0.7 if count > 4 else 1.0)
        colour = (
            pal.paper,
            mix(pal.a, pal.paper, 0.3),
            mix(pal.c, pal.paper, 0.3),
            mix(pal.b, pal.paper, 0.4),
        )[rank % 4]
        p.rect(
            x - wide * 0.44, floor - high, wide * 0.88, high + 4 * u, colour, (3, 3, 0, 0), shade=0.24, lift=0
        )
        p.disc(x, floor - high, wide * 0.44, p.lighter(colour, 0.35), wide * 0.075)
        kind = find(s.noun)
        room = (330 if count < 3 else 230) * u
        tall = min(room * (0.82 if kind.height < 90 else 1.0), wide * 0.84 / kind.width * kind.height) * min(
            s.scale, 1.2
        )
        st.put(s.noun, x, floor - high + wide * 0.02, tall, main=st.named(s.colour) if s.colour else "")


def abstract(st: Stage) -> None:
    """Squares of circles, quarters, arches and stripes."""
    p, pal, w, h, dice = st.pen, st.pen.palette, st.w, st.h, st.dice.named("abstract")
    st.backdrop(h, pal.paper)
    rows = max(3, round(h / 165))
    cell = h / rows
    columns = ceil(w / cell)
    left = (w - columns * cell) / 2
    colours = [pal.a, pal.b, pal.c, pal.d, pal.ink, mix(pal.a, pal.paper, 0.55), mix(pal.b, pal.paper, 0.6)]
    grounds = [
        pal.paper,
        pal.paper,
        mix(pal.c, pal.paper, 0.72),
        mix(pal.b, pal.paper, 0.8),
        mix(pal.a, pal.paper, 0.8),
    ]
    for row in range(rows):
        for column in range(columns):
            fore = dice.pick(colours)
            second = dice.pick([c for c in colours if c != fore])
            with p.at(
                left + (column + 0.5) * cell, (row + 0.5) * cell, cell / 100, 90 * int(dice.unit() * 4)
            ):
                ground = dice.pick(grounds)
                if ground != pal.paper and st.back in ("", "scene"):
                    p.rect(-50, -50, 100, 100, ground, line=False)
                _motif(p, dice, fore, second)


def _motif(p: Pen, dice: Dice, fore: str, second: str) -> None:
    form = dice.pick(
        ("quarter", "rings", "half", "leaf", "disc", "arch", "stripes", "dots", "petals", "triangle")
    )
    if form == "quarter":
        p.fill("M-50 50 V-50 C5 -50 50 -5 50 50 Z", fore, shade=0.0)
    elif form == "rings":
        for r, colour in ((100, fore), (68, second), (36, fore)):
            k = r * 0.552
            p.fill(f"M-50 50 V{50 - r} C{-50 + k:.2f} {50 - r} {-50 + r} {50 - k:.2f} {-50 + r} 50 Z", colour)
    elif form == "half":
        p.fill(g.box(-50, 0, 100, 50, (50, 50, 0, 0)), fore)
        p.disc(0, -24, 20, second)
    elif form == "leaf":
        p.fill("M-50 50 C-50 -5 -5 -50 50 -50 C50 5 5 50 -50 50 Z", fore)
        p.line([(-36, 36), (28, -28)], second, 3)
    elif form == "disc":
        p.disc(0, 0, 40, fore, shade=0.3)
        p.disc(0, 0, 14, second)
    elif form == "arch":
        for r, colour in ((46, fore), (30, second), (14, fore)):
            p.rect(-r, 4 - r, 2 * r, 46 + r, colour, (r, r, 0, 0))
    elif form == "stripes":
        for k in range(4):
            p.rect(-50 + k * 26, -50, 13, 100, fore, line=False)
    elif form == "dots":
        for x in (-30, 0, 30):
            for y in (-30, 0, 30):
                p.disc(x, y, 7.5, fore, line=False)
    elif form == "petals":
        for turn in (0, 90, 180, 270):
            with p.at(0, 0, 1, turn):
                p.fill("M0 0 C0 -34 16 -50 50 -50 C50 -16 34 0 0 0 Z", fore if turn % 180 else second)
    else:
        p.poly([(-50, 50), (50, 50), (50, -50)], fore, 0)
        p.disc(-18, -18, 17, second)
