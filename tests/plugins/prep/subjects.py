"""Synthetic subjects with exact alpha and colour, composited on known backgrounds.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tympan import Picture, clean_svg, svg_size

Floats = NDArray[np.float64]
SIDE = 160
KINDS = ("star", "ring", "gear", "strokes", "outlined", "box", "ball")
GROUNDS = ("white", "flat", "gradient", "glow")


def _polar(middle: float, radius: float, angle: float) -> tuple[float, float]:
    return middle + radius * math.cos(angle), middle + radius * math.sin(angle)


def _shape(kind: str, side: int) -> tuple[Image.Image, Image.Image]:
    alpha, colour = Image.new("L", (side, side), 0), Image.new("RGB", (side, side), (40, 70, 150))
    a, c = ImageDraw.Draw(alpha), ImageDraw.Draw(colour)
    middle, r = side / 2, side * 0.36

    def disc(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, fill: object) -> None:
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)  # type: ignore[arg-type]

    if kind == "star":
        points = [_polar(middle, r if i % 2 else r / 2, i * math.pi / 5) for i in range(10)]
        a.polygon(points, fill=255)
        disc(c, middle, middle, r / 4, (230, 170, 30))
    elif kind == "ring":
        disc(a, middle, middle, r, 255)
        disc(a, middle, middle, r / 2, 0)
    elif kind == "gear":
        for i in range(12):
            x, y = middle + r * math.cos(i * math.pi / 6), middle + r * math.sin(i * math.pi / 6)
            disc(a, x, y, r / 6, 255)
        disc(a, middle, middle, r * 0.95, 255)
        for i in range(5):
            x, y = middle + r / 2 * math.cos(i * 1.257), middle + r / 2 * math.sin(i * 1.257)
            disc(a, x, y, r / 8, 0)
    elif kind == "strokes":
        for i in range(16):
            x, y = middle + r * math.cos(i * 0.393), middle + r * math.sin(i * 0.393)
            a.line((middle, middle, x, y), fill=255, width=side // 100)
        disc(a, middle, middle, r / 3, 255)
    elif kind == "outlined":
        disc(a, middle, middle, r, 255)
        disc(c, middle, middle, r, (25, 25, 25))
        disc(c, middle, middle, r * 0.9, (240, 225, 120))
        disc(c, middle, middle, r * 0.3, (25, 25, 25))
    elif kind == "box":
        a.rounded_rectangle((middle - r, middle - r * 0.7, middle + r, middle + r * 0.7), r / 4, fill=255)
        c.rectangle((middle - r / 2, middle - r / 4, middle + r / 2, middle + r / 4), fill=(200, 60, 40))
    else:
        disc(a, middle, middle, r, 255)
        for i in range(40):
            shade = int(60 + 4 * i)
            disc(c, middle - i * r / 120, middle - i * r / 120, r * (1 - i / 40), (shade, shade // 3, 40))
    return alpha, colour


def subject(kind: str) -> tuple[Floats, Floats]:
    """Alpha (h, w) and colour (h, w, 3), 0..1, drawn at four times the size and averaged."""
    alpha, colour = (np.asarray(image, float) / 255 for image in _shape(kind, 4 * SIDE))
    weighed = colour * alpha[..., None]
    a = alpha.reshape(SIDE, 4, SIDE, 4).mean((1, 3))
    c = weighed.reshape(SIDE, 4, SIDE, 4, 3).mean((1, 3)) / np.maximum(a, 1e-6)[..., None]
    return a, c


def ground(kind: str) -> Floats:
    """A background (h, w, 3), 0..1."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    if kind == "white":
        return np.ones((SIDE, SIDE, 3))
    if kind == "flat":
        return np.ones((SIDE, SIDE, 3)) * (0.0, 0.69, 0.25)
    far = np.hypot(x - 0.5, y - 0.4)
    t = np.clip(far * 1.2 if kind == "glow" else far**2 * 1.8, 0, 1)[..., None]
    return (1 - t) * (0.9, 0.75, 0.6) + t * (0.7, 0.8, 0.95)


def composited(alpha: Floats, colour: Floats, back: Floats, noise: float = 0.0) -> Picture:
    """An opaque picture, 8 bit, with a fixed noise of so many levels."""
    mixed = alpha[..., None] * colour + (1 - alpha[..., None]) * back
    mixed = mixed + np.random.default_rng(7).normal(size=mixed.shape) * noise / 255
    return opaque(np.rint(np.clip(mixed, 0, 1) * 255).astype(np.uint8))


def opaque(rgb: NDArray[np.uint8]) -> Picture:
    """A picture of (h, w, 3) with alpha 255."""
    height, width = rgb.shape[:2]
    rgba = np.dstack([rgb, np.full((height, width), 255, np.uint8)])
    return Picture(size=(width, height), pixels=rgba.tobytes())


def vector(body: str, root: str = 'viewBox="0 0 24 24"') -> Picture:
    """An SVG picture, cleaned as intake does."""
    svg = clean_svg(f'<svg xmlns="http://www.w3.org/2000/svg" {root}>{body}</svg>')
    return Picture(size=svg_size(svg), svg=svg)
