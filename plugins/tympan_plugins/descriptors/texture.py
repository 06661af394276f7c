"""The descriptor `texture`: how much grain there is on what should be flat.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from tympan import Context, Descriptor, Measured, Params, Picture
from tympan_plugins.descriptors.canvas import blurred, canvas, numbers
from tympan_plugins.descriptors.words import change, mean_of

# px. A first blur takes off what JPEG leaves at quality 75, and hardly any grain.
_FIRST = 1.0
_BANDS = (0.7, 1.4, 2.8)
_GRAIN = "grain, grey levels"


class Texture(Descriptor[Params]):
    """Grain: how far pixels are from their surroundings, in three bands, on the flatter places."""

    NAME = "texture"
    VERSION = "1"
    GATE = 1.5
    FLOOR = 0.15

    def measure(self, picture: Picture, text: str, params: Params, ctx: Context) -> Measured:
        """Logarithms of two quantiles in each band; the middle band's lower one, in grey levels."""
        import numpy as np

        rest = blurred(canvas(picture).grey.astype(np.float32), _FIRST)
        found, medians = [], []
        for sigma in _BANDS:
            smooth = blurred(rest, sigma)
            band = np.abs(rest - smooth)[::2, ::2]
            rest = smooth
            half, most = np.quantile(band, [0.3, 0.6])
            medians.append(float(half))
            # Added before the logarithm: below this nobody sees anything.
            found += [np.log(half + 0.15), np.log(most + 0.3)]
        return Measured(vector=numbers(found), named={_GRAIN: round(medians[1], 4)})

    def say(self, pairs: Sequence[tuple[Sequence[Measured], Sequence[Measured]]]) -> str:
        """The grain on flat places, old and new."""
        old, new = mean_of(pairs, _GRAIN)
        return f"{change(old, new, 'grain', 'levels')}, {'rougher' if new > old else 'smoother'}"
