"""Pixels to an SVG by vtracer: colours snapped first, transparency traced apart as one clean outline.

Reads nothing. Writes nothing. vtracer can hang on noise: its input is capped, a build runs it in a worker.
"""

from __future__ import annotations

import io
import math
import re
import zlib
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

import msgspec

from tympan import Context, Picture, StepFailed
from tympan_plugins.formats.frame import bled
from tympan_plugins.formats.svg import palette, pathdata

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Pixels vtracer gets: about a second for flat art, up to a minute for noise.
MOST_PIXELS = 2_000_000
# Smaller pictures are enlarged by a whole factor: halves the error of a 256 px icon, at twice the bytes.
FEWEST_SIDE = 512
_PATH = re.compile(
    r'<path d="([^"]*)" fill="(#[0-9A-Fa-f]{6})" transform="translate\(([-\d.e]+),([-\d.e]+)\)"/>'
)


class Tracing(msgspec.Struct, frozen=True):
    """colours: 0 finds flat art by itself, else the number wanted. speckle: px. mode: spline or polygon."""

    colours: int
    speckle: int
    mode: str


def traced(picture: Picture, tracing: Tracing, ctx: Context) -> Element:
    """The picture's pixels as an SVG tree whose viewBox counts the pixels traced.

    Alpha is cut at one half. Raises StepFailed for a picture without a visible pixel.
    """
    import numpy as np

    pixels = _tractable(picture, ctx).array()
    solid = pixels[..., 3] >= 128
    if not solid.any():
        raise StepFailed("nothing to trace: the picture is transparent all over")
    height, width = solid.shape
    root = Element("svg", {"viewBox": f"0 0 {width} {height}"})
    if (width, height) != picture.size:
        root.attrib |= {"width": str(picture.size[0]), "height": str(picture.size[1])}
    colours, found = _snapped(pixels, solid, tracing)
    only = np.unique(colours[solid].reshape(-1, 3), axis=0)
    outline = "" if solid.all() else _outline(solid, tracing)
    if len(only) == 1:
        fill = _hex(only[0])
        SubElement(root, "path", {"d": outline or f"M0 0H{width}V{height}H0z", "fill": fill})
        return root
    layers = _in_palette(_paths(colours, tracing), found)
    if not layers:
        raise StepFailed("nothing was left of the picture", hint="lower `speckle`")
    parent = root
    if outline:
        # Drawings are inlined side by side in one page: the name must be this outline's own.
        name = f"cut-{zlib.crc32(outline.encode()):08x}"
        clip = SubElement(SubElement(root, "defs"), "clipPath", {"id": name})
        SubElement(clip, "path", {"d": outline})
        parent = SubElement(root, "g", {"clip-path": f"url(#{name})"})
    for data, fill in layers:
        SubElement(parent, "path", {"d": data, "fill": fill})
    return root


def _tractable(picture: Picture, ctx: Context) -> Picture:
    """The picture at a size that vtracer does well: its curves follow pixels, so small ones are enlarged."""
    width, height = picture.size
    scale = min(4.0, max(1, round(FEWEST_SIDE / max(width, height))))
    if width * height > MOST_PIXELS:
        scale = math.sqrt(MOST_PIXELS / (width * height))
    return ctx.raster(picture, (max(1, int(width * scale)), max(1, int(height * scale))))


def _snapped(
    pixels: NDArray[np.uint8], solid: NDArray[np.bool_], tracing: Tracing
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """RGB of every pixel, and the palette it is from, empty for none; what is cut away is as its edge."""
    import numpy as np

    seen = pixels[solid][:, :3]
    found = palette.main_colours(seen, tracing.colours) if tracing.colours else palette.flat_colours(seen)
    opaque = np.dstack([pixels[..., :3], np.where(solid, 255, 0).astype(np.uint8)])
    colours = bled(opaque, 4)[..., :3]
    reached = bled(np.dstack([np.full_like(opaque[..., :3], 255), opaque[..., 3]]), 4)[..., 0] == 255
    if len(found):
        colours = palette.snapped(colours, found)
    values, counts = np.unique(colours[solid].reshape(-1, 3), axis=0, return_counts=True)
    colours[~reached] = values[counts.argmax()]
    return np.ascontiguousarray(colours), found


def _in_palette(layers: list[tuple[str, str]], found: NDArray[np.uint8]) -> list[tuple[str, str]]:
    """The layers with fills of the palette: vtracer averages over what it merged."""
    import numpy as np

    if not len(found) or not layers:
        return layers
    fills = np.array([list(bytes.fromhex(fill[1:])) for _, fill in layers], np.uint8)
    return [(data, _hex(fill)) for (data, _), fill in zip(layers, palette.snapped(fills, found), strict=True)]


def _outline(solid: NDArray[np.bool_], tracing: Tracing) -> str:
    """The outline of the visible part as path data."""
    import numpy as np

    mask = np.where(solid[..., None], 0, 255).astype(np.uint8).repeat(3, axis=2)
    paths = _paths(mask, tracing, binary=True)
    if not paths:
        raise StepFailed("nothing was left of the picture", hint="lower `speckle`")
    return "".join(data for data, _ in paths)


def _paths(colours: NDArray[np.uint8], tracing: Tracing, *, binary: bool = False) -> list[tuple[str, str]]:
    """vtracer's paths, bottom first: path data and fill. colours: uint8, shape (height, width, 3)."""
    import vtracer
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(colours).save(buffer, "PNG", compress_level=1)
    try:
        text: str = vtracer.convert_raw_image_to_svg(
            buffer.getvalue(),
            img_format="png",
            colormode="binary" if binary else "color",
            hierarchical="stacked",
            mode=tracing.mode,
            filter_speckle=tracing.speckle,
            color_precision=8,
            layer_difference=8,
            corner_threshold=60,
            length_threshold=4.0,
            max_iterations=10,
            splice_threshold=45,
            path_precision=3,
        )
    except Exception as error:
        raise StepFailed(f"vtracer refused the picture: {error}") from None
    return [(_absolute(data, float(x), float(y)), fill.lower()) for data, fill, x, y in _PATH.findall(text)]


def _absolute(data: str, x: float, y: float) -> str:
    return pathdata.written(pathdata.moved(pathdata.parsed(data), 1.0, x, y), 3)


def _hex(colour: NDArray[np.uint8]) -> str:
    return "#" + bytes(colour.tolist()).hex()
