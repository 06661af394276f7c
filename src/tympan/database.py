"""SQLite files of our own that may be lost: opened when first asked, put aside when damaged.

Reads and writes one database file, with its write-ahead log.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from tympan.errors import FilesError, PathRefused
from tympan.files import Files

# Another process may hold the write lock for as long as its transaction takes.
_PATIENCE_SECONDS = 30
# What SQLite calls an operational error when a file was cut: its header is there, its pages are not.
_DAMAGE = (
    "no such table",
    "no such column",
    "disk I/O error",
    "malformed",
    "unsupported file format",
    "decode",
)
# Python reads SQLite's messages as UTF-8, and they quote what the file holds.
_BROKEN = (sqlite3.DatabaseError, UnicodeDecodeError)


class Database:
    """One database file. May be asked from several threads; a kill at any time loses no committed change.

    corrupt: set when a damaged file was put aside; what it held has to be found out again.
    read_only: set when the file cannot be written to; reads give what there is.
    """

    def __init__(self, files: Files, name: str, tables: str) -> None:
        self._files = files
        self._name = name
        self._tables = tables
        self._lock = threading.RLock()
        self._open_one: sqlite3.Connection | None = None
        self.corrupt = False
        self.read_only = False
        self._reason = ""

    def ask(self, question: str, words: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a question; none if the file is damaged."""
        with self._lock:
            for _ in (1, 2):
                try:
                    return self._connection().execute(question, words).fetchall()
                except _BROKEN as error:
                    if not self._put_aside(error):
                        return []
        return []

    def change(self, *statements: tuple[str, Iterable[Sequence[Any]]]) -> None:
        """Statements with the rows they are executed for, in one transaction: all of it or nothing.

        FilesError if the disk says no. A damaged file is put aside, and the change made to a new one.
        """
        with self._lock:
            for attempt in (1, 2):
                try:
                    return self._change(statements)
                except (*_BROKEN, sqlite3.Error, OSError) as error:
                    if self._open_one is not None and self._open_one.in_transaction:
                        with suppress(sqlite3.Error):
                            self._open_one.execute("ROLLBACK")
                    damaged = not isinstance(error, OSError) and self._put_aside(error)
                    if attempt == 2 or not damaged:
                        raise FilesError(f"cannot write {self._name}: {error}") from None
        return None

    def _change(self, statements: Iterable[tuple[str, Iterable[Sequence[Any]]]]) -> None:
        connection = self._connection()
        if self.read_only:
            raise FilesError(f"{self._name} may only be read{self._reason}")
        connection.execute("BEGIN IMMEDIATE")
        for statement, rows in statements:
            connection.executemany(statement, rows)
        self._files.disk.commit()
        connection.execute("COMMIT")

    def shrink(self) -> None:
        """Give the space of deleted rows back to the disk."""
        with self._lock:
            self._connection().execute("VACUUM")

    def close(self) -> None:
        """Fold the write-ahead log in, and let the file go."""
        with self._lock:
            if self._open_one is not None:
                self._open_one.close()
                self._open_one = None

    def _connection(self) -> sqlite3.Connection:
        if self._open_one is None:
            self._open_one = self._opened()
        return self._open_one

    def _opened(self) -> sqlite3.Connection:
        if self._files.is_taken(self._name) and self._files.sign(self._name) is None:
            self._move_away()  # a folder, or a link that leads nowhere
        connection = self._connected()
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(self._tables)
        except sqlite3.OperationalError as error:
            self.read_only = self.read_only or any(
                word in str(error) for word in ("readonly", "unable to open")
            )
        except _BROKEN as error:
            connection.close()
            if self._put_aside(error):
                return self._opened()
            raise
        return connection

    def _connected(self) -> sqlite3.Connection:
        # Ours is the lock that threads share; SQLite's keeps other processes out.
        connect = partial(
            sqlite3.connect, timeout=_PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
        )
        if not self._files.inside(self._name):
            # SQLite would follow the link, and write to what another checkout thinks is its own.
            raise PathRefused(f"{self._name} lies behind a link", hint="tympan does not write through links")
        path = self._files.path(self._name)
        try:
            if not path.exists():
                self._files.make_folder(self._name.rpartition("/")[0])
            return connect(path)
        except (FilesError, sqlite3.OperationalError) as error:
            self.read_only, self._reason = True, f": {error}"
            return connect(":memory:")

    def _put_aside(self, error: Exception) -> bool:
        """Move a damaged file away; False if the trouble is another."""
        harmless = isinstance(error, sqlite3.OperationalError | sqlite3.ProgrammingError)
        if harmless and not any(word in str(error) for word in _DAMAGE):
            return False
        self._move_away()
        return True

    def _move_away(self) -> None:
        self.close()
        self.corrupt = True
        for end in ("", "-wal", "-shm"):
            if self._files.is_taken(f"{self._name}{end}"):
                self._files.move(f"{self._name}{end}", f"{self._name}.bad{end}")
