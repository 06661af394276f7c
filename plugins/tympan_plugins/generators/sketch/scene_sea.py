"""Coasts: sea, cliffs, lighthouses, boats, beaches.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from math import pi, sin

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.palette import mix
from tympan_plugins.generators.sketch.scene_land import FLYING, SCENERY, SMALL
from tympan_plugins.generators.sketch.scene_sky import birds, clouds, sky, weather
from tympan_plugins.generators.sketch.stage import Stage
from tympan_plugins.generators.sketch.terrain import ground_colour, water_sheet
from tympan_plugins.generators.sketch.words import Subject

AFLOAT = {"boat", "ship", "fish"}


def sea(st: Stage) -> None:
    """The whole coast, far to near."""
    p = st.pen
    horizon = st.level(0, 0.6)
    low = st.wish.time in ("sunset", "morning")
    disc_x, _ = sky(st, horizon, (0.3, horizon / st.h - 0.012) if low else None)
    clouds(st, horizon)
    deep = mix(p.palette.b, p.palette.ink, 0.22)
    with p.far(p.light.low, 0.5):
        p.fill(
            f"M{st.w * 0.4} {horizon + 4} C{st.w * 0.46} {horizon - 34} "
            f"{st.w * 0.52} {horizon - 12} {st.w * 0.58} "
            f"{horizon - 26} C{st.w * 0.66} {horizon - 40} {st.w * 0.7} "
            f"{horizon - 8} {st.w * 0.78} {horizon + 4} Z",
            mix(deep, p.palette.ink, 0.1),
        )
    water_sheet(st, horizon, st.h, disc_x, deep)
    birds(st, horizon, 4)
    ashore = [s for s in st.wish.subjects if s.noun not in SCENERY | FLYING | AFLOAT]
    rocky = "cliff" in st.wish.places or st.wish.has("lighthouse", "house", "cabin", "windmill")
    _boats(st, horizon, st.h if rocky else st.level(2, 0.84) - 26)
    if rocky and st.allowed("cliff"):
        _cliff(st, horizon, ashore)
    else:
        _beach(st, ashore)
    for i, s in enumerate(s for s in st.wish.subjects if s.noun in FLYING - {"bird"}):
        st.subject(s, st.w * (0.5 + 0.2 * i), horizon * 0.7, 0.8, shadow=False)
    weather(st)


def swell(st: Stage, y: float, high: float, colour: str, name: str, opacity: float = 1.0) -> None:
    """A row of waves from edge to edge, filled below."""
    turn = st.dice.named(name).between(0, 2 * pi)
    step = 26 * st.unit
    count = int(st.w / step) + 6
    crest = [((i - 2) * step, y + high * sin(turn + i * 0.9)) for i in range(count)]
    body = [*g.smooth(crest, closed=False), ("L", (st.w + 60, st.h + 40)), ("L", (-60, st.h + 40)), ("Z", ())]
    st.pen.fill(body, colour, opacity=opacity)


def _boats(st: Stage, horizon: float, low: float) -> None:
    asked = [s for s in st.wish.subjects if s.noun in AFLOAT]
    if not asked and st.allowed("boat"):
        x = st.w * st.dice.named("boat").between(0.42, 0.5)
        st.put("boat", x, horizon + 34 * st.unit, 56 * st.unit, shadow=False)
        return
    spots = [(0.42, 0.34), (0.17, 0.6), (0.56, 0.8), (0.3, 0.16), (0.08, 0.34)]
    for i, found in enumerate(st.guide.spots[:5]):
        spots[i] = (found.x, min(max((found.y * st.h - horizon) / (st.h - horizon), 0.1), 0.9))
    if st.guide.main:
        spots.insert(0, (st.guide.main.x, 0.4))
    slots = iter(sorted(spots[: sum(s.count for s in asked)], key=lambda v: v[1]))
    for s in asked:
        for _, (x, depth) in zip(range(s.count), slots, strict=False):
            y = horizon + (low - horizon) * depth
            st.subject(s, st.w * x, y, 0.45 + depth * 1.0, shadow=False)
            wash = st.pen.lighter("b", 0.72)
            for k, reach in ((4, 62), (11, 40)):
                n = reach * st.unit * (0.5 + depth)
                st.pen.line(
                    [(st.w * x - n, y + k), (st.w * x + n * 0.8, y + k)], wash, 2.6, glow=True, opacity=0.8
                )


def _cliff(st: Stage, horizon: float, ashore: list[Subject]) -> None:
    """A headland on the right, with whatever stands on it."""
    w, top = st.w, horizon - (st.h * 0.05 + 26)
    _rock_face(st, top)
    grass = ground_colour(st)
    turf = [(0.655, 14), (0.675, -2), (0.76, -15), (0.88, -29), (1.04, -36), (1.04, 8), (0.95, 20), (0.9, 2),
            (0.83, 22), (0.77, 6), (0.71, 22)]  # fmt: skip
    st.pen.fill(g.smooth([(w * x, top + y) for x, y in turf], pull=0.12), grass)
    spots = [(0.78, top - 12), (0.93, top - 26), (0.7, top), (0.86, top - 20)]
    for s, (x, y) in sorted(zip(ashore, spots, strict=False), key=lambda pair: pair[1][1]):
        if st.guide.main and s is ashore[0]:
            x = max(st.guide.main.x, 0.69)
        st.subject(s, w * x, y, 0.8 if s.noun == "lighthouse" else 0.5)
        if s.noun == "lighthouse" and (st.pen.light.dark or st.wish.time == "sunset"):
            _rays(st, w * x, y, s.scale)
    if not any(s.noun in ("house", "cabin") for s in ashore) and st.allowed("house"):
        st.put("cabin", w * 0.91, top - 22, 62 * st.unit)
    for x in (0.72, 0.84, 0.985):
        foot = top - 4 - (x - 0.68) * 90
        st.put("bush", w * x, foot, 24 * st.unit, shadow=False, main=st.pen.darker(grass, 0.18))
    _surf(st)


def _rock_face(st: Stage, top: float) -> None:
    """The cliff's wall in facets; `top` is the height of its edge."""
    p, w, h = st.pen, st.w, st.h
    rock = mix(mix(p.palette.card, p.palette.a, 0.24), p.palette.ink, 0.24)
    edge = [(0.535, h + 20), (0.565, h * 0.93), (0.6, h * 0.86), (0.605, h * 0.75), (0.645, h * 0.69)]
    edge += [
        (0.65, top + 40),
        (0.672, top + 8),
        (0.76, top - 6),
        (0.88, top - 20),
        (1.04, top - 26),
        (1.04, h + 20),
    ]
    wall = g.polygon([(w * x, y) for x, y in edge], 5)
    p.fill(wall, rock)
    if p.style.empty >= 0.6:
        return
    with p.clip(wall):
        for i, (x, y, n) in enumerate(
            ((0.7, 0.1, 0.5), (0.78, 0.0, 0.8), (0.86, 0.08, 0.6), (0.94, 0.0, 0.9))
        ):
            facet = [(x, top + h * y), (x + 0.05, top + h * (y + 0.12)), (x + 0.02, top + h * n)]
            facet += [(x + 0.075, h + 30), (x + 0.1, top + h * 0.4), (x + 0.085, top)]
            p.poly([(w * fx, fy) for fx, fy in facet], p.darker(rock, 0.1 + 0.06 * (i % 2)), 4, line=False)
        for i in range(7):
            x, y = w * (0.6 + 0.05 * ((i * 3) % 7)), top + 60 + i * (h - top) / 8
            p.line([(x, y), (x + 34 * st.unit, y - 5)], p.darker(rock, 0.3), 2, opacity=0.6)


def _rays(st: Stage, x: float, y: float, scale: float) -> None:
    """The light of a lighthouse: its lamp is 128/170 of its height."""
    tall = 330 * 0.8 * st.unit * scale
    ly, shine = y - tall * 128 / 170, st.pen.lighter("c", 0.5)
    st.pen.poly(
        [(x, ly - 4), (x, ly + 4), (x - st.w * 1.1, ly + 104), (x - st.w * 1.1, ly - 66)],
        shine,
        line=False,
        glow=True,
        opacity=0.18,
    )
    st.pen.disc(x, ly, 26 * st.unit, shine, line=False, glow=True, opacity=0.3)


def _surf(st: Stage) -> None:
    """Rocks and foam at the cliff's foot, swell in front."""
    p = st.pen
    for x, y, tall in ((0.565, 0.965, 46), (0.5, 0.985, 26), (0.62, 1.0, 54)):
        st.put("rock", st.w * x, st.h * y, tall * st.unit, main=p.darker("stone", 0.25), shadow=False)
        for k in range(3):
            p.line(
                [
                    (st.w * x - (60 - 14 * k) * st.unit, st.h * y + k * 4),
                    (st.w * x + (44 - 9 * k) * st.unit, st.h * y + k * 4),
                ],
                "pale",
                3,
                opacity=0.8,
            )
    swell(st, st.h * 0.955, 4, mix(p.palette.b, p.palette.ink, 0.36), "swell", 0.85)


def _beach(st: Stage, ashore: list[Subject]) -> None:
    """Sand in front, for people and palms."""
    p, w, h = st.pen, st.w, st.h
    sand = mix(p.palette.card, p.palette.paper, 0.3)
    y = st.level(2, 0.84)
    for drop, colour in ((-14, p.lighter("b", 0.75)), (0, sand)):
        line = [(w * (i / 6 * 1.1 - 0.05), y + drop + 10 * sin(i * 1.9) - i * 6) for i in range(7)]
        p.fill(
            [*g.smooth(line, closed=False), ("L", (w + 60, h + 40)), ("L", (-60, h + 40)), ("Z", ())],
            colour,
            line=drop == 0,
        )
    if not (st.wish.has("palm") or {"island"} & st.wish.places or st.wish.season == "summer"):
        for x, tall in ((0.05, 46), (0.12, 26), (0.93, 54)):
            st.put("rock", w * x, h * 0.95, tall * st.unit)
    elif st.allowed("palm"):
        st.put("palm", w * 0.9, h * 0.95, 300 * st.unit, lean=-7)
        st.put("palm", w * 0.83, h * 0.9, 210 * st.unit, flip=True, lean=6)
    wanted = [(s, 0.5 if s.noun in SMALL else 0.9) for s in ashore]
    st.line_up(wanted, [(0.62, 0.95), (0.36, 0.97), (0.74, 0.92), (0.2, 0.96), (0.5, 0.99)])
