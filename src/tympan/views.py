"""A picture made small enough to show: WebP views within a budget, and what its pixels say of it.

Reads nothing. Writes nothing. Decoders can crash on hostile bytes: inside a worker only.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import msgspec

from tympan.intake import intake
from tympan.looks import Look, look
from tympan.printed import MAGIC, printed
from tympan.render import raster

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

# Goes up when the same picture gets other views.
VERSION = 1
# Longest side in px and WebP quality, tried from the first on until the budget is kept.
_THUMBS = ((560, 78), (480, 74), (400, 70), (320, 64), (256, 58), (200, 50), (160, 40), (120, 25))
_LARGES = (
    (2560, 86), (2048, 82), (1600, 80), (1280, 76), (1024, 72), (800, 68), (640, 62), (512, 55), (400, 45),
    (320, 35), (240, 25),
)  # fmt: skip
# Colours are counted, and edges measured, on pictures of these sides.
_COLOURS_SIDE, _EDGES_SIDE, _COLOURS = 96, 1024, 8
# A vector is rendered this large for a large view of more than so many bytes, else half as large.
_VECTOR_SIDE, _VECTOR_BYTES = 2048, 100_000


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What pixels say of a picture.

    size: width, height in px. clear: whether any pixel is transparent. sharpness: see `sharpness`. colours:
    the eight it is mostly made of, RGB 0 to 255, each with its share of the opaque area. profile: the ICC
    profile it was shown through, "" if it brought none.
    """

    size: tuple[int, int]
    clear: bool
    sharpness: float
    colours: tuple[tuple[tuple[int, int, int], float], ...]
    look: Look
    profile: str = ""


class Views(msgspec.Struct, frozen=True, kw_only=True):
    """A picture to show: a small one, a larger one (both WebP), and what its pixels say."""

    thumb: bytes
    large: bytes
    seen: Seen


def views(data: bytes, thumb: int, large: int) -> Views:
    """The views of a foreign picture, each within so many bytes if any size allows.

    CMYK comes through its own profile to sRGB, as a soft proof; a vector is rendered at the largest size.
    IntakeError for what cannot be shown.
    """
    picture = printed(data) if data.startswith(MAGIC) else intake(data)
    own = picture.size
    if picture.pixels is None:
        scale = (_VECTOR_SIDE if large > _VECTOR_BYTES else _VECTOR_SIDE / 2) / max(picture.size)
        picture = raster(picture, (_side(picture.size[0], scale), _side(picture.size[1], scale)))
    image = picture.image()
    seen = Seen(
        size=own,
        clear=_is_clear(image),
        sharpness=round(sharpness(image), 3),
        colours=_colours(image),
        look=look(picture),
        profile=picture.facts.get("intake.profile", ""),
    )
    return Views(thumb=_fitted(image, _THUMBS, thumb), large=_fitted(image, _LARGES, large), seen=seen)


def _fitted(image: Image, steps: tuple[tuple[int, int], ...], most: int) -> bytes:
    """The largest step that is no larger than `most` bytes; the last one, whatever it takes."""
    longest = max(image.width, image.height)
    # Of the steps that would enlarge the picture one is left: the finest.
    tried = [(min(longest, steps[0][0]), steps[0][1])] + [each for each in steps if each[0] < longest]
    low, high = 0, len(tried) - 1
    found = b""
    # Halved, not tried one by one: the largest are by far the dearest to write.
    while low < high:
        middle = (low + high) // 2
        data = _webp(image, *tried[middle])
        if len(data) <= most:
            high, found = middle, data
        else:
            low = middle + 1
    return found if found and high < len(tried) - 1 else _webp(image, *tried[-1])


def _webp(image: Image, side: int, quality: int) -> bytes:
    from PIL import Image as Pillow

    scale = side / max(image.width, image.height)
    size = (_side(image.width, scale), _side(image.height, scale))
    if size != image.size:
        # Colours under transparent pixels would leak into the edge unless they are weighed by alpha.
        small = image.convert("RGBa").resize(size, Pillow.Resampling.LANCZOS, reducing_gap=3.0)
        image = small.convert("RGBA")
    if not _is_clear(image):
        image = image.convert("RGB")
    kept = io.BytesIO()
    image.save(kept, "WEBP", quality=quality, method=4)
    return kept.getvalue()


def _is_clear(image: Image) -> bool:
    lowest = image.getchannel("A").getextrema()[0]
    return lowest != 255


def _side(length: int, scale: float) -> int:
    return max(1, round(length * scale))


def _colours(image: Image) -> tuple[tuple[tuple[int, int, int], float], ...]:
    import numpy as np
    from PIL import Image as Pillow

    scale = min(1.0, _COLOURS_SIDE / max(image.width, image.height))
    small = image.resize(
        (_side(image.width, scale), _side(image.height, scale)), Pillow.Resampling.BOX, reducing_gap=3.0
    )
    pixels = np.asarray(small)
    opaque = pixels[pixels[..., 3] > 127][:, :3]
    if not len(opaque):
        return ()
    flat = Pillow.fromarray(np.ascontiguousarray(opaque[None]))
    found = flat.quantize(_COLOURS, Pillow.Quantize.MEDIANCUT, kmeans=3)
    palette = found.getpalette() or []
    counts = sorted(found.getcolors() or [], reverse=True)
    return tuple(
        ((palette[3 * at], palette[3 * at + 1], palette[3 * at + 2]), round(count / len(opaque), 4))
        for count, at in counts
        if isinstance(at, int)
    )


def sharpness(image: Image) -> float:
    """How steep the steepest edges are: 1 if a step takes one pixel, towards 0 the more it is smeared.

    The gradient of grey between neighbours, divided by that over a distance of four pixels, at the strongest
    5 % of the latter; measured at 1024 px on the longest side at the most. 0 where there is no edge.
    """
    import numpy as np
    from PIL import Image as Pillow

    scale = min(1.0, _EDGES_SIDE / max(image.width, image.height))
    size = (_side(image.width, scale), _side(image.height, scale))
    # What is white on nothing has no edge on white.
    grounds = ("white", "black") if _is_clear(image) else ("white",)
    found = []
    for ground in grounds:
        flat = Pillow.new("RGBA", image.size, ground)
        flat.alpha_composite(image)
        grey = np.asarray(flat.convert("L").resize(size, Pillow.Resampling.BOX), dtype=np.float32)
        found += [_steepness(grey), _steepness(grey.T)]
    return max(found)


def _steepness(grey: NDArray[np.float32]) -> float:
    import numpy as np

    if min(grey.shape) < 8:
        return 0.0
    coarse = np.abs(grey[:, 4:] - grey[:, :-4])
    fine = np.max(
        [
            np.abs(grey[:, n + 1 : n + 1 + coarse.shape[1]] - grey[:, n : n + coarse.shape[1]])
            for n in range(4)
        ],
        axis=0,
    )
    strong = coarse >= max(16.0, float(np.quantile(coarse, 0.95)))
    return float(np.clip(fine[strong] / coarse[strong], 0, 1).mean()) if strong.any() else 0.0
