"""Doorsteps: a house front, and people who meet in front of its door.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from tympan_plugins.generators.sketch.glyphs_places import window
from tympan_plugins.generators.sketch.palette import mix
from tympan_plugins.generators.sketch.scene_sky import birds, clouds, sky, weather
from tympan_plugins.generators.sketch.stage import Spot, Stage
from tympan_plugins.generators.sketch.terrain import hill, leaf_colour, treeline
from tympan_plugins.generators.sketch.words import Subject

HANDED = ("parcel", "gift", "envelope")
# What this scene draws in places of its own.
DRAWN = {"courier", "person", "door", "bicycle", "van", "car", "sun", "moon", "star", "cloud", "bird", "tree"}
DRAWN |= {"window", "plant", *HANDED}


def doorstep(st: Stage) -> None:
    """The whole front, sky to pavement."""
    p, u = st.pen, st.unit
    floor = st.level(2, 0.86)
    horizon = floor * 0.72
    low = st.wish.time in ("morning", "sunset")
    sky(st, horizon, (0.15, 0.4) if low else (0.14, 0.22))
    clouds(st, horizon, 2)
    birds(st, horizon, 3)
    grass = mix(p.palette.d, p.palette.c, 0.36)
    with p.far(p.light.low, 0.45):
        treeline(st, horizon, "tree", 66 * u, hill(st, horizon + 10, 12, grass, "far"))
    with p.far(p.light.low, 0.15):
        hill(st, floor - 64 * u, 9, grass, "mid")
    edge = st.w * (0.325 if st.w > 800 else 0.2)
    _front(st, edge, floor)
    door = st.wish.find("door") or Subject("door")
    x = st.w * 0.635
    _door(st, door, x, floor)
    _pavement(st, floor)
    _garden(st, edge, floor)
    _people(st, x, floor)
    weather(st)


def _front(st: Stage, edge: float, floor: float) -> None:
    """A plastered wall with bricks showing here and there, a roof edge and two windows."""
    p, pal, u, w = st.pen, st.pen.palette, st.unit, st.w
    wall = mix(mix(pal.card, pal.paper, 0.42), pal.a, 0.08)
    p.rect(edge, -20, w - edge + 40, floor + 24, wall)
    dice = st.dice.named("bricks")
    for _ in range(int(26 * u)):
        bx, by = dice.between(edge + 20, w), dice.between(floor * 0.12, floor * 0.86)
        row = round(by / 17) * 17
        for k in range(dice.pick((1, 2, 2))):
            p.rect(bx + k * 30, row, 26, 12, p.darker(wall, 0.07), 2.5, line=False)
    if p.style.empty < 0.6 and not p.light.dark:
        for share, wide in ((0.12, 150), (0.36, 96)):
            x0 = edge + (w - edge) * share
            p.poly(
                [(x0, -20), (x0 + wide * u, -20), (x0 + (wide + 330) * u, floor), (x0 + 330 * u, floor)],
                p.lighter("c", 0.5),
                line=False,
                glow=True,
                opacity=0.26,
            )
    p.rect(edge, floor - 44 * u, w - edge + 40, 48 * u, p.darker("stone", 0.04))
    p.rect(edge - 12 * u, -20, 26 * u, floor + 24, mix(pal.paper, pal.stone, 0.22), 0, shade=0.3, lift=0)
    for k in range(int(floor / (46 * u))):
        p.line(
            [(edge - 11 * u, k * 46 * u + 12), (edge + 13 * u, k * 46 * u + 12)], p.darker("stone", 0.02), 1.6
        )
    for x in (0.43, 0.875) if w > 800 else (0.93,):
        _window(st, w * x, floor * 0.3)


def _window(st: Stage, x: float, y: float) -> None:
    """A window with shutters and a flower box; x is its middle."""
    p, u = st.pen, st.unit
    with p.at(x, y, u):
        window(p, -42, 0, 84, 118, 4)
        for side in (-1, 1):
            p.rect(side * 68 - 21, -4, 42, 126, p.darker("d", 0.1), 4, shade=0.14, lift=0)
            for k in range(7):
                p.line(
                    [(side * 68 - 14, 10 + k * 17), (side * 68 + 14, 10 + k * 17)], p.darker("d", 0.3), 2.2
                )
        p.rect(-54, 122, 108, 24, "wood", 4, shade=0.08)
        if st.allowed("flower", "plant"):
            for k in range(9):
                p.disc(-46 + k * 11.5, 119 - (k % 3) * 5, 9.5, "leaf", line=False)
            for k in range(6):
                p.disc(-42 + k * 16.6, 110 - (k % 2) * 8, 5.6, ("a", "c", "pale")[k % 3], line=False)


def _door(st: Stage, door: Subject, x: float, floor: float) -> None:
    p, u = st.pen, st.unit
    tall = 398 * u * min(door.scale, 1.15)
    main = st.named(door.colour) if door.colour else "b"
    p.rect(x - 142 * u, floor - 17 * u, 284 * u, 20 * u, p.lighter("stone", 0.3), 3)
    st.put("door", x, floor - 15 * u, tall, main=main, shadow=False)
    for side in (-1, 1):
        lx, ly = x + side * 140 * u, floor - 270 * u
        p.line([(lx, ly - 26 * u), (lx, ly - 12 * u)], "ink", 3 * u)
        p.poly(
            [
                (lx - 9 * u, ly - 14 * u),
                (lx + 9 * u, ly - 14 * u),
                (lx + 12 * u, ly + 14 * u),
                (lx - 12 * u, ly + 14 * u),
            ],
            p.lighter("c", 0.35),
            2,
            glow=True,
        )
        p.rect(lx - 13 * u, ly - 19 * u, 26 * u, 6 * u, "ink", 2)
        p.rect(lx - 14 * u, ly + 13 * u, 28 * u, 6 * u, "ink", 2)


def _pavement(st: Stage, floor: float) -> None:
    p, w, h = st.pen, st.w, st.h
    p.rect(-20, floor, w + 40, h - floor + 30, mix(p.palette.stone, p.palette.paper, 0.62))
    p.rect(-20, floor, w + 40, 5, mix(p.palette.stone, p.palette.paper, 0.36), line=False)
    for i in range(int(w / 120) + 2):
        p.line([(i * 130 - 20, floor + 6), (i * 130 - 60, h + 10)], p.lighter("stone", 0.3), 2)
    p.line(
        [(-20, floor + (h - floor) * 0.52), (w + 20, floor + (h - floor) * 0.52)], p.lighter("stone", 0.3), 2
    )


def _garden(st: Stage, edge: float, floor: float) -> None:
    """Hedge, tree and bicycle before the sky; pots beside the door."""
    u, w = st.unit, st.w
    if st.allowed("tree"):
        st.put("tree", edge * 0.2, floor + 4, 300 * u, main=leaf_colour(st, "tree"), shadow=False)
    if st.allowed("bush"):
        for k in range(4):
            st.put(
                "bush",
                edge * (0.1 + 0.27 * k),
                floor + 3,
                (64 + 10 * (k % 2)) * u,
                shadow=False,
                main=leaf_colour(st, "tree"),
            )
    if st.allowed("bicycle") and not st.wish.has("van", "car"):
        bike = st.wish.find("bicycle") or Subject("bicycle")
        st.subject(bike, max(edge * 0.66, 120 * u), floor + (st.h - floor) * 0.36, 1.28)
    for s in st.wish.subjects:
        if s.noun in ("van", "car"):
            st.subject(s, edge * 0.5, floor + (st.h - floor) * 0.4, 1.25)
    if st.allowed("plant"):
        st.put("monstera", w * 0.965, floor + 12 * u, 200 * u)
        st.put("plant", w * 0.635 + 178 * u, floor + 8 * u, 118 * u)


def _people(st: Stage, x: float, floor: float) -> None:
    """Who is at the door; a control's pose moves them."""
    u = st.unit
    spot = Spot(x / st.w, (floor + (st.h - floor) * 0.42) / st.h, 272 * u / st.h)
    if st.guide.main:
        spot = st.guide.main
    if st.wish.has("courier", *HANDED) and st.allowed("courier", "person"):
        _meeting(st, spot)
    else:
        people = st.wish.find("person") or st.wish.find("courier")
        for i in range(people.count if people else 0):
            st.put(
                "person", spot.x * st.w - (150 - 110 * i) * u, spot.y * st.h, spot.tall * st.h, lean=spot.lean
            )
    others = [s for s in st.wish.subjects if s.noun not in DRAWN]
    for i, s in enumerate(others[:4]):
        st.subject(s, st.w * (0.42 + 0.1 * i), st.h * 0.975, 1.1)


def _meeting(st: Stage, spot: Spot) -> None:
    """A courier and somebody who opens, their hands meeting at what is handed over."""
    x, y, tall = spot.x * st.w, spot.y * st.h, spot.tall * st.h
    thing = next((s for s in st.wish.subjects if s.noun in HANDED), Subject("parcel"))
    courier = st.wish.find("courier")
    coat = st.named(courier.colour) if courier and courier.colour else ""
    st.put("taker", x + tall * 0.355, y, tall * 0.965, flip=True, lean=-spot.lean)
    st.put("giver", x - tall * 0.355, y, tall, lean=spot.lean, main=coat)
    colour = st.named(thing.colour) if thing.colour else ""
    st.put(thing.noun, x + 2, y - tall * 0.462, tall * 0.24 * thing.scale, shadow=False, main=colour)
    for dx, dy, skin in ((-0.068, 0.5, 1), (0.074, 0.49, 2)):
        st.pen.disc(x + tall * dx, y - tall * dy, tall * 0.03, st.pen.palette.skins[skin])
