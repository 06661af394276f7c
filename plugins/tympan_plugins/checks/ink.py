"""The `ink` check: no pixel of a print file carries more ink than the paper takes.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from tympan import Check, Context, File, Finding, Params
from tympan_plugins.checks.separation import inks


class InkParams(Params, frozen=True):
    """Keys of `[check.ink]`."""

    limit: Annotated[
        float, Meta(ge=100, le=400, description="Most ink of a pixel, in per cent of one ink.")
    ] = 300
    tolerance: Annotated[
        float, Meta(ge=0, le=20, description="Per cent above it that 8 bit rounding may add.")
    ] = 0.8


class Ink(Check[InkParams]):
    """Measures the file itself, every pixel."""

    NAME = "ink"
    FORMATS = ("cmyk-tiff",)
    Params = InkParams

    def run(self, file: File, params: InkParams, ctx: Context) -> Iterator[Finding]:
        """One finding that says how much, and on how much of the area."""
        import numpy as np

        sums = inks(file.data).sum(axis=-1, dtype=np.uint16)
        over = sums > (params.limit + params.tolerance) * 2.55
        if over.any():
            yield Finding(
                f"ink reaches {sums.max() / 2.55:.1f} %, more than {params.limit:g} %, "
                f"on {over.mean():.2%} of the area",
                hint=f"set ink_limit = {params.limit:.0f}, or use a profile made for that limit",
            )
