"""Numbers for the difference of two pictures of one size.

Reads nothing. Writes nothing.

Structural similarity: Z. Wang, A. C. Bovik, H. R. Sheikh, E. P. Simoncelli, Image Quality Assessment: From
Error Visibility to Structural Similarity, IEEE Transactions on Image Processing 13 (2004), of grey pixels,
with an even window of 7 x 7 and the sample covariance, as scikit-image has it by default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tympan.compare.ciede import ciede2000, lab

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Floats = NDArray[np.float64]

_WINDOW = 7
_K1, _K2, _RANGE = 0.01, 0.03, 255
# ITU-R BT.601, as Pillow makes grey.
_GREY = (0.299, 0.587, 0.114)
# Colours that are worked on at once: CIEDE2000 holds some twenty arrays of them.
_AT_ONCE = 1 << 18


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """How far two pictures are apart.

    changed: share of pixels that differ at all, 0 to 1. mean, most: CIEDE2000 over all pixels, transparent
    ones on white and on black, whichever is the larger. ssim: structural similarity, 1 for equal pictures.
    """

    changed: float
    mean: float
    most: float
    ssim: float


def difference(before: Pixels, after: Pixels) -> tuple[Difference, Floats]:
    """Numbers and the map of CIEDE2000, (height, width), of RGBA pictures of shape (height, width, 4)."""
    import numpy as np

    before, after = _seen(before), _seen(after)
    differs = differing(before, after)
    apart = np.zeros(differs.shape)
    solid = bool((before[..., 3] == 255).all() and (after[..., 3] == 255).all())
    for ground in (255,) if solid else (255, 0):
        pair = [_on(each[differs], ground) for each in (before, after)]
        apart[differs] = np.maximum(apart[differs], _delta(*pair))
    grey = [_on(each, 255) @ np.array(_GREY) for each in (before, after)]
    found = Difference(
        changed=round(float(differs.mean()), 6),
        mean=round(float(apart.mean()), 4),
        most=round(float(apart.max()), 3),
        ssim=round(ssim(*grey), 5),
    )
    return found, apart


def differing(before: Pixels, after: Pixels) -> NDArray[np.bool_]:
    """Which pixels of RGBA pictures of one size differ at all; those that are not there are alike."""
    import numpy as np

    found: NDArray[np.bool_] = np.any(_seen(before) != _seen(after), axis=-1)
    return found


def _seen(pixels: Pixels) -> Pixels:
    """Without the colours of pixels that are not there."""
    import numpy as np

    return np.where(pixels[..., 3:] == 0, np.uint8(0), pixels)


def _on(pixels: Pixels, ground: int) -> Pixels:
    """RGB on a grey ground."""
    import numpy as np

    if (pixels[..., 3] == 255).all():
        return pixels[..., :3]
    alpha = pixels[..., 3:].astype(np.float64) / 255
    return np.rint(pixels[..., :3] * alpha + ground * (1 - alpha)).astype(np.uint8)


def _delta(one: Pixels, two: Pixels) -> Floats:
    import numpy as np

    parts = range(0, len(one), _AT_ONCE)
    found = [ciede2000(lab(one[n : n + _AT_ONCE]), lab(two[n : n + _AT_ONCE])) for n in parts]
    return np.concatenate(found) if found else np.zeros(0)


def ssim(one: Floats, two: Floats) -> float:
    """Mean structural similarity of grey pictures, 0 to 255, shape (height, width); a window fits inside."""
    import numpy as np

    window = min(_WINDOW, *one.shape)
    count = window * window
    mean1, mean2 = _means(one, window), _means(two, window)
    sample = count / max(count - 1, 1)
    var1 = sample * (_means(one * one, window) - mean1 * mean1)
    var2 = sample * (_means(two * two, window) - mean2 * mean2)
    both = sample * (_means(one * two, window) - mean1 * mean2)
    c1, c2 = (_K1 * _RANGE) ** 2, (_K2 * _RANGE) ** 2
    top = (2 * mean1 * mean2 + c1) * (2 * both + c2)
    return float(np.mean(top / ((mean1**2 + mean2**2 + c1) * (var1 + var2 + c2))))


def _means(values: Floats, window: int) -> Floats:
    """Means of all windows that lie inside."""
    import numpy as np

    sums = np.pad(values, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    inner = (
        sums[window:, window:] - sums[:-window, window:] - sums[window:, :-window] + sums[:-window, :-window]
    )
    found: Floats = inner / (window * window)
    return found
