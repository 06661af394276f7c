"""The one seam to the disk: every read and write of tympan goes through here.

Reads files of the project and the store. Writes them, each whole or not at all.
"""

from __future__ import annotations

import itertools
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import blake3 as _blake3
import msgspec

from tympan import limits
from tympan.errors import FilesError, PathRefused

_COUNT = itertools.count()
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"|?*\\\u200e\u200f\u202a-\u202e\u2066-\u2069]')

# What PureWindowsPath.is_reserved() refuses, which is slower and leaves in Python 3.15.
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[1-9¹²³]) *(\..*)?", re.IGNORECASE)


class Signature(msgspec.Struct, frozen=True, array_like=True):
    """What a file looked like without reading it: mtime in ns, size in bytes, inode."""

    mtime_ns: int
    size: int
    inode: int


class RelPath(str):
    """A path that cannot leave the folder it is joined to, and exists alike on every system.

    POSIX separators; no empty, "." or ".." part, no drive, no control character, no name that Windows
    reserves; NFC; at most `limits.PATH_PART` bytes a part.
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> RelPath:
        """The path, or PathRefused with the reason."""
        text = unicodedata.normalize("NFC", text)
        reason = _refusal(text)
        if reason:
            raise PathRefused(f"path {text!r} {reason}")
        return cls(text)

    @property
    def twin(self) -> str:
        """What another file system may take this path for: case and Unicode form folded."""
        return unicodedata.normalize("NFC", self.casefold())


def _refusal(text: str) -> str:
    if not text:
        return "is empty"
    if text.startswith(("/", "~")):
        return "must be relative, and below its folder"
    if found := _FORBIDDEN.search(text):
        return f"holds {found.group()!r}, which not every system allows in a name"
    for part in text.split("/"):
        if part in ("", ".", ".."):
            return "must not hold an empty, '.' or '..' part"
        if part[-1] in ". ":
            return f"has the part {part!r}, whose last character Windows drops"
        if len(part.encode()) > limits.PATH_PART:
            return f"has a part of more than {limits.PATH_PART} bytes"
        if _RESERVED.fullmatch(part):
            return f"has the part {part!r}, which Windows reserves"
    return ""


def digest(data: bytes) -> str:
    """blake3 of the bytes, 64 hex digits."""
    return _blake3.blake3(data).hexdigest()


class Files:
    """All files below one folder. Paths are POSIX, relative to `root`."""

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))

    def path(self, name: str) -> Path:
        """The absolute path of a name, without looking at the disk."""
        return self.root / name

    def read(self, name: str, limit: int | None = None) -> bytes:
        """The bytes of a regular file; FilesError if it is missing, no file, or above `limit` bytes."""
        path = self.path(name)
        try:
            found = os.stat(path)
            if not stat.S_ISREG(found.st_mode):
                raise FilesError(f"{name} is not a regular file")
            if limit is not None and found.st_size > limit:
                raise FilesError(f"{name} has {found.st_size} bytes, more than {limit}")
            return path.read_bytes()
        except OSError as error:
            raise FilesError(f"cannot read {name}: {_reason(error)}") from None

    def inside(self, name: str) -> bool:
        """Whether the name, with every link followed, is still below the root."""
        real = os.path.realpath(self.path(name))
        return real == str(self.root) or real.startswith(f"{self.root}{os.sep}")

    def sign(self, name: str) -> Signature | None:
        """The signature of a regular file, None if there is none; links are followed."""
        try:
            found = os.stat(os.path.join(self.root, name))
        except OSError:
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        return Signature(found.st_mtime_ns, found.st_size, found.st_ino)

    def write(self, name: str, data: bytes, *, sync: bool = False) -> Signature:
        """Put the bytes in place whole: temporary file beside, rename. Refuses to follow a link.

        sync: also flush file and folder to the disk, for what cannot be made again.
        """
        path = self.path(name)
        folder = self._folder(path)
        # Two threads may write equal bytes to one name: each has a temporary file of its own.
        beside = folder / f".{path.name[:100]}.{os.getpid()}-{next(_COUNT)}.tmp"
        try:
            handle = os.open(
                beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0), 0o644
            )
            try:
                view = memoryview(data)
                while view:
                    view = view[os.write(handle, view) :]
                if sync:
                    os.fsync(handle)
                found = os.fstat(handle)
            finally:
                os.close(handle)
            if os.path.isdir(path) or os.path.islink(path):
                raise FilesError(f"{name} is a folder or a link: remove it, tympan does not write through it")
            os.replace(beside, path)
            if sync:
                _sync_folder(folder)
        except OSError as error:
            _forget(beside)
            raise FilesError(f"cannot write {name}: {_reason(error)}") from None
        except FilesError:
            _forget(beside)
            raise
        return Signature(found.st_mtime_ns, found.st_size, found.st_ino)

    def append(self, name: str, data: bytes, *, sync: bool = False) -> None:
        """Add bytes to the end of a file, in one write."""
        path = self.path(name)
        self._folder(path)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            try:
                os.write(handle, data)
                if sync:
                    os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise FilesError(f"cannot write {name}: {_reason(error)}") from None

    def remove(self, name: str) -> bool:
        """Delete a file or link; False if there was none."""
        try:
            os.unlink(self.path(name))
        except FileNotFoundError:
            return False
        except OSError as error:
            raise FilesError(f"cannot delete {name}: {_reason(error)}") from None
        return True

    def move(self, name: str, to: str) -> None:
        """Rename a file below the root, replacing what is there."""
        self._folder(self.path(to))
        try:
            os.replace(self.path(name), self.path(to))
        except OSError as error:
            raise FilesError(f"cannot move {name}: {_reason(error)}") from None

    def remove_empty_folders(self, name: str, above: str) -> None:
        """Delete the folder of `name` and its parents while they are empty, but not `above`."""
        folder, stop = self.path(name).parent, self.path(above)
        while folder != stop and stop in folder.parents:
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent

    def walk(self, name: str, suffix: str = "") -> Iterator[str]:
        """Names of all regular files below a folder, sorted; hidden ones and linked folders left out."""
        for folder, folders, names in os.walk(self.path(name)):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            for file in sorted(names):
                if file.endswith(suffix) and not file.startswith("."):
                    yield Path(folder, file).relative_to(self.root).as_posix()

    def _folder(self, path: Path) -> Path:
        folder = path.parent
        there = folder
        while not os.path.lexists(there):
            there = there.parent
        if os.path.realpath(there) != str(there):
            raise PathRefused(
                f"{path.relative_to(self.root)} lies behind a link",
                hint="tympan does not write through links",
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FilesError(f"cannot make the folder {folder}: {_reason(error)}") from None
        return folder


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _forget(path: Path) -> None:
    try:
        path.unlink()
    except OSError:
        return
