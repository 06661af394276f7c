"""The step `trim`: cuts empty margins off and puts an even padding around the subject.

Reads nothing but the picture. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from tympan import Context, Params, Picture, PrepStep, StepFailed, version_of
from tympan_plugins.prep import canvas
from tympan_plugins.prep.canvas import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    Bytes = NDArray[np.uint8]
    Floats = NDArray[np.floating[Any]]

# Alpha up to this is invisible and no part of the subject.
_UNSEEN = 2
# Without alpha: a pixel this far from the frame's colour in any channel is subject.
_UNLIKE = 12
# A vector's ink is looked for in a rendering with this long side, px.
_DRAWN = 1024
# A viewBox that would move by less than this share of its side stays as it is.
_STILL = 0.003


class TrimParams(Params, frozen=True, kw_only=True):
    """The keys of `[prep] trim.*`."""

    padding: Annotated[
        str,
        Meta(
            pattern=r"^(\d{1,3}(\.\d+)?%|\d{1,5}(\.\d+)?px)$",
            description="Room around the subject: `8%` of its longer side, or `12px`.",
        ),
    ] = "0px"
    square: Annotated[bool, Meta(description="Make the result square, the subject in the middle.")] = False


class Trim(PrepStep[TrimParams]):
    """Crops to the subject plus padding; a vector stays a vector and gets another viewBox."""

    NAME = "trim"
    Params = TrimParams

    def fingerprint(self, params: TrimParams) -> Mapping[str, str]:
        return {"numpy": version_of("numpy")}

    def run(self, picture: Picture, params: TrimParams, ctx: Context) -> Picture:
        """The trimmed picture. Facts: trim.offset ("x,y" of its corner in px of the canvas it came from,
        below 0 where padding reached over it) and trim.canvas ("WxH"). Trimming twice changes nothing.

        Raises StepFailed for an empty picture.
        """
        ink = _vector_ink(picture, ctx) if picture.svg is not None else _ink(picture.array())
        box = _padded(ink, params)
        if picture.svg is not None:
            return _vector(picture, box, keep_scale=_room(params)[1] == "px" and _room(params)[0] > 0)
        left, top = round(box[0]), round(box[1])
        width, height = max(1, round(box[2])), max(1, round(box[3]))
        facts = _facts(picture, (left, top))
        if (left, top) == (0, 0) and (width, height) == picture.size:
            return Picture(
                size=picture.size,
                pixels=picture.pixels,
                on_black=picture.on_black,
                ppi=picture.ppi,
                facts={**picture.facts, **facts},
            )
        paper = _paper(picture.array())

        def change(image: Image, twin: bool) -> Image:
            from PIL import Image as Pillow

            sheet = Pillow.new("RGBA", (width, height), (0, 0, 0, 255) if twin else paper)
            sheet.paste(image, (-left, -top))
            return sheet

        return canvas.mapped(picture, change, **facts)


def _facts(picture: Picture, offset: tuple[int, int]) -> dict[str, str]:
    return {
        "trim.offset": f"{offset[0]},{offset[1]}",
        "trim.canvas": f"{picture.size[0]}x{picture.size[1]}",
    }


def _visible(pixels: Bytes) -> Floats:
    """How much of each pixel is subject, 0..1, shape (h, w)."""
    import numpy as np

    alpha = pixels[..., 3]
    if alpha.min() < 255:
        return np.where(alpha > _UNSEEN, alpha / np.float32(255), np.float32(0))
    paper = np.asarray(_paper(pixels)[:3], np.int16)
    apart = np.abs(pixels[..., :3].astype(np.int16) - paper).max(-1)
    return np.asarray(apart > _UNLIKE, np.float32)


def _paper(pixels: Bytes) -> tuple[int, int, int, int]:
    """What padding is made of: transparent, or the median colour of an opaque frame."""
    import numpy as np

    if pixels[..., 3].min() < 255:
        return 0, 0, 0, 0
    edges = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    red, green, blue = (int(v) for v in np.median(edges[:, :3], axis=0))
    return red, green, blue, 255


def _ink(pixels: Bytes) -> Box:
    """Left, top, width, height of the subject, px."""
    return _bounds(_visible(pixels), exact=False)


def _bounds(visible: Floats, *, exact: bool) -> Box:
    """The box of what is visible; exact: the outermost pixels count as far as they are covered."""
    import numpy as np

    sides = []
    for axis in (0, 1):
        line = visible.max(axis)
        found = np.flatnonzero(line)
        if not len(found):
            raise StepFailed("trim: the picture is empty", hint="is there a subject? Look at the step before")
        low, high = float(found[0]), float(found[-1] + 1)
        if exact:
            low += 1 - float(line[found[0]])
            high -= 1 - float(line[found[-1]])
        sides.append((low, max(high - low, 1e-3)))
    (left, width), (top, height) = sides
    return left, top, width, height


def _vector_ink(picture: Picture, ctx: Context) -> Box:
    """As `_ink`, in px of the nominal size, from a rendering much larger than that."""
    times = max(1.0, _DRAWN / max(picture.size))
    size = (round(picture.size[0] * times), round(picture.size[1] * times))
    bare = Picture(size=picture.size, svg=picture.svg)
    left, top, width, height = _bounds(_visible(ctx.raster(bare, size).array()), exact=True)
    across, down = picture.size[0] / size[0], picture.size[1] / size[1]
    return left * across, top * down, width * across, height * down


def _room(params: TrimParams) -> tuple[float, str]:
    unit = "%" if params.padding.endswith("%") else "px"
    return float(params.padding.removesuffix(unit)), unit


def _padded(ink: Box, params: TrimParams) -> Box:
    left, top, width, height = ink
    number, unit = _room(params)
    room = number if unit == "px" else max(width, height) * number / 100
    wide, high = width + 2 * room, height + 2 * room
    if params.square:
        wide = high = max(wide, high)
    return left + (width - wide) / 2, top + (height - high) / 2, wide, high


def _vector(picture: Picture, box: Box, keep_scale: bool) -> Picture:
    """The SVG framed by the box; the nominal size is whole px, and the box gives way to its proportions.

    keep_scale: a px stays as large as it was, the box grows to whole px; else padding stays exact.
    """
    left, top, width, height = box
    if keep_scale:
        size = (max(1, ceil(width - 0.25)), max(1, ceil(height - 0.25)))
        wide, high = float(size[0]), float(size[1])
    else:
        size = (max(1, round(width)), max(1, round(height)))
        wide = max(width, height * size[0] / size[1])
        high = wide * size[1] / size[0]
    framed = (left + (width - wide) / 2, top + (height - high) / 2, wide, high)
    facts = _facts(picture, (round(framed[0]), round(framed[1])))
    moved = [abs(framed[0]), abs(framed[1]), abs(wide - picture.size[0]), abs(high - picture.size[1])]
    if size == picture.size and max(moved) < _STILL * max(size):
        return Picture(size=size, svg=picture.svg, ppi=picture.ppi, facts={**picture.facts, **facts})
    return picture.with_svg(canvas.framed(picture, framed, size), size, **facts)
