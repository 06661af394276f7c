"""Glyphs of things: cup, books, keys, parcels, devices, tools.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.canvas import Pen
from tympan_plugins.generators.sketch.glyphs import glyph


@glyph("cup", 100, 100, 62, "a")
def cup(p: Pen, main: str) -> None:
    """A cup on a saucer, steaming."""
    for x in (-16, 2, 20):
        p.curve([(x, -76), (x - 5, -84), (x + 4, -91), (x, -100)], "stone", 3, opacity=0.8)
    p.disc(0, -5, 46, "pale", 6, shade=0.05)
    p.stroke("M26 -54 C54 -58 52 -24 20 -24", p.darker(main, 0.1), 8, cased=True)
    p.fill("M-34 -64 H34 C34 -32 24 -7 10 -6 H-10 C-24 -7 -34 -32 -34 -64 Z", main, shade=0.24, lift=0)
    p.disc(0, -64, 34, p.lighter(main, 0.3), 7)
    p.disc(0, -63.4, 29, p.darker("wood", 0.35), 4.6, line=False)


@glyph("mug", 90, 80, 60, "b")
def mug(p: Pen, main: str) -> None:
    """A straight mug."""
    p.stroke("M24 -58 C52 -60 50 -18 24 -20", p.darker(main, 0.1), 8, cased=True)
    p.rect(-34, -72, 62, 72, main, (4, 4, 14, 14), shade=0.24, lift=0)
    p.disc(-3, -72, 31, p.darker("wood", 0.3), 6)


@glyph("book", 100, 84, 40, "a")
def book(p: Pen, main: str) -> None:
    """An open book."""
    p.fill(
        "M0 -8 C-16 -20 -34 -20 -50 -14 V-72 C-34 -80 -14 -78 0 -66 C14 -78 34 -80 50 -72 V-14 "
        "C34 -20 16 -20 0 -8 Z",
        main,
    )
    p.fill("M0 -16 C-14 -27 -30 -27 -43 -22 V-78 C-28 -84 -12 -82 0 -71 Z", "pale")
    p.fill("M0 -16 C14 -27 30 -27 43 -22 V-78 C28 -84 12 -82 0 -71 Z", p.darker("pale", 0.1))
    for y in (-66, -54, -42):
        p.curve([(-35, y), (-22, y - 1.6), (-10, y + 4)], "stone", 2.4)
        p.curve([(35, y), (22, y - 1.6), (10, y + 4)], "stone", 2.4)


@glyph("books", 90, 76, 62, "a")
def books(p: Pen, main: str) -> None:
    """A stack of books."""
    for i, (x, w, h, colour) in enumerate(((-2, 84, 22, "b"), (4, 72, 18, main), (-4, 64, 20, "c"))):
        y = -sum((22, 18, 20)[:i])
        p.rect(x - w / 2, y - h, w, h, colour, (5, 2, 2, 5), shade=0.06, lift=0)
        p.rect(x - w / 2 + w - 20, y - h + 4, 20, h - 8, "pale", 0, line=p.style.outline > 0)
        p.line([(x - w / 2 + 12, y - h + 2), (x - w / 2 + 12, y - 2)], p.lighter(colour, 0.4), 2.6)


@glyph("key", 56, 116, 80, "c")
def key(p: Pen, main: str) -> None:
    """A key, bow up."""
    p.rect(-5.5, -62, 11, 62, main, (0, 0, 5, 5), shade=0.4, lift=0)
    p.poly([(5, -24), (22, -24), (22, -14), (14, -14), (14, -9), (5, -9)], main, 2)
    p.rect(5, -40, 13, 9, main, (0, 3, 3, 0))
    ring = g.ellipse(0, -86, 28) + g.ellipse(0, -88, 12)
    p.fill(ring[:6] + _reverse_circle(0, -89, 11), main, shade=0.12)
    p.rect(-9, -64, 18, 8, p.darker(main, 0.15), 2)


def _reverse_circle(cx: float, cy: float, r: float) -> g.Path:
    return g.apply(g.ellipse(0, 0, r), lambda x, y: (cx + x, cy - y))


@glyph("lock", 80, 106, 80, "c")
def lock(p: Pen, main: str) -> None:
    """A padlock."""
    p.stroke("M-22 -58 V-76 C-22 -106 22 -106 22 -76 V-58", p.darker("stone", 0.2), 11, cased=True)
    p.rect(-38, -66, 76, 66, main, 14, shade=0.16, lift=0.3)
    p.disc(0, -38, 8.5, "ink", line=False)
    p.poly([(-3.6, -36), (3.6, -36), (6, -18), (-6, -18)], "ink", 2, line=False)


@glyph("bell", 90, 104, 80, "c")
def bell(p: Pen, main: str) -> None:
    """A bell with its clapper."""
    p.disc(0, -10, 11, p.darker(main, 0.35))
    p.disc(0, -96, 8, p.darker(main, 0.2))
    p.fill(
        "M0 -94 C-24 -94 -31 -74 -31 -54 C-31 -34 -36 -28 -43 -20 C-45 -16 -43 -13 "
        "-39 -13 H39 C43 -13 45 -16 43 -20 "
        "C36 -28 31 -34 31 -54 C31 -74 24 -94 0 -94 Z",
        main,
        shade=0.2,
        lift=0,
    )
    if p.style.empty < 0.5:
        p.curve([(-19, -46), (-19, -62), (-11, -78)], p.lighter(main, 0.6), 5)


@glyph("envelope", 116, 84, 70, "pale")
def envelope(p: Pen, main: str) -> None:
    """A letter, sealed."""
    p.rect(-56, -80, 112, 80, main, 9, shade=0.04, lift=0.8)
    p.line([(-52, -4), (-12, -40)], p.darker(main, 0.2), 2.6)
    p.line([(52, -4), (12, -40)], p.darker(main, 0.2), 2.6)
    p.poly([(-54, -76), (54, -76), (0, -32)], p.darker(main, 0.09), (6, 6, 9))
    p.disc(0, -40, 11, "a", shade=0.25)


@glyph("parcel", 96, 84, 70, "card")
def parcel(p: Pen, main: str) -> None:
    """A cardboard box with tape and label."""
    p.rect(-46, -76, 92, 76, main, 5, shade=0.16, lift=0)
    p.rect(-46, -76, 92, 17, p.lighter(main, 0.26), (5, 5, 0, 0), line=p.style.outline > 0)
    p.rect(-9, -76, 18, 34, p.darker(main, 0.24), (0, 0, 2, 2), line=False)
    p.rect(14, -26, 24, 16, "pale", 2, line=False)
    p.line([(18, -20), (33, -20)], "stone", 2)
    p.line([(18, -15), (28, -15)], "stone", 2)


@glyph("gift", 96, 104, 84, "a")
def gift(p: Pen, main: str) -> None:
    """A present with a bow."""
    p.rect(-40, -60, 80, 60, main, (0, 0, 7, 7), shade=0.18, lift=0)
    p.rect(-9, -60, 18, 60, "c", line=p.style.outline > 0)
    p.fill("M0 -78 C-12 -104 -38 -108 -38 -90 C-38 -80 -20 -76 0 -78 Z", "c")
    p.fill("M0 -78 C12 -104 38 -108 38 -90 C38 -80 20 -76 0 -78 Z", p.darker("c", 0.12))
    p.rect(-46, -80, 92, 23, p.lighter(main, 0.16), 6, shade=0.1, lift=0)
    p.rect(-10, -80, 20, 23, p.darker("c", 0.06), line=p.style.outline > 0)


@glyph("camera", 120, 92, 74, "b")
def camera(p: Pen, main: str) -> None:
    """A camera with its lens."""
    p.rect(-40, -86, 26, 16, p.darker(main, 0.3), 4)
    p.poly([(-12, -70), (-6, -90), (28, -90), (34, -70)], main, (1, 5, 5, 1))
    p.rect(-58, -74, 116, 74, main, 14, shade=0.08, lift=0.5)
    p.rect(-58, -52, 116, 30, p.darker(main, 0.34), 0, line=False)
    p.disc(8, -36, 31, "pale")
    p.disc(8, -36, 24, "ink", line=False)
    p.disc(8, -36, 14, p.lighter("b", 0.1), line=False, shade=0.3)
    p.disc(2, -42, 5, "pale", line=False)
    p.disc(44, -62, 5, "c", line=False)
    p.rect(-48, -66, 18, 8, "a", 3, line=False)


@glyph("phone", 64, 118, 82, "ink")
def phone(p: Pen, main: str) -> None:
    """A phone with a little picture on it."""
    p.rect(-30, -116, 60, 116, main, 11)
    with p.clip(g.box(-25, -108, 50, 98, 6)):
        p.rect(-26, -109, 52, 100, p.lighter("b", 0.55), line=False)
        p.disc(-4, -80, 13, "c", line=False)
        p.fill("M-30 -48 C-10 -70 6 -44 30 -62 V0 H-30 Z", p.lighter("a", 0.2), line=False)
        p.fill("M-30 -32 C-10 -48 10 -26 30 -36 V0 H-30 Z", "a", line=False)
    p.line([(-7, -112.4), (7, -112.4)], "stone", 2)


@glyph("laptop", 150, 92, 110, "ink")
def laptop(p: Pen, main: str) -> None:
    """A laptop with a chart on its screen."""
    p.rect(-58, -90, 116, 80, main, 8)
    p.rect(-52, -84, 104, 68, p.lighter("b", 0.72), 3, line=False)
    for i, h in enumerate((18, 32, 26, 44)):
        p.rect(-40 + i * 15, -22 - h, 10, h, ("b", "a", "c", "d")[i], (3, 3, 0, 0), line=False)
    p.disc(36, -66, 9, "a", line=False)
    p.line([(28, -46), (44, -46)], "stone", 3)
    p.line([(28, -36), (40, -36)], "stone", 3)
    p.fill("M-74 -10 H74 C74 -2 70 0 64 0 H-64 C-70 0 -74 -2 -74 -10 Z", "stone", shade=0.05)


@glyph("umbrella", 120, 120, 150, "a")
def umbrella(p: Pen, main: str) -> None:
    """An open umbrella."""
    p.stroke("M0 -96 V-14 C0 2 20 2 20 -14", "wood", 5, cased=True)
    p.fill(
        "M-58 -56 C-56 -92 -30 -112 0 -112 C30 -112 56 -92 58 -56 C48 -66 30 "
        "-66 20 -56 C12 -66 -12 -66 -20 -56 "
        "C-30 -66 -48 -66 -58 -56 Z",
        main,
    )
    p.fill(
        "M-20 -56 C-18 -84 -10 -104 0 -112 C10 -104 18 -84 20 -56 C12 -66 -12 -66 -20 -56 Z",
        p.lighter(main, 0.28),
    )
    p.fill(
        "M20 -56 C18 -84 10 -104 0 -112 C30 -112 56 -92 58 -56 C48 -66 30 -66 20 -56 Z", p.darker(main, 0.16)
    )
    p.line([(0, -112), (0, -119)], "wood", 4)


@glyph("pencil", 84, 112, 80, "c")
def pencil(p: Pen, main: str) -> None:
    """A pencil, point down, leaning."""
    with p.at(-24, -10, 1, 34):
        p.poly([(-11, -24), (11, -24), (0, 4)], "card", (1, 1, 2))
        p.poly([(-4.4, -7), (4.4, -7), (0, 4)], "ink", 1, line=False)
        p.rect(-11, -92, 22, 69, main, 0)
        p.rect(4, -92, 7, 69, p.darker(main, 0.2), 0, line=False)
        p.rect(-11, -100, 22, 10, "stone", 0)
        p.rect(-11, -113, 22, 14, "a", (8, 8, 0, 0))


@glyph("apple", 84, 92, 50, "a")
def apple(p: Pen, main: str) -> None:
    """An apple with a leaf."""
    p.curve([(0, -66), (2, -78), (8, -88)], "wood", 5)
    p.fill("M6 -76 C14 -96 34 -92 38 -88 C32 -74 18 -70 6 -76 Z", "leaf")
    p.fill(
        "M0 -66 C-14 -78 -42 -70 -40 -38 C-38 -12 -20 2 -8 0 C-3 -1 3 -1 8 0 C20 2 "
        "38 -12 40 -38 C42 -70 14 -78 0 -66 Z",
        main,
        shade=0.2,
    )
