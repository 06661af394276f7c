"""The descriptor `composition`: where in a picture something is.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tympan import Context, Descriptor, Measured, Params, Picture
from tympan_plugins.descriptors.canvas import canvas, numbers
from tympan_plugins.descriptors.words import mean_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_CELLS = 8
# The distance in OKLab up to which nothing stands out: grain, and what encoders leave.
_NOISE = 0.03
_TENTHS = tuple(each / 10 for each in range(1, 10))
# How much each counts: places, the centre across and down, the cover. Places move with each single part, the
# centre with all of them: it is told more surely.
_PLACES, _CENTRES, _COVERS = 0.5, 6.0, 2.0
_ACROSS, _DOWN, _COVER = "centre across, %", "centre down, %", "covered, %"


class Composition(Descriptor[Params]):
    """What stands out from the background: where it is across and down, how much it covers."""

    NAME = "composition"
    VERSION = "2"
    GATE = 0.3
    FLOOR = 0.65

    def measure(self, picture: Picture, text: str, params: Params, ctx: Context) -> Measured:
        """Nine places across and down, centre, cover; centre and cover in per cent; a map of 8 x 8."""
        import numpy as np
        from PIL import Image

        lab = canvas(picture).lab
        border = np.concatenate([lab[0], lab[:, 0], lab[:, -1]])
        apart = np.sqrt(((lab - np.median(border, axis=0)) ** 2).sum(-1))
        apart = np.maximum(apart - _NOISE, 0)
        shown = apart / max(float(apart.max()), 1e-6)
        high, wide = shown.shape
        cells = np.asarray(Image.fromarray(shown).resize((_CELLS, _CELLS), Image.Resampling.BOX))
        whole = float(shown.sum()) + 1e-6
        across = float((shown.sum(0) * ((np.arange(wide) + 0.5) / wide)).sum()) / whole
        down = float((shown.sum(1) * ((np.arange(high) + 0.5) / high)).sum()) / whole
        cover = float(shown.mean())
        named = {_ACROSS: 100 * across, _DOWN: 100 * down, _COVER: 100 * cover}
        places = np.concatenate([_places(shown.sum(axis)) for axis in (0, 1)])
        return Measured(
            vector=numbers([*_PLACES * places, _CENTRES * across, _CENTRES * down, _COVERS * cover]),
            named={name: round(each, 3) for name, each in named.items()},
            curves={"map": numbers(cells.ravel())},
        )

    def say(self, pairs: Sequence[tuple[Sequence[Measured], Sequence[Measured]]]) -> str:
        """How far the centre moved, in per cent of the picture, and how much larger the subject is."""
        parts = []
        for name, words in ((_ACROSS, ("left", "right")), (_DOWN, ("higher", "lower"))):
            old, new = mean_of(pairs, name)
            if abs(new - old) >= 0.5:
                parts.append(f"centre {abs(new - old):.1f} % {words[new > old]}")
        old, new = mean_of(pairs, _COVER)
        if old and abs(new / old - 1) >= 0.03:
            parts.append(f"covers {100 * (new / old - 1):+.0f} %")
        return "; ".join(parts) or "parts stand elsewhere"


def _places(shown: NDArray[np.float32]) -> NDArray[np.float64]:
    """Where along a side the first tenth of what stands out ends, the second, ...: 0 to 1."""
    import numpy as np

    grown = np.cumsum(shown) / max(float(shown.sum()), 1e-6)
    ends = (np.arange(len(shown)) + 1) / len(shown)
    return np.interp(_TENTHS, grown, ends)
