"""The descriptor `sharpness`: how abruptly edges begin and end.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tympan import Context, Descriptor, Measured, Params, Picture
from tympan_plugins.descriptors.canvas import canvas, gradient, numbers, stepped
from tympan_plugins.descriptors.words import change, mean_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Half the side in px of where an edge begins and ends, and the grey levels it has at least.
_REACH, _LEAST = 3, 32
# Edge pixels that are enough to say anything.
_FEWEST = 20
_NAME = "steepness of edges, % a px"


class Sharpness(Descriptor[Params]):
    """Edges: how much of its whole height the steepest pixel of an edge takes, whatever is beside it."""

    NAME = "sharpness"
    VERSION = "1"
    GATE = 0.6
    FLOOR = 1.0

    def measure(self, picture: Picture, text: str, params: Params, ctx: Context) -> Measured:
        """The logarithms of two quantiles over edges; the median in per cent of an edge's height a px."""
        import numpy as np

        grey = canvas(picture).grey
        low = high = grey
        for step in range(1, _REACH + 1):
            low, high = stepped(low, step, largest=False), stepped(high, step, largest=True)
        slope = np.zeros(grey.shape, np.float32)
        slope[1:-1, 1:-1] = gradient(grey.astype(np.float32)) / 8
        height = (high - low).astype(np.float32)
        steep = slope / np.maximum(height, 1)
        top = stepped(_bytes(steep), 2, largest=True)
        edges = (height >= _LEAST) & (_bytes(steep) >= top) & (slope > 0.08 * height)
        if edges.sum() < _FEWEST:
            return Measured(vector=())
        half, most = np.quantile(steep[edges], [0.5, 0.8])
        return Measured(vector=numbers(np.log([half, most])), named={_NAME: round(100 * float(half), 3)})

    def say(self, pairs: Sequence[tuple[Sequence[Measured], Sequence[Measured]]]) -> str:
        """How steep edges are, old and new."""
        old, new = mean_of(pairs, _NAME)
        return f"{change(old, new, 'edges', '% a px')}, {'sharper' if new > old else 'softer'}"


def _bytes(share: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    import numpy as np

    found: NDArray[np.uint8] = np.minimum(share * 255, 255).astype(np.uint8)
    return found
