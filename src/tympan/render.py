"""Pixels of a wanted size: an SVG rendered by resvg, pixels resampled without fringes.

Reads nothing. Writes nothing. resvg aborts the interpreter on absurd sizes: they are refused here first.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from tympan import limits
from tympan.errors import StepFailed
from tympan.model import Picture
from tympan.svg import parse_svg, svg_number, svg_size, svg_viewbox, write_svg

if TYPE_CHECKING:
    from PIL.Image import Image


def raster(picture: Picture, size: tuple[int, int] | None = None) -> Picture:
    """The picture as pixels of just `size` (width, height in px; its own if None).

    An SVG is rendered, other pixels are resampled with premultiplied Lanczos; what has the size already comes
    back as it is. Where the proportions differ by more than a pixel the whole picture is shown, centred, with
    transparent margins. `svg` stays beside the pixels. Raises StepFailed above `limits.PICTURE_SIDE` and
    `limits.PICTURE_PIXELS`, or if resvg refuses the SVG.
    """
    width, height = size = size or picture.size
    if min(size) < 1 or max(size) > limits.PICTURE_SIDE or width * height > limits.PICTURE_PIXELS:
        raise StepFailed(
            f"cannot make a picture of {width} x {height} px",
            hint=f"a side is 1 to {limits.PICTURE_SIDE} px, and {limits.PICTURE_PIXELS} px in all",
        )
    if picture.pixels is not None and picture.size == size:
        return picture
    if picture.svg is not None:
        pixels, on_black = _rendered(picture.svg, size).tobytes(), None
    else:
        pixels = _resampled(picture.image(), size).tobytes()
        twin = picture.on_black and Picture(size=picture.size, pixels=picture.on_black)
        on_black = _resampled(twin.image(), size).tobytes() if twin else None
    return Picture(
        size=size,
        pixels=pixels,
        svg=picture.svg,
        on_black=on_black,
        ppi=picture.ppi,
        facts=picture.facts,
    )


def _inner(own: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    """The largest size with the proportions of `own` inside `size`; `size` itself if no side is 2 px off."""
    scale = min(size[0] / own[0], size[1] / own[1])
    inner = (max(1, round(own[0] * scale)), max(1, round(own[1] * scale)))
    return size if max(abs(inner[0] - size[0]), abs(inner[1] - size[1])) <= 1 else inner


def _resampled(image: Image, size: tuple[int, int]) -> Image:
    from PIL import Image as Pillow

    inner = _inner(image.size, size)
    # Colours under transparent pixels would leak into the edge unless they are weighed by alpha.
    image = image.convert("RGBa").resize(inner, Pillow.Resampling.LANCZOS).convert("RGBA")
    return _centred(image, size)


def _rendered(svg: str, size: tuple[int, int]) -> Image:
    import resvg_py
    from PIL import Image as Pillow

    try:
        data = resvg_py.svg_to_bytes(svg_string=_sized(svg, size), skip_system_fonts=True)
    except ValueError as error:
        raise StepFailed(f"resvg cannot render the SVG: {error}") from None
    image = Pillow.open(io.BytesIO(data), formats=("PNG",)).convert("RGBA")
    return _centred(image, size)


def _sized(svg: str, size: tuple[int, int]) -> str:
    """The SVG with the width and height that resvg will render, no side ever larger than `size`."""
    root = parse_svg(svg)
    own = svg_size(root)
    _, _, box_width, box_height = box = svg_viewbox(root)
    root.set("viewBox", " ".join(svg_number(number, 6) for number in box))
    fitted = _inner(own, size)
    root.set("width", str(fitted[0]))
    root.set("height", str(fitted[1]))
    # A pixel of rounding must not become a transparent line at the edge.
    if "preserveAspectRatio" not in root.attrib and abs(box_width / box_height * own[1] - own[0]) <= 1:
        root.set("preserveAspectRatio", "none")
    return write_svg(root)


def _centred(image: Image, size: tuple[int, int]) -> Image:
    from PIL import Image as Pillow

    if image.size == size:
        return image
    canvas = Pillow.new("RGBA", size)
    canvas.paste(image, ((size[0] - image.width) // 2, (size[1] - image.height) // 2))
    return canvas
