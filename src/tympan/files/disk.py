"""Every operation that changes the disk, and the one that reads a whole file: what fault tests replace.

Reads and writes as it is told.

A folder is held open while it is written to (POSIX), so that a link put in its place cannot lead a write
astray; on Windows, which has no such handles, names are joined to its path.
"""

from __future__ import annotations

import os
from typing import NamedTuple

_HANDLES = os.name == "posix" and os.open in os.supports_dir_fd
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


class Folder:
    """An open folder: its absolute path, and its handle where the system has such. Closed when forgotten."""

    __slots__ = ("handle", "path")

    def __init__(self, path: str, handle: int | None) -> None:
        self.path, self.handle = path, handle

    def __del__(self) -> None:
        if self.handle is not None:
            os.close(self.handle)


class Begun(NamedTuple):
    """A file below a folder of which the bytes are on the disk, and not yet in their place."""

    name: str
    folder: Folder
    leaf: str
    beside: str


class Disk:
    """The real disk."""

    def open_root(self, path: str) -> Folder:
        """Open a folder by its real path, made if need be."""
        os.makedirs(path, exist_ok=True)
        return Folder(path, os.open(path, os.O_RDONLY) if _HANDLES else None)

    def open_folder(self, parent: Folder, name: str) -> Folder:
        """Open a folder inside another. OSError if it is missing, no folder, or a link."""
        path = os.path.join(parent.path, name)
        if parent.handle is not None:
            flags = os.O_RDONLY | os.O_DIRECTORY | _NO_LINK
            return Folder(path, os.open(name, flags, dir_fd=parent.handle))
        if os.path.islink(path) or not os.path.isdir(path):
            raise NotADirectoryError(20, os.strerror(20), path)
        return Folder(path, None)

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            data = os.read(handle, os.fstat(handle).st_size + 1)
            parts = [data]
            # It ends where a read brings nothing: it may have grown, and one read brings 2 GiB at most.
            while data and (data := os.read(handle, 1 << 20)):
                parts.append(data)
        finally:
            os.close(handle)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def mkdir(self, parent: Folder, name: str) -> None:
        """Make one folder."""
        os.mkdir(_at(parent, name), dir_fd=parent.handle)

    def create(self, folder: Folder, name: str, data: bytes, *, sync: bool) -> None:
        """Make a new file with these bytes."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK | getattr(os, "O_BINARY", 0)
        handle = os.open(_at(folder, name), flags, 0o644, dir_fd=folder.handle)
        try:
            _write_all(handle, data)
            if sync:
                os.fsync(handle)
        finally:
            os.close(handle)

    def rename(self, folder: Folder, name: str, to_folder: Folder, to: str) -> None:
        """Rename a file, replacing what has the new name."""
        source, target = _at(folder, name), _at(to_folder, to)
        os.replace(source, target, src_dir_fd=folder.handle, dst_dir_fd=to_folder.handle)

    def append(self, folder: Folder, name: str, data: bytes, *, sync: bool) -> None:
        """Add bytes to the end of a file, making it if need be."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | _NO_LINK | getattr(os, "O_BINARY", 0)
        handle = os.open(_at(folder, name), flags, 0o644, dir_fd=folder.handle)
        try:
            _write_all(handle, data)
            if sync:
                os.fsync(handle)
        finally:
            os.close(handle)

    def unlink(self, folder: Folder, name: str) -> None:
        """Delete a file or a link."""
        os.unlink(_at(folder, name), dir_fd=folder.handle)

    def rmdir(self, parent: Folder, name: str) -> None:
        """Delete an empty folder."""
        os.rmdir(_at(parent, name), dir_fd=parent.handle)

    def sync(self, folder: Folder) -> None:
        """Flush a folder's entries."""
        if folder.handle is not None:
            os.fsync(folder.handle)

    def commit(self) -> None:
        """The store's index is about to be committed: an operation that can fail like the others."""

    def look(self, folder: Folder, name: str) -> os.stat_result | None:
        """What has this name, links not followed; None if nothing has."""
        try:
            return os.stat(_at(folder, name), dir_fd=folder.handle, follow_symlinks=False)
        except FileNotFoundError:
            return None


def _at(folder: Folder, name: str) -> str:
    return name if folder.handle is not None else os.path.join(folder.path, name)


def _write_all(handle: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


# What a process writes through; a fault test puts another one here before anything is opened.
DISK = Disk()
