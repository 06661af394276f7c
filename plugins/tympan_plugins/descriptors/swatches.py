"""Colours for the eye and for words: a picture's main colours, its hues, and by how much they are turned.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, radians
from typing import TYPE_CHECKING

from tympan import Measured

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

HUES = 72
SWATCHES = 8
_ROUNDS = 6
# The warmest hue of OKLab, in degrees: orange.
_WARMEST = 55.0


def swatches(lab: Floats) -> Floats:
    """Main colours, the largest first: rows of L, a, b and share, shape (8, 4), by k-means."""
    import numpy as np

    points = lab[:: max(1, len(lab) // 2048)]
    seeds = [points.mean(0)]
    for _ in range(SWATCHES):
        far = np.min([((points - each) ** 2).sum(1) for each in seeds], axis=0)
        seeds.append(points[int(far.argmax())])
    middles = np.array(seeds[1:])
    for _ in range(_ROUNDS):
        nearest = ((points[:, None] - middles[None]) ** 2).sum(-1).argmin(1)
        for each in range(SWATCHES):
            if (mine := points[nearest == each]).size:
                middles[each] = mine.mean(0)
    nearest = ((points[:, None] - middles[None]) ** 2).sum(-1).argmin(1)
    shares = np.bincount(nearest, minlength=SWATCHES) / len(points)
    order = np.argsort(-shares, kind="stable")
    return np.concatenate([middles[order], shares[order, None]], axis=1).astype(np.float32)


def hues(plane: Floats, weights: Floats) -> Floats:
    """How much colour there is of each hue, 5 degrees each, by chroma; shape (72,), sums to 1 if any."""
    import numpy as np

    chroma = np.hypot(plane[:, 0], plane[:, 1])
    angle = np.degrees(np.arctan2(plane[:, 1], plane[:, 0])) % 360
    found = np.histogram(angle, HUES, (0, 360), weights=chroma * weights)[0].astype(np.float32)
    return found / max(float(found.sum()), 1e-6)


def hue_turn(pairs: Sequence[tuple[Sequence[Measured], Sequence[Measured]]]) -> tuple[float, str]:
    """By how many degrees the hues of new pictures are turned, and whether that is warmer or cooler."""
    import numpy as np

    fits, warm = np.zeros(HUES), 0.0
    for old, new in pairs:
        mine, theirs = (
            _smooth(np.mean([each.curves["hues"] for each in side], axis=0)) for side in (old, new)
        )
        fits += [float(mine @ np.roll(theirs, -turn)) for turn in range(HUES)]
        warm += _warmth(theirs) - _warmth(mine)
    best = int(fits.argmax())
    before, here, after = fits[best - 1], fits[best], fits[(best + 1) % HUES]
    bend = before - 2 * here + after
    peak = best + (0.5 * (before - after) / bend if bend < -1e-12 else 0.0)
    turn = (peak + HUES / 2) % HUES - HUES / 2
    warm /= len(pairs)
    return turn * 360 / HUES, "warmer" if warm > 0.02 else "cooler" if warm < -0.02 else ""


def _smooth(curve: Floats) -> Floats:
    import numpy as np

    taps = np.exp(-0.5 * (np.arange(-4, 5) / 1.6) ** 2)
    return np.sum([tap * np.roll(curve, nth - 4) for nth, tap in enumerate(taps)], axis=0)  # type: ignore[no-any-return]


def _warmth(curve: Floats) -> float:
    return sum(
        float(share) * cos(radians(360 / HUES * (nth + 0.5) - _WARMEST)) for nth, share in enumerate(curve)
    )
