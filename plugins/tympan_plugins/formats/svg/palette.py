"""The colours of flat art: found, and every pixel set to the nearest: a tracer then sees shapes, not edges.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Two colours closer than this (Euclidean, levels of 255) count as one.
_NEAR = 14.0
# Flat art: so many colours at most cover so much of the picture.
_MOST = 24
_COVERAGE = 0.85
_SHARE = 0.0008
# Rarer colours are edges and noise; they are not looked at.
_COMMON = 4096


def flat_colours(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The main colours of RGB pixels of shape (n, 3), most frequent first; none if it is no flat art."""
    import numpy as np

    values, counts = np.unique(_packed(pixels), return_counts=True)
    order = np.lexsort((values, -counts))[:_COMMON]
    common, counts = _unpacked(values[order]), counts[order]
    free = np.ones(len(common), np.bool_)
    chosen: list[int] = []
    while free.any() and len(chosen) < _MOST:
        first = int(free.argmax())
        if counts[first] < max(12, _SHARE * len(pixels)):
            break
        chosen.append(first)
        distance = np.linalg.norm(common.astype(float) - common[first], axis=1)
        free &= distance >= _NEAR
    covered = counts[~free].sum()
    if covered < _COVERAGE * len(pixels):
        return common[:0]
    return common[chosen]


def main_colours(pixels: NDArray[np.uint8], count: int) -> NDArray[np.uint8]:
    """`count` colours for RGB pixels of shape (n, 3): the most frequent of flat art, else by median cut."""
    import numpy as np
    from PIL import Image

    flat = flat_colours(pixels)
    if len(flat):
        return flat[:count]
    strip = Image.fromarray(pixels.reshape(1, -1, 3))
    palette = strip.quantize(count, method=Image.Quantize.MEDIANCUT).getpalette("RGB") or []
    return np.array(palette, np.uint8).reshape(-1, 3)[:count]


def snapped(pixels: NDArray[np.uint8], palette: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGB pixels, each as the nearest colour of the palette."""
    import numpy as np

    values, inverse = np.unique(_packed(pixels.reshape(-1, 3)), return_inverse=True)
    colours = _unpacked(values).astype(np.int32)
    best = np.full(len(values), 1 << 30, np.int32)
    index = np.zeros(len(values), np.intp)
    for number, colour in enumerate(palette.astype(np.int32)):
        distance = ((colours - colour) ** 2).sum(axis=1)
        index[distance < best] = number
        best = np.minimum(best, distance)
    return palette[index][inverse].reshape(pixels.shape)


def _packed(pixels: NDArray[np.uint8]) -> NDArray[np.uint32]:
    import numpy as np

    wide = pixels.astype(np.uint32)
    packed: NDArray[np.uint32] = wide @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    return packed


def _unpacked(values: NDArray[np.uint32]) -> NDArray[np.uint8]:
    import numpy as np

    return np.stack([values >> 16, values >> 8 & 255, values & 255], axis=-1).astype(np.uint8)
