"""The pen: draws paths in a style and keeps them as SVG text.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import cos, hypot, radians, sin
from typing import Unpack

from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch.dice import Dice
from tympan_plugins.generators.sketch.palette import Light, Palette, mix
from tympan_plugins.generators.sketch.strokes import Fill, Stroke, number, path_data
from tympan_plugins.generators.sketch.style import Style

Shape = g.Path | str


class Pen:
    """Draws in nested coordinate systems. Colours are roles of the palette ("a", "leaf") or #rrggbb."""

    def __init__(self, style: Style, palette: Palette, light: Light, dice: Dice) -> None:
        self.style, self.palette, self.light, self.dice = style, palette, light, dice
        self.hand = dice.named("hand")
        # How much heavier than usual lines and textures are: an icon has few of them, and is seen small.
        self.weight = 1.0
        self.matrix: g.Matrix = (1, 0, 0, 1, 0, 0)
        self.haze: tuple[str, float] = (palette.paper, 0.0)
        self.side = 1.0
        self.parts: list[str] = []
        # Every point drawn outside of clips, if somebody wants to know how far a drawing reaches.
        self.points: list[g.Point] | None = None
        self.defs: list[str] = []

    # Where things go

    @contextmanager
    def at(
        self, x: float = 0, y: float = 0, scale: float = 1, turn: float = 0, flip: bool = False
    ) -> Iterator[None]:
        """Draw inside at x, y, scaled, turned by degrees, and mirrored left to right if `flip`."""
        before, angle = self.matrix, radians(turn)
        c, s = cos(angle) * scale, sin(angle) * scale
        f = -1 if flip else 1
        self.matrix = g.multiply(before, (c * f, s * f, -s, c, x, y))
        yield
        self.matrix = before

    @contextmanager
    def far(self, colour: str, amount: float) -> Iterator[None]:
        """Draw inside as if through air: every colour gets `amount` (0 to 1) of `colour`."""
        before = self.haze
        self.haze = (colour, 1 - (1 - amount) * (1 - before[1]))
        yield
        self.haze = before

    @contextmanager
    def clip(self, shape: Shape) -> Iterator[None]:
        """Draw inside only where `shape` is."""
        name = self._clip_path(self.world(shape))
        self.parts.append(f'<g clip-path="url(#{name})">')
        before, self.points = self.points, None
        yield
        self.points = before
        self.parts.append("</g>")

    @property
    def scale(self) -> float:
        """Units of the picture in one unit here."""
        return hypot(self.matrix[0], self.matrix[1])

    # Colours

    def tone(self, role: str, glow: bool = False) -> str:
        """A colour as it is seen from here: through the air, in this light."""
        colour = self.palette.colour(role)
        if not glow:
            colour = mix(colour, self.light.ambient, self.light.amount)
        if self.haze[1] and not glow:
            colour = mix(colour, self.haze[0], self.haze[1])
        return colour

    @property
    def ink(self) -> str:
        """The colour of outlines: light where an empty drawing lies on a dark ground."""
        return self.palette.paper if self.light.dark and self.style.empty > 0.4 else self.tone("ink")

    def darker(self, role: str, share: float = 0.2) -> str:
        """The shadow side of a colour."""
        return mix(self.palette.colour(role), self.palette.ink, share)

    def lighter(self, role: str, share: float = 0.3) -> str:
        """The lit side of a colour."""
        return mix(self.palette.colour(role), self.palette.paper, share)

    # Shapes

    def fill(
        self,
        shape: Shape,
        colour: str,
        *,
        shade: float = 0.0,
        lift: float = 0.3,
        line: bool = True,
        glow: bool = False,
        opacity: float = 1.0,
        deep: float = 0.2,
    ) -> None:
        """A closed shape. shade: share of its width that lies in shadow, away from the light; lift: how much
        of that also shows below; deep: its darkness; line: outlined, where the style draws lines."""
        path, style = self.world(shape), self.style
        colour_seen = self._emptied(self.tone(colour, glow), line)
        slip = style.offset * min(1.0, self.scale) * (1 if line else 0.6) * self.weight**0.7
        body = g.apply(path, lambda x, y: (x + slip, y + slip * 0.7)) if slip else path
        self._emit(body, f'fill="{colour_seen}"', opacity)
        if shade and style.empty < 0.6:
            self._shadow(body, colour_seen, shade, lift, deep)
        if line and style.outline:
            self._outline(path)

    def _emptied(self, colour: str, line: bool) -> str:
        if not self.style.empty:
            return colour
        ground = self.palette.deep if self.light.dark else self.palette.paper
        return mix(colour, ground, self.style.empty * (1.0 if line else 0.86))

    def _shadow(self, path: g.Path, colour: str, shade: float, lift: float, deep: float) -> None:
        x0, y0, x1, y1 = g.bounds(path)
        dx, dy = -shade * (x1 - x0) * self.side, -shade * lift * (y1 - y0)
        lit = g.apply(path, lambda x, y: (x + dx, y + dy))
        dark = mix(colour, self.tone("ink"), deep)
        hatch = self.style.hatch
        if hatch < 1:
            name = self._clip_path(path)
            frame = g.box(x0 - 9, y0 - 9, x1 - x0 + 18, y1 - y0 + 18)
            data = path_data(frame + lit)
            soft = f' fill-opacity="{number(1 - hatch)}"' if hatch else ""
            self.parts.append(
                f'<path clip-path="url(#{name})" fill="{dark}" fill-rule="evenodd"{soft} d="{data}"/>'
            )
        if hatch > 0.05:
            gap = (5.4 if x1 - x0 > 40 else 3.8) * self.weight**0.8
            strokes = g.hatch(path, lit, gap, -0.9 * self.side, self.hand.unit)
            line = mix(colour, self.tone("ink"), min(0.75, deep * 2.6))
            if strokes:
                self._stroke_out(strokes, line, 1.5 * hatch * self.weight**0.8)

    def stroke(
        self,
        shape: Shape,
        colour: str,
        width: float,
        *,
        cased: bool = False,
        glow: bool = False,
        opacity: float = 1.0,
    ) -> None:
        """A line with round ends. width: in units here. cased: with an outline of its own, as limbs have."""
        path, style = self.world(shape), self.style
        seen, wide = self.tone(colour, glow), width * self.scale
        if style.empty and not cased:
            seen = mix(seen, self.ink, style.empty * 0.9)
        if style.empty and cased:
            seen = self._emptied(seen, True)
        if style.wobble:
            path = g.wobble(path, min(style.wobble, wide * 0.35 + 0.3) * 0.7, self.hand.unit)
        if cased and style.outline:
            self._stroke_out(path, self.ink, wide + 2 * self._line_width() * 0.9)
        self._stroke_out(path, seen, max(wide, 0.6), opacity)

    def _line_width(self) -> float:
        return self.style.outline * self.weight * min(1.0, 0.42 + 0.5 * self.scale)

    def _outline(self, path: g.Path) -> None:
        drawn = (
            g.wobble(path, self.style.wobble * min(1.0, self.scale), self.hand.unit)
            if self.style.wobble
            else path
        )
        self._stroke_out(drawn, self.ink, self._line_width())

    def _stroke_out(self, path: g.Path, colour: str, width: float, opacity: float = 1.0) -> None:
        self._emit(
            path,
            f'fill="none" stroke="{colour}" stroke-width="{number(width)}" '
            'stroke-linecap="round" stroke-linejoin="round"',
            opacity,
            "stroke-opacity",
        )

    def _emit(self, path: g.Path, paint: str, opacity: float, fade: str = "fill-opacity") -> None:
        if self.points is not None:
            self.points += [point for line in g.flatten(path, 4) for point in line]
        thin = f' {fade}="{number(opacity)}"' if opacity < 1 else ""
        self.parts.append(f'<path {paint}{thin} d="{path_data(path)}"/>')

    def raw_stroke(self, path: g.Path, role: str, width: float) -> None:
        """Strokes given in units of the picture."""
        self._stroke_out(path, self.tone(role), width)

    def raw(self, shape: Shape, paint: str) -> None:
        """A shape with SVG paint attributes of the caller's, untouched by style and light."""
        self._emit(self.world(shape), paint, 1.0)

    def world(self, shape: Shape) -> g.Path:
        """A shape from here in units of the picture."""
        return g.transform(g.parse(shape) if isinstance(shape, str) else shape, self.matrix)

    # Short names for the common shapes

    def rect(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        colour: str,
        r: float | Sequence[float] = 0.0,
        **how: Unpack[Fill],
    ) -> None:
        """A rectangle with radius or radii r."""
        soft = min(self.style.soft / max(self.scale, 0.3), min(abs(w), abs(h)) / 3)
        radii = [r] * 4 if isinstance(r, (int, float)) else list(r)
        self.fill(g.box(x, y, w, h, [n + soft * (0.4 if n == 0 else 1) for n in radii]), colour, **how)

    def disc(
        self, cx: float, cy: float, r: float, colour: str, ry: float | None = None, **how: Unpack[Fill]
    ) -> None:
        """A circle, or an ellipse with a second radius."""
        self.fill(g.ellipse(cx, cy, r, ry), colour, **how)

    def poly(
        self, points: Sequence[g.Point], colour: str, r: float | Sequence[float] = 0.0, **how: Unpack[Fill]
    ) -> None:
        """A polygon with rounded corners."""
        soft = self.style.soft / max(self.scale, 0.3)
        radii = [n + soft for n in ([r] * len(points) if isinstance(r, (int, float)) else r)]
        self.fill(g.polygon(points, radii), colour, **how)

    def blob(self, points: Sequence[g.Point], colour: str, **how: Unpack[Fill]) -> None:
        """A smooth closed curve through points."""
        self.fill(g.smooth(points), colour, **how)

    def line(self, points: Sequence[g.Point], colour: str, width: float, **how: Unpack[Stroke]) -> None:
        """A polyline."""
        self.stroke(g.open_line(points), colour, width, **how)

    def curve(self, points: Sequence[g.Point], colour: str, width: float, **how: Unpack[Stroke]) -> None:
        """A smooth open curve through points."""
        self.stroke(g.smooth(points, closed=False), colour, width, **how)

    # Definitions

    def gradient(self, y0: float, y1: float, *colours: str) -> str:
        """A vertical gradient in units of the picture, colours from above; the paint to use it with."""
        if len(set(colours)) == 1:
            return f'fill="{colours[0]}"'
        name, last = f"g{len(self.defs) + 1}", len(colours) - 1
        stops = "".join(
            f'<stop offset="{number(i / last)}" stop-color="{c}"/>' for i, c in enumerate(colours)
        )
        self.defs.append(
            f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" x1="0" x2="0" y1="{number(y0)}" '
            f'y2="{number(y1)}">{stops}</linearGradient>'
        )
        return f'fill="url(#{name})"'

    def _clip_path(self, path: g.Path) -> str:
        name = f"c{len(self.defs) + 1}"
        self.defs.append(f'<clipPath id="{name}"><path d="{path_data(path)}"/></clipPath>')
        return name

    def document(self, size: tuple[int, int], frame: tuple[float, float]) -> str:
        """The SVG file. size: px; frame: width and height in units."""
        defs = f"<defs>{''.join(self.defs)}</defs>" if self.defs else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" '
            f'viewBox="0 0 {number(frame[0])} {number(frame[1])}">{defs}{"".join(self.parts)}</svg>\n'
        )
