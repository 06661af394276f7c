"""What people decided, one JSON line a decision beside the spec; the latest on a matter counts.

Reads and appends specs/<asset>.decisions.jsonl. Git merges these files line by line (`merge=union`).
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tympan.errors import FilesError, Problem, SpecErrors, Where
from tympan.files import Files

# About a candidate.
SELECT = "select"
SHORTLIST = "shortlist"
REJECT = "reject"
# About what a target's files show.
APPROVE = "approve"
REQUEST_CHANGES = "request-changes"
HOLD = "hold"
RELEASE = "release"
# A target's files left the house: nobody's judgement, but a line of the same story.
SHIP = "ship"
# About the model that an asset asks for, as HOLD and RELEASE are when they name one.
ACCEPT = "accept"
ROLL_BACK = "roll-back"
# About either: takes back what was decided; decides nothing.
WITHDRAW = "withdraw"
RATE = "rate"
COMMENT = "comment"
ON_CANDIDATES = (SELECT, SHORTLIST, REJECT, WITHDRAW)
ON_OUTPUTS = (APPROVE, REQUEST_CHANGES, WITHDRAW, HOLD, RELEASE)


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One decision. digest: of the picture it is about. variant: its name, "" for all.

    step: of a candidate, "source" or "refine.1", ...; target: of an output, the entry of `[target]`. files:
    of an output, the digest of its files as they were; `digest` is of what they show (`tympan.appearance`).
    by: who; at: RFC 3339; why: in their words; via: the tool that took it down. claimed: the name came in a
    file from elsewhere, and nobody has looked whose it is. internal: said among ourselves: the client is not
    shown it, and it opens no gate. stars: of a rating, 1 to 5, 0 takes it back.
    place: of a comment, the share of width and height from the upper left, 0 to 1, () for the whole picture.
    model: of a hold, the one the asset stays with; of an acceptance, the new one. until: the day a hold ends,
    as 2027-03-01; "" for no end.
    """

    did: str
    digest: str
    step: str = ""
    target: str = ""
    files: str = ""
    by: str
    at: str
    variant: str = ""
    candidate: int = 0
    why: str = ""
    via: str = ""
    claimed: bool = False
    internal: bool = False
    stars: int = 0
    place: tuple[float, ...] = ()
    model: str = ""
    until: str = ""


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
        """Digest of the candidate selected last for a step and not rejected since, "" if there is none."""
        found = ""
        for each in self.of(asset):
            if each.step == step and each.variant in ("", variant):
                if each.did == SELECT:
                    found = each.digest
                elif each.did in (REJECT, WITHDRAW) and each.digest == found:
                    found = ""
        return found

    def on_candidate(self, asset: str, step: str, variant: str, digest: str) -> Decision | None:
        """The last decision on a candidate, None if there is none."""
        return _last(
            each
            for each in self.of(asset)
            if each.did in ON_CANDIDATES
            and (each.step, each.digest) == (step, digest)
            and each.variant in ("", variant)
        )

    def on_output(self, asset: str, target: str, variant: str) -> tuple[Decision | None, Decision | None]:
        """The last judgement on a target (approve, request-changes), and the hold it is under if it is."""
        mine = [
            each
            for each in self.of(asset)
            if each.did in ON_OUTPUTS and each.target == target and each.variant == variant and not each.model
        ]
        held = _last(each for each in mine if each.did in (HOLD, RELEASE))
        judged = _last(self.judgements(asset, target, variant))
        return judged, held if held and held.did == HOLD else None

    def on_model(self, asset: str, model: str) -> Decision | None:
        """The hold that keeps an asset with a model, whether it has ended or not; None if there is none."""
        last = _last(
            each for each in self.of(asset) if each.did in (HOLD, RELEASE) and model and each.model == model
        )
        return last if last and last.did == HOLD else None

    def judgements(self, asset: str, target: str, variant: str) -> list[Decision]:
        """Every judgement on a target that stands, whatever it showed then, oldest first.

        Internal ones are left out. What was withdrawn falls, and with it what was said of the same before.
        """
        found: list[Decision] = []
        for each in self.of(asset):
            if (each.target, each.variant, each.internal) != (target, variant, False):
                continue
            if each.did in (APPROVE, REQUEST_CHANGES):
                found.append(each)
            elif each.did == WITHDRAW:
                found = [old for old in found if old.digest != each.digest]
        return found

    def shipped(self, asset: str) -> list[Decision]:
        """When files of an asset were shipped, the first time first."""
        return [each for each in self.of(asset) if each.did == SHIP]

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
        # A line that is there twice counts where it stands last.
        unique = reversed(dict.fromkeys(reversed(found)))
        return sorted(unique, key=lambda each: each.at)


def _last(found: Iterable[Decision]) -> Decision | None:
    return next(reversed(list(found)), None)
