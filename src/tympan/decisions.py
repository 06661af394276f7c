"""What people decided, one JSON line a decision beside the spec; the latest on a matter counts.

Reads and appends specs/<asset>.decisions.jsonl. Git merges these files line by line (`merge=union`).
"""

from __future__ import annotations

import msgspec

from tympan.errors import FilesError, Problem, SpecErrors, Where
from tympan.files import Files

SELECT = "select"


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One decision. digest: of the picture it is about. step: "source" or "refine.1", ...; variant: its name.

    by: who; at: RFC 3339; why: in their words; via: the tool that took it down.
    """

    did: str
    step: str
    digest: str
    by: str
    at: str
    variant: str = ""
    candidate: int = 0
    why: str = ""
    via: str = ""


class Decisions:
    """The decisions on all assets; each file is read when it is first asked for."""

    def __init__(self, files: Files, folder: str) -> None:
        self._files = files
        self._folder = folder
        self._known: dict[str, list[Decision]] = {}

    def file(self, asset: str) -> str:
        """Where the decisions on an asset are."""
        return f"{self._folder}/{asset}.decisions.jsonl"

    def of(self, asset: str) -> list[Decision]:
        """The decisions on an asset, oldest first. SpecErrors for a line that is none."""
        if asset not in self._known:
            self._known[asset] = self._read(asset)
        return self._known[asset]

    def selected(self, asset: str, step: str, variant: str) -> str:
        """Digest of the candidate that was selected last for a step, "" if none was."""
        found = [
            each
            for each in self.of(asset)
            if each.did == SELECT and each.step == step and each.variant in ("", variant)
        ]
        return found[-1].digest if found else ""

    def add(self, asset: str, decision: Decision) -> None:
        """Append a decision; it is on the disk when this returns."""
        file = self.file(asset)
        end = b""
        if self._files.sign(file) is not None and not self._files.read(file).endswith(b"\n"):
            end = b"\n"
        line = msgspec.json.encode(decision)
        self._files.append(file, end + line + b"\n", sync=True)
        self._known.pop(asset, None)

    def _read(self, asset: str) -> list[Decision]:
        file = self.file(asset)
        try:
            text = self._files.read(file)
        except FilesError:
            return []
        found, wrong = [], []
        for number, line in enumerate(text.split(b"\n"), 1):
            if not line.strip():
                continue
            try:
                found.append(msgspec.json.decode(line, type=Decision))
            except (ValueError, RecursionError) as error:
                hint = "restore the line from git, or delete it"
                wrong.append(Problem(Where(file, number), f"no decision: {error}", hint))
        if wrong:
            raise SpecErrors(wrong)
        # A merge puts lines of two branches one after another: time says which is the latest.
        return sorted(dict.fromkeys(found), key=lambda each: each.at)
