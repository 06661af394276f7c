"""What an action brought, as the store keeps it and its journal notes it.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from tympan.files import digest
from tympan.limits import SMALL


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What an action brought. reads: what it read; results: name -> digest; facts: what it found out."""

    reads: dict[str, Any]
    results: dict[str, str]
    facts: dict[str, str] = {}


class Note(msgspec.Struct, array_like=True):
    """An action as the store's journal has it: its key, its encoded `Action`, its small bytes by digest."""

    key: str
    body: bytes
    small: dict[str, bytes]


ENCODE = msgspec.msgpack.Encoder().encode
_BODY = msgspec.json.Encoder(order="deterministic").encode


class Brought(NamedTuple):
    """What an action brought, to be kept. data: bytes by result name; results: their digests."""

    key: str
    reads: dict[str, Any]
    data: Mapping[str, bytes]
    results: dict[str, str]
    facts: dict[str, str]

    @classmethod
    def of(cls, key: str, reads: dict[str, Any], data: Mapping[str, bytes], facts: dict[str, str]) -> Brought:
        """With the digests of the data."""
        return cls(key, reads, data, {name: digest(each) for name, each in data.items()}, facts)

    def by_digest(self) -> dict[str, bytes]:
        """The data under their digests."""
        return {self.results[name]: each for name, each in self.data.items()}


def noted(brought: Brought) -> Note:
    """What an action brought, as a note for the journal."""
    action = Action(reads=brought.reads, results=brought.results, facts=brought.facts)
    small = {name: each for name, each in brought.by_digest().items() if len(each) <= SMALL}
    return Note(brought.key, _BODY(action), small)
