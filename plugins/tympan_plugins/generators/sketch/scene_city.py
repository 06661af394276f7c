"""Cities: skyline, bridge, river or street.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.canvas import Pen
from tympan_plugins.generators.sketch.dice import Dice
from tympan_plugins.generators.sketch.palette import mix
from tympan_plugins.generators.sketch.scene_land import FLYING, SCENERY
from tympan_plugins.generators.sketch.scene_sky import birds, clouds, sky, weather
from tympan_plugins.generators.sketch.stage import Stage
from tympan_plugins.generators.sketch.terrain import leaf_colour, water_sheet

WATER = {"boat", "ship", "bridge"}


def city(st: Stage) -> None:
    """The whole city, far to near."""
    p = st.pen
    wet = st.wish.has(*WATER) or bool(st.wish.places & {"river", "sea", "lake"})
    shore = st.level(1, 0.71 if wet else 0.8)
    low = st.wish.time in ("sunset", "morning")
    disc_x, _ = sky(st, shore, (0.27, shore / st.h * 0.62) if low else None)
    clouds(st, shore)
    birds(st, shore, 4)
    for i, (haze, most) in enumerate(((0.66, 0.6), (0.4, 0.46))):
        with p.far(p.light.low, haze):
            _silhouettes(st, shore + 4, most, st.dice.named(f"far{i}"))
    towers = _towers(st, shore)
    tone = mix(p.palette.b, p.palette.ink, 0.2)
    if wet:
        water_sheet(st, shore, st.h, disc_x, tone)
        _reflections(st, towers, shore)
        p.rect(-20, shore - 7, st.w + 40, 9, p.darker("stone", 0.1), 0)
        if st.wish.has("bridge"):
            _bridge(st, shore)
        _afloat(st, shore)
        _quay(st)
    else:
        _street(st, shore)
    _others(st, shore, wet)
    weather(st)


def _silhouettes(st: Stage, base: float, most: float, dice: Dice) -> None:
    x, colour = -20.0, mix(st.pen.palette.b, st.pen.palette.ink, 0.3)
    while x < st.w + 20:
        w, h = dice.between(34, 76) * st.unit, base * dice.between(0.16, most)
        st.pen.rect(x, base - h, w, h + 4, colour, (3, 3, 0, 0), line=False)
        if dice.chance(0.3):
            st.pen.rect(x + w * 0.3, base - h - 20, w * 0.4, 24, colour, (2, 2, 0, 0), line=False)
        if dice.chance(0.2):
            st.pen.line([(x + w / 2, base - h - 44), (x + w / 2, base - h)], colour, 2.4)
        x += w * dice.between(0.8, 1.15)


def _towers(st: Stage, base: float) -> list[tuple[float, float, float, str]]:
    """The near row: x, width, height and colour of each. It has a summit at one third."""
    dice, pal = st.dice.named("towers"), st.pen.palette
    colours = [
        pal.a,
        pal.b,
        mix(pal.b, pal.ink, 0.4),
        pal.c,
        mix(pal.paper, pal.card, 0.6),
        mix(pal.a, pal.paper, 0.4),
        mix(pal.d, pal.b, 0.3),
    ]
    made, x, before = [], st.w * 0.03, ""
    summit = st.w * dice.between(0.58, 0.7)
    while x < st.w * 0.97:
        near = 1 - min(abs(x - summit) / (st.w * 0.55), 1)
        w = dice.between(44, 84) * st.unit
        h = base * (0.15 + 0.4 * near * dice.between(0.65, 1.1) + dice.between(0, 0.08))
        colour = dice.pick([c for c in colours if c != before])
        before = colour
        made.append((x, w, h, colour))
        x += w + (dice.between(3, 12) if dice.chance(0.7) else dice.between(26, 60)) * st.unit
    for index, (x, w, h, colour) in enumerate(made):
        _tower(st, x, base, w, h, colour, dice.named(f"tower{index}"))
    for _ in range(int(st.w / 60)):
        x = dice.between(0, st.w)
        if st.allowed("tree"):
            st.put(
                "bush",
                x,
                base + 2,
                dice.between(18, 34) * st.unit,
                main=leaf_colour(st, "tree"),
                shadow=False,
            )
    return made


def _tower(st: Stage, x: float, base: float, w: float, h: float, colour: str, dice: Dice) -> None:
    p, top = st.pen, base - h
    form = dice.pick(("flat", "flat", "step", "slant", "dome", "spire", "gable"))
    if form == "slant":
        slope = [(x, base), (x, top), (x + w, top + w * 0.5), (x + w, base)]
        p.poly(slope, colour, (0, 3, 3, 0), shade=0.26, lift=0)
        top += w * 0.5
    else:
        _roof(p, form, x, top, w, h, colour)
        p.rect(x, top, w, h, colour, (3, 3, 0, 0), shade=0.26, lift=0)
    _panes(st, x, top, w, base, colour, dice)


def _roof(p: Pen, form: str, x: float, top: float, w: float, h: float, colour: str) -> None:
    dark = p.darker(colour, 0.14)
    if form == "step":
        p.rect(x + w * 0.22, top - h * 0.12, w * 0.56, h * 0.14, colour, (2, 2, 0, 0), shade=0.3, lift=0)
    elif form == "dome":
        r = w * 0.36
        p.fill(g.box(x + w * 0.12, top - r, w * 0.76, w * 0.4, (r, r, 0, 0)), dark, shade=0.3, lift=0)
    elif form == "spire":
        p.poly([(x + w * 0.3, top + 2), (x + w * 0.5, top - w * 0.9), (x + w * 0.7, top + 2)], dark, 1)
    elif form == "gable":
        p.poly([(x, top + 2), (x + w / 2, top - w * 0.42), (x + w, top + 2)], p.darker(colour, 0.2), 2)


def _panes(st: Stage, x: float, top: float, w: float, base: float, colour: str, dice: Dice) -> None:
    """Rows of windows, some of them lit at night."""
    p, u = st.pen, st.unit
    style, columns = dice.pick(("grid", "bands", "slits")), max(2, int(w / (15 * u)))
    pale = p.lighter(colour, 0.55) if not p.light.dark else p.darker(colour, 0.4)
    tall = (7.5 if style == "grid" else 9) * u
    y = top + 12 * u
    while y < base - 16 * u:
        if style == "bands":
            p.line([(x + w * 0.16, y), (x + w * 0.84, y)], pale, 3.2 * u)
        for i in range(columns if style != "bands" else 0):
            lit = p.light.dark and dice.chance(0.55)
            left = x + w * (0.14 + 0.72 * (i + 0.5) / columns) - 2.6 * u
            pane = p.lighter("c", 0.2) if lit else pale
            p.rect(left, y - tall / 2, 5.2 * u, tall, pane, 0.8, line=False, glow=lit)
        y += (15 if style == "grid" else 12) * u


def _reflections(st: Stage, towers: list[tuple[float, float, float, str]], shore: float) -> None:
    p, dice = st.pen, st.dice.named("reflections")
    if p.style.empty > 0.6:
        return
    for x, w, h, colour in towers:
        y, low = shore, min(h * 0.5, (st.h - shore) * 0.72)
        while y < shore + low:
            n = dice.between(4, 9)
            slip = dice.between(-4, 4)
            fade = 0.42 * (1 - (y - shore) / (low + 1)) + 0.06
            p.rect(x + slip, y, w, n, colour, 2, line=False, opacity=fade)
            y += n + dice.between(1.5, 5)


def _bridge(st: Stage, shore: float) -> None:
    """A suspension bridge that crosses the picture in front of the skyline."""
    p, asked = st.pen, st.wish.find("bridge")
    colour = st.named(asked.colour) if asked and asked.colour else p.palette.a
    deck, left, right = shore + 26 * st.unit, st.w * 0.12, st.w * 0.56
    top = deck - 176 * st.unit
    for x in (left, right):
        p.rect(x - 9, deck, 18, 30 * st.unit, p.darker("stone", 0.2), 2, shade=0.3, lift=0)
        for dx in (-6, 4):
            p.rect(x + dx, top, 5, deck - top, colour, 1, shade=0.3, lift=0)
        for k in (0.12, 0.42, 0.7):
            p.rect(x - 8, top + (deck - top) * k, 18, 5, colour, 1)
    spans = [
        (left - (right - left) * 0.5, left, False),
        (left, right, True),
        (right, right + (right - left) * 0.62, False),
    ]
    for x0, x1, both in spans:
        points = []
        for i in range(13):
            t = i / 12
            sag = (2 * t - 1) ** 2 if both else ((1 - t) ** 2 if x0 == right else t**2)
            points.append((x0 + (x1 - x0) * t, deck - 14 - (deck - top - 12) * sag))
        for x, y in points[1:-1]:
            p.line([(x, y), (x, deck)], colour, 1.3)
        p.curve(points, p.darker(colour, 0.12), 3)
    p.rect(-30, deck - 4, st.w + 60, 10, p.darker(colour, 0.3), 2)
    p.line([(-30, deck - 6), (st.w + 30, deck - 6)], p.lighter(colour, 0.25), 2)


def _afloat(st: Stage, shore: float) -> None:
    spots = iter([(0.7, 0.62), (0.36, 0.5), (0.88, 0.4), (0.2, 0.7), (0.5, 0.36)])
    for s in st.wish.subjects:
        if s.noun in ("boat", "ship"):
            for _, (x, depth) in zip(range(s.count), spots, strict=False):
                y = shore + (st.h - shore) * depth
                x = st.guide.main.x if st.guide.main else x
                st.subject(s, st.w * x, y, 0.55 + 0.35 * depth, shadow=False)
                for k, n in ((3, 58), (10, 38)):
                    st.pen.line(
                        [(st.w * x - n * st.unit, y + k), (st.w * x + n * st.unit, y + k)],
                        "pale",
                        2.6,
                        opacity=0.7,
                    )


def _quay(st: Stage) -> None:
    """A strip of promenade with trees: the frame."""
    p, y = st.pen, st.h * 0.95
    p.rect(-20, y, st.w + 40, st.h - y + 30, p.darker("stone", 0.22), 0)
    p.rect(-20, y - 5, st.w + 40, 9, p.lighter("stone", 0.2), 0)
    if st.allowed("tree"):
        for x, tall in ((0.045, 190), (0.955, 215), (0.885, 150)):
            st.put("tree", st.w * x, y + 4, tall * st.unit, main=leaf_colour(st, "tree"), shadow=False)
    for x in (0.13, 0.27, 0.57):
        p.line([(st.w * x, y), (st.w * x, y - 62 * st.unit)], "ink", 3)
        p.disc(st.w * x, y - 66 * st.unit, 6.5 * st.unit, p.lighter("c", 0.4), glow=True)


def _street(st: Stage, shore: float) -> None:
    p, h = st.pen, st.h
    kerb = shore + (h - shore) * 0.4
    p.rect(-20, shore, st.w + 40, kerb - shore + 4, p.lighter("stone", 0.5), 0)
    p.rect(-20, kerb, st.w + 40, h - kerb + 30, p.darker("stone", 0.35), 0)
    p.rect(-20, kerb - 3, st.w + 40, 7, p.lighter("stone", 0.2), 0)
    for i in range(int(st.w / 90) + 2):
        p.rect(i * 90 - 30, kerb + (h - kerb) * 0.62, 44, 5, "pale", 2, line=False)
    if st.allowed("tree"):
        for i in range(int(st.w / 190) + 1):
            st.put("tree", 70 + i * 190, kerb - 8, 130 * st.unit, main=leaf_colour(st, "tree"))


def _others(st: Stage, shore: float, wet: bool) -> None:
    skip = SCENERY | FLYING | WATER | {"building", "tree"}
    rest = [(s, 0.5 if wet else 1.15) for s in st.wish.subjects if s.noun not in skip]
    st.line_up(rest, [(0.62, 0.985), (0.34, 0.985), (0.78, 0.975), (0.5, 0.985), (0.18, 0.975)])
    for i, s in enumerate(s for s in st.wish.subjects if s.noun in FLYING - {"bird"}):
        st.subject(s, st.w * (0.42 + 0.16 * i), shore * 0.5, 0.7, shadow=False)
