"""Other frames around a picture: scaled, cropped and padded pixels, another viewBox for a vector.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tympan import Picture, parse_svg, svg_number, svg_viewbox, write_svg

if TYPE_CHECKING:
    from PIL.Image import Image

Box = tuple[float, float, float, float]


def mapped(picture: Picture, change: Callable[[Image, bool], Image], **facts: str) -> Picture:
    """The picture with its pixels, and those of its twin on black, changed alike.

    change: gets an RGBA image and whether it is the twin.
    """
    from PIL import Image as Pillow

    image = change(picture.image(), False)
    twin = None
    if picture.on_black is not None:
        twin = change(Pillow.frombytes("RGBA", picture.size, picture.on_black), True).tobytes()
    return Picture(
        size=image.size,
        pixels=image.tobytes(),
        on_black=twin,
        ppi=picture.ppi,
        facts={**picture.facts, **facts},
    )


def scaled(image: Image, size: tuple[int, int]) -> Image:
    """Lanczos on premultiplied RGBA: colours below alpha 0 must not leak into the edge."""
    from PIL import Image as Pillow

    if image.size == size:
        return image
    if image.getchannel("A").getextrema() == (255, 255):
        return image.resize(size, Pillow.Resampling.LANCZOS)
    return image.convert("RGBa").resize(size, Pillow.Resampling.LANCZOS).convert("RGBA")


def cropped(image: Image, size: tuple[int, int]) -> Image:
    """The middle of an image."""
    left, top = (image.width - size[0]) // 2, (image.height - size[1]) // 2
    return image.crop((left, top, left + size[0], top + size[1]))


def framed(picture: Picture, box: Box, size: tuple[int, int], *, stretch: bool = False) -> str:
    """The picture's SVG showing just `box` (left, top, width, height in px of its nominal size).

    size: the new nominal size in px. A viewBox that has other proportions than the nominal size is
    centred first, as preserveAspectRatio does by default (SVG 2, section 8.2).
    """
    root = parse_svg(picture.svg or "")
    x, y, width, height = svg_viewbox(root)
    across, down = width / picture.size[0], height / picture.size[1]
    if root.get("preserveAspectRatio") != "none":
        across = down = max(across, down)
    left = x + width / 2 + across * (box[0] - picture.size[0] / 2)
    top = y + height / 2 + down * (box[1] - picture.size[1] / 2)
    new = (left, top, across * box[2], down * box[3])
    root.set("viewBox", " ".join(svg_number(number, 4) for number in new))
    root.set("width", str(size[0]))
    root.set("height", str(size[1]))
    if stretch:
        root.set("preserveAspectRatio", "none")
    return write_svg(root)
