"""The files of one target: what is shown, written, marked and checked.

Reads only what it is given. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tympan.context import JobContext
from tympan.errors import StepFailed
from tympan.marks import svg_with_marks
from tympan.model import File, Picture
from tympan.plugin import Check, Format
from tympan.proof import marked, marked_svg
from tympan.worker.blame import Blame
from tympan.worker.load import Call, load


def files_of(call: Call, picture: Picture, ctx: JobContext, *, draft: bool = False) -> list[File]:
    """What a format writes, one file for each part; draft: with the mark. StepFailed if parts are missing."""
    plugin = load(call, Format)
    on_files = draft and plugin.SUFFIX == "svg"
    with Blame(call.name):
        params = msgspec.convert(call.params, type(plugin).Params)
        files = list(plugin.write(marked(picture) if draft and not on_files else picture, params, ctx))
        due, got = sorted(plugin.parts(params)), sorted(each.part for each in files)
        if due != got:
            raise StepFailed(f"wrote the parts {got} where {due} were due")
        if on_files:
            # What would be traced, or counted, is the drawing alone.
            return [msgspec.structs.replace(each, data=_draft(each.data, ctx.marks())) for each in files]
    return files


def _draft(svg: bytes, said: bytes) -> bytes:
    """An SVG with the mark; what it says of itself is put in again, since parsing drops it."""
    return svg_with_marks(marked_svg(svg.decode()).encode(), said)


def shown(files: list[File], name: str, ctx: JobContext) -> Picture:
    """What a file looks like on a screen: through the profile that it carries."""
    with Blame(f"proof of {name}"):
        return ctx.intake(files[0].data)


def checked(checks: Iterable[Call], files: list[File], ctx: JobContext) -> tuple[str, ...]:
    """What checks warn of. StepFailed for a finding that is an error."""
    found = []
    for call in checks:
        check = load(call, Check)
        for file in files:
            with Blame(f"check {call.name}"):
                for finding in check.run(file, msgspec.convert(call.params, type(check).Params), ctx):
                    if finding.severity == "error":
                        raise StepFailed(finding.message, hint=finding.hint)
                    found.append(f"check {call.name}: {finding.message}")
    return tuple(found)
