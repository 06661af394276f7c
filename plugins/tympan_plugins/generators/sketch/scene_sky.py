"""Skies: gradient, sun or moon, stars, clouds, birds, rain and snow.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.palette import mix
from tympan_plugins.generators.sketch.stage import Stage


def sky(st: Stage, horizon: float, disc: tuple[float, float] | None = None) -> tuple[float, float]:
    """Paint the sky down to the horizon; gives the place of the sun or moon, which is always on the left."""
    p, light = st.pen, st.pen.light
    low = st.wish.time in ("sunset", "morning")
    x = st.w * (disc[0] if disc else st.dice.between(0.22, 0.34))
    y = st.h * disc[1] if disc else horizon * (0.80 if low else st.dice.between(0.3, 0.42))
    if st.backdrop(horizon, light.top, light.mid, light.low):
        st.halftone(0, horizon * 0.8, mix(light.top, p.palette.ink, 0.16 if light.dark else 0.09))
        if st.allowed("sun", "moon"):
            _glow(st, x, y)
    stars(st, horizon * 0.9)
    if light.dark:
        if st.allowed("moon"):
            _moon(st, x, y)
    elif st.allowed("sun") and st.wish.weather in ("", "snow"):
        r = (46 if low else 36) * st.unit * (1.25 if st.wish.has("sun") else 1)
        p.disc(x, y, r, light.disc if st.wish.time != "morning" else p.lighter("c", 0.3), glow=True)
    return x, y


def _glow(st: Stage, x: float, y: float) -> None:
    if st.pen.style.empty > 0.6 or st.wish.weather in ("rain", "fog", "storm"):
        return
    light = st.pen.light
    shine = light.disc if light.name != "day" else mix(light.disc, st.pen.palette.pale, 0.75)
    for r, opacity in ((250, 0.13), (165, 0.16), (95, 0.2)):
        st.pen.disc(
            x,
            y,
            r * st.unit,
            shine,
            line=False,
            glow=True,
            opacity=opacity * (0.55 if st.pen.light.dark else 1),
        )


def _moon(st: Stage, x: float, y: float) -> None:
    p, r = st.pen, 40 * st.unit
    p.disc(x, y, r, p.light.disc, glow=True, shade=0.1, deep=0.08)
    if p.style.empty < 0.6:
        for dx, dy, s in ((-0.35, -0.2, 0.2), (0.2, 0.3, 0.26), (0.3, -0.4, 0.13), (-0.2, 0.45, 0.12)):
            p.disc(
                x + dx * r, y + dy * r, s * r, mix(p.light.disc, p.palette.ink, 0.1), line=False, glow=True
            )


def stars(st: Stage, low: float) -> None:
    """Stars, where there is night or the prompt asks for them."""
    if not (st.pen.light.dark or st.wish.has("star")) or not st.allowed("star"):
        return
    dice, p = st.dice.named("stars"), st.pen
    asked = st.wish.find("star")
    colour = mix(p.palette.c, p.palette.paper, 0.7)
    for i in range(int(46 * st.w / 1000) + 8):
        x, y = dice.between(0, st.w), dice.between(0, low) * dice.between(0.3, 1)
        if i % 9 == 0:
            s = dice.between(5, 9)
            p.fill(_sparkle(x, y, s), colour, glow=True, line=False)
        else:
            p.disc(x, y, dice.between(0.9, 2.2), colour, line=False, glow=True, opacity=dice.between(0.5, 1))
    if asked:
        for i in range(min(asked.count, 7)):
            st.put(
                "star",
                st.w * (0.16 + 0.68 * (i + 0.5) / asked.count),
                low * dice.between(0.2, 0.5),
                30 * asked.scale,
                shadow=False,
            )


def _sparkle(x: float, y: float, s: float) -> g.Path:
    k = s * 0.14
    return g.polygon(
        [
            (x, y - s),
            (x + k, y - k),
            (x + s, y),
            (x + k, y + k),
            (x, y + s),
            (x - k, y + k),
            (x - s, y),
            (x - k, y - k),
        ],
        0.6,
    )


def clouds(st: Stage, horizon: float, usual: int = 3) -> None:
    """Clouds drifting in the upper sky."""
    asked = st.wish.find("cloud")
    dice = st.dice.named("clouds")
    wet = st.wish.weather in ("rain", "storm")
    count = max(asked.count, 2) if asked else (5 if wet else usual)
    if not st.allowed("cloud") or (st.pen.light.dark and not asked and not wet):
        return
    tone = mix(st.pen.palette.pale, st.pen.light.low, 0.34 if not wet else 0.6)
    spread = dice.shuffled([(i + 0.5) / count for i in range(count)])
    for i, x in enumerate(spread):
        far = i / count
        size = (66 - 34 * far) * st.unit * (asked.scale if asked else 1.0) * dice.between(0.85, 1.15)
        y = horizon * (0.2 + 0.46 * far) + dice.between(-14, 14)
        with st.pen.far(st.pen.light.low, 0.1 + 0.35 * far):
            st.put("cloud", st.w * (0.04 + 0.92 * x), y, size, main=tone, shadow=False, flip=dice.chance(0.5))


def birds(st: Stage, horizon: float, usual: int = 0) -> None:
    """Birds on the wing."""
    asked = next((s for s in st.wish.subjects if s.noun in ("bird", "gull")), None)
    count = asked.count if asked else usual
    if not st.allowed("bird", "gull"):
        return
    dice = st.dice.named("birds")
    tone = "ink" if not st.pen.light.dark else "paper"
    x0, y0 = st.w * dice.between(0.5, 0.6), horizon * dice.between(0.3, 0.42)
    for i in range(count):
        x = x0 + (i % 4) * 58 * st.unit + dice.between(-12, 12)
        y = y0 - (i % 3) * 26 * st.unit + (i // 4) * 44 + dice.between(-9, 9)
        st.put(
            "gull",
            x,
            y,
            (15 - 1.6 * (i % 3)) * (asked.scale * 1.3 if asked else 1.0),
            main=tone,
            shadow=False,
            lean=dice.between(-12, 12),
        )


def weather(st: Stage) -> None:
    """Rain or snow over the finished picture."""
    dice, p = st.dice.named("weather"), st.pen
    count = int(st.w * st.h / 5200)
    if st.wish.weather in ("rain", "storm"):
        for _ in range(count):
            x, y, n = dice.between(-20, st.w + 20), dice.between(-20, st.h), dice.between(14, 30)
            p.line([(x, y), (x - n * 0.32, y + n)], "paper", dice.between(1.2, 2.2), glow=True, opacity=0.55)
    elif st.wish.weather == "snow" or st.wish.season == "winter":
        for _ in range(int(count * 0.9)):
            r = dice.between(1.4, 4.6)
            p.disc(
                dice.between(0, st.w),
                dice.between(0, st.h),
                r,
                "pale",
                line=False,
                glow=True,
                opacity=dice.between(0.6, 1),
            )
    elif st.wish.weather == "fog":
        for i in range(4):
            y = st.h * (0.42 + 0.12 * i)
            p.rect(-30, y, st.w + 60, 40, "paper", 20, line=False, glow=True, opacity=0.22)
