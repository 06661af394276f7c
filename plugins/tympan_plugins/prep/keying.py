"""Finds a subject on a plain background by flooding from the frame.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from tympan import StepFailed
from tympan_plugins.prep import background, matte, regions
from tympan_plugins.prep.colours import difference, lab, lab_of, parse_hex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.floating[Any]]

# Rows that are converted to Lab at once: bounds the memory that 40 megapixels need.
_ROWS = 256
# A frame pixel this close to a declared key colour is background, in Lab units.
_KEY_REACH = 25.0
# So far from a subject, px, its soft edge has surely ended; and so far from one whose outline is known.
_CLEAR, _NEAR = 6, matte.BAND + 1


class _Found(NamedTuple):
    inside: Bools
    apart: Floats
    limit: float


class Subject(NamedTuple):
    """What was found. inside: (h, w). surface: the background (h, w, 3), 0..1. noise: sigma of the frame.

    band: how far from its outline, px, the subject's edge may be soft.
    """

    inside: Bools
    surface: Floats
    noise: float
    band: int
    holes: int
    touching: float
    confidence: float


def find(
    rgb: Floats, *, key: str = "", tolerance: float = 0.0, holes: str = "auto", touching: bool = False
) -> Subject:
    """The subject of an opaque picture (h, w, 3), 0..1, on a flat or smoothly shaded background.

    tolerance: colour difference that still is background, 0 to measure it on the frame. Two passes: the
    second knows the background from all that the first took for background. touching: the subject may run
    out of the frame without a loss of confidence. Raises StepFailed when the
    frame does not show the key colour.
    """
    height, width = rgb.shape[:2]
    strip = regions.frame(height, width, max(2, min(height, width) // 64))
    near = _near_key(rgb, strip, key) if key else strip
    surface, noise, share = background.surface(rgb, near)
    share *= float(near.sum() / strip.sum())
    found = _segment(rgb, surface, strip & near, tolerance, holes)
    found = _learnt(rgb, found, lambda surface: _segment(rgb, surface, strip & near, tolerance, holes))
    for room in (_CLEAR, _NEAR, _NEAR, _NEAR):
        known = ~regions.grow(found.inside, room)
        if known.mean() < 0.02:
            break
        # The trend goes on below the subject, where the nearest background alone would stand still.
        trend, before = background.surface(rgb, known, 3)[0], found.inside.sum()
        surface = trend + background.filled(rgb - trend, known)
        found = _segment(rgb, surface, strip & near, tolerance, holes)
        if room == _NEAR and abs(int(found.inside.sum()) - int(before)) < 1e-3 * found.inside.size:
            break
    inside = found.inside
    count = regions.components(~inside & ~regions.from_frame(~inside))[1]
    contact = float((inside & regions.frame(height, width, 1)).sum() / (2 * (height + width) - 4))
    band = _softness(found)
    clear = _rim_clearance(found, 10, band - 1)
    confidence = min(1.0, share / 0.9) * clear * (1.0 if touching else 1 - min(1.0, 4 * contact))
    return Subject(inside, surface, noise, band, count, contact, confidence)


def _learnt(rgb: Floats, found: _Found, segment: Callable[[Floats], _Found]) -> _Found:
    """A better segmentation where the background is no quadratic, such as a glow behind the subject.

    The surface is fitted again, with more terms, to all that was background so far; what shrinks the
    subject is believed. Nothing is tried when the whole rim is clear already.
    """
    for order in (3, 4, 5, 5):
        known = ~regions.grow(found.inside, _CLEAR)
        doubtful = _rim_clearance(found, 2, matte.BAND - 1) < 1
        if not doubtful or found.inside.mean() < 0.02 or known.mean() < 0.1:
            break
        again = segment(background.surface(rgb, known, order)[0])
        if again.inside.sum() < found.inside.sum():
            found = again
    return found


def _near_key(rgb: Floats, strip: Bools, key: str) -> Bools:
    near = strip.copy()
    near[strip] = difference(lab(rgb[strip]), lab_of(parse_hex(key))) < _KEY_REACH
    if near.sum() < 0.3 * strip.sum():
        share = 100 * near.sum() / strip.sum()
        raise StepFailed(
            f"MASK-NO-KEY: only {share:.0f} % of the frame has the key colour {key}",
            hint="leave mask.key out to measure the background, or give the colour that the frame really has",
        )
    return near


def _apart(rgb: Floats, surface: Floats) -> Floats:
    import numpy as np

    out = np.empty(rgb.shape[:2], np.float32)
    for top in range(0, len(rgb), _ROWS):
        rows = slice(top, top + _ROWS)
        out[rows] = difference(lab(rgb[rows]), lab(surface[rows]))
    return out


def _segment(rgb: Floats, surface: Floats, known: Bools, tolerance: float, holes: str) -> _Found:
    """Subject, colour difference to the background, its threshold."""
    import numpy as np

    sharp = _apart(rgb, surface)
    apart = regions.blur(sharp, 0.6)
    frame = apart[known]
    middle = float(np.median(frame))
    spread = 1.4826 * float(np.median(np.abs(frame - middle)))
    limit = tolerance or min(25.0, max(3.0, middle + 5 * spread + 1.0))
    inside = ~regions.from_frame(apart < limit)
    inside &= ~_holes(inside & (np.minimum(sharp, apart) < limit), apart, limit, holes)
    labels, count = regions.components(inside, diagonal=True)
    if count:
        # Specks of noise and compression: below 9 px, or 15 px of a megapixel.
        large = np.bincount(labels.ravel(), minlength=count + 1) > max(8, inside.size * 1.5e-5)
        large[0] = False
        inside = large[labels]
    return _Found(inside, apart, limit)


def _holes(pockets: Bools, apart: Floats, limit: float, mode: str) -> Bools:
    """The background-coloured pockets that the background is seen through.

    A hole has a sharp rim, a highlight a soft one; mode "all" believes every pocket.
    """
    import numpy as np

    labels, count = regions.components(pockets, diagonal=True)
    if not count or mode == "none":
        return np.zeros_like(pockets)
    real = np.bincount(labels.ravel(), minlength=count + 1) >= 4
    if mode == "auto":
        edge = np.where(pockets & ~regions.shrink(pockets, 1), labels, 0).ravel()
        # A sharp rim of a large photograph is some px wide.
        steep = regions.window_max(apart, int(min(6, max(2, min(apart.shape) // 300)))).ravel()
        total = np.bincount(edge, steep, minlength=count + 1)
        rim = total / np.maximum(np.bincount(edge, minlength=count + 1), 1)
        real &= rim > max(16.0, min(4 * limit, 1.6 * limit + 8))
    real[0] = False
    return np.asarray(real[labels], np.bool_)


def _softness(found: _Found) -> int:
    """How wide the edge is, px: where the rim's typical difference has almost risen to what it is further in.

    3 for drawings and small pictures, up to 8 where a large photograph is a little out of focus.
    """
    import numpy as np

    edge = found.inside & ~regions.shrink(found.inside, 1)
    widest = int(min(8, max(matte.BAND, min(edge.shape) // 100)))
    if not edge.any():
        return matte.BAND
    full = float(np.median(regions.window_max(found.apart, widest)[edge]))
    for band in range(matte.BAND, widest):
        if float(np.median(regions.window_max(found.apart, band - 1)[edge])) >= 0.85 * full:
            return band
    return widest


def _rim_clearance(found: _Found, percentile: float, reach: int) -> float:
    """How clearly the weakest part of the rim differs from the background: 0 at 1.2, 1 at 3.2 thresholds."""
    import numpy as np

    edge = found.inside & ~regions.shrink(found.inside, 1)
    if not edge.any():
        return 0.0
    weakest = float(np.percentile(regions.window_max(found.apart, reach)[edge], percentile))
    return min(1.0, max(0.0, (weakest / found.limit - 1.2) / 2))
