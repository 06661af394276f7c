"""The decisions file that a report gives back, held against what was compared.

Reads the records. Writes nothing: who imports it decides.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tympan import limits
from tympan.errors import UsageError
from tympan.files import Files, digest
from tympan.model import canonical
from tympan.recalibrate.record import Record, Tried, load_all

_Text = Annotated[str, Meta(max_length=limits.DECISION_TEXT)]
_Word = Annotated[str, Meta(max_length=400)]
_STEP = "drift"


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One decision as the page writes it down. asset: the name of the request, see `Tried`."""

    did: Literal["accept", "hold", "tune"]
    asset: _Word
    step: Literal["drift"]
    variant: Literal[""] = ""
    digest: _Word
    at: _Word
    why: _Text = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decisions file; as `tympan.sheet.answers.Answer`."""

    v: Literal[1]
    sheet: _Word
    by: Annotated[str, Meta(min_length=1, max_length=limits.DECISION_NAME)]
    at: _Word
    shown: Annotated[list[list[_Word]], Meta(max_length=limits.SHOWN_AT_ONCE)]
    decisions: Annotated[list[Told], Meta(max_length=limits.DECISIONS_AT_ONCE)]


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says of assets: reasons by asset. left: what cannot be taken, and why."""

    record: Record
    by: str
    accept: dict[str, str]
    hold: dict[str, str]
    tune: dict[str, str]
    left: tuple[str, ...]


def is_one(data: bytes) -> bool:
    """Whether a decisions file comes from the report of a recalibration, and not from a sheet."""
    try:
        rows = msgspec.json.decode(data, type=dict[str, msgspec.Raw]).get("shown", msgspec.Raw(b"[]"))
        shown = msgspec.json.decode(rows, type=list[list[str]])
    except (ValueError, RecursionError):
        return False
    return bool(shown) and all(row[1:2] == [_STEP] for row in shown)


def taken(files: Files, data: bytes, name: str) -> Taken:
    """What a file says. UsageError if it is damaged, or no recalibration here has compared this."""
    if len(data) > limits.DECISIONS_BYTES:
        raise UsageError(f"{name} has {len(data)} bytes, more than {limits.DECISIONS_BYTES}")
    try:
        answer = msgspec.json.decode(data, type=Answer)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name} is no decisions file: {str(error)[:200]}") from None
    known = {(each.asset, each.digest) for each in answer.decisions}
    found = [(len(known & set(map(_row, record.tried))), record) for record in load_all(files)]
    count, record = max(found, key=lambda each: each[0], default=(0, None))
    if not count or record is None:
        raise UsageError(f"{name} is about pictures that no recalibration here has compared")
    return _sorted(record, answer)


def _row(row: Tried) -> tuple[str, str]:
    """A request and what the page showed of it: see `tympan.drift.Sides.digest`."""
    return row.name, digest(canonical(sorted(row.new)))


def _sorted(record: Record, answer: Answer) -> Taken:
    rows = {row.name: row for row in record.tried}
    said: dict[str, dict[str, Told]] = {}
    left = []
    for told in answer.decisions:
        row = rows.get(told.asset)
        if row is None or _row(row) != (told.asset, told.digest):
            left.append(f"{told.asset}: other pictures have been compared since")
        else:
            said.setdefault(row.asset, {})[row.name] = told
    verdicts: dict[str, dict[str, str]] = {"accept": {}, "hold": {}, "tune": {}}
    for asset, mine in said.items():
        did = {each.did for each in mine.values()}
        missing = [row.name for row in record.of(asset) if row.name not in mine]
        if len(did) > 1:
            left.append(f"{asset}: its variants are decided upon differently")
        elif missing and did == {"accept"}:
            left.append(f"{asset}: nothing is said of {', '.join(missing)}")
        else:
            why = "; ".join(dict.fromkeys(each.why for each in mine.values() if each.why))
            verdicts[did.pop()][asset] = why
    return Taken(record=record, by=answer.by, left=tuple(left), **verdicts)
