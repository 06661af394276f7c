"""The descriptor `palette`: which colours a picture has, and how much of each.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from tympan import Context, Descriptor, Measured, Params, Picture
from tympan_plugins.descriptors.canvas import canvas, numbers, presence
from tympan_plugins.descriptors.swatches import hue_turn, hues, swatches

# Points of OKLab's colour plane that colours are looked at from, in hundredths, and how wide each sees.
_REACH, _STEP, _WIDE = 27, 3, 3.0
_HALF = 0.04
# Below so many degrees, and so large a share, people would not say that it changed.
_DEGREES, _PERCENT = 2.0, 2.0


class Palette(Descriptor[Params]):
    """Which colours there are: how present each is in OKLab's colour plane, as blurred as the eye sees.

    Areas count little, so that a shape may be larger or partly hidden. In words: by how much the hues are
    turned, and how much stronger or paler the colours are.
    """

    NAME = "palette"
    VERSION = "2"
    GATE = 0.85
    FLOOR = 0.3
    RANGES = True

    def measure(self, picture: Picture, text: str, params: Params, ctx: Context) -> Measured:
        """Presence at 361 points; mean chroma; 72 hues; 8 swatches for the eye."""
        import numpy as np

        seen = canvas(picture)
        colours, weights = seen.paints
        plane = colours[:, 1:]
        ticks = np.arange(-_REACH, _REACH + 1, _STEP, dtype=np.float32)
        near = [np.exp(-0.5 * ((ticks - plane[:, each, None]) / _WIDE) ** 2) for each in (0, 1)]
        spread = presence(near[0].T @ (near[1] * weights[:, None]), _HALF)
        chroma = np.hypot(plane[:, 0], plane[:, 1])
        strong = weights * (chroma > 3)
        mean = float((chroma * strong).sum() / max(float(strong.sum()), 1e-6))
        return Measured(
            vector=numbers(spread.ravel()),
            named={"chroma, % of OKLab": round(mean, 4)},
            curves={
                "hues": numbers(hues(plane, strong)),
                "swatches": numbers(swatches(seen.lab.reshape(-1, 3)).ravel()),
            },
        )

    def say(self, pairs: Sequence[tuple[Sequence[Measured], Sequence[Measured]]]) -> str:
        """The turn of hues in degrees, and the change of chroma in per cent."""
        parts = []
        turn, warmer = hue_turn(pairs)
        if abs(turn) >= _DEGREES:
            parts.append(f"hue {turn:+.0f} degrees" + (f", {warmer}" if warmer else ""))
        old, new = (_chroma([pair[side] for pair in pairs]) for side in (0, 1))
        percent = 100 * (new / old - 1) if old > 0.5 else 0.0
        if abs(percent) >= _PERCENT:
            parts.append(f"colours {percent:+.0f} %, {'stronger' if percent > 0 else 'paler'}")
        return "; ".join(parts) or "other shares of the same colours"


def _chroma(sides: Sequence[Sequence[Measured]]) -> float:
    means = [sum(each.named["chroma, % of OKLab"] for each in side) / len(side) for side in sides]
    return sum(means) / len(means)
