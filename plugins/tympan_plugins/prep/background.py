"""A model of a plain background: a smooth surface through the frame, then through all that is background.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.floating[Any]]

# Samples of the frame that a surface is fitted to.
_SAMPLES = 20_000
# Pixels a side that one background sample averages: noise goes, gradients stay.
_BLOCK = 4


def surface(rgb: Floats, known: Bools, order: int = 2) -> tuple[Floats, float, float]:
    """A polynomial surface per channel through known pixels: surface (h, w, 3), noise sigma, inlier share.

    rgb: (h, w, 3), 0..1. Refitted four times to samples within 3.5 sigma (MAD) or 0.02 of the surface.
    """
    import numpy as np

    height, width = known.shape
    where = np.flatnonzero(known)
    where = where[:: max(1, len(where) // _SAMPLES)]
    y, x = np.divmod(where, width)
    powers = [(i, j) for i in range(order + 1) for j in range(order + 1 - i)]
    u, v = 2 * x / width - 1, 2 * y / height - 1
    terms = np.stack([u**i * v**j for i, j in powers], axis=1)
    samples = rgb.reshape(-1, 3)[where].astype(np.float64)
    weights: Floats = np.zeros((len(powers), 3))
    kept, sigma = np.ones(len(where), np.bool_), 1e-3
    for _ in range(4):
        # Rounded, so that the last bits of another linear algebra library cannot show.
        weights = np.linalg.lstsq(terms[kept], samples[kept], rcond=1e-6)[0].round(7)
        error = np.abs(samples - terms @ weights).max(1)
        sigma = 1.4826 * float(np.median(error)) + 1e-3
        kept = error < max(3.5 * sigma, 0.02)
    u, v = 2 * np.arange(width) / width - 1, 2 * np.arange(height) / height - 1
    model = np.zeros((height, width, 3), np.float32)
    for row, (i, j) in enumerate(powers):
        model += ((v**j)[:, None] * u**i).astype(np.float32)[..., None] * weights[row].astype(np.float32)
    return model, sigma, float(kept.mean())


def filled(rgb: Floats, known: Bools) -> Floats:
    """The background everywhere, (h, w, 3): means of known pixels, gaps from coarser and coarser means.

    Pull and push over a pyramid (Gortler et al., The Lumigraph, 1996, section 3.4).
    """
    import numpy as np

    height, width = known.shape
    rows, columns = -(-height // _BLOCK), -(-width // _BLOCK)
    weight = np.zeros((rows * _BLOCK, columns * _BLOCK), np.float32)
    weight[:height, :width] = known
    colour = np.zeros((*weight.shape, 3), np.float32)
    colour[:height, :width] = rgb * known[..., None]
    total, count = _pool(colour, _BLOCK), _pool(weight, _BLOCK)
    coarse = _push(total / np.maximum(count, 1)[..., None], count / _BLOCK**2)
    return _enlarged(coarse, _BLOCK)[:height, :width]


def _pool(values: Floats, block: int) -> Floats:
    import numpy as np

    rows, columns = values.shape[0] // block, values.shape[1] // block
    split = values.reshape(rows, block, columns, block, *values.shape[2:])
    return np.asarray(split.sum((1, 3)), np.float32)


def _enlarged(values: Floats, times: int) -> Floats:
    import numpy as np
    from PIL import Image

    size = (values.shape[1] * times, values.shape[0] * times)
    planes = [Image.fromarray(np.ascontiguousarray(values[..., c])) for c in range(3)]
    return np.stack([np.asarray(p.resize(size, Image.Resampling.BILINEAR)) for p in planes], axis=-1)


def _push(mean: Floats, weight: Floats) -> Floats:
    """One level of the pyramid: where the weight (h, w) is below 1, the level below shows through."""
    import numpy as np

    if weight.min() >= 0.999 or max(weight.shape) == 1:
        return mean
    height, width = weight.shape
    even = [(0, height % 2), (0, width % 2)]
    count = _pool(np.pad(weight, even), 2)
    total = _pool(np.pad(mean * weight[..., None], [*even, (0, 0)]), 2)
    below = _push(total / np.maximum(count, 1e-6)[..., None], np.minimum(count, 1))
    return weight[..., None] * mean + (1 - weight[..., None]) * _enlarged(below, 2)[:height, :width]
