"""The `resolution` check: a picture has pixels enough for its printed size.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from tympan import Check, Context, File, Finding, Params
from tympan_plugins.checks.separation import opened


class ResolutionParams(Params, frozen=True):
    """Keys of `[check.resolution]`."""

    warn: Annotated[float, Meta(ge=0, description="Source pixels per inch on paper below which to warn.")] = (
        225
    )
    error: Annotated[float, Meta(ge=0, description="Below which to fail.")] = 150


class Resolution(Check[ResolutionParams]):
    """Judges the source's pixels per inch on paper; where nobody noted them, the density of the file."""

    NAME = "resolution"
    FORMATS = ("cmyk-tiff",)
    Params = ResolutionParams

    def run(self, file: File, params: ResolutionParams, ctx: Context) -> Iterator[Finding]:
        """At most one finding; drawings have every resolution."""
        noted = file.facts.get("effective_ppi", "")
        if noted == "vector":
            return
        ppi = float(noted) if noted else float(opened(file.data).info.get("dpi", (0, 0))[0])
        if ppi < params.warn:
            severity, bar = ("error", params.error) if ppi < params.error else ("warning", params.warn)
            yield Finding(
                f"{ppi:.0f} px per inch on paper, less than {bar:g}",
                severity,
                hint="use a larger source, or print smaller",
            )
