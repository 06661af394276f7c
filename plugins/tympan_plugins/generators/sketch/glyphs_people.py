"""Glyphs of people: standing, walking, handing over, sitting.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.canvas import Pen
from tympan_plugins.generators.sketch.glyphs import find, glyph

Limb = list[tuple[float, float]]
# Hands and feet of a figure 150 units tall that faces right: far arm, near arm, far leg, near leg.
POSES: dict[str, tuple[Limb, Limb, Limb, Limb]] = {
    "stand": (
        [(4, -106), (12, -86), (13, -66)],
        [(-10, -106), (-15, -84), (-10, -64)],
        [(5, -62), (8, -32), (7, -4)],
        [(-6, -62), (-7, -32), (-8, -4)],
    ),
    "walk": (
        [(6, -106), (17, -88), (26, -74)],
        [(-8, -106), (-18, -86), (-14, -66)],
        [(4, -62), (-6, -34), (-24, -8)],
        [(-2, -62), (14, -34), (17, -4)],
    ),
    "hand": (
        [(6, -106), (20, -88), (42, -86)],
        [(-4, -106), (8, -84), (40, -78)],
        [(5, -62), (10, -32), (12, -4)],
        [(-6, -62), (-8, -32), (-14, -4)],
    ),
    "wave": (
        [(6, -106), (24, -116), (30, -142)],
        [(-10, -106), (-16, -84), (-12, -64)],
        [(5, -62), (8, -32), (8, -4)],
        [(-6, -62), (-8, -32), (-9, -4)],
    ),
}


def figure(
    p: Pen,
    pose: str,
    top: str,
    legs: str,
    skin: str,
    hair: str,
    look: str,
    *,
    cap: str = "",
    bag: str = "",
    skirt: bool = False,
) -> None:
    """A person facing right, feet on (0, 0), 150 units tall. look: "short", "bun" or "bob"."""
    far_arm, near_arm, far_leg, near_leg = POSES[pose]
    sleeve = p.darker(top, 0.2)
    _arm(p, far_arm, sleeve, skin)
    _leg(p, far_leg, p.darker(legs, 0.22))
    _leg(p, near_leg, legs)
    if bag:
        p.rect(-31, -112, 24, 46, bag, 7, shade=0.3, lift=0)
    p.line([(0, -112), (1.4, -122)], p.darker(skin, 0.16), 8, cased=True)
    if skirt:
        p.fill("M-13 -108 C-8 -116 10 -116 13 -108 L22 -44 C8 -38 -8 -38 -20 -44 Z", top, shade=0.25, lift=0)
    else:
        p.fill(
            "M-14 -60 C-15 -80 -16 -96 -13 -108 C-8 -116 9 -116 13 -108 C16 -94 14 "
            "-78 13 -60 C6 -56 -8 -56 -14 -60 Z",
            top,
            shade=0.25,
            lift=0,
        )
    if bag:
        p.line([(-6, -111), (-9, -84)], p.darker(bag, 0.2), 3.6)
    _head(p, skin, hair, look, cap)
    _arm(p, near_arm, top, skin)


def _arm(p: Pen, joints: Limb, sleeve: str, skin: str) -> None:
    (x0, y0), (x1, y1), (x2, y2) = joints
    p.disc(x2 + (x2 - x1) * 0.1, y2 + (y2 - y1) * 0.1, 5.4, skin)
    path = g.smooth([(x0, y0), (x1, y1), (x2 - (x2 - x1) * 0.08, y2 - (y2 - y1) * 0.08)], closed=False)
    p.stroke(path, sleeve, 10, cased=True)


def _leg(p: Pen, joints: Limb, colour: str) -> None:
    (x2, y2) = joints[-1]
    p.fill(g.box(x2 - 6, y2 - 5, 19, 9, (4, 7, 2, 2)), "ink")
    p.stroke(g.smooth([*joints[:-1], (x2, y2 - 5)], closed=False, pull=0.1), colour, 12.4, cased=True)


def _head(p: Pen, skin: str, hair: str, look: str, cap: str) -> None:
    if look == "bob":
        p.fill("M-17 -118 C-20 -150 14 -156 16 -134 L14 -118 Z", hair)
    if look == "bun" and not cap:
        p.disc(-9, -151, 7, hair)
    p.fill(
        "M-11 -132 C-11 -144 12 -146 13 -133 C14 -128 17 -126 16 -124 C14 -122 14 "
        "-117 10 -115 C0 -112 -11 -118 -11 -132 Z",
        skin,
    )
    if cap:
        p.fill(
            "M-14 -134 C-14 -152 14 -154 15 -136 C24 -137 28 -133 27 -130 L-13 -131 Z", cap, shade=0.2, lift=0
        )
        p.fill("M-14 -131 C-16 -124 -13 -119 -9 -118 L-7 -130 Z", hair, line=False)
        return
    p.fill(
        "M-14 -128 C-18 -148 2 -156 14 -144 C16 -140 14 -137 12 -136 C4 -138 -2 "
        "-138 -5 -134 C-5 -130 -6 -124 -9 -120 "
        "C-12 -122 -13 -125 -14 -128 Z",
        hair,
    )


def _anyone(p: Pen, pose: str, main: str) -> None:
    legs, skin, hair = (
        p.dice.pick(("b", "ink", "wood")),
        p.dice.pick(p.palette.skins),
        p.dice.pick(("ink", "wood")),
    )
    hair = p.darker(hair, 0.35) if hair == "wood" else hair
    figure(
        p,
        pose,
        main,
        "ink" if legs == main else legs,
        skin,
        hair,
        p.dice.pick(("short", "bun", "bob")),
        skirt=p.dice.chance(0.3),
    )


@glyph("person", 60, 156, 165, "a")
def person(p: Pen, main: str) -> None:
    """Somebody, standing or walking."""
    _anyone(p, p.dice.pick(("stand", "walk", "wave")), main)


@glyph("courier", 76, 156, 170, "b")
def courier(p: Pen, main: str) -> None:
    """A courier with cap and bag, walking with a parcel."""
    figure(p, "hand", main, "ink", p.palette.skins[1], p.darker("wood", 0.5), "short", cap="a", bag="c")
    with p.at(46, -72, 0.36):
        find("parcel").draw(p, "card")


@glyph("giver", 80, 156, 178, "b")
def giver(p: Pen, main: str) -> None:
    """A courier whose hands hold something out."""
    figure(p, "hand", main, "ink", p.palette.skins[1], p.darker("wood", 0.5), "short", cap="a", bag="c")


@glyph("taker", 80, 156, 172, "a")
def taker(p: Pen, main: str) -> None:
    """Somebody whose hands take something."""
    figure(p, "hand", main, "ink", p.palette.skins[2], "ink", "bun", skirt=True)


@glyph("reader", 90, 130, 168, "a")
def reader(p: Pen, main: str) -> None:
    """Somebody sitting with a book, facing right; the seat is 52 units high."""
    skin = p.palette.skins[0]
    p.stroke(
        g.smooth([(-8, -56), (22, -56), (27, -30), (26, -8)], closed=False, pull=0.12), "b", 13, cased=True
    )
    p.fill(g.box(20, -9, 19, 9, (4, 7, 2, 2)), "ink")
    p.fill(
        "M-18 -50 C-20 -72 -18 -90 -14 -98 C-8 -106 6 -106 10 -98 C13 -84 10 -66 6 -50 Z",
        main,
        shade=0.25,
        lift=0,
    )
    with p.at(-2, 12):
        p.line([(0, -112), (1.4, -122)], p.darker(skin, 0.16), 8, cased=True)
        _head(p, skin, p.darker("wood", 0.5), "bob", "")
    with p.at(32, -74, 0.36, 14):
        find("book").draw(p, "c")
    p.stroke(g.smooth([(-6, -94), (4, -74), (26, -76)], closed=False), main, 10, cased=True)
    p.disc(28, -77, 5, skin)
