"""The stage: a frame, a light, a wish, and how a glyph is put in its place.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.canvas import Pen
from tympan_plugins.generators.sketch.dice import Dice
from tympan_plugins.generators.sketch.glyphs import find
from tympan_plugins.generators.sketch.palette import mix
from tympan_plugins.generators.sketch.words import Subject, Wish


class Spot(msgspec.Struct, frozen=True):
    """Where something stands: its foot and its height, as shares of the frame; lean in degrees."""

    x: float
    y: float
    tall: float = 0.0
    lean: float = 0.0


class Guide(msgspec.Struct, frozen=True):
    """What control maps ask for: the main subject's spot, spots for others, heights of layers."""

    main: Spot | None = None
    spots: tuple[Spot, ...] = ()
    horizon: float = 0.0
    levels: tuple[float, ...] = ()


class Stage:
    """One picture in the making. w, h: the frame in units; its short side is 600."""

    def __init__(
        self, pen: Pen, frame: tuple[float, float], wish: Wish, dice: Dice, guide: Guide, back: str
    ) -> None:
        self.pen, self.wish, self.dice, self.guide, self.back = pen, wish, dice, guide, back
        self.w, self.h = frame
        self.placed = 0

    @property
    def unit(self) -> float:
        """Scale of things: 1 in a wide frame, smaller in a narrow one."""
        return float(min(1.0, (self.w / 1000) ** 0.7))

    def level(self, index: int, usual: float) -> float:
        """Height of layer `index` (0 is the horizon) in units: a control map's, or the usual share."""
        if self.guide.levels:
            return self.h * self.guide.levels[min(index, len(self.guide.levels) - 1)]
        if self.guide.horizon:
            below = (usual - 0.6) / 0.4
            share = (
                self.guide.horizon + (1 - self.guide.horizon) * max(below, 0) if index else self.guide.horizon
            )
            return self.h * share
        return self.h * usual

    def allowed(self, *names: str) -> bool:
        """Whether none of the names is banned by the negative prompt."""
        return not self.wish.banned.intersection(names)

    def named(self, colour: str) -> str:
        """An adjective's colour, brought near the palette."""
        pal = self.pen.palette
        near = min(
            (pal.a, pal.b, pal.c, pal.d),
            key=lambda c: sum(abs(int(c[i : i + 2], 16) - int(colour[i : i + 2], 16)) for i in (1, 3, 5)),
        )
        share = 1.0 if self.pen.style.mono > 0.5 or self.pen.style.duo > 0.5 else 0.3
        return mix(colour, near, share)

    def put(
        self,
        name: str,
        x: float,
        y: float,
        tall: float = 0.0,
        *,
        flip: bool = False,
        main: str = "",
        lean: float = 0.0,
        shadow: bool = True,
        key: str = "",
    ) -> None:
        """Draw a glyph with its foot at x, y, `tall` units high (its usual height if 0)."""
        if not self.allowed(name):
            return
        kind = find(name)
        tall = tall or kind.tall * self.unit
        scale = tall / kind.height
        self.placed += 1
        p = self.pen
        p.dice = self.dice.named(f"{name}{key or self.placed}")
        if shadow and p.style.empty < 0.6:
            reach = kind.width * scale
            p.fill(
                g.ellipse(x + reach * 0.1, y, reach * 0.5, max(reach * 0.055, 2)),
                p.palette.ink,
                line=False,
                opacity=0.16,
            )
        with p.at(x, y, scale, lean, flip):
            kind.draw(p, main or kind.main)

    def subject(
        self,
        s: Subject,
        x: float,
        y: float,
        scale: float = 1.0,
        *,
        main: str = "",
        flip: bool = False,
        shadow: bool = True,
        lean: float = 0.0,
    ) -> None:
        """A subject with its adjectives; `scale` times its usual height."""
        tall = find(s.noun).tall * self.unit * s.scale * scale
        self.put(
            s.noun,
            x,
            y,
            tall,
            main=self.named(s.colour) if s.colour else main,
            flip=flip,
            shadow=shadow,
            lean=lean,
        )

    def stand(self, s: Subject, spot: Spot) -> None:
        """A subject just where a control map wants it, as tall and leaning as it says."""
        main = self.named(s.colour) if s.colour else ""
        self.put(s.noun, spot.x * self.w, spot.y * self.h, spot.tall * self.h, lean=spot.lean, main=main)

    def line_up(self, wanted: Iterable[tuple[Subject, float]], spots: Sequence[g.Point]) -> None:
        """Subjects with their scales, at a control map's spots first, then at these (shares of the frame)."""
        given = [spot for spot in (self.guide.main, *self.guide.spots) if spot]
        slots = iter([*given, *(Spot(x, y) for x, y in spots)])
        for s, scale in wanted:
            for _, spot in zip(range(s.count), slots, strict=False):
                if spot.tall:
                    self.stand(s, spot)
                else:
                    self.subject(s, self.w * spot.x, self.h * spot.y, scale)

    def cover(self, paint: str) -> None:
        """Fill the frame, a little beyond its edges."""
        self.pen.raw(g.box(-20, -20, self.w + 40, self.h + 40), paint)

    def backdrop(self, to: float, *colours: str) -> bool:
        """The picture's ground, a gradient down to `to`, or what the options say. False if there is none."""
        if self.back == "none":
            return False
        if self.back.startswith("#"):
            self.cover(f'fill="{self.back}"')
            return False
        self.cover(self.pen.gradient(0, to, *(self.thin(c) for c in colours if c)))
        return True

    def thin(self, colour: str) -> str:
        """A colour of a large area: nearly gone where the style leaves shapes empty."""
        paper = self.pen.palette.deep if self.pen.light.dark else self.pen.palette.paper
        return mix(colour, paper, self.pen.style.empty * 0.92)

    def halftone(self, y0: float, y1: float, colour: str, gap: float = 13.0, most: float = 4.6) -> None:
        """Rows of dots that shrink from y0 to y1, as a screen prints a gradient."""
        share = self.pen.style.dots
        if share < 0.05:
            return
        rows = max(1, int(abs(y1 - y0) / (gap * 0.5)))
        for row in range(rows):
            y = y0 + (y1 - y0) * (row + 0.5) / rows
            r = most * (1 - (row + 0.5) / rows) * share
            if r < 0.5:
                continue
            count = int(self.w / gap) + 2
            dots: g.Path = []
            for i in range(count):
                x = (i - 0.5 + 0.5 * (row % 2)) * gap
                dots += [("M", (x, y)), ("L", (x + 0.01, y))]
            self.pen.raw(
                dots, f'fill="none" stroke="{colour}" stroke-width="{2 * r:.2f}" stroke-linecap="round"'
            )
