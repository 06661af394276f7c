"""A disk that fails, kills, or loses power at operation N.

Reads what it is about to overwrite, to undo it in a power loss. Writes as it is told, until the fault.

A driver puts one into `tympan.disk.DISK` before anything is opened. Operations are counted from 1, in
the order in which they are asked for; `only` counts those whose text (`rename assets/out/icon/home.txt`)
it is found in.
"""

from __future__ import annotations

import errno
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tympan.disk import Disk, Folder, Twin

if TYPE_CHECKING:
    from tympan.disk import Data

# What can happen at the operation: the process is killed before, half-way or after it; the power is lost
# after it, with what was not flushed: contents (names stay), names (contents stay), or nothing of both;
# or the system refuses it with the errno of this name.
KILLS = ("kill-before", "kill-half", "kill-after")
POWER = ("power-contents", "power-names")


class FaultyDisk(Disk):
    """The real disk until operation `at`; 0 for never. onwards: an errno also for every later one."""

    def __init__(
        self, at: int = 0, fault: str = "kill-before", *, only: str = "", onwards: bool = False, log: int = -1
    ) -> None:
        self.at, self.fault, self.onwards = at, fault, onwards
        self.trace: list[str] = []
        self._only = re.compile(only)
        self._log = log
        self._count = 0
        # Threads wait here while one decides, so that nothing happens after a kill.
        self._lock = threading.RLock()
        self._undo: list[tuple[str, str, Callable[[], None]]] = []

    def mkdir(self, parent: Folder, name: str) -> None:
        with self._operation("mkdir", parent, name):
            super().mkdir(parent, name)

    def create(self, folder: Folder, name: str, data: Data, *, sync: bool, twin: Twin | None = None) -> None:
        def half() -> None:
            Disk.create(self, folder, name, data[: len(data) // 2], sync=False)

        with self._operation("create", folder, name, half):
            super().create(folder, name, data, sync=sync, twin=twin)
            path = Path(folder.path, name)
            self._undo.append(("names", folder.path, lambda: path.unlink(missing_ok=True)))
            if not sync and self._may_lose_power:
                inode = path.stat().st_ino
                self._undo.append(("contents", folder.path, lambda: _empty(path.parent, inode)))

    def copy(
        self, twin: Twin, folder: Folder, name: str, told: Callable[[memoryview], object], buffer: memoryview
    ) -> None:
        def half() -> None:
            data = Path(twin.path).read_bytes()
            Disk.create(self, folder, name, data[: len(data) // 2], sync=False)

        with self._operation("copy", folder, name, half):
            super().copy(twin, folder, name, told, buffer)
            path = Path(folder.path, name)
            self._undo.append(("names", folder.path, lambda: path.unlink(missing_ok=True)))
            if self._may_lose_power:
                inode = path.stat().st_ino
                self._undo.append(("contents", folder.path, lambda: _empty(path.parent, inode)))

    def rename(self, folder: Folder, name: str, to_folder: Folder, to: str) -> None:
        with self._operation("rename", to_folder, to):
            source, target = Path(folder.path, name), Path(to_folder.path, to)
            before = target.read_bytes() if self._may_lose_power and target.is_file() else None
            super().rename(folder, name, to_folder, to)
            self._undo.append(("names", to_folder.path, lambda: _rename_back(source, target, before)))

    def append(self, folder: Folder, name: str, data: bytes, *, sync: bool) -> None:
        def half() -> None:
            Disk.append(self, folder, name, data[: len(data) // 2], sync=False)

        with self._operation("append", folder, name, half):
            path = Path(folder.path, name)
            size = path.stat().st_size if path.exists() else 0
            super().append(folder, name, data, sync=sync)
            if sync:
                # A flush is of the whole file: also of what was added before and not flushed then.
                self._undo = [each for each in self._undo if each[:2] != ("contents", str(path))]
            else:
                self._undo.append(("contents", str(path), lambda: _cut(path, size)))

    def unlink(self, folder: Folder, name: str) -> None:
        with self._operation("unlink", folder, name):
            path = Path(folder.path, name)
            before = path.read_bytes() if self._may_lose_power and path.is_file() else None
            super().unlink(folder, name)
            if before is not None:
                self._undo.append(("names", folder.path, lambda: _write(path, before)))

    def rmdir(self, folder: Folder, name: str) -> None:
        with self._operation("rmdir", folder, name):
            super().rmdir(folder, name)

    def sync(self, folder: Folder) -> None:
        with self._operation("sync", folder, ""):
            super().sync(folder)
            self._undo = [each for each in self._undo if each[:2] != ("names", folder.path)]

    def commit(self) -> None:
        with self._operation("commit", None, "index"):
            super().commit()

    @property
    def _may_lose_power(self) -> bool:
        return self.fault in POWER

    @contextmanager
    def _operation(
        self, word: str, folder: Folder | None, name: str, half: Callable[[], None] | None = None
    ) -> Iterator[None]:
        with self._lock:
            hit = self._note(f"{word} {folder.path if folder else ''}/{name}")
            if hit and not self.fault.startswith(("kill", "power")):
                code = getattr(errno, self.fault)
                raise OSError(code, os.strerror(code))
            if hit and self.fault == "kill-half" and half is not None:
                half()
            if hit and self.fault in ("kill-before", "kill-half"):
                _die()
            try:
                yield
            finally:
                if hit and self.fault in POWER:
                    self._lose(self.fault.removeprefix("power-"))
                if hit:
                    _die()

    def _note(self, text: str) -> bool:
        self.trace.append(text)
        if not self._only.search(text):
            return False
        self._count += 1
        if self._log >= 0:
            os.write(self._log, f"{text}\n".encode())
        return self._count == self.at or bool(self.onwards and self.at and self._count > self.at)

    def _lose(self, what: str) -> None:
        for of, _, undo in reversed(self._undo):
            if of == what:
                undo()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _empty(folder: Path, inode: int) -> None:
    """The file was given a name, its bytes never reached the disk."""
    for path in folder.iterdir():
        if path.is_file() and path.stat().st_ino == inode:
            os.truncate(path, 0)


def _rename_back(source: Path, target: Path, before: bytes | None) -> None:
    if target.exists():
        target.rename(source)
    if before is not None:
        _write(target, before)


def _cut(path: Path, size: int) -> None:
    if path.exists() and path.stat().st_size > size:
        os.truncate(path, size)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
