"""The `bytes` check: a file keeps its budget.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from tympan import Check, Context, File, Finding, Params


class BytesParams(Params, frozen=True):
    """Keys of `[check.bytes]`."""

    max: Annotated[int, Meta(ge=1, description="Most bytes of one file.")]


class Bytes(Check[BytesParams]):
    """Judges each file of a target by itself."""

    NAME = "bytes"
    Params = BytesParams

    def run(self, file: File, params: BytesParams, ctx: Context) -> Iterator[Finding]:
        """One finding with both figures."""
        size = len(file.data)
        if size > params.max:
            yield Finding(
                f"{size} bytes, the budget is {params.max} ({size / params.max:.1f} times as much)",
                hint="lower quality, colours or size, or raise the budget",
            )
