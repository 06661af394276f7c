"""What a picture looks like, in some 800 bytes that renaming, recompression and scaling hardly change.

Reads nothing. Writes nothing.

Two hashes of 64 bits find pictures that may be the same, a miniature in colour confirms it:

* pHash: the lowest 8 x 8 frequencies of the DCT-II of 32 x 32 grey pixels, one bit each, set where it is
  above their median (C. Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010).
* dHash: of 9 x 8 grey pixels one bit for each that is darker than its right neighbour (N. Krawetz, Kind of
  Like That, hackerfactor.com, 2013).
* miniature: 16 x 16 means of colour. Two are compared by their root mean square difference, 0 to 255.

Grey is 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601). A transparent picture is looked at on white and on black,
since nobody knows on what it was pasted.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import msgspec

from tympan.model import Picture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Goes up when the same picture gets another look.
VERSION = 1
OPAQUE, WHITE, BLACK = 0, 1, 2
MINIATURE = 16
_SIDE = 64
_GREY = (0.299, 0.587, 0.114)
# A miniature of one colour says nothing: white icons on white are all the same.
_FLAT = 3.0


class View(msgspec.Struct, frozen=True, array_like=True):
    """A picture on one ground: OPAQUE, WHITE or BLACK. miniature: RGB, 8 bit, 16 x 16, row by row."""

    ground: int
    phash: int
    dhash: int
    miniature: bytes


class Look(msgspec.Struct, frozen=True, array_like=True):
    """A picture's size in px, and its views; none if it is of one colour."""

    size: tuple[int, int]
    views: tuple[View, ...]


def look(picture: Picture) -> Look:
    """The look of a picture with pixels; ValueError for a bare SVG."""
    import numpy as np
    from PIL import Image as Pillow

    image = picture.image()
    lowest = image.getchannel("A").getextrema()[0]
    # Averaged with alpha taken into account, so that no colour comes out of what is transparent.
    small = image.convert("RGBa").resize((_SIDE, _SIDE), Pillow.Resampling.BICUBIC, reducing_gap=3.0)
    pixels = np.asarray(small).astype(np.float64)
    colour, alpha = pixels[..., :3], pixels[..., 3:]
    if lowest == 255:
        views = [_view(OPAQUE, colour)]
    else:
        views = [_view(WHITE, colour + 255 - alpha), _view(BLACK, colour)]
    return Look(picture.size, tuple(view for view in views if view is not None))


def _view(ground: int, pixels: NDArray[np.float64]) -> View | None:
    import numpy as np

    miniature = _means(pixels, MINIATURE, MINIATURE)
    if float(miniature.std(axis=(0, 1)).max()) < _FLAT:
        return None
    grey = pixels @ np.array(_GREY)
    data = np.clip(np.rint(miniature), 0, 255).astype(np.uint8).tobytes()
    return View(ground, _phash(grey), _dhash(grey), data)


def _phash(grey: NDArray[np.float64]) -> int:
    import numpy as np

    rows = _cosines()
    low = rows @ _means(grey[..., None], 32, 32)[..., 0] @ rows.T
    return _bits(low > np.median(low))


@cache
def _cosines() -> NDArray[np.float64]:
    """The first 8 rows of the DCT-II of 32 values."""
    import numpy as np

    k, n = np.arange(8)[:, None], np.arange(32)[None, :]
    return np.cos(np.pi * k * (2 * n + 1) / 64)


def _dhash(grey: NDArray[np.float64]) -> int:
    # 64 columns do not divide by 9: the nearest whole columns do.
    columns = _means(grey[:, :63, None], 9, 8)[..., 0]
    return _bits(columns[:, :-1] < columns[:, 1:])


def _means(pixels: NDArray[np.float64], width: int, height: int) -> NDArray[np.float64]:
    rows, columns, channels = pixels.shape
    blocks = pixels.reshape(height, rows // height, width, columns // width, channels)
    means: NDArray[np.float64] = blocks.mean(axis=(1, 3))
    return means


def _bits(flags: NDArray[np.bool_]) -> int:
    import numpy as np

    return int.from_bytes(np.packbits(flags).tobytes(), "big")


def distances(ours: NDArray[np.uint64], theirs: int) -> NDArray[np.uint8]:
    """How many of 64 bits differ between each of many hashes and one: shape (n,)."""
    import numpy as np

    halves = (ours ^ np.uint64(theirs)).view(np.uint16).reshape(len(ours), 4)
    found: NDArray[np.uint8] = _counts()[halves].sum(axis=1, dtype=np.uint8)
    return found


@cache
def _counts() -> NDArray[np.uint8]:
    import numpy as np

    numbers = np.arange(1 << 16, dtype=np.uint16)
    bits = np.unpackbits(numbers.view(np.uint8)).reshape(-1, 16)
    counts: NDArray[np.uint8] = bits.sum(axis=1, dtype=np.uint8)
    return counts
