"""What a C2PA manifest says: who made the claim, and what its actions were. Nothing is verified.

Reads nothing. Writes nothing. Source: ISO 19566-5 (JUMBF); C2PA 2.1, sections 10 (claims) and 18.10.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tympan.chunks import cbor
from tympan.chunks.notes import Notes

_DEPTH, _MOST = 8, 2_000
_CLAIMS = ("c2pa.claim", "c2pa.claim.v2")
_ACTIONS = ("c2pa.actions", "c2pa.actions.v2")


def read(data: bytes, notes: Notes) -> None:
    """Put claim generator and actions into `notes`; what cannot be understood is left out."""
    for label, content in _contents(data):
        found = cbor.decode(content)
        if not isinstance(found, dict):
            continue
        if label in _CLAIMS:
            _put(notes, "claim_generator", found.get("claim_generator"))
            _put(notes, "claim_generator", found.get("claim_generator_info"))
            _put(notes, "title", found.get("dc:title"))
        elif label in _ACTIONS and isinstance(found.get("actions"), list):
            for action in found["actions"]:
                if isinstance(action, dict):
                    _put(notes, "action", action.get("action"))
                    _put(notes, "software_agent", action.get("softwareAgent"))
                    _put(notes, "digital_source_type", action.get("digitalSourceType"))


def _put(notes: Notes, name: str, value: Any) -> None:
    """A text, or the name and version that a map, or the first map of a list, has."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = " ".join(str(value[key]) for key in ("name", "version") if isinstance(value.get(key), str))
    if isinstance(value, str):
        notes.put(f"c2pa.{name}", value)


def _contents(data: bytes) -> Iterable[tuple[str, bytes]]:
    """Label and bytes of every CBOR box; the label is that of the superbox around it."""
    waiting = [(0, len(data), "", 0)]
    for _ in range(_MOST):
        if not waiting:
            return
        at, end, label, depth = waiting.pop()
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        head = 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        stop = min(end, at + size) if size else end
        if stop - at < head:
            continue
        if stop < end:
            waiting.append((stop, end, label, depth))
        if kind == b"jumb" and depth < _DEPTH:
            inner, name = _described(data, at + head, stop)
            waiting.append((inner, stop, name, depth + 1))
        elif kind == b"cbor":
            yield label, data[at + head : stop]


def _described(data: bytes, at: int, end: int) -> tuple[int, str]:
    """Where the content of a superbox begins, and the label its description box gives."""
    size = int.from_bytes(data[at : at + 4], "big")
    if data[at + 4 : at + 8] != b"jumd" or size < 25 or at + size > end:
        return at, ""
    # Type (16 bytes), toggles (1), then the label up to a zero if bit 1 is set.
    toggles, rest = data[at + 24], data[at + 25 : at + size]
    return at + size, rest.split(b"\0")[0][:100].decode("latin-1") if toggles & 2 else ""
