"""Append-only notes of what a run did, until a database has them: a kill loses at most the note in flight.

Reads and writes one file: notes one after another, each with its length and a checksum in front.
"""

from __future__ import annotations

from collections.abc import Iterator

from tympan.errors import FilesError
from tympan.files import Files
from tympan.framing import HEAD, framed, notes_in


class Journal:
    """The notes below a name. Only who holds the build lock may add or clear."""

    def __init__(self, files: Files, name: str) -> None:
        self._files = files
        self._name = name
        self._is_whole = False

    def add(self, *notes: bytes) -> None:
        """Add notes in one write; they are in the file when this returns. FilesError if the disk says no."""
        if not notes:
            return
        if not self._is_whole:
            self._cut()
            self._is_whole = True
        self._files.append(self._name, b"".join(map(framed, notes)))

    def notes(self) -> Iterator[bytes]:
        """All notes up to the first that was cut off or damaged."""
        try:
            data = self._files.read(self._name)
        except FilesError:
            return
        yield from notes_in(data)

    def _cut(self) -> None:
        """Drop what a kill left half-written: what is added behind it would not be read."""
        size = sum(HEAD + len(note) for note in self.notes())
        sign = self._files.sign(self._name)
        if sign is not None and sign.size > size:
            self._files.write(self._name, self._files.read(self._name)[:size])

    def clear(self) -> None:
        """Forget all notes: they are kept elsewhere now."""
        if self._files.sign(self._name) is not None:
            self._files.remove(self._name)
