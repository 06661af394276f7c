"""Landscapes: mountains, hills, lakes and rivers, and whatever stands on the ground.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.palette import mix
from tympan_plugins.generators.sketch.scene_sky import birds, clouds, sky, weather
from tympan_plugins.generators.sketch.stage import Spot, Stage
from tympan_plugins.generators.sketch.terrain import (
    TREES,
    ground_colour,
    height_at,
    hill,
    leaf_colour,
    mountains,
    treeline,
    water_sheet,
)
from tympan_plugins.generators.sketch.words import Subject

# Subjects that a scene draws by itself.
SCENERY = {
    "sun",
    "moon",
    "star",
    "cloud",
    "gull",
    "mountain",
    "wave",
    "city",
    "lightning",
    "snowflake",
    "frame",
}
FLYING = {"bird", "balloon", "plane", "butterfly", "rocket", "planet"}
SMALL = {"tulip", "flower", "mushroom", "grass", "bush", "rock", "reed", "leaf", "sprig"}
# Places on the ground, best first: share of width, share of the ground's depth.
SPOTS = (
    (0.64, 0.34),
    (0.36, 0.56),
    (0.8, 0.62),
    (0.5, 0.8),
    (0.2, 0.72),
    (0.9, 0.86),
    (0.27, 0.3),
    (0.72, 0.9),
)


def land(st: Stage) -> None:
    """The whole landscape, far to near."""
    p, wish = st.pen, st.wish
    horizon = st.level(0, 0.6)
    disc_x, _ = sky(st, horizon)
    clouds(st, horizon)
    birds(st, horizon, 3 if st.dice.named("birds?").chance(0.5) else 0)
    grass = ground_colour(st)
    if "mountain" in wish.places and st.allowed("mountain"):
        mountains(st, horizon)
    tree = "pine" if wish.has("pine") or ("mountain" in wish.places and not wish.has("tree")) else "tree"
    wet = wish.places & {"lake", "river", "sea"}
    with p.far(p.light.low, 0.42):
        crest = hill(st, horizon - 8, 13 if wet else 24, grass, "far")
        treeline(st, horizon, tree, 50 * st.unit, crest)
    if "lake" in wish.places or "sea" in wish.places:
        low = st.level(2, 0.84)
        water_sheet(st, st.level(1, 0.63), low, disc_x, mix(p.palette.b, p.palette.ink, 0.12))
        near = hill(st, low + 8, 12, grass, "near", 0.07)
    else:
        with p.far(p.light.low, 0.2):
            crest = hill(st, st.level(1, 0.69), 22, mix(grass, p.palette.d, 0.25), "mid", 0.05)
            treeline(st, st.level(1, 0.69), tree, 88 * st.unit, crest)
        near = hill(st, st.level(2, 0.77), 16, grass, "near", 0.07)
        if "river" in wish.places or (wish.has("house", "cabin") and st.allowed("path")):
            _way(st, st.level(2, 0.77), "river" in wish.places)
    _meadow(st, near)
    with p.far(p.palette.deep, 0.12 if p.light.dark else 0.0):
        _subjects(st, near)
    with p.far(p.palette.deep, 0.42 if p.light.dark else 0.0):
        _foreground(st, tree, grass)
    weather(st)


def _meadow(st: Stage, near: list[g.Point]) -> None:
    """Small flowers strewn over the ground, bushes, a stone or two."""
    dice, p = st.dice.named("meadow"), st.pen
    bare = st.wish.season in ("winter", "autumn") or st.wish.weather == "snow" or "desert" in st.wish.places
    if not bare and not p.light.dark and st.allowed("flower"):
        for _ in range(int(st.w / 16)):
            x, deep = dice.between(0, st.w), dice.unit() ** 0.8
            top = height_at(near, x) + 14
            y = top + (st.h - top) * deep
            p.disc(x, y, 1.4 + 2.2 * deep, dice.pick(("pale", "c", "a")), line=False)
    if st.allowed("bush", "rock"):
        for name in ("bush", "bush", "rock"):
            x = st.w * dice.pick((dice.between(0.22, 0.34), dice.between(0.74, 0.85)))
            main = "" if name == "rock" else leaf_colour(st, "tree")
            st.put(
                name, x, height_at(near, x) + dice.between(12, 40), dice.between(22, 36) * st.unit, main=main
            )


def _way(st: Stage, top: float, wet: bool) -> None:
    """A river or a path that winds towards us."""
    p = st.pen
    colour = mix(p.palette.b, p.palette.paper, 0.25) if wet else mix(p.palette.card, p.palette.paper, 0.35)
    if not wet and (st.wish.season == "winter" or st.wish.weather == "snow"):
        colour = mix(p.palette.pale, p.palette.b, 0.24)
    x, y, deep, wide = st.w * 0.63, top + 16, st.h + 20 - top, (1.7 if wet else 1.0) * st.unit
    left = [
        (x - 5, y),
        (x - 50 * wide, y + deep * 0.22),
        (x - 30 * wide, y + deep * 0.5),
        (x - 190 * wide, y + deep),
    ]
    right = [
        (x - 20 * wide, y + deep),
        (x + 64 * wide, y + deep * 0.5),
        (x + 0 * wide, y + deep * 0.22),
        (x + 5, y),
    ]
    banks = g.smooth(left, closed=False), g.smooth(right, closed=False)
    path: g.Path = [*banks[0], ("L", right[0]), *banks[1][1:], ("Z", ())]
    p.fill(path, colour)
    if wet:
        p.curve([(a + 16, b) for a, b in left[1:]], p.lighter("b", 0.7), 3, opacity=0.7)


def _spread(st: Stage, s: Subject, spot: Spot, near: list[g.Point]) -> None:
    """A subject, as often as it is wanted, around its spot; the farther up, the smaller."""
    dice = st.dice.named(f"spread{s.noun}")
    step = (150 if s.noun in TREES or s.noun in ("house", "cabin", "building") else 86) * st.unit
    for i in range(s.count):
        shift = ((i + 1) // 2) * (1 if i % 2 else -1)
        x = spot.x * st.w + shift * step + (dice.between(-14, 14) if i else 0)
        top = height_at(near, min(max(x, 0), st.w))
        y = (
            top + 8 + (st.h - top) * min(spot.y + 0.07 * (abs(shift) % 2), 0.97)
            if not spot.tall
            else spot.y * st.h
        )
        depth = (y - top) / max(st.h - top, 1)
        scale = (
            (0.72 + 0.52 * depth)
            * (1.3 if st.h > st.w else 1.0)
            * (1 if i == 0 else dice.between(0.82, 1.04))
        )
        if spot.tall:
            st.put(
                s.noun, x, y, spot.tall * st.h, lean=spot.lean, main=st.named(s.colour) if s.colour else ""
            )
        else:
            main = leaf_colour(st, s.noun) if s.noun in TREES and not s.colour else ""
            st.subject(s, x, y, scale, main=main, flip=dice.chance(0.3) and s.noun in TREES)


def _subjects(st: Stage, near: list[g.Point]) -> None:
    ground = [s for s in st.wish.subjects if s.noun not in SCENERY | FLYING]
    small = [s for s in ground if s.noun in SMALL]
    spots = [Spot(x, y) for x, y in st.dice.named("spots").shuffled(SPOTS[:2])] + [
        Spot(*s) for s in SPOTS[2:]
    ]
    for i, found in enumerate(st.guide.spots[: len(spots)]):
        spots[i] = found
    if st.guide.main:
        spots.insert(0, st.guide.main)
    large = [s for s in ground if s.noun not in SMALL][: len(spots)]
    people = ("person", "courier", "reader")
    if st.guide.main and any(s.noun in people for s in large):
        large.sort(key=lambda s: s.noun not in people)
    for s, spot in sorted(zip(large, spots, strict=False), key=lambda pair: pair[1].y):
        _spread(st, s, spot, near)
    dice = st.dice.named("small")
    for s in small:
        for i in range(max(s.count, 5) if s.count > 1 else 1):
            x = st.w * (0.08 + 0.84 * dice.unit()) if s.count > 1 else st.w * 0.4
            st.subject(s, x, st.h * dice.between(0.93, 1.0), dice.between(0.8, 1.15) * (1 + 0.1 * (i % 2)))
    for i, s in enumerate(s for s in st.wish.subjects if s.noun in FLYING - {"bird"}):
        for k in range(s.count):
            st.subject(
                s,
                st.w * (0.62 - 0.24 * i + 0.15 * k),
                st.h * (0.46 - 0.1 * k),
                1.0 - 0.28 * k,
                shadow=False,
                main=("a", "b", "d")[k % 3] if s.noun == "balloon" else "",
            )


def _foreground(st: Stage, tree: str, grass: str) -> None:
    """Trees at the edges and tufts below: the frame one looks through."""
    dice, p = st.dice.named("foreground"), st.pen
    counted = any(s.exact for s in st.wish.subjects if s.noun in TREES)
    if st.allowed(tree, "forest") and "desert" not in st.wish.places and not counted:
        many = st.wish.has(tree) or "forest" in st.wish.places
        places = [(0.055, 0.97, 1.25), (0.145, 0.93, 0.86), (0.955, 0.98, 1.16)] + [
            (0.87, 0.92, 0.78),
            (0.215, 0.9, 0.6),
        ] * many
        taken = [spot.x for spot in (*st.guide.spots, st.guide.main) if spot]
        places = [v for v in places if all(abs(v[0] - x) > 0.16 for x in taken)]
        for x, y, scale in sorted(places, key=lambda v: v[1]):
            st.put(
                tree,
                st.w * x + dice.between(-10, 10),
                st.h * y,
                245 * st.unit * scale * dice.between(0.92, 1.1),
                main=leaf_colour(st, tree),
            )
    if st.allowed("grass", "bush"):
        dark = mix(grass, p.palette.ink, 0.2)
        for _ in range(int(st.w / 80)):
            st.put("grass", dice.between(0, st.w), st.h + 6, dice.between(16, 44), main=dark, shadow=False)
