"""Colours: a palette of six, what follows from them, and the light of a time of day.

Reads nothing. Writes nothing. Mixing happens in OKLab (Björn Ottosson, 2020), where halfway looks halfway.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import atan2, hypot

import msgspec

Lab = tuple[float, float, float]


class Palette(msgspec.Struct, frozen=True):
    """Colours as #rrggbb. a: warm accent, b: cool, c: yellow, d: green.

    day, dusk, deep: tops of skies by day, at sunset and at night. skins: tones of people.
    """

    paper: str
    ink: str
    a: str
    b: str
    c: str
    d: str
    day: str
    dusk: str
    deep: str
    skins: tuple[str, ...] = ("#f3c9a5", "#c98d63", "#8a5a41")

    def colour(self, role: str) -> str:
        """A colour by role name, or the colour itself if it is one already."""
        return role if role.startswith("#") else str(getattr(self, role))

    @property
    def leaf(self) -> str:
        """Foliage."""
        return self.d

    @property
    def wood(self) -> str:
        """Trunks, tables, boxes that are not painted."""
        return mix(mix(self.c, self.a, 0.5), self.ink, 0.38)

    @property
    def card(self) -> str:
        """Cardboard and sand."""
        return mix(mix(self.c, self.paper, 0.35), self.a, 0.16)

    @property
    def glass(self) -> str:
        """Panes by day."""
        return mix(self.b, self.paper, 0.66)

    @property
    def stone(self) -> str:
        """Rock, pavement, metal."""
        return mix(mix(self.paper, self.ink, 0.34), self.b, 0.12)

    @property
    def pale(self) -> str:
        """Walls and clouds: paper, a little lighter than the ground it lies on."""
        return mix(self.paper, "#ffffff", 0.5)


class Light(msgspec.Struct, frozen=True):
    """A time of day: colours of its sky, of sun or moon, and what is mixed into all that does not shine.

    top, mid ("" for none), low: the sky from above. ambient, amount (0 to 1): the mixture.
    """

    name: str
    top: str
    low: str
    disc: str
    ambient: str
    amount: float
    mid: str = ""

    @property
    def dark(self) -> bool:
        """Whether lamps and windows shine."""
        return self.name == "night"


PALETTES = {
    "flat": (
        Palette(
            "#fbf3e6", "#22304a", "#ee6c4d", "#2f7ea8", "#f5bd4f", "#4e8f6d", "#93cdea", "#6b559b", "#15224f"
        ),
        Palette(
            "#fdf1ea", "#2d2748", "#e9607a", "#4f6fc4", "#ffba68", "#3f9b86", "#a6c6f5", "#77499a", "#1d1a4a"
        ),
        Palette(
            "#f6f4ec", "#16323c", "#f0785a", "#23879a", "#f7c65c", "#5a9a55", "#97d6de", "#56609f", "#0c2a45"
        ),
        Palette(
            "#fbf1e3", "#38283a", "#dd6b45", "#5179a6", "#edae43", "#788f4e", "#a3cbe4", "#7a5078", "#252248"
        ),
    ),
    "ink": (
        Palette(
            "#f7f0df", "#26305f", "#ff6a55", "#5a9fd8", "#ffc93f", "#5bb08a", "#a5d5f4", "#7767c0", "#1a235c"
        ),
        Palette(
            "#f8efe4", "#3a2a55", "#f9639b", "#5db7c9", "#ffce4a", "#73b56b", "#a4dde8", "#8a5bb0", "#311f5a"
        ),
        Palette(
            "#f5f0e2", "#12403f", "#f2734c", "#67b3a6", "#f6c544", "#93b54c", "#a5dacb", "#54709a", "#0e3848"
        ),
    ),
}


def _lab(colour: str) -> Lab:
    r, g, b = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _linear(v: float) -> float:
    return float(v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4)


def _hex(lab: Lab) -> str:
    lightness, a, b = lab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    channels = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _gamma(min(max(v, 0.0), 1.0))):02x}" for v in channels)


def _gamma(v: float) -> float:
    return float(12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055)


@lru_cache(maxsize=4096)
def mix(one: str, other: str, share: float) -> str:
    """`one` with `share` (0 to 1) of `other`, both #rrggbb."""
    p, q = _lab(one), _lab(other)
    return _hex((p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share, p[2] + (q[2] - p[2]) * share))


def lightness(colour: str) -> float:
    """OKLab lightness, 0 black to 1 white."""
    return _lab(colour)[0]


def vividness(colour: str) -> float:
    """OKLab chroma, 0 grey to about 0.3."""
    return hypot(*_lab(colour)[1:])


def difference(one: str, other: str) -> float:
    """Distance in OKLab, 0 to about 1."""
    p, q = _lab(one), _lab(other)
    return hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2])


def full(colour: str) -> str:
    """#rgb or #rrggbb as lower-case #rrggbb."""
    digits = colour.lower().lstrip("#")
    return "#" + (digits if len(digits) == 6 else "".join(d * 2 for d in digits))


def from_colours(colours: Sequence[str], base: Palette) -> Palette:
    """A palette of given colours: lightest is paper, darkest ink, the rest by hue; gaps are mixed."""
    ranked = sorted((full(c) for c in colours), key=lightness)
    dark, light = ranked[0], ranked[-1]
    ink = dark if lightness(dark) < 0.55 else mix(dark, "#000000", 0.62)
    paper = light if lightness(light) > 0.82 else mix(light, "#ffffff", 0.85)
    # A dark or light colour with a hue of its own is ink or paper, and an accent besides.
    accents = [c for c in ranked if c not in (ink, paper) or hypot(*_lab(c)[1:]) > 0.05] or [
        mix(ink, paper, 0.5)
    ]
    named: dict[str, str] = {}
    for role in "abcd":
        free = [c for c in accents if c not in named.values()]
        if free:
            wanted = getattr(base, role)
            named[role] = min(free, key=lambda c: (_distance(c, wanted), c))
    # Fewer accents than roles: the missing ones are lighter and darker tones of those at hand.
    for index, role in enumerate(r for r in "abcd" if r not in named):
        other, share = ((paper, 0.38), (ink, 0.34), (paper, 0.62))[index % 3]
        named[role] = mix(accents[index % len(accents)], other, share)
    skins = tuple(mix(mix(named["a"], paper, t), ink, s) for t, s in ((0.62, 0.0), (0.4, 0.18), (0.2, 0.45)))
    day, dusk = mix(named["b"], paper, 0.5), mix(mix(named["a"], named["b"], 0.5), ink, 0.3)
    return Palette(paper, ink, **named, day=day, dusk=dusk, deep=mix(ink, named["b"], 0.25), skins=skins)


def _distance(one: str, other: str) -> float:
    p, q = _lab(one), _lab(other)
    turn = abs(atan2(p[2], p[1]) - atan2(q[2], q[1]))
    return min(turn, 6.2832 - turn) * min(hypot(*p[1:]), hypot(*q[1:])) * 4 + abs(p[0] - q[0])


def light_of(time: str, weather: str, p: Palette) -> Light:
    """The light of a time ("day", "morning", "sunset", "night") and a weather ("", "rain", "snow", ...)."""
    if time == "night":
        low = mix(mix(p.deep, p.b, 0.62), p.a, 0.08)
        return Light("night", p.deep, low, mix(p.c, p.paper, 0.6), mix(p.deep, p.b, 0.26), 0.5)
    if time == "sunset":
        warm, glow = mix(p.c, p.a, 0.42), mix(p.c, p.paper, 0.36)
        return Light(
            "sunset", p.dusk, glow, mix(p.c, p.paper, 0.72), mix(p.a, p.dusk, 0.5), 0.16, mix(p.a, warm, 0.4)
        )
    if weather in ("rain", "storm", "fog"):
        grey = mix(mix(p.day, p.ink, 0.32), p.stone, 0.3)
        return Light("grey", grey, mix(grey, p.paper, 0.5), mix(p.paper, grey, 0.2), grey, 0.16)
    if weather == "snow":
        return Light(
            "day", mix(p.day, p.b, 0.12), mix(p.day, p.pale, 0.75), p.pale, mix(p.day, p.paper, 0.4), 0.1
        )
    if time == "morning":
        peach = mix(mix(p.c, p.a, 0.42), p.paper, 0.5)
        return Light(
            "morning",
            mix(p.day, p.pale, 0.2),
            peach,
            mix(p.c, p.paper, 0.3),
            mix(p.c, p.a, 0.4),
            0.05,
            mix(peach, p.pale, 0.5),
        )
    return Light("day", p.day, mix(p.day, p.pale, 0.72), mix(p.c, p.paper, 0.12), p.paper, 0.0)
