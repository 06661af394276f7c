"""Which files of a project have changed since one looked last, as the system tells it.

Reads the folders that specs, inputs, tokens and plugins lie in. Writes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event

from watchfiles import Change, watch

from tympan.checkout import PROJECT_FILES
from tympan.errors import TympanError
from tympan.files import Files
from tympan.spec.project import Project, load_project

# An editor writes, renames and touches: what comes within so many milliseconds is one change.
_QUIET_MS = 100
_LONGEST_MS = 1_500
# How soon the start is known to be over, and a request to stop is heard.
_PATIENCE_MS = 250


class Changes:
    """Changes of what a build reads. Outputs, .tympan, hidden and backup files are none of it.

    Folders are watched one by one, not as trees, so that outputs and other tools' folders cost nothing.
    """

    def __init__(self, files: Files, stop: Event) -> None:
        self._files = files
        self._stop = stop
        self._project = Project()

    def __iter__(self) -> Iterator[list[str]]:
        """Sorted paths that changed, as soon as a pause follows; first of all none, when watching has begun.

        What changes between two steps of the iterator is in the next. Ends when `stop` is set.
        """
        carried: set[str] = set()
        known: list[str] = []
        begun = False
        while not self._stop.is_set():
            folders = self._folders()
            fresh = True
            for batch in self._watch(folders):
                carried |= self._names(batch)
                if (fresh or batch) and self._folders() != folders:
                    break  # another folder: watched from the next round on
                if fresh and begun:
                    # What came into a new folder before it was watched.
                    carried |= {name for name in self._held(folders) if name.rpartition("/")[0] not in known}
                if carried or not begun:
                    begun = True
                    yield sorted(carried)
                    carried = set()
                fresh, known = False, folders

    def _watch(self, folders: list[str]) -> Iterator[set[tuple[Change, str]]]:
        try:
            yield from watch(
                *(self._files.path(folder) for folder in folders),
                watch_filter=lambda _, path: self._is_ours(path),
                debounce=_LONGEST_MS,
                step=_QUIET_MS,
                stop_event=self._stop,
                rust_timeout=_PATIENCE_MS,
                yield_on_timeout=True,
                raise_interrupt=False,
                recursive=False,
                ignore_permission_denied=True,
            )
        except FileNotFoundError:
            # Removed since it was listed.
            self._stop.wait(_QUIET_MS / 1000)

    def _names(self, batch: set[tuple[Change, str]]) -> set[str]:
        """Names of files that changed, and of folders that went; none that came and went in between."""
        there = {path for change, path in batch if change is not Change.added or os.path.lexists(path)}
        return {self._name(path) for path in there if not os.path.isdir(path)}

    def _held(self, folders: list[str]) -> Iterator[str]:
        for folder in folders:
            for entry in os.scandir(self._files.path(folder)):
                if entry.is_file() and self._is_ours(entry.path):
                    yield self._name(entry.path)

    def _name(self, path: str) -> str:
        return Path(path).relative_to(self._files.root).as_posix()

    def _folders(self) -> list[str]:
        """Every folder to watch: those of specs, assets and plugins with all below, and those above them."""
        with suppress(TympanError):  # the build says it; what was there before is still worth watching
            self._project = load_project(self._files)
        found = {"."}
        for area in self._areas():
            for path, below, _ in os.walk(self._files.path(area)):
                below[:] = [each for each in below if self._is_ours(os.path.join(path, each))]
                found.add(self._name(path))
        for path in (*self._areas(), *self._project.tokens):
            above = Path(path).parents
            found |= {folder.as_posix() for folder in above if self._files.path(folder.as_posix()).is_dir()}
        return sorted(found)

    def _areas(self) -> tuple[str, ...]:
        return (self._project.specs, self._project.assets, self._project.plugins)

    def _is_ours(self, path: str) -> bool:
        name = self._name(path)
        out = self._project.out
        if f"{name}/".startswith(f"{out}/") or name.endswith("~") or "/." in f"/{name}":
            return False
        if "__pycache__" in name or name.endswith((".tmp", ".pyc")):
            return False
        if name in (*PROJECT_FILES, *self._project.tokens):
            return True
        # An area itself, what is in it, and the folders above it, which may come and go.
        return any(f"{name}/".startswith(f"{area}/") or area.startswith(f"{name}/") for area in self._areas())
