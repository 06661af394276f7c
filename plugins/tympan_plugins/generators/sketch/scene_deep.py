"""Where no ground is: space and under water.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import msgspec

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.dice import Dice
from tympan_plugins.generators.sketch.palette import light_of, mix
from tympan_plugins.generators.sketch.scene_sky import stars
from tympan_plugins.generators.sketch.stage import Stage
from tympan_plugins.generators.sketch.terrain import hill


def space(st: Stage) -> None:
    """Stars, planets, a rocket on its arc."""
    p, w, h = st.pen, st.w, st.h
    night = light_of("night", "", p.palette)
    p.light = msgspec.structs.replace(night, amount=0.0)
    if st.backdrop(h, night.top, mix(night.top, p.palette.b, 0.3)):
        st.halftone(h, h * 0.4, mix(night.top, p.palette.b, 0.4))
    stars(st, h)
    u = min(w, h) / 600
    dice = st.dice.named("space")
    for r, opacity in ((330, 0.12), (250, 0.14)):
        p.disc(w * 0.2, h * 1.02, r * u, "b", line=False, opacity=opacity)
    p.disc(w * 0.2, h * 1.02, 176 * u, p.lighter("b", 0.2), shade=0.14)
    for x, y, r in ((0.14, 0.86, 24), (0.24, 0.93, 15), (0.2, 0.8, 9)):
        p.disc(w * x, h * y, r * u, p.darker("b", 0.14), line=False)
    st.put("planet", w * dice.between(0.2, 0.25), h * dice.between(0.36, 0.42), 110 * u, shadow=False)
    p.disc(w * 0.86, h * 0.24, 17 * u, p.lighter("c", 0.3), shade=0.24, glow=True)
    if st.allowed("rocket") and (st.wish.has("rocket") or not st.wish.subjects):
        spot = st.guide.main
        x, y = (w * spot.x, h * spot.y) if spot else (w * 0.5, h * 0.66)
        trail = mix(p.palette.paper, p.palette.a, 0.2)
        for i, (dx, dy, r) in enumerate(
            ((-34, 30, 15), (-62, 58, 21), (-96, 84, 26), (-58, 92, 17), (-128, 116, 30))
        ):
            p.disc(x + dx * u, y + dy * u, r * u, trail, line=False, glow=True, opacity=0.9 - i * 0.14)
        s = st.wish.find("rocket")
        st.put(
            "rocket",
            x,
            y,
            300 * u * (s.scale if s else 1),
            lean=spot.lean if spot else 40,
            shadow=False,
            main=st.named(s.colour) if s and s.colour else "",
        )
    for i, s in enumerate(
        s for s in st.wish.subjects if s.noun not in ("rocket", "planet", "star", "moon", "sun")
    ):
        st.subject(s, w * (0.66 + 0.12 * i), h * 0.86, 0.8, shadow=False)


def under(st: Stage) -> None:
    """Light from above, weed, stones, fish."""
    p, pal, w, h, dice = st.pen, st.pen.palette, st.w, st.h, st.dice.named("under")
    p.light = msgspec.structs.replace(p.light, ambient=pal.b, amount=0.08)
    st.backdrop(h, mix(pal.day, pal.b, 0.25), mix(pal.b, pal.deep, 0.4))
    if p.style.empty < 0.6:
        for x in (w * (0.04 + 0.2 * k) for k in range(5)):
            ray = [(x, -20), (x + 60, -20), (x + 210, h), (x + 40, h)]
            p.poly(ray, "paper", line=False, glow=True, opacity=0.08)
    deep = mix(pal.b, pal.ink, 0.3)
    with p.far(mix(pal.b, pal.paper, 0.2), 0.35):
        hill(st, h * 0.76, 26, deep, "deep")
        for i in range(int(w / 70)):
            x, tall = dice.between(0, w), dice.between(60, 120)
            st.put("seaweed", x, h * 0.84, tall, main=deep, shadow=False, flip=i % 2 == 0)
    hill(st, h * 0.88, 12, mix(pal.card, pal.b, 0.28), "bed", 0.06)
    for x, tall in ((0.1, 74), (0.86, 96), (0.78, 50)):
        st.put("rock", w * x, h * 0.95, tall * st.unit, main=mix(pal.stone, pal.ink, 0.2), shadow=False)
    for x, tall in ((0.05, 210), (0.13, 150), (0.19, 110), (0.82, 120), (0.9, 230), (0.96, 170)):
        weed = dice.pick(("leaf", "a", "leaf"))
        st.put("seaweed", w * x, h * 0.985, tall * st.unit, shadow=False, main=weed)
    _shoal(st, dice)
    for _ in range(26):
        r, x, y = dice.between(2, 9), dice.between(0, w), dice.between(0, h * 0.9)
        p.stroke(g.ellipse(x, y, r), "paper", 1.8, opacity=0.6, glow=True)
    for i, s in enumerate(s for s in st.wish.subjects if s.noun not in ("fish", "wave", "rock", "seaweed")):
        st.subject(s, w * (0.4 + 0.16 * i), h * 0.93, 0.9)


def _shoal(st: Stage, dice: Dice) -> None:
    """As many fish as are wanted, the first of them large."""
    asked = st.wish.find("fish")
    spots = (
        (0.6, 0.5),
        (0.35, 0.36),
        (0.42, 0.68),
        (0.76, 0.3),
        (0.24, 0.58),
        (0.7, 0.7),
        (0.5, 0.2),
        (0.16, 0.3),
    )
    for i in range(asked.count if asked else 3):
        x, y = spots[i % 8]
        if i == 0 and st.guide.main:
            x, y = st.guide.main.x, st.guide.main.y - st.guide.main.tall / 2
        tall = (150 if i == 0 else dice.between(54, 92)) * st.unit * (asked.scale if asked else 1)
        colour = st.named(asked.colour) if asked and asked.colour else ("a", "c", "a", "pale")[i % 4]
        left, foot = st.w * x + dice.between(-20, 20), st.h * y + tall / 2
        st.put("fish", left, foot, tall, flip=i % 3 == 2, shadow=False, main=colour)
