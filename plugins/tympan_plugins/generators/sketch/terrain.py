"""The ground a landscape is made of: hills, mountains, water, distant trees, and their colours.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from itertools import pairwise
from math import pi, sin

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.glyphs_land import peak
from tympan_plugins.generators.sketch.palette import mix
from tympan_plugins.generators.sketch.stage import Stage

TREES = {"tree", "pine", "palm"}


def ground_colour(st: Stage) -> str:
    """The ground's colour in this season."""
    pal = st.pen.palette
    if st.wish.weather == "snow" or st.wish.season == "winter":
        return mix(pal.pale, pal.b, 0.1)
    if st.wish.season == "autumn":
        return mix(mix(pal.c, pal.a, 0.3), pal.d, 0.12)
    if "desert" in st.wish.places:
        return mix(mix(pal.c, pal.a, 0.25), pal.paper, 0.3)
    return mix(pal.d, pal.b, 0.3) if st.pen.light.dark else mix(pal.d, pal.c, 0.36)


def leaf_colour(st: Stage, name: str) -> str:
    """A tree's colour in this season; trees of one picture differ a little."""
    pal, dice = st.pen.palette, st.dice.named(f"leaf{st.placed}")
    if st.wish.season == "autumn" and name != "pine":
        return dice.pick((pal.a, pal.c, mix(pal.a, pal.c, 0.5), mix(pal.d, pal.c, 0.5)))
    if (st.wish.weather == "snow" or st.wish.season == "winter") and name == "pine":
        return mix(mix(pal.d, pal.b, 0.3), pal.paper, dice.pick((0.0, 0.2)))
    base = mix(pal.d, pal.b, 0.22) if name == "pine" else pal.d
    return mix(base, dice.pick((pal.c, pal.ink, pal.paper)), dice.between(0.02, 0.14))


def hill(st: Stage, y: float, swing: float, colour: str, name: str, shade: float = 0.0) -> list[g.Point]:
    """A rolling layer from edge to edge, filled down to the bottom; gives its crest."""
    dice = st.dice.named(name)
    turn, waves = dice.between(0, 2 * pi), dice.between(0.8, 1.5)
    crest = [
        (st.w * (i / 8 * 1.12 - 0.06), y + swing * sin(turn + i / 8 * 2 * pi * waves) + dice.between(-4, 4))
        for i in range(9)
    ]
    body = [*g.smooth(crest, closed=False), ("L", (st.w + 70, st.h + 40)), ("L", (-70, st.h + 40)), ("Z", ())]
    st.pen.fill(body, colour)
    if shade and st.pen.style.hatch < 0.5 and st.pen.style.empty < 0.6:
        band = [(x, yy + 18 + 14 * sin(i * 1.3 + turn)) for i, (x, yy) in enumerate(crest)]
        st.pen.fill(
            [
                *g.smooth(band, closed=False),
                ("L", (st.w + 70, st.h + 40)),
                ("L", (-70, st.h + 40)),
                ("Z", ()),
            ],
            mix(colour, st.pen.palette.ink, shade),
            line=False,
        )
    return crest


def height_at(crest: list[g.Point], x: float) -> float:
    """Height of a crest at x."""
    for (x0, y0), (x1, y1) in pairwise(crest):
        if x0 <= x <= x1:
            return y0 + (y1 - y0) * (x - x0) / ((x1 - x0) or 1)
    return crest[-1][1]


def mountains(st: Stage, base: float) -> None:
    """A far and a near range."""
    p, dice = st.pen, st.dice.named("mountains")
    asked = st.wish.find("mountain")
    count = max(asked.count, 2) if asked and asked.count > 1 else 3
    rock = mix(mix(p.palette.b, p.palette.ink, 0.25), p.palette.paper, 0.3 if p.light.dark else 0.18)
    room = base * 0.8
    with p.far(p.light.low, 0.55):
        for i in range(4):
            x = st.w * (i + dice.between(0.1, 0.9)) / 4
            peak(
                p,
                x,
                base + 8,
                dice.between(120, 190) * st.unit,
                room * dice.between(0.34, 0.5),
                rock,
                snow=False,
            )
    order = dice.shuffled(list(range(count)))
    with p.far(p.light.low, 0.14):
        for rank, i in enumerate(order):
            x = st.w * (0.24 + 0.72 * (i + 0.5) / count) + dice.between(-30, 30)
            high = room * (0.58 + 0.34 * rank / max(count - 1, 1)) * (asked.scale if asked else 1)
            peak(
                p,
                x,
                base + 10,
                min(high * dice.between(0.72, 0.9), st.w * 0.42),
                min(high, base * 0.92),
                rock,
            )


def water_sheet(st: Stage, top: float, low: float, disc_x: float, colour: str) -> None:
    """Still water between two heights, with a track of light below sun or moon."""
    p = st.pen
    p.raw(
        g.box(-20, top, st.w + 40, low - top + 30),
        p.gradient(top, low, st.thin(mix(p.tone(colour), p.light.low, 0.42)), st.thin(p.tone(colour))),
    )
    dice = st.dice.named("water")
    glint = mix(p.light.low, p.palette.pale, 0.4)
    for _ in range(int(13 * st.w / 1000) + 3):
        y = top + (low - top) * (0.12 + 0.86 * dice.unit())
        n = dice.between(16, 64) * (0.4 + (y - top) / (low - top))
        x = dice.between(-20, st.w)
        p.line([(x, y), (x + n, y)], glint, 1.4 + 1.6 * (y - top) / (low - top), glow=True, opacity=0.5)
    if st.allowed("sun", "moon") and st.wish.weather in ("", "snow"):
        rows = max(4, int((low - top) / 15))
        for i in range(rows):
            y = top + 7 + (low - top - 10) * i / rows
            n = (46 - 26 * sin(i / rows * pi)) * st.unit * dice.between(0.5, 1.1)
            x = disc_x + dice.between(-9, 9)
            p.line([(x - n, y), (x + n, y)], p.light.disc, 3.2, glow=True, opacity=0.75)


def treeline(st: Stage, y: float, name: str, tall: float, crest: list[g.Point] | None = None) -> None:
    """A row of distant trees, in clumps."""
    if not st.allowed(name, "forest") or any(s.exact for s in st.wish.subjects if s.noun in TREES):
        return
    dice, x = st.dice.named("treeline"), -10.0
    while x < st.w + 20:
        if dice.chance(0.24):
            x += dice.between(40, 150) * st.unit
        foot = (height_at(crest, x) if crest else y) + 5
        st.put(name, x, foot, tall * dice.between(0.6, 1.15), main=leaf_colour(st, name), shadow=False)
        x += tall * dice.between(0.26, 0.5)
