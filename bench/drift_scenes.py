"""Pictures that drift in a known way: three kinds of scenes, what may be done to them, and what must not count.

A scene is a request: it fixes colours, word and rough layout; a seed is one generation of it, which moves,
scales and turns things and varies the pen a little.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from functools import cache
from math import cos, sin, tau
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIDE = 224
WORDS = ["NORTH", "AURORA", "ORBIT", "COPPER", "LUMEN", "HARBOR", "VERDE", "PIXEL", "MARBLE", "SUMMIT"]
THINGS = [
    "house",
    "tree",
    "boat",
    "sun",
    "moon",
    "cat",
    "bird",
    "fish",
    "mug",
    "key",
    "leaf",
    "bell",
    "star",
    "heart",
    "cloud",
    "truck",
    "umbrella",
    "mail",
]
# A ground, an ink and three paints.
PALETTES = [
    ((250, 244, 230), (32, 58, 96), (226, 88, 62), (242, 180, 68), (70, 148, 140)),
    ((238, 246, 250), (20, 30, 60), (90, 70, 200), (240, 110, 160), (120, 210, 220)),
    ((255, 252, 245), (50, 40, 30), (180, 60, 40), (90, 130, 70), (220, 170, 110)),
    ((245, 245, 245), (24, 24, 24), (0, 120, 200), (255, 200, 0), (230, 40, 90)),
    ((232, 240, 228), (40, 70, 50), (110, 160, 80), (230, 150, 60), (200, 210, 160)),
]
Colour = tuple[int, int, int]
Pixels = np.ndarray
Draw = Callable[..., Pixels]


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _colours(rng: np.random.Generator) -> list[Colour]:
    """A ground, an ink and three paints, spread over the hues."""
    from colorsys import hls_to_rgb

    start = rng.random()
    tones = [
        (start, rng.uniform(0.9, 0.97), 0.5),
        (start + rng.uniform(0.3, 0.7), rng.uniform(0.1, 0.25), 0.5),
    ]
    tones += [
        (start + n / 3 + rng.uniform(0, 0.2), rng.uniform(0.4, 0.7), rng.uniform(0.5, 0.9)) for n in range(3)
    ]
    return [tuple(round(255 * each) for each in hls_to_rgb(h % 1, light, s)) for h, light, s in tones]


def shapes(library: int, spec: int, seed: int, **change: Any) -> Pixels:
    """Circles, boxes, polygons and bends with an outline, and a word below: colours, pen and number are the scene's."""
    fixed = np.random.default_rng((library, spec))
    paints, pen, count = _colours(fixed), fixed.uniform(0.010, 0.015), int(fixed.integers(5, 9))
    return _composed(SIDE, paints, pen, count, fixed, (library, spec), seed, **change)


def flat(library: int, spec: int, seed: int, **change: Any) -> Pixels:
    """The same as a brand has them: one of five palettes, one pen, seven shapes; a third larger."""
    fixed = np.random.default_rng((library, spec, 5))
    return _composed(320, PALETTES[spec % len(PALETTES)], 0.012, 7, fixed, (library, spec, 5), seed, **change)


def _composed(
    side: int,
    paints: Sequence[Colour],
    pen: float,
    count: int,
    fixed: np.random.Generator,
    key: tuple[int, ...],
    seed: int,
    *,
    stroke: float = 1.0,
    jitter: float = 0.0,
    aside: float = 0.0,
    word: Callable[[str], str] = str,
) -> Pixels:
    """RGB, uint8. What is drawn of `fixed` is the scene's, the rest the seed's."""
    rng, other = np.random.default_rng((*key, 1, seed)), np.random.default_rng((*key, 2, seed))
    wide = side * 2
    image = Image.new("RGB", (wide, wide), paints[0])
    draw = ImageDraw.Draw(image)
    width = max(1, round(wide * pen * stroke * rng.uniform(0.8, 1.2)))
    for nth in range(count):
        x, y = 0.15 + 0.7 * fixed.random(2)
        radius, kind = 0.07 + 0.1 * fixed.random(), int(fixed.integers(4))
        paint = paints[2 + int(fixed.integers(3)) if nth else 2]
        x, y = x + 0.05 * rng.normal() + aside + jitter * other.normal(), y * 0.8 + 0.05 * rng.normal()
        y, radius = (
            y + jitter * other.normal(),
            radius * (1 + 0.12 * rng.normal()) * (1 + 2 * jitter * other.normal()),
        )
        _shape(draw, kind, (x * wide, y * wide, abs(radius) * wide), paint, paints[1], width, rng, fixed)
    text, font = word(WORDS[int(fixed.integers(len(WORDS)))]), _font(round(wide * 0.1))
    box = draw.textbbox((0, 0), text, font=font)
    draw.rectangle([0, wide * 0.84, wide, wide], fill=paints[0])
    draw.text(((wide - box[2]) / 2, wide * 0.86), text, font=font, fill=paints[1])
    return np.asarray(image.resize((side, side), Image.Resampling.LANCZOS)).copy()


def _shape(draw, kind, place, paint, ink, width, rng, fixed) -> None:  # type: ignore[no-untyped-def]
    x, y, r = place
    if kind == 0:
        draw.ellipse([x - r, y - r, x + r, y + r], fill=paint, outline=ink, width=width)
    elif kind == 1:
        draw.rounded_rectangle([x - r, y - r * 0.7, x + r, y + r * 0.7], r * 0.25, paint, ink, width)
    elif kind == 2:
        turn, corners = rng.random() * tau, 3 + int(fixed.integers(4))
        points = [
            (x + r * cos(turn + tau * n / corners), y + r * sin(turn + tau * n / corners))
            for n in range(corners)
        ]
        draw.polygon(points, fill=paint)
        draw.line([*points, *points[:2]], fill=ink, width=width, joint="curve")
    else:
        draw.line(
            [(x - r, y - r / 2), (x, y + r * 0.6), (x + r, y - r / 2)],
            fill=ink,
            width=2 * width,
            joint="curve",
        )


def word_of(library: int, spec: int) -> str:
    """What is to be read in a scene of shapes."""
    seen: list[str] = []
    shapes(library, spec, 0, word=lambda text: seen.append(text) or text)
    return seen[0]


def sketch(
    library: int, spec: int, seed: int, *, stroke: float = 1.0, jitter: float = 0.0, aside: float = 0.0
) -> Pixels:
    """A thing drawn by the built-in generator with an outline. RGB, uint8."""
    from tympan.context import JobContext
    from tympan.model import Lora, Picture, Request
    from tympan_plugins.generators.sketch.generator import Sketch

    fixed, rng = np.random.default_rng((library, spec, 3)), np.random.default_rng((library, spec, 4, seed))
    thing = str(fixed.choice(THINGS))
    pen = stroke * rng.uniform(0.8, 1.2)
    request = Request(
        generator="sketch",
        model="sketch-2",
        prompt=f"a {thing}, {fixed.choice(THINGS)}",
        size=(SIDE, SIDE),
        seed=int(rng.integers(1 << 30)),
        lora=(Lora(name="brand-line", weight=0.4),),
        options={
            "palette": [f"#{bytes(each).hex()}" for each in _colours(fixed)],
            "background": "#fbfaf7",
            "kind": "icon",
        },
    )
    svg = Sketch()._draw(request, request.seed, JobContext()).data.decode()
    svg = re.sub(r'stroke-width="([\d.]+)"', lambda found: f'stroke-width="{float(found[1]) * pen:.3f}"', svg)
    pixels = JobContext().raster(Picture(size=(SIDE, SIDE), svg=svg)).image().convert("RGB")
    move = (aside + jitter * rng.normal(), jitter * rng.normal())
    zoom = 1 + 2 * jitter * rng.normal()
    if (*move, zoom) != (0.0, 0.0, 1.0):
        pixels = _moved(np.asarray(pixels), move[0] * SIDE, move[1] * SIDE, zoom)
    return np.asarray(pixels).copy()


def _moved(pixels: Pixels, across: float, down: float, zoom: float = 1.0) -> Pixels:
    """Moved and scaled about the middle; what comes in from outside repeats the edge."""
    side = len(pixels)
    pad = side // 4
    wide = Image.fromarray(np.pad(pixels, [(pad, pad), (pad, pad), (0, 0)], mode="edge"))
    middle, whole = wide.width / 2, side + 2 * pad
    there = (1 / zoom, 0, middle - (middle + across) / zoom, 0, 1 / zoom, middle - (middle + down) / zoom)
    out = wide.transform((whole, whole), Image.Transform.AFFINE, there, Image.Resampling.BICUBIC)
    return np.asarray(out)[pad:-pad, pad:-pad].copy()


def hsv(pixels: Pixels, turn: float = 0.0, strength: float = 1.0) -> Pixels:
    """Hue turned by degrees, saturation multiplied (HSV, in floating point)."""
    rgb = pixels.astype(np.float64) / 255
    value, low = rgb.max(-1), rgb.min(-1)
    span = np.where(value > low, value - low, 1.0)
    r, g, b = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    hue = np.where(
        value == r, (g - b) / span % 6, np.where(value == g, (b - r) / span + 2, (r - g) / span + 4)
    )
    hue = (np.where(value > low, hue, 0) * 60 + turn) % 360
    chroma = (value - low) * strength
    k = (np.array([5, 3, 1]) + hue[..., None] / 60) % 6
    out = value[..., None] - chroma[..., None] * np.clip(np.minimum(k, 4 - k), 0, 1)
    return np.rint(np.clip(out, 0, 1) * 255).astype(np.uint8)


def grained(pixels: Pixels, sigma: float, seed: int) -> Pixels:
    """Grey grain some 1.5 px wide."""
    noise = np.random.default_rng(seed).normal(0, 1, pixels.shape[:2]).astype(np.float32)
    from tympan_plugins.descriptors.canvas import blurred

    noise = blurred(noise, 1.5)
    return np.clip(pixels + sigma * (noise / noise.std())[..., None], 0, 255).astype(np.uint8)


def flatter(pixels: Pixels, factor: float) -> Pixels:
    """Contrast multiplied about middle grey."""
    return np.clip((pixels.astype(np.float32) - 128) * factor + 128, 0, 255).astype(np.uint8)


def softer(pixels: Pixels, sigma: float) -> Pixels:
    """Gaussian blur."""
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(sigma)))


def recoded(pixels: Pixels, quality: int) -> Pixels:
    """Through JPEG."""
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, "JPEG", quality=quality)
    return np.asarray(Image.open(held).convert("RGB"))


def resampled(pixels: Pixels) -> Pixels:
    """Scaled up by a tenth and back."""
    image = Image.fromarray(pixels)
    large = round(len(pixels) * 1.1)
    return np.asarray(
        image.resize((large, large), Image.Resampling.LANCZOS).resize(image.size, Image.Resampling.LANCZOS)
    )


def garbled(word: str) -> str:
    """As generators misspell: two letters change places, the last is another."""
    return word[0] + word[2] + word[1] + word[3:-1] + ("K" if word[-1] != "K" else "X")


# Name: the aspect that is right, and how a picture comes to be.
DRIFTS: dict[str, tuple[str, Callable[[Draw, int, int, int], Pixels]]] = {
    "hue +15": ("palette", lambda draw, *at: hsv(draw(*at), 15)),
    "saturation x0.8": ("palette", lambda draw, *at: hsv(draw(*at), 0, 0.8)),
    "contrast x0.85": ("contrast", lambda draw, *at: flatter(draw(*at), 0.85)),
    "stroke x1.25": ("line", lambda draw, *at: draw(*at, stroke=1.25)),
    "stroke x1.5": ("line", lambda draw, *at: draw(*at, stroke=1.5)),
    "grain 6": ("texture", lambda draw, *at: grained(draw(*at), 6, at[2])),
    "blur 1.5": ("sharpness", lambda draw, *at: softer(draw(*at), 1.5)),
    "layout right": ("composition", lambda draw, *at: draw(*at, aside=0.08)),
    "text garbled": ("text", lambda draw, *at: draw(*at, word=garbled)),
}
HARMLESS: dict[str, Callable[[Draw, int, int, int], Pixels]] = {
    "JPEG q75": lambda draw, *at: recoded(draw(*at), 75),
    "resampled": lambda draw, *at: resampled(draw(*at)),
    "shift 3 px": lambda draw, *at: _moved(draw(*at), 2, 2),
}
SCENES: dict[str, Draw] = {"flat": flat, "shapes": shapes, "sketch": sketch}
