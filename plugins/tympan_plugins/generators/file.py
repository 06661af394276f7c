"""The generator for pictures that exist already: a tracked file is the one candidate.

Reads one file below assets/. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tympan import Candidate, Context, Generator, InputPath, Params, Request, Ticket


class FileParams(Params, frozen=True, kw_only=True):
    """Options of `file`."""

    path: InputPath


class FileSource(Generator[FileParams]):
    """A picture or SVG that the project tracks, as it is."""

    NAME = "file"
    VERSION = "1"
    PAID = False
    REPEATABLE = True
    Params = FileParams

    def check(self, request: Request) -> Iterable[str]:
        """Only that nothing is to be done to the picture; inherited models and packs do not matter."""
        if request.operation:
            yield f"file cannot {request.operation!r}: it only hands on a picture"

    def submit(self, request: Request, ctx: Context) -> Ticket:
        """The handle is the path (or the digest that the plan put in its place)."""
        return Ticket(msgspec.convert(request.options, FileParams).path)

    def collect(self, ticket: Ticket, request: Request, ctx: Context) -> tuple[Candidate, ...]:
        """The file's bytes."""
        return (Candidate(data=ctx.input(ticket.job)),)
