"""Writing down what a whole build was built from, so that a switch back needs no plan.

Reads the checkout. Writes .tympan/trees.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import msgspec
from blake3 import blake3

from tympan import trees
from tympan.checkout import Checkout
from tympan.errors import FilesError
from tympan.fresh import Manifest
from tympan.state import Note
from tympan.trees import NONE, Tree
from tympan.versions import version_of

# Trees that are kept: branches that people go back and forth between.
_KEPT = 8
# Paths of a tree. Above this the list takes longer to write after each edit than a plan takes after a switch.
_MOST_PATHS = 20_000
# Bytes of small outputs beside a tree; of a library with more the store's index has them.
_MOST_PACKED = 2 * 1024 * 1024
_ENCODE = msgspec.json.Encoder().encode


def remember(checkout: Checkout, manifest: Manifest, before: Manifest | None) -> None:
    """Keep the tree of a manifest, and name it there.

    None is kept of a large library, nor where something is held: what that waits for is no file.
    before: the manifest that a partial build came from. A disk that says no costs the next switch a plan.
    """
    if len(manifest.paths) > _MOST_PATHS or ";" in manifest.summary:
        return
    try:
        root = str(checkout.files.root)
        last = trees.find(root, before.tree) if before else None
        if before is not None and last is None:
            return
        tree = _tree(checkout, manifest, last)
        manifest.tree = tree.made_key()
        _write(checkout, tree, _pack(checkout, tree, last))
    except (FilesError, OSError):
        manifest.tree = ""


def _tree(checkout: Checkout, manifest: Manifest, last: Tree | None) -> Tree:
    root = str(checkout.files.root)
    notes = {note.node: note for note in _notes(checkout, last)}
    outputs = {path: name for note in notes.values() for path, name in note.record.outputs.items()}
    digests = b"".join(_digests(root, manifest, last, outputs))
    nodes = [(node, list(note.record.outputs)) for node, note in notes.items()]
    project, version, known = checkout.project, version_of("tympan"), _ENCODE(list(notes.values()))
    return Tree(manifest, digests, project.out, version, nodes, known, hard=project.hard_links)


def _notes(checkout: Checkout, last: Tree | None) -> Iterator[Note]:
    """What the state has of each target; of assets that a partial build did not read, what the tree had."""
    if last is not None and checkout.only is not None:
        for note in msgspec.json.decode(last.notes, type=list[Note]):
            if note.asset not in checkout.only:
                yield note
    for node in checkout.graph.writes():
        record = checkout.state.record(node.id)
        if record is None:
            raise FilesError(f"{node.id} is not on record")
        yield Note(node.id, node.asset, record)


def _digests(root: str, manifest: Manifest, last: Tree | None, outputs: dict[str, str]) -> Iterator[bytes]:
    for n, path in enumerate(manifest.paths):
        if path in outputs:
            yield bytes.fromhex(outputs[path])
        elif path in trees.MEMORY or os.path.isabs(path):
            yield NONE
        elif last and path in last.places and _same(manifest.signatures, n, last, path):
            yield last.digest(path)
        else:
            yield trees.digest_at(root, path)


def _same(signatures: memoryview[int], n: int, last: Tree, path: str) -> bool:
    return last.signature(path) == signatures[3 * n : 3 * n + 3].tobytes()


def _pack(checkout: Checkout, tree: Tree, last: Tree | None) -> bytes:
    """The bytes of the small outputs, one after another; b"" if they are too many, or not as they were."""
    small = tree.small()
    if sum(small.values()) > _MOST_PACKED:
        return b""
    known = trees.packed(str(checkout.files.root), last) if last else {}
    paths = {tree.digest(path): path for path in tree.outputs}
    parts = []
    for name, size in small.items():
        data = known.get(name, b"")
        if len(data) != size:
            data = checkout.files.read(paths[name])
        if blake3(data).digest() != name:
            return b""
        parts.append(data)
    return b"".join(parts)


def _write(checkout: Checkout, tree: Tree, pack: bytes) -> None:
    files, found = checkout.files, trees.names(str(checkout.files.root))
    newest = int(found[0].partition("-")[0]) if found else 0
    name = f"{trees.FOLDER}/{newest + 1}-{tree.manifest.tree}"
    if pack:
        files.write(f"{name}{trees.PACK}", pack)
    files.write(name, trees.encoded(tree))
    same = [name for name in found if name.endswith(f"-{tree.manifest.tree}")]
    others = [name for name in found if name not in same]
    for name in [*same, *others[_KEPT - 1 :]]:
        files.remove(f"{trees.FOLDER}/{name}")
        files.remove(f"{trees.FOLDER}/{name}{trees.PACK}")
