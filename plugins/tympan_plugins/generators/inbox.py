"""The generator `inbox`: any tool that a person operates, and whose pictures are put into a folder.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from tympan import Claim, Cost, Instruction, Manual, Params, Recalled, Request

# Fewer letters and digits than this are in too many file names by chance.
_LEAST = 4


class InboxParams(Params, frozen=True, kw_only=True):
    """Options of `inbox`."""

    tool: Annotated[str, Meta(description="What is used, such as `Firefly` or a designer's name.")] = ""
    where: Annotated[str, Meta(description="Where it is used: an address, or the name of a program.")] = ""
    notes: Annotated[tuple[str, ...], Meta(description="What the person should know.")] = ()
    match: Annotated[str, Meta(description="Files whose name holds this text are of this asset.")] = ""
    price: Annotated[float, Meta(description="Price of one picture.", ge=0)] = 0.0
    currency: Annotated[str, Meta(description="Its currency.", pattern="^(EUR|USD|credits)$")] = "EUR"


class Inbox(Manual[InboxParams]):
    """Pictures that a person makes with another tool; the prompt is shown as it is."""

    NAME = "inbox"
    VERSION = "1"
    PAID = False
    REPEATABLE = False
    Params = InboxParams

    def check(self, request: Request) -> Iterable[str]:
        """That there is something to do, and that files can be told apart by their names."""
        options = _options(request)
        if not request.prompt.strip() and not options.notes:
            yield "there is nothing to do: give source.prompt, or options.notes"
        if options.match and len(_plain(options.match)) < _LEAST:
            yield f"options.match needs {_LEAST} letters or digits, {options.match!r} is in too many names"

    def estimate(self, request: Request) -> Cost:
        """What the spec says a picture costs."""
        options = _options(request)
        return Cost(options.price * request.candidates, options.currency)

    def instruct(self, request: Request, job: str) -> Instruction:
        """The prompt as it is, and everything else of the request in words."""
        options = _options(request)
        notes = [*options.notes]
        if options.tool:
            notes.append(f"use {options.tool}{f', model {request.model}' * bool(request.model)}")
        if request.negative_prompt:
            notes.append(f"not to be seen: {request.negative_prompt}")
        width, height = request.size
        notes.append(f"{width} x {height} px, {request.candidates} to choose from")
        for name, reference in sorted(request.reference.items()):
            notes.append(f"{reference.role} reference {name}: {reference.image}")
        if request.operation:
            notes.append(f"what is to be done: {request.operation}")
        if request.region:
            notes.append(f"only where the mask {request.region} is white")
        notes.append(f"put {job[:8]} into the names of the files: then nobody has to say whose they are")
        return Instruction(copy=request.prompt, where=options.where, notes=tuple(notes))

    def claim(self, file: Recalled, name: str, request: Request, job: str) -> Claim | None:
        """By our own job's id or the spec's words in the file's name, else by the prompt in the file."""
        options = _options(request)
        if len(job) >= 8 and re.search(rf"(?<![0-9a-z]){re.escape(job[:8])}(?![0-9a-z])", name.lower()):
            return Claim(3, f"{job[:8]} is in its name", file.index)
        if options.match and _plain(options.match) in _plain(name):
            return Claim(2, f"{options.match!r} is in its name", file.index)
        same = bool(file.prompt) and " ".join(file.prompt.split()) == " ".join(request.prompt.split())
        if same and file.seed in (None, request.seed):
            return Claim(2, "prompt" if file.seed is None else "prompt and seed", file.index)
        return None


def _options(request: Request) -> InboxParams:
    return msgspec.convert(request.options, InboxParams)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())
