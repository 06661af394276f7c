"""Files of many targets put in place together: all written beside their places, then all renamed.

Reads nothing. Writes outputs.

A file system that flushes a file when it replaces another (ext4) stalls the next one that is written, and
so does one that has just freed what was replaced: apart, a thousand files take a fifth of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tympan.errors import TympanError
from tympan.files import Begun, Files
from tympan.limits import SMALL
from tympan.plan.graph import Node
from tympan.plan.records import Record
from tympan.state import Note
from tympan.store import Store

# Folders that are held open at once; a process may hold about a thousand files.
_MOST_FOLDERS = 100


class Made(NamedTuple):
    """A target whose bytes are in the store. data: bytes by part; results: their digests by part."""

    node: Node
    key: str
    data: Mapping[str, bytes]
    results: dict[str, str]

    @property
    def digests(self) -> dict[str, str]:
        """Digest by path."""
        return {path: self.results[part] for part, path in self.node.outputs.items()}


class Placed:
    """What came of putting targets in place.

    store: has what is large in files; hard: outputs may be these files themselves.
    then: what else a target needs when its files are there; it says whether it removed any.
    notes: of those in place, for the state; errors: what kept others from it, by node id.
    """

    def __init__(self, files: Files, store: Store, then: Callable[[Made], bool], *, hard: bool) -> None:
        self._files, self._store, self._then, self._hard = files, store, then, hard
        self._begun: dict[str, tuple[Made, list[Begun]]] = {}
        self._folders: set[int] = set()
        self._last: Begun | None = None
        self._removed = False
        self.notes: list[Note] = []
        self.errors: dict[str, TympanError] = {}

    def place(self, several: Sequence[Made]) -> None:
        """Put them in place; a kill leaves each file as it was, or as it shall be, or not there."""
        again = []
        try:
            for made in several:
                try:
                    self._begin(made)
                except TympanError as error:
                    self.errors[made.node.id] = error
                    again.append(made)
                if len(self._folders) > _MOST_FOLDERS:
                    self._finish()
            self._finish()
            if len(several) > 1 and self._removed:
                # What was in the way of one may be what another has removed by now.
                for made in again:
                    self.errors.pop(made.node.id)
                    self.place([made])
        finally:
            self._give_up()

    def _begin(self, made: Made) -> None:
        begun: list[Begun] = []
        self._begun[made.node.id] = (made, begun)
        try:
            for part, path in made.node.outputs.items():
                data, twin = made.data[part], None
                if len(data) > SMALL:
                    twin = self._store.twin(made.results[part], hard=self._hard)
                self._last = self._files.begin(path, data, after=self._last, twin=twin)
                begun.append(self._last)
                self._folders.add(id(self._last.folder))
        except TympanError:
            self._drop(*self._begun.pop(made.node.id))
            raise

    def _finish(self) -> None:
        for name, (made, begun) in list(self._begun.items()):
            try:
                digests, signs = made.digests, {}
                while begun:
                    path = begun[0].name
                    signs[path] = (self._files.finish(begun.pop(0)), digests[path])
                self._removed |= self._then(made)
            except TympanError as error:
                self.errors[name] = error
            else:
                record = Record(key=made.key, results=made.results, outputs=digests)
                self.notes.append(Note(name, made.node.asset, record, signs))
            self._drop(*self._begun.pop(name))
        self._folders, self._last = set(), None

    def _drop(self, made: Made, begun: list[Begun]) -> None:
        for each in begun:
            self._files.give_up(each)

    def _give_up(self) -> None:
        while self._begun:
            self._drop(*self._begun.popitem()[1])
