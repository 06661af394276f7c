"""Rooms: window, furniture, plants, and what lies on tables.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.glyphs_home import rug
from tympan_plugins.generators.sketch.palette import mix
from tympan_plugins.generators.sketch.scene_land import SCENERY
from tympan_plugins.generators.sketch.stage import Stage
from tympan_plugins.generators.sketch.words import Subject

FURNITURE = {"lamp", "chair", "sofa", "shelf", "stool", "plant", "monstera", "cactus", "basket", "vase"}
ON_TABLE = (
    "book",
    "books",
    "cup",
    "mug",
    "laptop",
    "phone",
    "camera",
    "desk-lamp",
    "vase",
    "apple",
    "cactus",
    "key",
    "gift",
    "envelope",
    "parcel",
    "pencil",
    "calendar",
    "tulip",
    "flower",
)
PETS = {"cat", "dog", "rabbit"}


def room(st: Stage) -> None:
    """The whole room, wall to rug."""
    p, pal = st.pen, st.pen.palette
    floor = st.level(0, 0.74) if (st.guide.horizon or st.guide.levels) else st.h * 0.74
    tint = st.dice.named("wall").pick((pal.d, pal.day, pal.c, pal.a))
    wall = p.tone(
        mix(mix(tint, pal.paper, 0.62 if tint != pal.day else 0.4), pal.ink, 0.16 if p.light.dark else 0.0)
    )
    if st.back != "none" and st.backdrop(floor, wall) and p.style.empty < 0.6:
        for i in range(int(st.w / 54) + 1):
            p.rect(i * 54, -10, 27, floor + 10, mix(wall, pal.paper, 0.16), line=False)
    _floor(st, floor, mix(pal.card, pal.wood, 0.18))
    _window(st, st.w * 0.17, floor)
    desk = st.wish.has("table", "laptop", "desk-lamp") and not st.wish.has("chair", "sofa")
    _wall(st, floor)
    if desk:
        _desk(st, floor)
    else:
        _lounge(st, floor)
    _rest(st, desk)


def _floor(st: Stage, y: float, colour: str) -> None:
    p = st.pen
    p.rect(-20, y, st.w + 40, st.h - y + 30, colour)
    for i, k in enumerate((0.2, 0.48, 0.8)):
        line = y + (st.h - y) * k
        p.line([(-20, line), (st.w + 20, line)], p.darker(colour, 0.12), 1.6)
        for j in range(6):
            x = st.w * ((j + 0.5 * (i % 2)) / 5.4)
            p.line([(x, line), (x - 8, line + 16)], p.darker(colour, 0.12), 1.6)
    p.rect(-20, y - 15, st.w + 40, 16, "pale")


def _window(st: Stage, x: float, floor: float) -> None:
    """A window with the weather outside, curtains, and its light on the floor."""
    if not st.allowed("window"):
        return
    p, u = st.pen, st.unit
    w, h = 200 * u, 262 * u
    y = max(floor * 0.14, floor - 400 * u)
    p.rect(x - 9, y - 9, w + 18, h + 18, "pale", 5)
    with p.clip(g.box(x, y, w, h, 2)):
        _outlook(st, x, y, w, h)
    p.line([(x + w / 2, y), (x + w / 2, y + h)], "pale", 6)
    p.line([(x, y + h * 0.4), (x + w, y + h * 0.4)], "pale", 5)
    p.rect(x - 18, y + h + 5, w + 36, 11, "pale", 3)
    p.line([(x - 50 * u, y - 22 * u), (x + w + 50 * u, y - 22 * u)], "wood", 5 * u, cased=True)
    for edge, flip in ((x - 46 * u, False), (x + w + 46 * u, True)):
        with p.at(edge, y - 22 * u, u, 0, flip):
            p.fill(f"M0 0 H64 C66 120 40 210 44 {h / u + 66} H0 Z", "a")
            for k in (14, 30, 46):
                p.curve([(k, 2), (k - 1, 120), (k * 0.72, h / u + 60)], p.darker("a", 0.16), 3)
    if not p.light.dark and p.style.empty < 0.6:
        low = st.h * 0.985
        shine = [(x + w * 0.3, floor + 12), (x + w, floor + 12), (x + w * 1.6, low), (x + w * 0.62, low)]
        p.poly(shine, p.lighter("c", 0.6), 0, line=False, glow=True, opacity=0.34)


def _outlook(st: Stage, x: float, y: float, w: float, h: float) -> None:
    """What is seen through the window: sky, sun or moon, a hill with pines, and a gleam on the pane."""
    p, u, low = st.pen, st.unit, y + h
    p.raw(g.box(x, y, w, h), p.gradient(y, low, st.thin(p.light.top), st.thin(p.light.low)))
    p.disc(x + w * 0.34, y + h * 0.32, 24 * u, p.light.disc, line=False, glow=True)
    with p.far(p.light.low, 0.3):
        hill = [(-0.2, 0.74), (0.3, 0.58), (0.8, 0.72), (1.3, 0.6), (1.3, 1.4), (-0.2, 1.4)]
        p.fill(g.smooth([(x + w * a, y + h * b) for a, b in hill]), "d", line=False)
        st.put("pine", x + w * 0.8, y + h * 0.86, 90 * u, shadow=False)
        st.put("pine", x + w * 0.62, y + h * 0.9, 64 * u, shadow=False)
    if p.style.empty < 0.6:
        for k in (0.12, 0.3):
            gleam = [(k, low), (k + 0.1, low), (k + 0.6, y), (k + 0.5, y)]
            p.poly([(x + w * a, b) for a, b in gleam], "pale", line=False, glow=True, opacity=0.16)


def _wall(st: Stage, floor: float) -> None:
    """Pictures and a clock, hung around the eye's height."""
    y = floor * 0.4
    x = st.w * 0.55
    if st.wish.has("clock"):
        s = st.wish.find("clock")
        assert s is not None
        st.subject(s, st.w * 0.56, y * 0.9 + 20, 1.1, shadow=False)
    elif st.allowed("frame"):
        st.put("frame", x, y + 44 * st.unit, 118 * st.unit, shadow=False)
        st.put("frame", x + 92 * st.unit, y + 22 * st.unit, 84 * st.unit, shadow=False, main="c")
    if st.wish.has("window", "frame") and st.w > 800:
        st.put("frame", st.w * 0.9, y + 30, 90 * st.unit, shadow=False)


def _lounge(st: Stage, floor: float) -> None:
    """An armchair or sofa under a lamp, a side table, plants at the edges."""
    p, u, w = st.pen, st.unit, st.w
    base = floor + (st.h - floor) * 0.44
    sofa = st.wish.find("sofa")
    seat = sofa or st.wish.find("chair") or Subject("chair")
    x = w * (st.guide.main.x if st.guide.main and not st.wish.has("person", "reader") else 0.615)
    if st.allowed("rug"):
        rug(p, x - 30 * u, base + 26 * u, 560 * u, 120 * u)
    _edge(st, floor)
    if st.allowed("lamp"):
        lamp = st.wish.find("lamp") or Subject("lamp")
        st.subject(lamp, x + (128 if not sofa else 190) * u, floor + (st.h - floor) * 0.2, 1.12)
        if p.style.empty < 0.6:
            _cone(st, x + (128 if not sofa else 190) * u, floor)
    st.subject(seat, x, base, 1.24, flip=False)
    if st.wish.has("person", "reader") or "reading person" in st.wish.text:
        p.dice = st.dice.named("reader")
        st.put("reader", x - 4 * u, base - 8 * u, 206 * u, shadow=False)
    things = [s for s in st.wish.subjects if s.noun in ON_TABLE] or [Subject("books")]
    if len(things) == 1 and st.allowed("cup"):
        things.append(Subject("cup" if things[0].noun != "cup" else "books"))
    sx = x - (150 if not sofa else 220) * u
    if st.allowed("table", "stool"):
        st.put("stool", sx, base + 4 * u, 108 * u)
        _on(st, things, sx, base + 4 * u - 104 * u, 52 * u)


def _cone(st: Stage, x: float, floor: float) -> None:
    """The lamp's light, wider in the evening."""
    p, u = st.pen, st.unit
    top = floor + (st.h - floor) * 0.2 - 330 * 1.12 * u * 124 / 170
    dim = 0.2 if p.light.dark else 0.13
    p.poly(
        [(x - 62 * u, top), (x + 62 * u, top), (x + 215 * u, st.h * 0.93), (x - 215 * u, st.h * 0.93)],
        p.lighter("c", 0.4),
        30,
        line=False,
        glow=True,
        opacity=dim,
    )


def _edge(st: Stage, floor: float) -> None:
    """What stands at the right and left edge."""
    u, w = st.unit, st.w
    base = floor + (st.h - floor) * 0.24
    if st.wish.has("shelf") or (st.wish.has("book", "books") and w > 900):
        st.put("shelf", w * 0.905, base, 352 * u)
    elif st.allowed("plant"):
        st.put("monstera", w * 0.92, base + 20 * u, 262 * u)
    asked = next((s for s in st.wish.subjects if s.noun in ("plant", "monstera", "cactus", "vase")), None)
    if asked:
        for i in range(min(asked.count, 3)):
            st.subject(asked, w * (0.075 + 0.075 * i), base + (54 + 14 * i) * u, 1.22 - 0.2 * i)
    elif st.allowed("plant"):
        st.put("plant", w * 0.075, base + 54 * u, 190 * u)


def _desk(st: Stage, floor: float) -> None:
    """A desk with everything on it."""
    u, w = st.unit, st.w
    base = floor + (st.h - floor) * 0.5
    x = w * 0.62
    _edge(st, floor)
    st.put("chair", x - 6 * u, base - 26 * u, 210 * u, main="b")
    tall = 168 * u
    st.put("table", x, base + 10 * u, tall)
    things = [s for s in st.wish.subjects if s.noun in ON_TABLE]
    if not any(s.noun == "desk-lamp" for s in things) and st.allowed("lamp"):
        things.append(Subject("desk-lamp"))
    if len(things) < 3:
        things += [s for s in (Subject("mug"), Subject("books")) if st.allowed(s.noun)]
    _on(st, things, x, base + 10 * u - tall, 168 * u)


def _on(st: Stage, things: list[Subject], x: float, y: float, half: float) -> None:
    """Things side by side on a top that reaches `half` to either side; those that do not fit are left out."""
    listed = [
        Subject("books", 1, s.scale, s.colour) if s.noun == "book" and s.count > 1 else s for s in things
    ]
    shown = listed[: max(2, int(half / (26 * st.unit)))]
    order = sorted(shown, key=lambda s: s.noun != "books")
    step = 2 * half / len(order)
    for i, s in enumerate(order):
        scale = 0.98 if half > 100 * st.unit else 0.72
        st.subject(s, x - half + step * (i + 0.5), y, scale, shadow=False)


def _rest(st: Stage, desk: bool) -> None:
    """Pets on the rug, people on the floor, everything else in front."""
    drawn = SCENERY | FURNITURE | {*ON_TABLE, "table", "clock", "window", "reader"}
    if not desk:
        drawn = drawn | {"person"}
    rest = [(s, 1.3 if s.noun in PETS else 0.9) for s in st.wish.subjects if s.noun not in drawn]
    st.line_up(rest, [(0.36, 0.955), (0.47, 0.975), (0.78, 0.965), (0.27, 0.93), (0.86, 0.97)])
    if st.wish.has("basket"):
        st.put("basket", st.w * 0.44, st.h * 0.93, 60 * st.unit)
