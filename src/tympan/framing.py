"""Notes one after another in one file, each with its length and a checksum in front.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from blake3 import blake3

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_LENGTH, _SUM = 4, 8
HEAD = _LENGTH + _SUM


def framed(note: bytes) -> bytes:
    """A note as it stands in the file."""
    return len(note).to_bytes(_LENGTH, "big") + _sum(note) + note


def notes_in(data: bytes) -> Iterator[bytes]:
    """All notes up to the first that was cut off or damaged."""
    at = 0
    while at + HEAD <= len(data):
        size = int.from_bytes(data[at : at + _LENGTH], "big")
        note = data[at + HEAD : at + HEAD + size]
        if len(note) < size or _sum(note) != data[at + _LENGTH : at + HEAD]:
            return
        yield note
        at += HEAD + size


def _sum(note: bytes) -> bytes:
    return blake3(note).digest(length=_SUM)
