"""Bytes by digest, and what each action brought: the store.

Reads and writes .tympan/store: index.db (SQLite) for actions and small bytes, cas/<2>/<digest> for large
ones, journal for what the index does not have yet. An action is noted together with its small bytes, after
its large ones.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

import msgspec

from tympan.actions import ENCODE, Action, Brought, Note, noted
from tympan.ahead import Ahead
from tympan.database import Database
from tympan.disk import Twin
from tympan.errors import Damaged, FilesError
from tympan.files import Files, digest
from tympan.journal import Journal
from tympan.limits import SMALL

_RECENT, _RECENT_BYTES = 64, 64 * 1024 * 1024
# Actions in the journal before they are folded into the index, a thousand at once.
_NOTES = 1_000
_BLOB = "SELECT data FROM blob WHERE name = ?"
_TABLES = """
CREATE TABLE IF NOT EXISTS blob (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS action (key TEXT PRIMARY KEY, body BLOB NOT NULL, used INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS action_used ON action (used);
CREATE TABLE IF NOT EXISTS crash (key TEXT PRIMARY KEY, how TEXT NOT NULL) WITHOUT ROWID;
"""


class Store:
    """The store below a folder. May be asked from several threads, and by several processes at once.

    corrupt: names of what was found damaged. read_only: set when nothing can be kept.
    """

    def __init__(self, files: Files, folder: str = ".tympan/store") -> None:
        self._files = files
        self._folder = folder
        self._index = Database(files, f"{folder}/index.db", _TABLES)
        self._run = 0
        # What this run made but could not write down, because the store may only be read.
        self._held: dict[str, bytes] = {}
        # What the journal has and the index has not.
        self._actions: dict[str, bytes] = {}
        self._small: dict[str, bytes] = {}
        self._small_bytes = 0
        self._journal = Journal(files, f"{folder}/journal")
        for line in self._journal.notes():
            try:
                self._take(msgspec.msgpack.decode(line, type=Note))
            except (ValueError, RecursionError):
                break  # of another version
        # What this run made last: the next action reads it, more often than not.
        self._recent: dict[str, bytes] = {}
        self._recent_bytes = 0
        self._crashes: dict[str, str] | None = None
        self._ahead = Ahead(self._index)
        self.corrupt: list[str] = []
        # Damaged bytes of this run that were not made again yet.
        self._bad: set[str] = set()
        self._lock = threading.RLock()

    @property
    def read_only(self) -> bool:
        """Whether nothing can be kept."""
        return self._index.read_only

    def keep(
        self, key: str, reads: dict[str, Any], data: Mapping[str, bytes], facts: dict[str, str]
    ) -> dict[str, str]:
        """Remember what an action brought; its results by name. FilesError if the disk is full."""
        brought = Brought.of(key, reads, data, facts)
        self.keep_all(brought)
        return brought.results

    def keep_all(self, *several: Brought) -> None:
        """Remember what actions brought, all in one note. FilesError if the disk is full."""
        try:
            for brought in several:
                for name, each in brought.by_digest().items():
                    if len(each) > SMALL and not self._has_file(name):
                        self._put_away(name)
                        self._files.write(self._blob(name), each)
                        self._bad.discard(name)
            notes = [noted(brought) for brought in several]
            self._journal.add(*map(ENCODE, notes))
        except FilesError:
            self._index.ask("SELECT 1")  # finds out whether anything can be kept
            if not self.read_only:
                raise
            for brought in several:
                self._held.update(brought.by_digest())
            return
        with self._lock:
            for brought, note in zip(several, notes, strict=True):
                self._take(note)
                self._remember(brought.by_digest())
            if len(self._actions) > _NOTES or self._small_bytes > _RECENT_BYTES:
                self._fold()

    def put(self, data: bytes) -> str:
        """Keep bytes that cannot be had again, as a file of their own, on the disk when this returns.

        The digest is returned. FilesError if the disk says no.
        """
        name = digest(data)
        sign = self._files.sign(self._blob(name))
        if sign is None or sign.size != len(data):
            self._files.write(self._blob(name), data, sync=True)
        return name

    def _take(self, note: Note) -> None:
        self._actions[note.key] = note.body
        self._small.update(note.small)
        self._small_bytes += sum(map(len, note.small.values()))

    def _fold(self) -> None:
        if self._actions:
            run = self._this_run()
            rows = [(key, body, run) for key, body in self._actions.items()]
            self._index.change(
                ("INSERT OR IGNORE INTO blob VALUES (?, ?)", self._small.items()),
                ("INSERT OR REPLACE INTO action VALUES (?, ?, ?)", rows),
            )
            self._ahead.forget()
        self._actions, self._small, self._small_bytes = {}, {}, 0
        self._journal.clear()

    def has(self, name: str) -> bool:
        """Whether bytes of this digest are there; they are verified when read."""
        if name in self._recent or name in self._small or name in self._held:
            return True
        indexed = self._ahead.indexed.get(name)
        if indexed is None:
            indexed = bool(self._index.ask("SELECT 1 FROM blob WHERE name = ?", (name,)))
        return indexed or self._has_file(name)

    def foresee(self, keys: Collection[str]) -> None:
        """Read at once what `results` and `has` will be asked about these actions."""
        self._ahead.foresee([key for key in keys if key not in self._actions])

    def fetch(self, names: Collection[str]) -> None:
        """Read at once the small bytes that `get` will be asked for next."""
        known = (self._recent, self._held, self._small)
        self._ahead.fetch([name for name in names if not any(name in each for each in known)])

    def twin(self, name: str, *, hard: bool) -> Twin | None:
        """The file that bytes of this digest have for themselves; None if they have none."""
        return Twin(str(self._files.path(self._blob(name))), hard=hard) if self._has_file(name) else None

    def _has_file(self, name: str) -> bool:
        return name not in self._bad and self._files.sign(self._blob(name)) is not None

    def get(self, name: str) -> bytes:
        """The bytes of a digest; Damaged if they are missing or are not what they are named by.

        Wrong bytes are counted in `corrupt` and moved aside, so that they can be made again.
        """
        for known in (self._recent, self._held):
            if name in known:
                return known[name]
        if name in self._small:
            return self._verified(name, self._small[name], in_index=False)
        if (data := self._ahead.take(name)) is not None:
            return self._verified(name, data, in_index=True)
        rows = [] if self._ahead.indexed.get(name) is False else self._index.ask(_BLOB, (name,))
        if rows:
            data = bytes(rows[0][0])
        else:
            try:
                data = self._files.read(self._blob(name))
            except FilesError as error:
                with suppress(FilesError):
                    self._put_away(name)
                raise Damaged(f"the store has no {name[:12]}", hint=str(error)) from None
        return self._verified(name, data, in_index=bool(rows))

    def _verified(self, name: str, data: bytes, *, in_index: bool) -> bytes:
        if digest(data) != name:
            with suppress(FilesError):  # where nothing can be written, it is enough to know
                self._set_aside(name, data, in_index=in_index)
            raise Damaged(f"the store's {name[:12]} does not have its digest", hint="moved aside")
        return data

    def action(self, key: str) -> Action | None:
        """What an action brought, None if it never ran or its record cannot be read."""
        body = self._actions.get(key)
        if body is None:
            rows = self._index.ask("SELECT body FROM action WHERE key = ?", (key,))
            body = rows[0][0] if rows else None
        try:
            return msgspec.json.decode(body, type=Action) if body is not None else None
        except (ValueError, RecursionError):
            return None

    def results(self, key: str) -> dict[str, str] | None:
        """Result digests of an action by name, None if it never ran or its record cannot be read."""
        if key not in self._actions and key in self._ahead.results:
            return self._ahead.results[key]
        action = self.action(key)
        return action.results if action else None

    def crash(self, key: str) -> str:
        """How an action once killed its worker, "" if it never did."""
        if self._crashes is None:
            # They are few, and each action asks.
            self._crashes = {row[0]: str(row[1]) for row in self._index.ask("SELECT key, how FROM crash")}
        return self._crashes.get(key, "")

    def note_crash(self, key: str, how: str) -> None:
        """Remember that an action kills its worker: its key changes with its input and its plugin."""
        self._crashes = None
        if not self.read_only:
            self._index.change(("INSERT OR REPLACE INTO crash VALUES (?, ?)", [(key, how)]))

    def use(self, keys: Collection[str]) -> None:
        """Note that actions are in use by this run, so that `gc` takes others first."""
        run = self._this_run()
        if keys and not self.read_only:
            self._index.change(("UPDATE action SET used = ? WHERE key = ?", [(run, key) for key in keys]))

    def sizes(self) -> dict[str, int]:
        """Size in bytes of every blob, by digest."""
        self._fold()
        found = {name: int(size) for name, size in self._index.ask("SELECT name, length(data) FROM blob")}
        signs = ((path, self._files.sign(path)) for path in self._files.walk(f"{self._folder}/cas"))
        return found | {path.rpartition("/")[2]: sign.size for path, sign in signs if sign}

    def actions(self) -> list[tuple[str, Action]]:
        """Every action with its key, the least recently used first."""
        self._fold()
        rows = self._index.ask("SELECT key, body FROM action ORDER BY used, key")
        return [(key, msgspec.json.decode(body, type=Action)) for key, body in rows]

    def delete(self, keys: Collection[str], names: Collection[str]) -> None:
        """Forget actions first, then the bytes that no other names."""
        self._index.change(
            ("DELETE FROM action WHERE key = ?", [(key,) for key in keys]),
            ("DELETE FROM blob WHERE name = ?", [(name,) for name in names]),
        )
        self._ahead.forget()
        for name in names:
            self._recent_bytes -= len(self._recent.pop(name, b""))
            if self._files.sign(self._blob(name)) is not None:
                self._files.remove(self._blob(name))
        self._index.shrink()

    def close(self) -> None:
        """Fold the journal into the index, and let it go. Only who holds the build lock may."""
        if not self.read_only:
            self._fold()
        if self._index.corrupt:
            self.corrupt.append("index.db")
        self._index.close()
        self._recent, self._recent_bytes = {}, 0

    def _this_run(self) -> int:
        # A counter, not a clock: which was used last must survive a clock that is set back.
        if not self._run:
            rows = self._index.ask("SELECT coalesce(max(used), 0) + 1 FROM action")
            self._run = int(rows[0][0]) if rows else 1
        return self._run

    def _remember(self, data: dict[str, bytes]) -> None:
        for name, each in data.items():
            self._recent_bytes += 0 if name in self._recent else len(each)
            self._recent[name] = each
        while len(self._recent) > _RECENT or self._recent_bytes > _RECENT_BYTES:
            self._recent_bytes -= len(self._recent.pop(next(iter(self._recent))))

    def _blob(self, name: str) -> str:
        return f"{self._folder}/cas/{name[:2]}/{name}"

    def _set_aside(self, name: str, data: bytes, *, in_index: bool) -> None:
        if self._small.pop(name, None) is None and not in_index:
            self._put_away(name)
            return
        self.corrupt.append(name)
        self._files.write(self._aside(name), data)
        self._ahead.forget()
        self._index.change(("DELETE FROM blob WHERE name = ?", [(name,)]))

    def _put_away(self, name: str) -> None:
        """Move away what has the place of a digest's bytes and is not these."""
        if self._files.is_taken(self._blob(name)):
            self.corrupt.append(name)
            self._bad.add(name)
            self._files.move(self._blob(name), self._aside(name))

    def _aside(self, name: str) -> str:
        return f"{self._folder}/corrupt/{name}"
