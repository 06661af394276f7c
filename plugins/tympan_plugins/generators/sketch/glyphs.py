"""The register of glyphs: what can be drawn by name, and how large it is.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module

import msgspec

from tympan_plugins.generators.sketch.canvas import Pen
from tympan_plugins.generators.sketch.geometry import Box

Draw = Callable[[Pen, str], None]


class Glyph(msgspec.Struct, frozen=True):
    """One thing that can be drawn. It stands on (0, 0) and reaches up to y = -height.

    width, height: of its drawing, in its own units. tall: its height in a scene, in the foreground.
    main: role of the colour that an adjective replaces.
    """

    name: str
    draw: Draw
    width: float
    height: float
    tall: float
    main: str


_ROOMS = ("nature", "land", "sky", "places", "travel", "home", "things", "signs", "creatures", "people")
GLYPHS: dict[str, Glyph] = {}


def glyph(name: str, width: float, height: float, tall: float, main: str) -> Callable[[Draw], Draw]:
    """Enter a drawing function into the register."""

    def enter(draw: Draw) -> Draw:
        GLYPHS[name] = Glyph(name, draw, width, height, tall, main)
        return draw

    return enter


def find(name: str) -> Glyph:
    """The glyph of a name; KeyError if there is none."""
    _load()
    return GLYPHS[name]


def reach(kind: Glyph, pen: Pen) -> Box:
    """x0, y0, x1, y1 of what a glyph draws with this pen's style and dice, in the glyph's own units."""
    probe = Pen(pen.style, pen.palette, pen.light, pen.dice)
    probe.points = []
    kind.draw(probe, kind.main)
    xs, ys = [x for x, _ in probe.points], [y for _, y in probe.points]
    return min(xs), min(ys), max(xs), max(ys)


@cache
def _load() -> None:
    for room in _ROOMS:
        import_module(f"tympan_plugins.generators.sketch.glyphs_{room}")
