"""The descriptor `cut-out`: the shape that a transparent picture has.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from tympan import Context, Descriptor, Measured, Params, Picture
from tympan_plugins.descriptors.canvas import canvas, numbers
from tympan_plugins.descriptors.words import mean_of

_CELLS = 8
_COVER, _SOFT = "opaque, %", "half transparent, %"


class Cutout(Descriptor[Params]):
    """Where a picture is opaque, how much of it, and how soft its edges are. Opaque pictures have none."""

    NAME = "cut-out"
    VERSION = "1"
    GATE = 0.4
    FLOOR = 0.15

    def measure(self, picture: Picture, text: str, params: Params, ctx: Context) -> Measured:
        """A map of opacity of 8 x 8, its mean and the share of half transparent pixels beside the outline."""
        import numpy as np
        from PIL import Image

        alpha = canvas(picture).alpha
        if alpha is None:
            return Measured(vector=(), named={_COVER: 100.0, _SOFT: 0.0})
        share = np.asarray(alpha, np.float32) / 255
        cells = np.asarray(Image.fromarray(share).resize((_CELLS, _CELLS), Image.Resampling.BOX))
        cover = float(share.mean())
        soft = float(((share > 0.05) & (share < 0.95)).mean())
        solid = share > 0.5
        # One pixel wide or high has no neighbours that way.
        edges = [solid[1:] != solid[:-1], solid[:, 1:] != solid[:, :-1]]
        outline = sum(float(each.mean()) for each in edges if each.size)
        width = soft / max(outline, 1e-3)
        return Measured(
            vector=numbers([*(0.5 * cells.ravel()), 4 * cover, 0.5 * np.log1p(width)]),
            named={_COVER: round(100 * cover, 3), _SOFT: round(100 * soft, 3)},
            curves={"map": numbers(cells.ravel())},
        )

    def say(self, pairs: Sequence[tuple[Sequence[Measured], Sequence[Measured]]]) -> str:
        """How much is opaque and how much half so, old and new."""
        old, new = mean_of(pairs, _COVER)
        parts = [f"opaque {old:.0f} -> {new:.0f} %"] if abs(new - old) >= 0.5 else []
        old, new = mean_of(pairs, _SOFT)
        if abs(new - old) >= 0.3:
            parts.append(
                f"edges {'softer' if new > old else 'harder'} ({old:.1f} -> {new:.1f} % half transparent)"
            )
        return "; ".join(parts) or "the outline runs elsewhere"
