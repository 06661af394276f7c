"""Whether anything changed since the last whole build: one list of signatures, compared in one go.

Reads .tympan/fresh and the signatures of every file it names. Writes nothing; `tympan.cli.manifest` does.

This module is imported before anything else, so that a build with nothing to do imports nothing else:
no click, no msgspec, no doit. The file is a line of magic, a line for the trust it was written under, the
summary to print, the key of the tree that was kept of it (tympan.trees), the number of paths, the paths
(relative to the project, or absolute for what tympan is made of), three 64-bit numbers for each (time of
change, size, inode), and which paths are whose.
"""

from __future__ import annotations

import os
import sys
from zlib import crc32

# As typing has it: importing that takes half as long as starting Python.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = ".tympan/fresh"
MAGIC = b"tympan-fresh 3"
_MASK = 0x7FFF_FFFF_FFFF_FFFF
_WIDTH = 3
# The last line: "end" and a checksum of all above.
_END = 13


class Manifest:
    """What .tympan/fresh says. owners: asset, or "" for what all share, and how many paths are its own.

    signatures: three numbers for each path (`numbers`).

    tree: the key of the tree that was kept of it, "" if none was.
    """

    def __init__(
        self, summary: str, paths: list[str], signatures: memoryview[int], owners: bytes, tree: str = ""
    ) -> None:
        self.summary, self.paths, self.signatures, self.owners = summary, paths, signatures, owners
        self.tree = tree
        self._spans: dict[str, tuple[int, int]] = {}

    def spans(self) -> dict[str, tuple[int, int]]:
        """Of each owner, in order: where its paths begin in `paths`, and end."""
        if not self._spans:
            at = 0
            for line in self.owners.decode().splitlines():
                name, _, count = line.rpartition(" ")
                self._spans[name] = (at, at := at + int(count))
        return self._spans

    def signatures_of(self, span: tuple[int, int]) -> memoryview[int]:
        """The signatures of some paths."""
        return self.signatures[_WIDTH * span[0] : _WIDTH * span[1]]


def numbers(data: bytes | bytearray) -> memoryview[int]:
    """Bytes as 64-bit numbers. ValueError if the last is not whole.

    The module `array` would bring `collections` with it, which takes a tenth as long as to start Python.
    """
    try:
        return memoryview(data).cast("q")
    except TypeError:
        raise ValueError from None


def trust_line() -> bytes:
    """What the user said about trust in the environment, and which Python this is: another makes another
    build.
    """
    words = (os.environ.get(name, "") for name in ("TYMPAN_TRUST", "TYMPAN_HOME", "PYTHONPATH"))
    return repr((*words, sys.version, sys.prefix)).encode()


def read(root: str) -> Manifest | None:
    """The manifest of a project; None if there is none, or it is not whole, or of other circumstances."""
    try:
        with open(os.path.join(root, NAME), "rb") as file:
            return parse(file.read())
    except OSError:
        return None


def parse(data: bytes) -> Manifest | None:
    """The manifest in these bytes; None if they are not whole, or of other circumstances."""
    try:
        # Names and numbers are believed below: a changed byte must not become another answer.
        if data[-_END:] != end_of(memoryview(data)[:-_END]):
            return None
        magic, trust, summary, tree, count, rest = data.split(b"\n", 5)
        if magic != MAGIC or trust != trust_line():
            return None
        number, width = (int(word) for word in count.split())
        names, binary = rest[:width].decode(), rest[width : width + number * _WIDTH * 8]
        signatures = numbers(binary)
        paths = names.split("\n") if names else []
        if len(paths) != number or len(signatures) != number * _WIDTH:
            return None
        owners = rest[width + number * _WIDTH * 8 : -_END]
        return Manifest(summary.decode(), paths, signatures, owners, tree.decode())
    except ValueError:
        return None


def of_groups(summary: str, groups: Iterable[tuple[str, list[str]]], signatures: memoryview[int]) -> Manifest:
    """A manifest of these owners and their paths."""
    groups = list(groups)
    owners = "".join(f"{owner} {len(own)}\n" for owner, own in groups).encode()
    return Manifest(summary, [path for _, own in groups for path in own], signatures, owners)


def written(manifest: Manifest) -> bytes:
    """The bytes of a manifest."""
    names, summary = "\n".join(manifest.paths).encode(), manifest.summary.encode()
    tree, number = manifest.tree.encode(), len(manifest.paths)
    head = b"%s\n%s\n%s\n%s\n%d %d\n" % (MAGIC, trust_line(), summary, tree, number, len(names))
    data = b"".join([head, names, manifest.signatures.tobytes(), manifest.owners])
    return data + end_of(data)


def end_of(data: bytes | memoryview) -> bytes:
    """The last line of a file that is believed: a checksum of what is above."""
    return b"end %08x\n" % crc32(data)


def sign(root: str, paths: Iterable[str]) -> memoryview[int]:
    """Time of change, size and inode of each path now; zeros for one that is not there."""
    here = os.getcwd()
    # Names relative to the project cost the kernel half as many steps as absolute ones.
    os.chdir(root)
    try:
        return _signed(paths)
    finally:
        os.chdir(here)


def _signed(paths: Iterable[str]) -> memoryview[int]:
    several = list(paths)
    signatures, at = numbers(bytearray(8 * _WIDTH * len(several))), 0
    stat, windows = os.stat, os.name == "nt"
    for path in several:
        try:
            found = stat(path)
        except OSError:
            at += _WIDTH
            continue
        signatures[at] = found.st_mtime_ns if windows else found.st_ctime_ns
        signatures[at + 1] = found.st_size
        signatures[at + 2] = found.st_ino & _MASK
        at += _WIDTH
    return signatures


def signature_of(found: os.stat_result) -> bytes:
    """The three numbers of a file that was looked at, as bytes."""
    signature = numbers(bytearray(8 * _WIDTH))
    signature[0] = found.st_mtime_ns if os.name == "nt" else found.st_ctime_ns
    signature[1] = found.st_size
    signature[2] = found.st_ino & _MASK
    return signature.tobytes()


def changed(manifest: Manifest, now: memoryview[int]) -> list[int]:
    """Which paths, by place, have another signature now."""
    found: list[int] = []
    new, old = now, manifest.signatures
    # Halved until equal: most of a large library is not looked at one by one.
    parts = [(0, len(manifest.paths))]
    while parts:
        start, end = parts.pop()
        if new[_WIDTH * start : _WIDTH * end] == old[_WIDTH * start : _WIDTH * end]:
            continue
        if end - start == 1:
            found.append(start)
            continue
        middle = (start + end) // 2
        parts += [(middle, end), (start, middle)]
    return found


def find_root(start: str) -> str | None:
    """The nearest folder at or above `start` with a project file."""
    folder = os.path.realpath(start)
    while True:
        for name in ("pyproject.toml", "tympan.toml"):
            if os.path.isfile(os.path.join(folder, name)):
                return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


class Look:
    """A manifest, and how the files it names look."""

    __slots__ = ("manifest", "now")

    def __init__(self, manifest: Manifest, now: memoryview[int]) -> None:
        self.manifest, self.now = manifest, now


# What `nothing_to_do` saw, by project: who goes on from there need not look at everything again.
_seen: dict[str, Look] = {}


def look(root: str) -> Look | None:
    """The manifest of a project and how its files look now; None if there is none to go by."""
    return _seen.pop(root, None) or _look(root)


def keep_look(root: str, seen: Look) -> None:
    """Nothing was done since this look: the next may have it."""
    _seen[root] = seen


def _look(root: str) -> Look | None:
    manifest = read(root)
    return Look(manifest, sign(root, manifest.paths)) if manifest else None


def nothing_to_do(start: str) -> str | None:
    """The summary to print if nothing changed since the last whole build, else None."""
    root = find_root(start)
    seen = _look(root) if root else None
    if root is None or seen is None:
        return None
    if seen.now != seen.manifest.signatures:
        keep_look(root, seen)
        return None
    return seen.manifest.summary
