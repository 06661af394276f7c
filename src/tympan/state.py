"""This checkout's memory: records of what was built, and digests of files by signature.

Reads and writes .tympan/state (whole) and .tympan/journal (one line per finished action, appended).
It may be deleted at any time: the store then restores what it knows.
"""

from __future__ import annotations

import threading
from typing import Any

import msgspec

from tympan.errors import FilesError
from tympan.files import Files, Signature, digest
from tympan.plan.records import Record
from tympan.store import Store

_STATE = ".tympan/state"
_JOURNAL = ".tympan/journal"


class _Body(msgspec.Struct, array_like=True):
    version: int
    records: dict[str, Record]
    signs: dict[str, tuple[Signature, str]]


class _Line(msgspec.Struct, array_like=True):
    node: str
    record: Record | None
    signs: dict[str, tuple[Signature, str]]


class State:
    """Records by node id, digests of files by path; every change is in the journal before it counts."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._lock = threading.Lock()
        self._changed = False
        body = self._load()
        self.records = body.records
        self._signs = body.signs

    def _load(self) -> _Body:
        try:
            body = msgspec.msgpack.decode(self._files.read(_STATE), type=_Body)
        except (FilesError, msgspec.DecodeError):
            body = _Body(1, {}, {})
        try:
            lines = self._files.read(_JOURNAL).split(b"\n")
        except FilesError:
            return body
        for line in lines[:-1]:  # what follows the last newline was cut off by a kill
            try:
                entry = msgspec.json.decode(line, type=_Line)
            except msgspec.DecodeError:
                break
            if entry.record is not None:
                body.records[entry.node] = entry.record
            elif entry.node:
                body.records.pop(entry.node, None)
            body.signs.update(entry.signs)
            self._changed = True
        return body

    def digest_of(self, path: str) -> str | None:
        """Digest of a file now, None if there is none; read only if its signature is new."""
        sign = self._files.sign(path)
        if sign is None:
            return None
        known = self._signs.get(path)
        if known is not None and known[0] == sign:
            return known[1]
        name = digest(self._files.read(path))
        with self._lock:
            self._signs[path] = (sign, name)
            self._changed = True
        return name

    def commit(self, node: str, record: Record, signs: dict[str, tuple[Signature, str]]) -> None:
        """Remember what an action brought; on the disk when this returns."""
        line = msgspec.json.encode(_Line(node, record, signs)) + b"\n"
        with self._lock:
            self._files.append(_JOURNAL, line)
            self.records[node] = record
            self._signs.update(signs)
            self._changed = True

    def adopt(self, node: str, record: Record) -> None:
        """Remember what the store already knew, at the next `save`."""
        with self._lock:
            if self.records.get(node) != record:
                self.records[node] = record
                self._changed = True

    def forget(self, node: str) -> None:
        """Drop the record of a node that no spec names any more."""
        with self._lock:
            self._files.append(_JOURNAL, msgspec.json.encode(_Line(node, None, {})) + b"\n")
            self.records.pop(node, None)
            self._changed = True

    def save(self) -> None:
        """Fold the journal into the state file."""
        with self._lock:
            if not self._changed:
                return
            body = _Body(1, self.records, self._signs)
            self._files.write(_STATE, msgspec.msgpack.encode(body))
            self._files.remove(_JOURNAL)
            self._changed = False


class Known:
    """State and store together: the plan's `Memory`."""

    def __init__(self, state: State, store: Store) -> None:
        self._state = state
        self._store = store

    def record(self, node: str) -> Record | None:
        """See `Memory.record`."""
        return self._state.records.get(node)

    def action(self, key: str) -> dict[str, str] | None:
        """See `Memory.action`."""
        action = self._store.action(key)
        return action.results if action else None

    def reads(self, key: str) -> dict[str, Any] | None:
        """See `Memory.reads`."""
        action = self._store.action(key)
        return action.reads if action else None

    def has_blob(self, digest: str) -> bool:
        """See `Memory.has_blob`."""
        return self._store.has(digest)

    def output(self, path: str) -> str | None:
        """See `Memory.output`."""
        return self._state.digest_of(path)
