"""Bytes by digest, and what each action brought: the store.

Reads and writes .tympan/store: index.db (SQLite) for actions and small bytes, cas/<2>/<digest> for large
ones. An action is recorded in the transaction that holds its small bytes, after its large ones.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from tympan.errors import Damaged, FilesError
from tympan.files import Files, digest

# Up to here a row in the index is cheaper than a file: one write less, and no block of slack.
SMALL = 32 * 1024
_TABLES = """
CREATE TABLE IF NOT EXISTS blob (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS action (key TEXT PRIMARY KEY, body BLOB NOT NULL, used INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS action_used ON action (used);
"""


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """What an action brought. reads: what it read; results: name -> digest; facts: what it found out."""

    reads: dict[str, Any]
    results: dict[str, str]
    facts: dict[str, str] = {}


class Store:
    """The store below a folder. May be asked from several threads, and by several processes at once."""

    def __init__(self, files: Files, folder: str = ".tympan/store") -> None:
        self._files = files
        self._folder = folder
        self._lock = threading.RLock()
        self._run = 0
        self._index: sqlite3.Connection | None = None
        # What this run made but could not write down, because the store may only be read.
        self._held: dict[str, bytes] = {}
        self.corrupt: list[str] = []
        self.read_only = False

    def keep(
        self, key: str, reads: dict[str, Any], data: Mapping[str, bytes], facts: dict[str, str]
    ) -> dict[str, str]:
        """Remember what an action brought; its results by name. FilesError if the disk is full."""
        results = {name: digest(each) for name, each in data.items()}
        body = msgspec.json.encode(Action(reads=reads, results=results, facts=facts), order="deterministic")
        small = [(results[name], each) for name, each in data.items() if len(each) <= SMALL]
        try:
            for name, each in data.items():
                if len(each) > SMALL and self._files.sign(self._blob(results[name])) is None:
                    self._files.write(self._blob(results[name]), each)
            with self._transaction() as index:
                index.executemany("INSERT OR IGNORE INTO blob VALUES (?, ?)", small)
                index.execute("INSERT OR REPLACE INTO action VALUES (?, ?, ?)", (key, body, self._run))
        except FilesError:
            if not self.read_only:
                raise
            self._held.update({results[name]: each for name, each in data.items()})
        return results

    def has(self, name: str) -> bool:
        """Whether bytes of this digest are there; they are verified when read."""
        if name in self._held or self._files.sign(self._blob(name)) is not None:
            return True
        return bool(self._ask("SELECT 1 FROM blob WHERE name = ?", name))

    def get(self, name: str) -> bytes:
        """The bytes of a digest; Damaged if they are missing or are not what they are named by.

        Wrong bytes are counted in `corrupt` and moved aside, so that they can be made again.
        """
        if name in self._held:
            return self._held[name]
        rows = self._ask("SELECT data FROM blob WHERE name = ?", name)
        if rows:
            data = bytes(rows[0][0])
        else:
            try:
                data = self._files.read(self._blob(name))
            except FilesError as error:
                raise Damaged(f"the store has no {name[:12]}", hint=str(error)) from None
        if digest(data) != name:
            self._set_aside(name, data, in_index=bool(rows))
            raise Damaged(f"the store's {name[:12]} does not have its digest", hint="moved aside")
        return data

    def action(self, key: str) -> Action | None:
        """What an action brought, None if it never ran or its record cannot be read."""
        rows = self._ask("SELECT body FROM action WHERE key = ?", key)
        try:
            return msgspec.json.decode(rows[0][0], type=Action) if rows else None
        except msgspec.DecodeError:
            return None

    def close(self) -> None:
        """Fold the write-ahead log in, and let the index go."""
        with self._lock:
            if self._index is not None:
                self._index.close()
                self._index = None

    def _blob(self, name: str) -> str:
        return f"{self._folder}/cas/{name[:2]}/{name}"

    def _set_aside(self, name: str, data: bytes, *, in_index: bool) -> None:
        self.corrupt.append(name)
        aside = f"{self._folder}/corrupt/{name}"
        if not in_index:
            self._files.move(self._blob(name), aside)
            return
        self._files.write(aside, data)
        with self._transaction() as index:
            index.execute("DELETE FROM blob WHERE name = ?", (name,))

    def _ask(self, question: str, word: str) -> list[tuple[Any, ...]]:
        with self._lock:
            for attempt in (1, 2):
                try:
                    return self._open().execute(question, (word,)).fetchall()
                except sqlite3.DatabaseError as error:
                    if attempt == 2 or self.read_only:
                        return []
                    self._recover(error)
        return []

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            index = self._open()
            if self.read_only:
                raise FilesError("the store may only be read")
            try:
                index.execute("BEGIN IMMEDIATE")
                yield index
                self._files.disk.commit()
                index.execute("COMMIT")
            except (sqlite3.Error, OSError) as error:
                if index.in_transaction:
                    index.execute("ROLLBACK")
                if isinstance(error, sqlite3.DatabaseError):
                    self._recover(error)
                raise FilesError(f"cannot write the store's index: {error}") from None

    def _open(self) -> sqlite3.Connection:
        if self._index is None:
            path = self._files.path(f"{self._folder}/index.db")
            self._files.append(f"{self._folder}/.keep", b"") if not path.exists() else None
            self._index = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
            try:
                self._index.execute("PRAGMA journal_mode = WAL")
                self._index.execute("PRAGMA synchronous = NORMAL")
                self._index.executescript(_TABLES)
                # A counter, not a clock: which was used last must survive a clock that is set back.
                last = self._index.execute("SELECT coalesce(max(used), 0) FROM action").fetchone()[0]
                self._run = int(last) + 1
            except sqlite3.OperationalError as error:
                self.read_only = "readonly" in str(error) or "unable to open" in str(error)
            except sqlite3.DatabaseError as error:
                self._recover(error)
                return self._open()
        return self._index

    def _recover(self, error: sqlite3.Error) -> None:
        """Put a damaged index aside and begin a new one: what it held is made again, or restored from git."""
        if isinstance(error, sqlite3.OperationalError):
            return
        self.close()
        self.corrupt.append("index.db")
        for end in ("", "-wal", "-shm"):
            if self._files.sign(f"{self._folder}/index.db{end}") is not None:
                self._files.move(f"{self._folder}/index.db{end}", f"{self._folder}/corrupt/index.db{end}")
