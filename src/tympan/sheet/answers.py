"""The decisions file that a sheet gives back: read, held against what was shown, made into decisions.

Reads the checkout and .tympan/sheets. Writes nothing: who imports it appends the decisions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tympan import limits
from tympan.checkout import Checkout
from tympan.clock import now
from tympan.decisions import (
    APPROVE,
    COMMENT,
    ON_CANDIDATES,
    RATE,
    REQUEST_CHANGES,
    WITHDRAW,
    Decision,
)  # fmt: skip
from tympan.errors import UsageError
from tympan.sheet.gather import CANDIDATES, gather
from tympan.sheet.issued import Issued, recall
from tympan.sheet.model import TARGET, Sheet, sheet_id

_Text = Annotated[str, Meta(max_length=limits.DECISION_TEXT)]
_Word = Annotated[str, Meta(max_length=400)]
_Share = Annotated[float, Meta(ge=0, le=1)]
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_ON_TARGETS = (APPROVE, REQUEST_CHANGES, WITHDRAW)


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One decision as a page writes it down; the words are those of `tympan.decisions.Decision`."""

    did: Literal["select", "shortlist", "reject", "withdraw", "approve", "request-changes", "rate", "comment"]
    asset: _Word
    step: _Word = ""
    target: _Word = ""
    variant: _Word = ""
    digest: _Word
    at: _Word
    why: _Text = ""
    stars: Annotated[int, Meta(ge=0, le=5)] = 0
    place: Annotated[tuple[_Share, ...], Meta(max_length=2)] = ()

    @property
    def row(self) -> tuple[str, ...]:
        """What it is about, as a row of what the sheet showed."""
        return (self.asset, TARGET + self.target if self.target else self.step, self.variant, self.digest)


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decisions file. v: version of the format; sheet: id of the sheet; by: the name that was typed in."""

    v: Literal[1]
    sheet: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
    by: Annotated[str, Meta(min_length=1, max_length=limits.DECISION_NAME)]
    at: _Word
    shown: Annotated[list[list[_Word]], Meta(max_length=limits.SHOWN_AT_ONCE)]
    decisions: Annotated[list[Told], Meta(max_length=limits.DECISIONS_AT_ONCE)]


class Taken(msgspec.Struct, frozen=True):
    """What comes of an answer. known: how many are on record already; left: what cannot be taken, and why."""

    made: tuple[tuple[str, Decision], ...]
    known: int = 0
    left: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()


def read(data: bytes, name: str) -> Answer:
    """The answer in a file's bytes. UsageError, naming the file, if it is none or was changed on its way."""
    if len(data) > limits.DECISIONS_BYTES:
        raise UsageError(f"{name} has {len(data)} bytes, more than {limits.DECISIONS_BYTES}")
    try:
        answer = msgspec.json.decode(data, type=Answer)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"{name} is no decisions file: {str(error)[:200]}", hint="the page's Save decisions makes one"
        ) from None
    if sheet_id(answer.shown) != answer.sheet:
        raise UsageError(
            f"{name} does not name what its sheet showed", hint="ask for the file once more: it was changed"
        )
    return answer


def taken(checkout: Checkout, answer: Answer, *, via: str, claimed: bool, internal: bool = False) -> Taken:
    """An answer's decisions as they go on record, each held against what was shown and what is here."""
    by = plain(answer.by, limits.DECISION_NAME).replace("\n", " ").strip() or "somebody"
    common = Decision(did="", digest="", by=by, at="", via=via, claimed=claimed, internal=internal)
    return _Taking(checkout, answer, common).take()


class _Taking:
    def __init__(self, checkout: Checkout, answer: Answer, common: Decision) -> None:
        self._checkout, self._answer, self._common = checkout, answer, common
        self._issued = recall(checkout, answer.sheet) or Issued(())
        known = {asset.id for asset in checkout.library.assets}
        self._here = gather(
            checkout,
            known & {each.asset for each in answer.decisions},
            only="" if any(each.target for each in answer.decisions) else CANDIDATES,
            looks={files: look for look, files in self._issued.files.items()},
        )
        self._rows = set(map(tuple, self._here.shown))
        self._shown = set(map(tuple, answer.shown))
        self._given = set(self._issued.shown)
        self._also = _also(self._here)
        self._numbers = _numbers(self._here)
        self._files = self._issued.files | {
            target.digest: target.files for part in self._here.parts for target in part.targets
        }
        self._now = now()

    def take(self) -> Taken:
        made: list[tuple[str, Decision]] = []
        left, stale = [], []
        known = 0
        for told in self._answer.decisions:
            if why := self._wrong(told):
                left.append(f"{_name(told)}: {why}")
                continue
            if told.row not in self._rows:
                stale.append(_name(told))
            for decision in self._decisions(told):
                if self._is_known(told.asset, decision):
                    known += 1
                else:
                    made.append((told.asset, decision))
        return Taken(tuple(made), known, tuple(left), tuple(dict.fromkeys(stale)))

    def _wrong(self, told: Told) -> str:
        """Why a decision cannot be taken, "" if it can."""
        if told.row not in self._shown:
            return "the sheet did not show it"
        if told.row not in self._rows and told.row not in self._given:
            return f"nothing here is {told.digest[:12]}"
        if bool(told.step) == bool(told.target):
            return "it names no step and no target, or both"
        allowed = (*_ON_TARGETS, COMMENT) if told.target else (*ON_CANDIDATES, RATE, COMMENT)
        if told.did not in allowed:
            return f"{told.did} is not said of {'a target' if told.target else 'a candidate'}"
        if told.did == COMMENT and not plain(told.why).strip():
            return "a comment without words"
        return "" if len(told.place) in (0, 2) else "its place is no point"

    def _decisions(self, told: Told) -> Iterator[Decision]:
        # A clock that is ahead would have the last word for ever.
        at = min(told.at, self._now) if _MOMENT.fullmatch(told.at) else self._now
        place = (told.asset, told.step, told.variant)
        for variant in (told.variant, *self._also.get(place, ())):
            yield msgspec.structs.replace(
                self._common,
                did=told.did,
                digest=told.digest,
                step=told.step,
                target=told.target,
                files=self._files.get(told.digest, "") if told.target else "",
                at=at,
                variant=variant,
                candidate=self._numbers.get((*place, told.digest), 0),
                why=plain(told.why).strip(),
                stars=told.stars if told.did == RATE else 0,
                place=told.place if told.did == COMMENT else (),
            )

    def _is_known(self, asset: str, decision: Decision) -> bool:
        """Whether just this is on record: the same file may be imported twice."""
        return any(
            msgspec.structs.replace(decision, files="", candidate=0)
            == msgspec.structs.replace(each, files="", candidate=0)
            for each in self._checkout.asked.decisions.of(asset)
        )


def plain(text: str, most: int = limits.DECISION_TEXT) -> str:
    """Text without what moves a terminal's cursor or turns the direction of reading; lines stay lines."""
    kept = (
        each for each in text.replace("\r\n", "\n") if each in "\n\t" or unicodedata.category(each)[0] != "C"
    )
    return "".join(kept)[:most]


def _name(told: Told) -> str:
    return plain(f"{told.asset}, {told.target or told.step}", 200)


def _also(sheet: Sheet) -> dict[tuple[str, str, str], tuple[str, ...]]:
    return {(part.asset, step.step, step.variant): step.also for part in sheet.parts for step in part.steps}


def _numbers(sheet: Sheet) -> dict[tuple[str, str, str, str], int]:
    return {
        (part.asset, step.step, step.variant, each.digest): each.number
        for part in sheet.parts
        for step in part.steps
        for each in step.pictures
    }
