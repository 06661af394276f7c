"""This checkout's memory: records of what was built, and digests of files by signature.

Reads and writes .tympan/state.db, and .tympan/journal for what the database does not have yet; reads
.tympan/trees where the journal names one. They may be deleted at any time: the store then restores what it
knows.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from tympan import trees
from tympan.asked import Asked
from tympan.clock import now_ns
from tympan.database import Database
from tympan.errors import FilesError
from tympan.files import Files, Signature, digest
from tympan.journal import Journal
from tympan.limits import RACY_NS
from tympan.plan.records import Record
from tympan.store import Store
from tympan.trees import JOURNAL, STATE

_TABLES = """
CREATE TABLE IF NOT EXISTS record (node TEXT PRIMARY KEY, asset TEXT, body BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS record_asset ON record (asset);
CREATE TABLE IF NOT EXISTS sign (
    path TEXT PRIMARY KEY, changed_ns INTEGER, size INTEGER, inode INTEGER, digest TEXT
) WITHOUT ROWID;
"""
_SIGN = "INSERT OR REPLACE INTO sign VALUES (?, ?, ?, ?, ?)"
_RECORD = "INSERT OR REPLACE INTO record VALUES (?, ?, ?)"


class Note(msgspec.Struct, array_like=True):
    """What an action brought. signs: signature and digest of each file, by path."""

    node: str
    asset: str
    record: Record
    signs: dict[str, tuple[Signature, str]] = {}


_ENCODE = msgspec.json.Encoder().encode


def claim_of(node: str, key: str) -> str:
    """The name under which an action's outputs are on record while they are written.

    One for each action: the claim of a killed build must outlive that of the next, which may write others.
    """
    return f"{node}?{key}"


def claim(node: str, key: str, asset: str, outputs: Mapping[str, str]) -> Note:
    """What is noted of an action's outputs, digest by path, before they are written."""
    return Note(claim_of(node, key), asset, Record(key="", results={}, outputs=dict(outputs)))


class State:
    """Records by node id, digests of files by path. A commit is on the disk when it returns."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._base = Database(files, STATE, _TABLES)
        self._lock = threading.Lock()
        self._records: dict[str, Record | None] = {}
        self._signs: dict[str, tuple[Signature, str]] = {}
        self._learnt: dict[str, tuple[Signature, str]] = {}
        self._fresh: dict[str, tuple[str, Record]] = {}
        self._gone: set[str] = set()
        self._whole = False
        self._journal = Journal(files, JOURNAL)
        for line in self._journal.notes():
            try:
                for note in self._noted(line):
                    self._note(note)
            except (ValueError, RecursionError):
                break  # of another version

    @property
    def corrupt(self) -> bool:
        """Whether the file was damaged, and put aside."""
        return self._base.corrupt

    def load_all(self) -> None:
        """Read everything at once, for a plan of the whole library: one question instead of thousands."""
        if self._whole:
            return
        decoder = msgspec.json.Decoder(Record)
        for node, body in self._base.ask("SELECT node, body FROM record"):
            self._records.setdefault(node, _decoded(decoder, body))
        for path, changed, size, inode, name in self._base.ask("SELECT * FROM sign"):
            self._signs.setdefault(path, (Signature(changed, size, inode), name))
        self._whole = True

    def record(self, node: str) -> Record | None:
        """The last record of a node, None if there is none."""
        if node not in self._records and not self._whole:
            rows = self._base.ask("SELECT body FROM record WHERE node = ?", (node,))
            self._records[node] = _decoded(msgspec.json.Decoder(Record), rows[0][0]) if rows else None
        return self._records.get(node)

    def nodes(self, assets: Collection[str] | None = None) -> list[str]:
        """Ids of all nodes on record, or of those of some assets."""
        if assets is None:
            found = [row[0] for row in self._base.ask("SELECT node FROM record")]
            return list(dict.fromkeys([*found, *self._fresh]))
        ask = "SELECT node FROM record WHERE asset = ?"
        found = [row[0] for asset in assets for row in self._base.ask(ask, (asset,))]
        return list(
            dict.fromkeys([*found, *(node for node, pair in self._fresh.items() if pair[0] in assets)])
        )

    def owners(self) -> dict[str, str]:
        """The asset of every node on record."""
        rows = self._base.ask("SELECT node, asset FROM record")
        found = {str(row[0]): str(row[1]) for row in rows}
        return found | {node: asset for node, (asset, _) in self._fresh.items()}

    def signature(self, path: str) -> Signature | None:
        """What a file looked like when its digest was taken, None if that is not known."""
        known = self._known(path)
        return known[0] if known else None

    def digest_of(self, path: str, *, follow: bool = True) -> str | None:
        """Digest of a file now, None if there is none; read only if its signature is new.

        follow: whether a link to a file is one.
        """
        began = now_ns()
        sign = self._files.sign(path, follow=follow)
        if sign is None:
            return None
        known = self._known(path)
        if known is not None and known[0] == sign:
            return known[1]
        name = digest(self._files.read(path))
        if began - sign.changed_ns > RACY_NS:
            with self._lock:
                self._signs[path] = self._learnt[path] = (sign, name)
        return name

    def commit(
        self, node: str, asset: str, record: Record, signs: Mapping[str, tuple[Signature, str]]
    ) -> None:
        """Remember what an action brought; on the disk when this returns."""
        self.commit_all(Note(node, asset, record, dict(signs)))

    def commit_all(self, *notes: Note) -> None:
        """Remember what actions brought, in one write; on the disk when this returns."""
        self._journal.add(*map(_ENCODE, notes))
        with self._lock:
            for note in notes:
                self._note(note)

    def _noted(self, line: bytes) -> Iterable[Note]:
        """What a line of the journal says: a note, or of a kept tree its claims or its records."""
        word = next((word for word in (trees.CLAIM, trees.DONE) if line.startswith(word)), b"")
        if not word:
            return [msgspec.json.decode(line, type=Note)]
        tree = trees.find(str(self._files.root), line.removeprefix(word).decode())
        notes = msgspec.json.decode(tree.notes, type=list[Note]) if tree else []
        if word == trees.DONE:
            return notes
        return [claim(note.node, note.record.key, note.asset, note.record.outputs) for note in notes]

    def _note(self, note: Note) -> None:
        claim = claim_of(note.node, note.record.key)
        if self._fresh.pop(claim, None):
            self._records.pop(claim, None)
        self._records[note.node] = note.record
        self._fresh[note.node] = (note.asset, note.record)
        self._signs.update(note.signs)
        self._learnt.update(note.signs)

    def forget(self, node: str) -> None:
        """Drop the record of a node that no spec names any more, at the next `save`."""
        self._fresh.pop(node, None)
        self._gone.add(node)
        self._records[node] = None

    def adopt(self, records: Mapping[str, tuple[str, Record]]) -> None:
        """Remember what the store already knew: node -> asset and record."""
        for node, (asset, record) in records.items():
            if self.record(node) != record:
                self._records[node] = record
                self._fresh[node] = (asset, record)

    def save(self) -> None:
        """Write down the digests learnt on the way, and let the file go."""
        with self._lock:
            fresh, self._fresh = self._fresh, {}
            learnt, self._learnt = self._learnt, {}
            gone, self._gone = self._gone, set()
        if fresh or learnt or gone:
            records = [(node, asset, _ENCODE(record)) for node, (asset, record) in fresh.items()]
            signs = [(path, *_row(sign), name) for path, (sign, name) in learnt.items()]
            forget = ("DELETE FROM record WHERE node = ?", [(node,) for node in gone])
            self._base.change(forget, (_RECORD, records), (_SIGN, signs))
        self._journal.clear()
        self._base.close()

    def _known(self, path: str) -> tuple[Signature, str] | None:
        if path not in self._signs and not self._whole:
            rows = self._base.ask("SELECT changed_ns, size, inode, digest FROM sign WHERE path = ?", (path,))
            if rows:
                self._signs[path] = (Signature(*rows[0][:3]), rows[0][3])
        return self._signs.get(path)


def _row(sign: Signature) -> tuple[int, int, int]:
    # An inode of 64 bits may not fit SQLite's signed integer.
    return (sign.changed_ns, sign.size, sign.inode & 0x7FFF_FFFF_FFFF_FFFF)


def _decoded(decoder: msgspec.json.Decoder[Record], body: bytes) -> Record | None:
    try:
        return decoder.decode(body)
    except (ValueError, RecursionError):
        return None


class Known:
    """State, store and what was asked together: the plan's `Memory`."""

    def __init__(self, state: State, store: Store, asked: Asked) -> None:
        self._state = state
        self._store = store
        self._asked = asked

    def record(self, node: str) -> Record | None:
        """See `Memory.record`."""
        return self._state.record(node)

    def action(self, key: str) -> dict[str, str] | None:
        """See `Memory.action`."""
        return self._store.results(key)

    def foresee(self, keys: Sequence[str]) -> None:
        """See `Memory.foresee`."""
        self._store.foresee(keys)

    def reads(self, key: str) -> dict[str, Any] | None:
        """See `Memory.reads`."""
        action = self._store.action(key)
        return action.reads if action else None

    def has_blob(self, digest: str) -> bool:
        """See `Memory.has_blob`."""
        return self._asked.has(digest)

    def asked(self, asset: str, key: str) -> dict[str, str] | None:
        """See `Memory.asked`."""
        return self._asked.results(asset, key)

    def asked_before(self, asset: str, step: str, variant: str) -> dict[str, Any] | None:
        """See `Memory.asked_before`."""
        return self._asked.before(asset, step, variant)

    def outcome(self, key: str) -> str:
        """See `Memory.outcome`."""
        return self._asked.outcome(key)

    def output(self, path: str) -> str | None:
        """See `Memory.output`."""
        try:
            return self._state.digest_of(path, follow=False)
        except FilesError:
            return None  # it went away, or cannot be read: then it is not as written
