"""Every operation that changes the disk, and the one that reads a whole file: what fault tests replace.

Reads and writes as it is told.

Bytes that the store has as a file need not be written again: a file system that can (btrfs, XFS; by Linux's
FICLONE) lets two files have the same blocks until one is written to.

A folder is held open while it is written to (POSIX), so that a link put in its place cannot lead a write
astray; on Windows, which has no such handles, names are joined to its path.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Data = bytes | memoryview[int]

_HANDLES = os.name == "posix" and os.open in os.supports_dir_fd
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK | getattr(os, "O_BINARY", 0)
# Bytes of a copy that stay in the processor's cache on their way.
AT_ONCE = 256 * 1024
# _IOW(0x94, 9, int) of linux/fs.h.
_FICLONE = 0x40049409
# Whoever edits a file that is linked edits the store: at least it has to be asked for.
_READ_ONLY = 0o444
# Bytes that one read surely brings if they are there.
_ONE_READ = 1 << 30


class Folder:
    """An open folder: its absolute path, and its handle where the system has such. Closed when forgotten."""

    __slots__ = ("handle", "path")

    def __init__(self, path: str, handle: int | None) -> None:
        self.path, self.handle = path, handle

    def __del__(self) -> None:
        if self.handle is not None:
            os.close(self.handle)


class Begun:
    """A file below a folder of which the bytes are on the disk, or about to be, and not yet in their place.

    name: its path from the root; leaf: the last part of it; beside: what it is called until then.
    """

    __slots__ = ("beside", "folder", "leaf", "name")

    def __init__(self, name: str, folder: Folder, leaf: str, beside: str) -> None:
        self.name, self.folder, self.leaf, self.beside = name, folder, leaf, beside


class Twin:
    """A file of the store, as the source of another. hard: that may be a link to it."""

    __slots__ = ("hard", "path")

    def __init__(self, path: str, *, hard: bool) -> None:
        self.path, self.hard = path, hard


class Disk:
    """The real disk."""

    # Whether two files can have blocks in common, as far as is known.
    _clones = sys.platform == "linux"

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
            size = os.fstat(handle).st_size
            data = os.read(handle, size + 1)
            parts = [data]
            # One read brings 2 GiB at most; of what is not as long as it was said to be, all there is.
            while (len(data) != size or size > _ONE_READ) and (data := os.read(handle, 1 << 20)):
                parts.append(data)
        finally:
            os.close(handle)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def mkdir(self, parent: Folder, name: str) -> None:
        """Make one folder."""
        os.mkdir(_at(parent, name), dir_fd=parent.handle)

    def create(self, folder: Folder, name: str, data: Data, *, sync: bool, twin: Twin | None = None) -> None:
        """Make a new file with these bytes.

        twin: what should have them already. If it does, both have the same blocks where the file system can;
        or they are one file, made read-only, if that may be and it has no second name yet.
        """
        if twin and not ((twin.hard or self._clones) and self._has(twin.path, data)):
            twin = None
        if twin and twin.hard and _linked(twin.path, folder, name):
            return
        handle = os.open(_at(folder, name), _NEW, 0o644, dir_fd=folder.handle)
        _fill(handle, b"" if twin and self._cloned(twin.path, handle) else data, sync=sync)

    def _has(self, path: str, data: Data) -> bool:
        try:
            return self.read(path) == data
        except OSError:
            return False

    def copy(
        self, twin: Twin, folder: Folder, name: str, told: Callable[[memoryview], object], buffer: memoryview
    ) -> None:
        """Make a new file with the bytes of another, part by part through a buffer; `told` is given each.

        They are not written where both can have them in common, as in `create`.
        """
        read = os.open(twin.path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        try:
            linked = twin.hard and _linked(twin.path, folder, name)
            handle = None if linked else os.open(_at(folder, name), _NEW, 0o644, dir_fd=folder.handle)
            try:
                shared = handle is None or self._cloned(twin.path, handle)
                while count := os.readv(read, [buffer]):
                    told(part := buffer[:count])
                    if handle is not None and not shared:
                        _write_all(handle, part)
            finally:
                if handle is not None:
                    os.close(handle)
        finally:
            os.close(read)

    def _cloned(self, source: str, handle: int) -> bool:
        """Let a new file have the blocks of another; whether the file system could."""
        if not self._clones:
            return False
        try:
            import fcntl

            read = os.open(source, os.O_RDONLY)
            try:
                fcntl.ioctl(handle, _FICLONE, read)
            finally:
                os.close(read)
        except OSError:
            # It is asked once: what is written to is one file system, as a rule.
            self._clones = False
        return self._clones

    def rename(self, folder: Folder, name: str, to_folder: Folder, to: str) -> None:
        """Rename a file, replacing what has the new name."""
        source, target = _at(folder, name), _at(to_folder, to)
        os.replace(source, target, src_dir_fd=folder.handle, dst_dir_fd=to_folder.handle)

    def append(self, folder: Folder, name: str, data: bytes, *, sync: bool) -> None:
        """Add bytes to the end of a file, making it if need be."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | _NO_LINK | getattr(os, "O_BINARY", 0)
        _fill(os.open(_at(folder, name), flags, 0o644, dir_fd=folder.handle), data, sync=sync)

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

    def names(self, folder: Folder) -> dict[str, bool]:
        """What is in a folder, and whether it is a regular file; links are none."""
        with os.scandir(folder.path if folder.handle is None else folder.handle) as found:
            return {entry.name: entry.is_file(follow_symlinks=False) for entry in found}

    def look(self, folder: Folder, name: str) -> os.stat_result | None:
        """What has this name, links not followed; None if nothing has."""
        try:
            return os.stat(_at(folder, name), dir_fd=folder.handle, follow_symlinks=False)
        except FileNotFoundError:
            return None


def _at(folder: Folder, name: str) -> str:
    return name if folder.handle is not None else os.path.join(folder.path, name)


def _linked(source: str, folder: Folder, name: str) -> bool:
    """Give a file a second name; False if it has one already, or the system says no.

    With a third, the time of change of the second would be another than when it was signed.
    """
    if folder.handle is None:
        return False
    try:
        if os.stat(source).st_nlink > 1:
            return False
        os.chmod(source, _READ_ONLY)
        os.link(source, name, dst_dir_fd=folder.handle)
    except OSError:
        return False
    return True


def beside(leaf: str, count: int) -> str:
    """What a file is called until it is whole; `Files.sweep` knows the form, and what a kill has left."""
    return f".{leaf[:100]}.{os.getpid()}-{count}.tmp"


def _fill(handle: int, data: Data, *, sync: bool) -> None:
    """Write bytes to an open file, flush it if asked, and close it."""
    try:
        _write_all(handle, data)
        if sync:
            os.fsync(handle)
    finally:
        os.close(handle)


def _write_all(handle: int, data: Data) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


# What a process writes through; a fault test puts another one here before anything is opened.
DISK = Disk()
