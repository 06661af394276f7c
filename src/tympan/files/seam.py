"""Files below one folder: read, signed, written whole.

Reads files of the project and the store. Writes them, each whole or not at all.
"""

from __future__ import annotations

import errno
import itertools
import os
import re
import shutil
import stat
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tympan import disk as _disk
from tympan.disk import Begun, Disk, Folder, Twin
from tympan.errors import FilesError, PathRefused
from tympan.files.signature import Signature

_COUNT = itertools.count()
# Open folders of one root; a process may hold about a thousand files.
_MOST_FOLDERS = 200
_TEMPORARY = re.compile(r"\..+\.\d+-\d+\.tmp")


class Files:
    """All files below one folder. Paths are POSIX, relative to `root`."""

    def __init__(self, root: Path, disk: Disk | None = None) -> None:
        self.root = Path(os.path.realpath(root))
        self.disk = disk or _disk.DISK
        self._folders: dict[str, Folder] = {}
        self._lock = threading.Lock()

    def path(self, name: str) -> Path:
        """The absolute path of a name, without looking at the disk."""
        return self.root / name

    def read(self, name: str, limit: int | None = None) -> bytes:
        """The bytes of a regular file; FilesError if it is missing, no file, or above `limit` bytes."""
        path = os.path.join(self.root, name)
        try:
            found = os.stat(path)
            if not stat.S_ISREG(found.st_mode):
                raise FilesError(f"{name} is not a regular file")
            if limit is not None and found.st_size > limit:
                raise FilesError(f"{name} has {found.st_size} bytes, more than {limit}")
            return self.disk.read(path)
        except OSError as error:
            raise FilesError(f"cannot read {name}: {_reason(error)}") from None

    def inside(self, name: str) -> bool:
        """Whether the name, with every link followed, is still below the root."""
        real = os.path.realpath(self.path(name))
        return real == str(self.root) or real.startswith(f"{self.root}{os.sep}")

    def is_taken(self, name: str) -> bool:
        """Whether anything has this name, be it a folder or a link that leads nowhere."""
        return os.path.lexists(self.path(name))

    def sign(self, name: str, *, follow: bool = True) -> Signature | None:
        """The signature of a regular file, None if there is none; links are followed, or are no files."""
        try:
            found = os.stat(os.path.join(self.root, name), follow_symlinks=follow)
        except OSError:
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        return Signature.of(found)

    def write(self, name: str, data: bytes, *, sync: bool = False) -> Signature:
        """Put the bytes in place whole: temporary file beside, rename. Refuses to follow a link.

        sync: also flush file and folder to the disk, for what cannot be made again.
        """
        return self.finish(self.begin(name, data, sync=sync), sync=sync)

    def begin(
        self,
        name: str,
        data: bytes,
        *,
        sync: bool = False,
        after: Begun | None = None,
        twin: Twin | None = None,
    ) -> Begun:
        """Write the bytes beside their place; `finish` puts them there, `give_up` takes them away.

        after: what was begun just now: if it is in the same folder, this is not looked up again.
        twin: as `Disk.create` has it.
        """
        folder, leaf = self._split(name)
        # Two threads may write equal bytes to one name: each has a temporary file of its own.
        beside = _disk.beside(leaf, next(_COUNT))
        try:
            if after is not None and after.name.rpartition("/")[0] == folder:
                there = after.folder
            else:
                there = self._opened(folder, name)
            there_now = self.disk.look(there, leaf)
            if there_now is not None and not stat.S_ISREG(there_now.st_mode):
                raise FilesError(
                    f"{name} is a folder or a link", hint="remove it: tympan does not write through it"
                )
            try:
                self.disk.create(there, beside, data, sync=sync, twin=twin)
            except BaseException:
                self._forget(there, beside)
                raise
        except OSError as error:
            raise FilesError(f"cannot write {name}: {self._reason(error, folder)}") from None
        return Begun(name, there, leaf, beside)

    def finish(self, begun: Begun, *, sync: bool = False) -> Signature:
        """Give a file that was begun its name, replacing what has it."""
        name, there, leaf, beside = begun.name, begun.folder, begun.leaf, begun.beside
        try:
            try:
                self.disk.rename(there, beside, there, leaf)
            except BaseException:
                self._forget(there, beside)
                raise
            if sync:
                self.disk.sync(there)
            found = self.disk.look(there, leaf)
        except OSError as error:
            raise FilesError(f"cannot write {name}: {self._reason(error, self._split(name)[0])}") from None
        if found is None:
            raise FilesError(f"{name} was taken away while it was written")
        return Signature.of(found)

    def give_up(self, begun: Begun) -> None:
        """Take away a file that was begun."""
        self._forget(begun.folder, begun.beside)

    def make_folder(self, name: str) -> None:
        """Make a folder and those above it."""
        try:
            self._opened(name, name)
        except OSError as error:
            raise FilesError(f"cannot make {name}: {_reason(error)}") from None

    def append(self, name: str, data: bytes, *, sync: bool = False) -> None:
        """Add bytes to the end of a file, in one write."""
        folder, leaf = self._split(name)
        try:
            there = self._opened(folder, name)
            self.disk.append(there, leaf, data, sync=sync)
        except OSError as error:
            raise FilesError(f"cannot write {name}: {self._reason(error, folder)}") from None

    def remove(self, name: str) -> bool:
        """Delete a file or link; False if there was none."""
        folder, leaf = self._split(name)
        if not self.is_taken(name):
            return False
        try:
            there = self._opened(folder, name)
            self.disk.unlink(there, leaf)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise FilesError(f"cannot delete {name}: {_reason(error)}") from None
        return True

    def move(self, name: str, to: str) -> None:
        """Rename a file below the root, replacing what is there."""
        folder, leaf = self._split(name)
        to_folder, to_leaf = self._split(to)
        try:
            there, target = self._opened(folder, name), self._opened(to_folder, to)
            self.disk.rename(there, leaf, target, to_leaf)
        except OSError as error:
            raise FilesError(f"cannot move {name}: {_reason(error)}") from None

    def remove_empty_folders(self, name: str, above: str) -> None:
        """Delete the folder of `name` and its parents while they are empty, but not `above`."""
        folder = self._split(name)[0]
        while folder and folder.startswith(f"{above}/" if above else ""):
            parent, leaf = self._split(folder)
            try:
                self.disk.rmdir(self._opened(parent, name), leaf)
            except (OSError, PathRefused, FilesError):
                return
            with self._lock:
                self._folders.pop(folder, None)
            folder = parent

    def sweep(self, name: str, *, deep: bool) -> None:
        """Delete the temporary files that killed processes left in a folder; deep: and below it."""
        for folder, folders, files in os.walk(self.path(name)):
            for file in filter(_TEMPORARY.fullmatch, files):
                self.remove(Path(folder, file).relative_to(self.root).as_posix())
            if not deep:
                folders.clear()

    def walk(self, name: str, suffix: str = "") -> Iterator[str]:
        """Names of all regular files below a folder, sorted; hidden ones and linked folders left out."""
        root = len(str(self.root)) + 1
        for folder, folders, names in os.walk(self.path(name)):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            below = folder[root:].replace(os.sep, "/")
            for file in sorted(names):
                if file.endswith(suffix) and not file.startswith("."):
                    yield f"{below}/{file}" if below else file

    @staticmethod
    def _split(name: str) -> tuple[str, str]:
        folder, _, leaf = name.rpartition("/")
        return folder, leaf

    def _opened(self, folder: str, name: str) -> Folder:
        """The folder, made if need be, and kept open for the next write."""
        with self._lock:
            there = self._folders.get(folder)
            if there is not None and not self._same(there):
                # Removed, or another folder has its name now: what hangs below it is stale as well.
                self._folders = {}
                there = None
            if there is None:
                there = self._open(folder, name)
        return there

    def _same(self, folder: Folder) -> bool:
        if folder.handle is None:
            return os.path.isdir(folder.path)
        try:
            now, then = os.stat(folder.path, follow_symlinks=False), os.fstat(folder.handle)
        except OSError:
            return False
        return (now.st_ino, now.st_dev) == (then.st_ino, then.st_dev)

    def _open(self, folder: str, name: str) -> Folder:
        if len(self._folders) > _MOST_FOLDERS:
            self._folders = {}
        at = self._folders.get("")
        if at is None:
            at = self._folders[""] = self.disk.open_root(str(self.root))
        path = ""
        for part in folder.split("/") if folder else ():
            path = f"{path}/{part}" if path else part
            below = self._folders.get(path)
            at = self._folders[path] = below or self._open_part(at, part, name)
        return at

    def _open_part(self, parent: Folder, part: str, name: str) -> Folder:
        for attempt in (1, 2):
            try:
                return self.disk.open_folder(parent, part)
            except FileNotFoundError:
                if attempt == 2:
                    raise
                with suppress(FileExistsError):
                    self.disk.mkdir(parent, part)
            except OSError as error:
                if os.path.islink(os.path.join(parent.path, part)) or error.errno == errno.ELOOP:
                    raise PathRefused(
                        f"{name} lies behind a link", hint="tympan does not write through links"
                    ) from None
                raise FilesError(f"cannot make the folder of {name}: {_reason(error)}") from None
        raise AssertionError("unreachable")

    def _reason(self, error: OSError, folder: str) -> str:
        """Why the disk said no; of a full one, how much room there is left for others."""
        with suppress(OSError):
            if error.errno == errno.ENOSPC:
                return f"{_reason(error)}, {shutil.disk_usage(self.path(folder)).free} bytes are free there"
        return _reason(error)

    def _forget(self, folder: Folder, name: str) -> None:
        with suppress(OSError):
            self.disk.unlink(folder, name)


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
