"""The descriptor `line`: how wide the strokes of a picture are.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tympan import Context, Descriptor, Measured, Params, Picture
from tympan_plugins.descriptors.canvas import around, at_side, blurred, canvas, numbers, stepped
from tympan_plugins.descriptors.words import change, mean_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Floats = NDArray[np.float32]

# Longer side in px at which strokes are measured, and half the width of the widest that is one, as a share.
SIDE = 320
_WIDEST = 0.03
# px. A first blur takes off what JPEG leaves, and hardly widens a stroke.
_FIRST = 0.6
# Grey levels that a stroke differs from its surroundings at least; and as shares of what the clearest do:
# from where on it counts, and from where on it does so in full.
_LEAST, _FAINT, _CLEAR = 16, 0.2, 0.5
# Opacity up to which a pixel is no stroke, and as near to 1 all of it is: encoders leave halos beside edges.
_HALO = 0.15
# Half the sides, as shares, of the squares in which a stroke's width is looked at: the larger one where the
# stroke fills the smaller. From such a gradient on, in opacity a px, a pixel belongs to an outline. Less
# outline than so many px says nothing.
_NEAR, _FAR = 0.025, 0.0625
_EDGE, _OUTLINE = 0.1, 12.0
# Opacity up to which a pixel is beside strokes; half the side of the squares in which such are averaged. From
# how many grey levels between its two sides on a stroke starts to be an outline, and from how many it is one;
# how much one counts that is none.
_BESIDE, _FEW, _SIDES, _OPEN = 0.05, 2, (32, 64), 0.2
# How much a quantile counts beside the mean.
_QUANTILE = 0.5
# One below the middle, where a picture has outlines rather than strokes and lettering; and the median.
_QUANTILES = (0.35, 0.5)
_WIDTH = "median line, px"
WIDTHS = tuple(float(each) for each in (1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 12, 16, 24))


class Line(Descriptor[Params]):
    """Strokes by their width: what is darker than its surroundings (lighter, on a dark ground) and narrow.

    A black-hat finds them: what a closing with a disc fills in. The width of what is long and narrow is
    twice its area by its outline, and both are sums over soft edges, around each pixel of an outline: of
    opacity, and of its gradient. Widths count as shares of the longer side, so that two sizes of one picture
    are the same; in words they are px.
    """

    NAME = "line"
    VERSION = "3"
    GATE = 0.3
    FLOOR = 0.1

    def measure(self, picture: Picture, text: str, params: Params, ctx: Context) -> Measured:
        """Logarithms of width: the mean over the outlines, and a quantile; the median in px; 15 shares."""
        import numpy as np

        seen = canvas(picture)
        grey = _dark_on_light(at_side(seen.grey, SIDE))
        ink = _ink(grey)
        wide, weight, edge = _widths(ink)
        if weight.sum() <= _OUTLINE:
            return Measured(vector=())
        weight = weight * _outlined(grey, ink)[edge]
        logs = np.log(np.maximum(wide * SIDE / max(ink.shape), 0.25))
        low, median = _weighted(logs, weight, _QUANTILES)
        shares = np.histogram(wide, (0, *WIDTHS[:-1], 1e9), weights=weight)[0] / weight.sum()
        return Measured(
            # A picture that is smaller than the canvas is measured as it is.
            vector=numbers([float((logs * weight).sum() / weight.sum()), _QUANTILE * low]),
            named={_WIDTH: round(float(np.exp(median)) * seen.side / SIDE, 4)},
            curves={"widths": numbers(shares)},
        )

    def say(self, pairs: Sequence[tuple[Sequence[Measured], Sequence[Measured]]]) -> str:
        """The median width, old and new."""
        old, new = mean_of(pairs, _WIDTH)
        return change(old, new, "median line", "px")


def _dark_on_light(grey: Bytes) -> Bytes:
    import numpy as np

    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    return 255 - grey if float(np.median(border)) < 96 else grey


def _ink(grey: Bytes) -> Floats:
    """How much of each pixel is stroke, 0 to 1."""
    import numpy as np

    grey = np.rint(blurred(grey.astype(np.float32), _FIRST)).astype(np.uint8)
    filled, radius = grey, max(2, round(_WIDEST * max(grey.shape)))
    for step in range(1, radius + 1):
        filled = stepped(filled, step, largest=True)
    for step in range(radius, 0, -1):
        filled = stepped(filled, step, largest=False)
    depth = filled - grey
    clearest = float(np.quantile(depth[depth >= _LEAST], 0.9)) if (depth >= _LEAST).any() else 255.0
    deepest = depth
    for step in range(1, 5):
        deepest = stepped(deepest, step, largest=True)
    # By degrees, so that what is nearly too faint does not come and go.
    clear = np.clip((deepest / np.float32(clearest) - _FAINT) / (_CLEAR - _FAINT), 0, 1) * (deepest >= _LEAST)
    share = (depth / np.maximum(deepest, 1).astype(np.float32) - _HALO) / (1 - 2 * _HALO)
    found: Floats = (np.clip(share, 0, 1) * clear).astype(np.float32)
    return found


def _slope(ink: Floats) -> Floats:
    import numpy as np

    down, along = np.zeros_like(ink), np.zeros_like(ink)
    down[1:-1] = (ink[2:] - ink[:-2]) / 2
    along[:, 1:-1] = (ink[:, 2:] - ink[:, :-2]) / 2
    return np.hypot(down, along)


def _widths(ink: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """The width in px at each pixel of an outline, and how much it counts: its gradient; which they are."""
    import numpy as np

    slope = _slope(ink)
    edge = slope > _EDGE
    near, far = (_reach(ink, each) for each in (_NEAR, _FAR))
    close, wide = (
        2 * around(ink, reach)[edge] / np.maximum(around(slope, reach)[edge], 1e-6) for reach in (near, far)
    )
    return np.where(close < near - 0.5, close, wide), slope[edge].astype(np.float64), edge


def _reach(ink: Floats, share: float) -> int:
    return max(2, round(share * float(max(ink.shape))))


def _outlined(grey: Bytes, ink: Floats) -> Floats:
    """How much a stroke counts at each pixel: by how far the lightest and darkest beside it are apart."""
    import numpy as np

    beside = (ink < _BESIDE).astype(np.float32)
    # Means of a few pixels, since encoders leave ripples beside strokes.
    mean = around(grey * beside, _FEW) / np.maximum(around(beside, _FEW), 1)
    smooth = np.rint(mean).astype(np.uint8)
    lightest = np.where(beside > 0, smooth, np.uint8(0))
    darkest = np.where(beside > 0, smooth, np.uint8(255))
    for step in range(1, _reach(ink, _NEAR) + 1):
        lightest, darkest = stepped(lightest, step, largest=True), stepped(darkest, step, largest=False)
    apart = lightest.astype(np.float32) - darkest
    sides = np.clip((apart - _SIDES[0]) / (_SIDES[1] - _SIDES[0]), 0, 1)
    return (_OPEN + (1 - _OPEN) * sides).astype(np.float32)


def _weighted(
    values: NDArray[np.float64], weights: NDArray[np.float64], shares: Sequence[float]
) -> list[float]:
    import numpy as np

    order = np.argsort(values, kind="stable")
    grown = (np.cumsum(weights[order]) - weights[order] / 2) / weights.sum()
    return [float(each) for each in np.interp(shares, grown, values[order])]
