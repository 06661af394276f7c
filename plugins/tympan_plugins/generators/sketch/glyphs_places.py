"""Glyphs that are built: houses, towers, a lighthouse, tents, bridges, doors.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.canvas import Pen
from tympan_plugins.generators.sketch.glyphs import glyph


def window(p: Pen, x: float, y: float, w: float, h: float, r: float = 2.0, bars: bool = True) -> None:
    """A pane with its frame, lit from inside when it is dark; x, y is its top left."""
    lit = p.light.dark
    p.rect(x - 2, y - 2, w + 4, h + 4, "pale", r + 1)
    p.rect(x, y, w, h, p.lighter("c", 0.2) if lit else "glass", r, glow=lit, line=False)
    if not lit and p.style.empty < 0.5:
        p.poly(
            [(x + w * 0.2, y + h), (x, y + h * 0.8), (x + w * 0.8, y), (x + w, y)],
            "pale",
            0,
            line=False,
            opacity=0.5,
        )
    if bars:
        p.line([(x + w / 2, y), (x + w / 2, y + h)], "pale", 1.8)
        p.line([(x, y + h * 0.45), (x + w, y + h * 0.45)], "pale", 1.8)


@glyph("house", 120, 112, 205, "a")
def house(p: Pen, main: str) -> None:
    """A gabled house with chimney, door and two windows. The adjective colours its roof."""
    p.rect(22, -104, 13, 30, p.darker(main, 0.3), 1, shade=0.4, lift=0)
    p.rect(19.5, -108, 18, 7, p.darker(main, 0.12), 2)
    p.poly([(-44, 0), (-44, -58), (0, -96), (44, -58), (44, 0)], "pale", shade=0.16, lift=0, deep=0.13)
    p.poly([(-60, -50), (0, -106), (60, -50), (54, -43), (0, -92), (-54, -43)], main, (4, 4, 4, 3, 2, 3))
    if p.style.empty < 0.6:
        p.poly([(0, -106), (60, -50), (54, -43), (0, -92)], p.darker(main, 0.2), (3, 4, 3, 1), line=False)
    p.rect(-12, -38, 24, 38, "b", (12, 12, 0, 0), shade=0.22, lift=0)
    p.disc(6, -18, 1.8, "c", line=False)
    window(p, -35, -40, 15, 17)
    window(p, 20, -40, 15, 17)
    p.disc(0, -66, 8.5, "pale")
    p.disc(0, -66, 6.2, p.lighter("c", 0.2) if p.light.dark else "glass", glow=p.light.dark, line=False)
    p.rect(-15, -3, 30, 3.4, "stone", 1)


@glyph("cabin", 110, 84, 150, "a")
def cabin(p: Pen, main: str) -> None:
    """A low wooden cabin."""
    p.rect(-42, -44, 84, 44, "wood", shade=0.14, lift=0)
    for y in (-11, -22, -33):
        p.line([(-40, y), (40, y)], p.darker("wood", 0.25), 1.4)
    p.poly([(-55, -40), (-38, -78), (38, -78), (55, -40)], main, 4, shade=0.12, lift=0)
    p.rect(-30, -32, 18, 32, p.darker("wood", 0.35), (3, 3, 0, 0))
    window(p, 4, -31, 22, 16)


@glyph("building", 60, 150, 330, "b")
def building(p: Pen, main: str) -> None:
    """A block of flats or offices."""
    p.rect(-28, -146, 56, 146, main, (6, 6, 0, 0), shade=0.22, lift=0, deep=0.14)
    p.rect(-12, -152, 14, 8, p.darker(main, 0.25), 1)
    p.line([(14, -146), (14, -160)], p.darker(main, 0.3), 2)
    for row in range(8):
        for column in range(4):
            lit = p.light.dark and p.dice.chance(0.62)
            pane = (
                p.lighter("c", 0.2)
                if lit
                else (p.darker(main, 0.35) if p.light.dark else p.lighter(main, 0.62))
            )
            p.rect(-21 + column * 11.6, -136 + row * 15.6, 7, 9, pane, 1.2, line=False, glow=lit)
    p.rect(-9, -14, 18, 14, p.darker(main, 0.45), (4, 4, 0, 0))


@glyph("lighthouse", 74, 170, 330, "a")
def lighthouse(p: Pen, main: str) -> None:
    """A banded lighthouse with its lamp."""
    tower = "M-20 0 L-12.5 -112 H12.5 L20 0 Z"
    p.fill(tower, "pale")
    with p.clip(tower):
        for y in (-110, -66, -22):
            p.rect(-30, y - 2, 60, 22, main, line=False)
        if p.style.empty < 0.5:
            p.poly([(4, 0), (3, -120), (30, -120), (30, 0)], "ink", 0, line=False, opacity=0.16)
    p.rect(-5, -18, 10, 18, p.darker("ink", 0), (5, 5, 0, 0))
    p.rect(-3, -52, 6, 9, p.darker("b", 0.3), 3, line=False)
    p.rect(-3, -93, 6, 9, p.darker("b", 0.3), 3, line=False)
    p.rect(-10, -140, 20, 24, p.lighter("c", 0.35), 2, glow=True)
    p.line([(-3.4, -139), (-3.4, -117)], "ink", 1.5)
    p.line([(3.4, -139), (3.4, -117)], "ink", 1.5)
    p.rect(-18, -119, 36, 6, p.darker(main, 0.3), 2)
    for x in (-16, -8, 8, 16):
        p.line([(x, -119), (x, -127)], "ink", 1.4)
    p.line([(-16.5, -127), (-10, -127)], "ink", 1.6)
    p.line([(10, -127), (16.5, -127)], "ink", 1.6)
    p.fill("M-14 -139 C-13 -154 -5 -159 0 -160 C5 -159 13 -154 14 -139 Z", main, shade=0.3, lift=0)
    p.line([(0, -160), (0, -168)], "ink", 2)


@glyph("tent", 120, 76, 108, "a")
def tent(p: Pen, main: str) -> None:
    """A ridge tent with an open flap."""
    p.poly([(0, -72), (56, 0), (-56, 0)], main, (3, 4, 4), shade=0.0)
    if p.style.empty < 0.6:
        p.poly([(0, -72), (56, 0), (14, 0)], p.darker(main, 0.2), (1, 4, 1), line=False)
    glow = p.light.dark
    p.poly(
        [(0, -58), (17, 0), (-20, 0)],
        p.lighter("c", 0.2) if glow else p.darker(main, 0.62),
        (2, 1, 1),
        glow=glow,
    )
    p.poly([(0, -58), (-20, 0), (-31, 0)], p.lighter(main, 0.3), (1, 1, 3))
    p.line([(-2.5, -76), (0, -72), (2.5, -76)], "wood", 2.6)


@glyph("door", 66, 120, 210, "b")
def door(p: Pen, main: str) -> None:
    """A panelled door in its frame, with a fanlight."""
    p.rect(-33, -120, 66, 120, "pale", (30, 30, 0, 0), shade=0.0)
    p.rect(-26, -112, 52, 112, p.darker(main, 0.4), (24, 24, 0, 0), line=False)
    p.fill(g.box(-24, -110, 48, 22, (22, 22, 0, 0)), p.lighter("c", 0.4), glow=p.light.dark)
    for x in (-9, 9):
        p.line([(x * 1.2, -109 if abs(x) < 5 else -107), (x * 0.55, -88)], "pale", 2)
    p.rect(-24, -86, 48, 86, main, 0, shade=0.12, lift=0)
    for y, h in ((-79, 32), (-40, 32)):
        for x in (-19, 3):
            p.rect(x, y, 16, h, p.darker(main, 0.16), 2, line=p.style.outline > 0)
    p.disc(18.5, -42, 2.8, "c", glow=False)
    p.rect(-7, -56, 14, 4.4, "c", 2, line=False)
    p.rect(-36, -4, 72, 6, "stone", 1.5)


@glyph("window", 92, 108, 150, "pale")
def window_glyph(p: Pen, main: str) -> None:
    """A sash window with a flower box."""
    window(p, -32, -100, 64, 84, 4)
    p.rect(-40, -16, 80, 14, "wood", 3, shade=0.1)
    for i, x in enumerate((-30, -15, 0, 15, 30)):
        p.disc(x, -20 - (i % 2) * 5, 8, "leaf", line=p.style.outline > 0)
        p.disc(x + 2, -26 - (i % 2) * 5, 4.4, ("a", "c")[i % 2], line=False)


@glyph("windmill", 120, 150, 270, "a")
def windmill(p: Pen, main: str) -> None:
    """A tower mill."""
    p.fill("M-26 0 L-16 -92 H16 L26 0 Z", "pale", shade=0.26, lift=0)
    p.fill("M-20 -90 C-18 -112 18 -112 20 -90 Z", main, shade=0.3, lift=0)
    p.rect(-7, -22, 14, 22, "b", (7, 7, 0, 0))
    window(p, -5, -66, 10, 12, 2, bars=False)
    for i in range(4):
        with p.at(0, -96, 1, 90 * i + 24):
            p.rect(2, -54, 14, 42, p.lighter("card", 0.4), 1.5)
            p.line([(0, 0), (0, -56)], "wood", 3)
    p.disc(0, -96, 4.4, "wood")


@glyph("fence", 120, 40, 52, "pale")
def fence(p: Pen, main: str) -> None:
    """A picket fence."""
    for y in (-28, -12):
        p.rect(-60, y, 120, 5, p.darker(main, 0.12), 1)
    for x in range(-54, 60, 18):
        p.poly([(x - 4.6, 0), (x - 4.6, -34), (x, -40), (x + 4.6, -34), (x + 4.6, 0)], main, (0, 1, 1, 1, 0))


@glyph("bridge", 240, 74, 120, "a")
def bridge(p: Pen, main: str) -> None:
    """A suspension bridge between two towers."""
    for x in (-62, 62):
        p.rect(x - 6, -74, 12, 74, main, (3, 3, 0, 0), shade=0.35, lift=0)
    p.curve([(-118, -28), (-62, -72)], main, 2.4)
    p.curve([(118, -28), (62, -72)], main, 2.4)
    p.curve([(-62, -72), (-32, -42), (0, -32), (32, -42), (62, -72)], main, 2.6)
    for cable in (i * 10.5 for i in range(-5, 6)):
        p.line([(cable, -24), (cable, -32 - abs(cable / 62) ** 2 * 36)], main, 1.3)
    p.rect(-120, -28, 240, 8, p.darker(main, 0.25), 2)
