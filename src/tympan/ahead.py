"""Much of the store's index at once: a few questions instead of one for each action and each blob.

Reads the store's index. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from tympan.database import Database

# Names in one question; SQLite allows 999 in its oldest builds.
_AT_ONCE = 500


class Results(msgspec.Struct, frozen=True):
    """The part of an action's record that is needed to restore it."""

    results: dict[str, str]


_DECODE = msgspec.json.Decoder(Results).decode


def results_of(body: bytes | None) -> dict[str, str] | None:
    """Result digests by name from an action's encoded record; None without one that can be read."""
    try:
        return _DECODE(body).results if body is not None else None
    except (ValueError, RecursionError):
        return None


class Ahead:
    """What was read ahead. results: by action key, None if it has none; indexed: whether a blob is in it."""

    def __init__(self, index: Database) -> None:
        self._index = index
        self.results: dict[str, dict[str, str] | None] = {}
        self.indexed: dict[str, bool] = {}
        self._small: dict[str, bytes] = {}

    def foresee(self, keys: Sequence[str]) -> None:
        """Read the results of actions, and which of these are in the index."""
        bodies = dict(self._rows("SELECT key, body FROM action WHERE key", keys))
        found = {key: results_of(bodies.get(key)) for key in keys}
        names = {name for results in found.values() if results for name in results.values()}
        there = {row[0] for row in self._rows("SELECT name FROM blob WHERE name", list(names))}
        self.indexed.update({name: name in there for name in names})
        self.results.update(found)

    def fetch(self, names: Sequence[str]) -> None:
        """Read small blobs, until each is taken."""
        self._small = dict(self._rows("SELECT name, data FROM blob WHERE name", names))

    def take(self, name: str) -> bytes | None:
        """A blob that was fetched, once."""
        return self._small.pop(name, None)

    def forget(self) -> None:
        """The index has changed."""
        self.results, self.indexed, self._small = {}, {}, {}

    def _rows(self, question: str, words: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        for start in range(0, len(words), _AT_ONCE):
            part = words[start : start + _AT_ONCE]
            yield from self._index.ask(f"{question} IN ({', '.join('?' * len(part))})", part)
