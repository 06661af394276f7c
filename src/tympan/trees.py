"""Trees: what the last whole builds were built from, file by file, and what they wrote.

Reads .tympan/trees and what it is asked the digest of. Writes nothing; `tympan.cli.remember` does.

A project that is as one of them again, after a branch switch, needs no plan: `tympan.switch` puts the files
back. Like `tympan.fresh` this is read before anything else is imported. A file is a line with the lengths of
its parts, the manifest as it was, a digest (blake3, 32 bytes, zeros for none) for each path of it, the folder
of outputs, a line for each target with the paths it writes, the records of the targets for the state, and a
checksum.
"""

from __future__ import annotations

import os

from blake3 import blake3

from tympan import disk as _disk
from tympan.fresh import Manifest, end_of, parse, written
from tympan.limits import SMALL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tympan.disk import Data

FOLDER = ".tympan/trees"
STATE, JOURNAL = ".tympan/state.db", ".tympan/journal"
# Of this checkout's memory, not of what is built: a tree is the same whatever is in them.
MEMORY = frozenset({STATE, JOURNAL})
# What the journal says of a tree: its outputs are about to be written, and: its targets are done.
CLAIM, DONE = b"claim ", b"done "
# The end of the name of the file beside a tree that has the bytes of its small outputs, one after another: to
# open the store's index takes longer than to read them.
PACK = ".small"
WIDTH = 32
NONE = bytes(WIDTH)
_MAGIC = b"tympan-tree 2"
_END = len(end_of(b""))
_KEY = 16


class Tree:
    """What a whole build was built from and what it wrote.

    digests: of each path of the manifest, one after another. nodes: each target's id and its outputs' paths.
    out: the folder of outputs. version: of the tympan that built it. hard: whether outputs may be links to
    what the store has. notes: JSON, for the state. The key of the tree is in the manifest.
    """

    def __init__(
        self,
        manifest: Manifest,
        digests: bytes,
        out: str,
        version: str,
        nodes: list[tuple[str, list[str]]],
        notes: bytes,
        *,
        hard: bool,
    ) -> None:
        self.manifest, self.digests, self.out, self.version = manifest, digests, out, version
        self.nodes, self.notes, self.hard = nodes, notes, hard
        self.places = {path: n for n, path in enumerate(manifest.paths)}
        self.outputs = {path for _, paths in nodes for path in paths}

    def digest(self, path: str) -> bytes:
        """Of a file as it was; NONE if it was not there."""
        n = self.places[path]
        return self.digests[WIDTH * n : WIDTH * n + WIDTH]

    def signature(self, path: str) -> bytes:
        """How a file looked."""
        n = self.places[path]
        return self.manifest.signatures_of((n, n + 1)).tobytes()

    def size(self, path: str) -> int:
        """Bytes of a file."""
        return self.manifest.signatures[3 * self.places[path] + 1]

    def small(self) -> dict[bytes, int]:
        """Digest -> size of each output that is small, in the order of the targets."""
        paths = (path for _, paths in self.nodes for path in paths)
        return {self.digest(path): self.size(path) for path in paths if self.size(path) <= SMALL}

    def inputs(self) -> list[str]:
        """Paths of what was read: files, folders, and what tympan is made of."""
        return [path for path in self.manifest.paths if path not in self.outputs and path not in MEMORY]

    def made_key(self) -> str:
        """What it was built from, and with what, as 16 hex digits."""
        told = blake3()
        for path in self.inputs():
            told.update(f"{path}\n".encode())
            told.update(self.signature(path) if os.path.isabs(path) else self.digest(path))
        return told.hexdigest()[:_KEY]


def encoded(tree: Tree) -> bytes:
    """The bytes of a tree."""
    manifest = written(tree.manifest)
    nodes = "\n".join("\t".join([node, *paths]) for node, paths in tree.nodes).encode()
    words = f"{tree.out}\n{tree.version}\n{int(tree.hard)}".encode()
    parts = (manifest, tree.digests, words, nodes, tree.notes)
    data = b"".join([_MAGIC, b" %d %d %d %d %d\n" % tuple(map(len, parts)), *parts])
    return data + end_of(data)


def decoded(data: bytes) -> Tree | None:
    """The tree in these bytes; None if they are not whole, or of other circumstances."""
    try:
        if data[-_END:] != end_of(memoryview(data)[:-_END]):
            return None
        head, _, _ = data.partition(b"\n")
        if not head.startswith(_MAGIC):
            return None
        parts, at = [], len(head) + 1
        for size in map(int, head.split()[2:]):
            parts.append(data[at : at + size])
            at += size
        first, digests, words, nodes, notes = parts
        manifest = parse(first)
        if manifest is None or len(digests) != WIDTH * len(manifest.paths):
            return None
        lines = [line.split("\t") for line in nodes.decode().splitlines()]
        out, version, hard = words.decode().split("\n")
        several = [(line[0], line[1:]) for line in lines]
        return Tree(manifest, digests, out, version, several, notes, hard=hard == "1")
    except ValueError:
        return None


def names(root: str) -> list[str]:
    """The files of trees, the newest first."""
    try:
        found = os.listdir(os.path.join(root, FOLDER))
    except OSError:
        return []
    numbered = [(int(name.partition("-")[0]), name) for name in found if _is_name(name)]
    return [name for _, name in sorted(numbered, reverse=True)]


def _is_name(name: str) -> bool:
    number, _, key = name.partition("-")
    return number.isascii() and number.isdigit() and len(number) < _KEY and len(key) == _KEY


def find(root: str, key: str) -> Tree | None:
    """A tree by its key; None if it is not there or not whole."""
    found = next((name for name in names(root) if key and name.endswith(f"-{key}")), "")
    return decoded(_bytes(root, found)) if found else None


def _bytes(root: str, name: str) -> bytes:
    try:
        return _disk.DISK.read(os.path.join(root, FOLDER, name))
    except OSError:
        return b""


def packed(root: str, tree: Tree) -> dict[bytes, Data]:
    """Bytes of a tree's small outputs by digest, as far as they were packed; nothing is verified."""
    name = next((name for name in names(root) if name.endswith(f"-{tree.manifest.tree}")), "")
    data = memoryview(_bytes(root, f"{name}{PACK}"))
    if not data:
        return {}
    found: dict[bytes, Data] = {}
    at = 0
    for digest, size in tree.small().items():
        found[digest] = data[at : at + size]
        at += size
    return found


def others(root: str, key: str, digests: Sequence[bytes]) -> Iterator[Tree]:
    """All trees but that of a key that have one of these digests, the newest first.

    Most have none of them: to look for 32 bytes in a file takes a tenth of what it takes to take it apart.
    """
    for name in names(root):
        if name.endswith(f"-{key}"):
            continue
        data = _bytes(root, name)
        if any(digest in data for digest in digests) and (tree := decoded(data)):
            yield tree


def digest_at(root: str, path: str) -> bytes:
    """Digest of a file's bytes, or of a folder's names, now; NONE if nothing is there.

    OSError if it cannot be read.
    """
    whole = os.path.join(root, path)
    try:
        return blake3(_disk.DISK.read(whole)).digest()
    except IsADirectoryError:
        return blake3("\n".join(sorted(_names(os.listdir(whole)))).encode()).digest()
    except FileNotFoundError:
        return NONE


def _names(found: Iterable[str]) -> Iterator[str]:
    """Hidden files are none of a library's, and what Python compiled comes and goes."""
    return (name for name in found if not name.startswith(".") and name != "__pycache__")
