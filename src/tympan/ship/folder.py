"""A shipped folder: files written beside their places and renamed together, the manifest last; and checked.

Reads and writes the shipped folder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from tympan.errors import Damaged, FilesError, PathRefused, UsageError
from tympan.files import Begun, Files, RelPath, digest
from tympan.ship.manifest import LICENSES, MANIFEST, Manifest, Shipped, digests, read_manifest

# Folders that are held open at once; a process may hold about a thousand files.
_MOST_FOLDERS = 100


class Shipment:
    """What a folder holds by now, and how it gets what it shall hold.

    UsageError if there are files in it and no manifest of ours: they would be taken for shipped ones.
    """

    def __init__(self, folder: Path) -> None:
        self._files = Files(folder)
        self._old = _old(self._files)
        self.before: Mapping[str, Shipped] = self._old.by_path() if self._old else {}
        if self._old is None and next(self._files.walk(""), None) is not None:
            raise UsageError(f"{folder} has files and no {MANIFEST}", hint="ship into an empty folder")

    def kept(self, path: str) -> bytes | None:
        """The bytes of a file that was shipped here before and is as it was, else None."""
        entry = self.before.get(path)
        if entry is None or self._files.sign(path, follow=False) is None:
            return None
        data = self._files.read(path)
        return data if digest(data) == entry.blake3 else None

    def put(self, manifest: Manifest, data: Mapping[str, bytes], licenses: str) -> list[str]:
        """Make the folder hold just this; paths of what is new in it or had other bytes.

        A kill leaves each file whole, and the old manifest, by which the folder can be checked. What an
        older manifest names and this one does not goes, unless another hand changed it. Damaged if a file
        reads back otherwise than it was written.
        """
        wanted = {path: each for path, each in data.items() if self.kept(path) != each}
        self._place(wanted)
        for path, entry in manifest.by_path().items():
            if digests(self._files.read(path))["blake3"] != entry.blake3:
                raise Damaged(f"{path} reads back otherwise than it was written", hint="is the disk sound?")
        for path in sorted(set(self.before) - set(data)):
            if self.kept(path) is not None:
                self._files.remove(path)
                self._files.remove_empty_folders(path, "")
        self._text(LICENSES, licenses.encode())
        self._text(MANIFEST, manifest.written())
        return sorted(wanted)

    def _place(self, data: Mapping[str, bytes]) -> None:
        self._make()
        begun: list[Begun] = []
        try:
            for path in sorted(data):
                begun.append(self._files.begin(RelPath.parse(path), data[path]))
                if len({id(each.folder) for each in begun}) > _MOST_FOLDERS:
                    self._finish(begun)
            self._finish(begun)
        finally:
            for left in begun:
                self._files.give_up(left)

    def _finish(self, begun: list[Begun]) -> None:
        while begun:
            self._files.finish(begun.pop(0))

    def _make(self) -> None:
        """The folder itself, and those above it that are not there."""
        above = self._files.root
        while not above.exists():
            above = above.parent
        if above != self._files.root:
            Files(above).make_folder(self._files.root.relative_to(above).as_posix())

    def _text(self, name: str, data: bytes) -> None:
        if not data:
            self._files.remove(name)
        elif self._files.sign(name) is None or self._files.read(name) != data:
            self._files.write(name, data)


def checked(folder: Path) -> list[tuple[str, str]]:
    """What is wrong with a shipped folder: path and one of "missing", "changed", "extra"; needs no project.

    Hidden files are nobody's. UsageError if there is no manifest, Damaged if it cannot be read.
    """
    files = Files(folder)
    manifest = _old(files)
    if manifest is None:
        raise UsageError(f"{folder} has no {MANIFEST}", hint="tympan ship makes such a folder")
    found = [(each.path, word) for each in manifest.files if (word := _wrong(files, each))]
    known = {MANIFEST, LICENSES, *(each.path for each in manifest.files)}
    found += [(path, "extra") for path in files.walk("") if path not in known]
    return sorted(found)


def _wrong(files: Files, entry: Shipped) -> str:
    # A manifest may come from anywhere: its paths are looked at before they are followed.
    try:
        path = RelPath.parse(entry.path)
    except PathRefused as error:
        raise Damaged(f"{MANIFEST} names a path that leaves its folder: {error.message}") from None
    if files.sign(path, follow=False) is None:
        return "missing"
    found = digests(files.read(path))
    wanted = {name: getattr(entry, name) for name in found}
    return "" if found == wanted else "changed"


def _old(files: Files) -> Manifest | None:
    try:
        data = files.read(MANIFEST)
    except FilesError:
        return None
    return read_manifest(data)


def same(old: Shipped | None, new: Shipped) -> bool:
    """Whether nothing but the lock is new: what lies there is what would be shipped."""
    return old is not None and msgspec.structs.replace(old, lock="") == msgspec.structs.replace(new, lock="")


def places(entries: Sequence[Shipped]) -> str:
    """How many files of how many assets, in words."""
    assets = len({each.asset for each in entries})
    return f"{len(entries)} file{'s' * (len(entries) != 1)} of {assets} asset{'s' * (assets != 1)}"
