"""The descriptor `contrast`: how light and dark a picture is.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from tympan import Context, Descriptor, Measured, Params, Picture
from tympan_plugins.descriptors.canvas import canvas, numbers, presence
from tympan_plugins.descriptors.words import change, mean_of

# Hundredths of lightness between the levels that are looked at, and the share at which one is half present.
_STEP, _HALF = 2.0, 0.5
# How much a hundredth of lightness counts in a quantile, and in the mean, which seeds move less.
_QUANTILE, _OF_MEAN = 0.1, 1.0
_SPAN, _MEAN = "lightness span, % of OKLab", "mean lightness, % of OKLab"


class Contrast(Descriptor[Params]):
    """Lightness (OKLab) from the darkest to the lightest colours: 25 quantiles, and the mean."""

    NAME = "contrast"
    VERSION = "3"
    GATE = 1.2
    FLOOR = 2.0
    RANGES = True

    def measure(self, picture: Picture, text: str, params: Params, ctx: Context) -> Measured:
        """25 quantiles and the mean; the span from the darkest to the lightest, and the mean, in per cent."""
        import numpy as np

        colours, weights = canvas(picture).tones
        ticks = np.arange(0, 101, _STEP, dtype=np.float32)
        density = (np.exp(-0.5 * ((ticks - colours[:, :1]) / _STEP) ** 2) * weights[:, None]).sum(0)
        weight = presence(density, _HALF)
        grown = (np.cumsum(weight) - weight / 2) / max(float(weight.sum()), 1e-6)
        spread = np.interp(np.linspace(0.04, 0.96, 25), grown, ticks)
        named = {_SPAN: round(float(spread[-1] - spread[0]), 4), _MEAN: round(float(spread.mean()), 4)}
        return Measured(
            vector=numbers([*_QUANTILE * spread, _OF_MEAN * spread.mean()]),
            named=named,
            curves={"lightness": numbers(spread)},
        )

    def say(self, pairs: Sequence[tuple[Sequence[Measured], Sequence[Measured]]]) -> str:
        """How much wider or narrower the span is, and whether the picture is lighter or darker."""
        old, new = mean_of(pairs, _SPAN)
        percent = 100 * (new / old - 1) if old > 1 else 0.0
        parts = (
            [f"contrast {percent:+.0f} %, {'harder' if percent > 0 else 'flatter'}"]
            if abs(percent) >= 1.5
            else []
        )
        old, new = mean_of(pairs, _MEAN)
        if abs(new - old) >= 1:
            parts.append(f"{change(old, new, 'lightness')}, {'lighter' if new > old else 'darker'}")
        return "; ".join(parts) or "other shares of light and dark"
