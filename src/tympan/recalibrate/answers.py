"""The decisions file that a report gives back, held against what was compared.

Reads the records. Writes nothing: who imports it decides.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from tympan import limits
from tympan.errors import UsageError
from tympan.files import Files, digest
from tympan.model import canonical
from tympan.recalibrate.record import Record, Tried, Tuned, load_all

_Text = Annotated[str, Meta(max_length=limits.DECISION_TEXT)]
_Word = Annotated[str, Meta(max_length=400)]
_STEP = "drift"


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One decision as the page writes it down. asset: the name of the request, see `Tried`; set: the options
    of a `Tuned` whose pictures are accepted."""

    did: Literal["accept", "hold", "tune"]
    asset: _Word
    step: Literal["drift"]
    variant: Literal[""] = ""
    digest: _Word
    at: _Word
    why: _Text = ""
    set: Annotated[dict[_Word, Any], Meta(max_length=64)] = {}


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decisions file; as `tympan.sheet.answers.Answer`."""

    v: Literal[1]
    sheet: _Word
    by: Annotated[str, Meta(min_length=1, max_length=limits.DECISION_NAME)]
    at: _Word
    shown: Annotated[list[list[_Word]], Meta(max_length=limits.SHOWN_AT_ONCE)]
    decisions: Annotated[list[Told], Meta(max_length=limits.DECISIONS_AT_ONCE)]


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says of assets: reasons by asset. options: those that an asset is accepted with, if any.
    left: what cannot be taken, and why."""

    record: Record
    by: str
    accept: dict[str, str]
    hold: dict[str, str]
    tune: dict[str, str]
    options: dict[str, dict[str, Any]]
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
    said = {(each.asset, each.digest) for each in answer.decisions}
    found = [(len(said & set(_known(record))), record) for record in load_all(files)]
    count, record = max(found, key=lambda each: each[0], default=(0, None))
    if not count or record is None:
        raise UsageError(f"{name} is about pictures that no recalibration here has compared")
    return _sorted(record, answer)


def _known(record: Record) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """What the page shows of requests, see `tympan.drift.Sides.digest`: the options it was drawn with."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in record.tried:
        found.setdefault(_shown(row), []).append({})
    for each in record.tuned:
        if each.options:
            found.setdefault(_shown(each), []).append(each.options)
    return found


def _shown(row: Tried | Tuned) -> tuple[str, str]:
    return row.name, digest(canonical(sorted(row.new)))


def _sorted(record: Record, answer: Answer) -> Taken:
    rows, known = {row.name: row for row in record.tried}, _known(record)
    said: dict[str, dict[str, Told]] = {}
    left = []
    for told in answer.decisions:
        row = rows.get(told.asset)
        if row is None or told.set not in known.get((told.asset, told.digest), ()):
            left.append(f"{told.asset}: other pictures have been compared since")
        else:
            said.setdefault(row.asset, {})[row.name] = told
    verdicts: dict[str, dict[str, str]] = {"accept": {}, "hold": {}, "tune": {}}
    options: dict[str, dict[str, Any]] = {}
    for asset, mine in said.items():
        did = {each.did for each in mine.values()}
        sets = [each.set for each in mine.values()]
        missing = [row.name for row in record.of(asset) if row.name not in mine]
        if len(did) > 1 or any(each != sets[0] for each in sets):
            left.append(f"{asset}: its variants are decided upon differently")
        elif missing and did == {"accept"}:
            left.append(f"{asset}: nothing is said of {', '.join(missing)}")
        else:
            why = "; ".join(dict.fromkeys(each.why for each in mine.values() if each.why))
            verdicts[did.pop()][asset] = why
            if sets[0]:
                options[asset] = sets[0]
    return Taken(record=record, by=answer.by, options=options, left=tuple(left), **verdicts)
