"""The descriptor `line`: how wide the strokes of a picture are.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tympan import Context, Descriptor, Measured, Params, Picture
from tympan_plugins.descriptors.canvas import at_side, canvas, numbers, stepped
from tympan_plugins.descriptors.words import change, mean_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bytes = NDArray[np.uint8]
    Floats = NDArray[np.float32]

# Longer side in px at which strokes are measured, and half the width of the widest that is one, as a share.
SIDE = 320
_WIDEST = 0.03
# Grey levels that a stroke differs from its surroundings at least, and as a share of what the clearest do:
# less is noise of encoders, or a narrow shape.
_LEAST, _SHARE = 16, 0.5
# Tiles along a side; one with less outline than so many px says nothing.
_TILES, _OUTLINE = 8, 12.0
_QUANTILES = (0.35, 0.5, 0.65, 0.8)
_WIDTH = "median line, px"
WIDTHS = tuple(float(each) for each in (1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 12, 16, 24))


class Line(Descriptor[Params]):
    """Strokes by their width: what is darker than its surroundings (lighter, on a dark ground) and narrow.

    A black-hat finds them: what a closing with a disc fills in. The width of what is long and narrow is
    twice its area by its outline, and both are sums over soft edges: of opacity, and of its gradient. Widths
    count as shares of the longer side, so that two sizes of one picture are the same; in words they are px.
    """

    NAME = "line"
    VERSION = "1"
    GATE = 0.5
    FLOOR = 0.15

    def measure(self, picture: Picture, text: str, params: Params, ctx: Context) -> Measured:
        """Logarithms of the quartiles of width over tiles, and of the whole; the median in px; 15 shares."""
        import numpy as np

        seen = canvas(picture)
        ink = _ink(_dark_on_light(at_side(seen.grey, SIDE)))
        area, outline = _tiles(ink), _tiles(_slope(ink))
        known = outline > _OUTLINE
        if not known.any():
            return Measured(vector=())
        wide, weight = 2 * area[known] / outline[known], outline[known]
        quartiles = _weighted(wide, weight, _QUANTILES)
        measured = min(seen.side, SIDE)
        scale = seen.side / measured
        shares = np.histogram(wide, (0, *WIDTHS[:-1], 1e9), weights=weight)[0] / weight.sum()
        return Measured(
            # A picture that is smaller than the canvas is measured as it is.
            vector=numbers(np.log(np.asarray(quartiles) * SIDE / measured)),
            named={_WIDTH: round(float(quartiles[1]) * scale, 4)},
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

    filled, radius = grey, max(2, round(_WIDEST * max(grey.shape)))
    for step in range(1, radius + 1):
        filled = stepped(filled, step, largest=True)
    for step in range(radius, 0, -1):
        filled = stepped(filled, step, largest=False)
    depth = filled - grey
    deepest = depth
    for step in range(1, 5):
        deepest = stepped(deepest, step, largest=True)
    least = max(
        _LEAST, _SHARE * float(np.quantile(depth[depth >= _LEAST], 0.9)) if (depth >= _LEAST).any() else 0
    )
    return np.where(deepest >= least, depth / np.maximum(deepest, 1).astype(np.float32), 0).astype(np.float32)


def _slope(ink: Floats) -> Floats:
    import numpy as np

    down, along = np.zeros_like(ink), np.zeros_like(ink)
    down[1:-1] = (ink[2:] - ink[:-2]) / 2
    along[:, 1:-1] = (ink[:, 2:] - ink[:, :-2]) / 2
    return np.hypot(down, along)


def _tiles(values: Floats) -> NDArray[np.float64]:
    """Sums over 8 x 8 tiles; what is left over at the right and below belongs to the last ones."""
    import numpy as np

    edges = [np.arange(_TILES) * side // _TILES for side in values.shape]
    found = np.add.reduceat(np.add.reduceat(values.astype(np.float64), edges[0], 0), edges[1], 1)
    return found.ravel()


def _weighted(
    values: NDArray[np.float64], weights: NDArray[np.float64], shares: Sequence[float]
) -> list[float]:
    import numpy as np

    order = np.argsort(values, kind="stable")
    grown = (np.cumsum(weights[order]) - weights[order] / 2) / weights.sum()
    return [float(each) for each in np.interp(shares, grown, values[order])]
