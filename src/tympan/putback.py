"""Outputs of a kept tree put back: from the store to their places, as one build.

Reads the store. Writes outputs, .tympan/journal and .tympan/fresh, and .tympan/lock.pid meanwhile.

The order is that of any build: outputs are claimed in the journal, read and verified, written beside their
places, renamed, and then recorded. What stops it half-way leaves what a killed build leaves, and the next
build goes on from there.
"""

from __future__ import annotations

import os

from blake3 import blake3

from tympan import disk as _disk
from tympan import fresh, trees
from tympan.aside import Aside
from tympan.disk import Begun, Twin
from tympan.framing import framed
from tympan.likeness import Unlike
from tympan.limits import RACY_NS, SMALL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from sqlite3 import Connection

    from tympan.disk import Data, Folder
    from tympan.likeness import Was
    from tympan.trees import Tree

    Targets = list[tuple[str, list[str]]]

_MEMORY = ".tympan"
# Bytes that are read and verified before any of them is written.
_MUCH = 64 * 1024 * 1024
# Bytes in large files from which on a second thread for them costs less than it saves.
_WORTH = 2 * 1024 * 1024
# Names in one question; SQLite allows 999 in its oldest builds.
_AT_ONCE = 500
# Open folders; a process may hold about a thousand files.
_MOST_FOLDERS = 200


class PutBack:
    """From one tree to another, or back to the same.

    restored: id and paths of each target that was; removed: paths of what no target writes now.
    """

    def __init__(self, was: Was, there: Tree) -> None:
        self.there = there
        self.restored: Targets = []
        self.removed: list[str] = []
        self._root, self._was = was.root, was
        self._folders: dict[str, Folder] = {}
        self._odd: dict[str, set[str]] = {}
        self._signed: dict[str, bytes] = {}
        self._count = 0
        self._pack: dict[bytes, Data] | None = None

    def run(self) -> None:
        """Do it; Unlike or OSError where the plan has to take over."""
        stale, there = self._was.is_stale, self.there
        self.restored = [
            (node, paths) for node, paths in there.nodes if any(stale(path, there) for path in paths)
        ]
        self.removed = self._was.dropped(there)
        handle = self._locked()
        try:
            self._note(trees.CLAIM)
            for several in self._parts():
                self._place(several)
            self._remove()
            self._note(trees.DONE)
            self._keep()
            _disk.DISK.unlink(self.folder(_MEMORY), "lock.pid")
        finally:
            os.close(handle)

    def _locked(self) -> int:
        """Be the only build here, as a session is; Unlike if another runs, or ran and did not end."""
        import fcntl

        memory = self.folder(_MEMORY)
        handle = os.open("lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644, dir_fd=memory.handle)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            there, last = _disk.DISK.look(memory, "lock"), fresh.read(self._root)
            if there is None or there.st_ino != os.fstat(handle).st_ino:
                raise Unlike
            if last is None or last.signatures != self._was.seen.manifest.signatures:
                raise Unlike  # another build was quicker
            if _disk.DISK.look(memory, "lock.pid"):
                raise Unlike
            _disk.DISK.create(memory, "lock.pid", str(os.getpid()).encode(), sync=False)
        except BaseException:
            os.close(handle)
            raise
        return handle

    def _note(self, word: bytes) -> None:
        line = framed(word + self.there.manifest.tree.encode())
        _disk.DISK.append(self.folder(_MEMORY), "journal", line, sync=False)

    def _parts(self) -> Iterator[list[str]]:
        """Paths of what is restored, as many as may be in memory at once."""
        part: list[str] = []
        size = 0
        for _, paths in self.restored:
            part += paths
            size += sum(map(self.there.size, paths))
            if size > _MUCH:
                yield part
                part, size = [], 0
        if part:
            yield part

    def _place(self, paths: list[str]) -> None:
        """Write all beside their places, verified, then rename all."""
        begun: list[Begun] = []
        try:
            begun += map(self._begin, paths)
            sizes = {each: self.there.size(each.name) for each in begun}
            # The largest last: who is free takes the next from the end.
            large = sorted((each for each in begun if sizes[each] > SMALL), key=sizes.__getitem__)
            worth = sum(sizes[each] for each in large) >= _WORTH
            with Aside(lambda: self._copy(large), worth=worth):
                self._write([each for each in begun if sizes[each] <= SMALL])
                # Of two links to one blob only one may be made: not by two who do not see each other.
                self._copy([] if self.there.hard else large)
            while begun:
                each = begun[-1]
                _disk.DISK.rename(each.folder, each.beside, each.folder, each.leaf)
                begun.pop()
                if placed := _disk.DISK.look(each.folder, each.leaf):
                    self._signed[each.name] = fresh.signature_of(placed)
        finally:
            for each in begun:
                _give_up(each)

    def _write(self, several: list[Begun]) -> None:
        """The bytes of small outputs beside their places."""
        data = self._small({self.there.digest(each.name) for each in several})
        for each in several:
            if (known := data.get(self.there.digest(each.name))) is not None:
                _disk.DISK.create(each.folder, each.beside, known, sync=False)
        self._copy([each for each in several if self.there.digest(each.name) not in data])

    def _copy(self, several: list[Begun]) -> None:
        """The bytes of outputs beside their places; Unlike if the store's do not have their digests.

        Two threads may do this at once: each takes what the other has not taken.
        """
        buffer = memoryview(bytearray(_disk.AT_ONCE if several else 0))
        while several:
            try:
                each = several.pop()
            except IndexError:
                return
            name, told = self.there.digest(each.name), blake3()
            text = name.hex()
            twin = Twin(f"{self._root}/{_MEMORY}/store/cas/{text[:2]}/{text}", hard=self.there.hard)
            _disk.DISK.copy(twin, each.folder, each.beside, told.update, buffer)
            if told.digest() != name:
                raise Unlike

    def _small(self, wanted: set[bytes]) -> dict[bytes, Data]:
        """Bytes of small outputs: from beside the tree, else from the store's index."""
        if self._pack is None:
            self._pack = trees.packed(self._root, self.there)
        near = ((name, data) for name, data in self._pack.items() if name in wanted)
        # What was damaged there is right in the store, perhaps.
        found = {name: data for name, data in near if blake3(data).digest() == name}
        missing = wanted - found.keys()
        return found | self._from_index(sorted(name.hex() for name in missing)) if missing else found

    def _from_index(self, names: list[str]) -> dict[bytes, Data]:
        path = f"{self._root}/{_MEMORY}/store/index.db"
        if os.path.islink(path) or not os.path.isfile(path):
            raise Unlike
        found: dict[bytes, Data] = {}
        connect, wrong = _sqlite()
        # Without its log nothing is locked and no file made beside it. Should another process write just
        # then, what is read has another digest.
        quick = "" if os.path.exists(f"{path}-wal") else "&immutable=1"
        base = connect(f"file:{_quoted(path)}?mode=ro{quick}", uri=True)
        try:
            base.execute("PRAGMA mmap_size = 268435456")
            for start in range(0, len(names), _AT_ONCE):
                part = names[start : start + _AT_ONCE]
                ask = f"SELECT name, data FROM blob WHERE name IN ({', '.join('?' * len(part))})"
                found.update((bytes.fromhex(name), data) for name, data in base.execute(ask, part))
            if any(blake3(data).digest() != name for name, data in found.items()):
                raise Unlike
        except (wrong, UnicodeDecodeError, TypeError):
            raise Unlike from None
        finally:
            base.close()
        return found

    def _begin(self, path: str) -> Begun:
        above, _, leaf = path.rpartition("/")
        folder = self.folder(above)
        if above not in self._odd:
            # One look at each folder is cheaper than one at each file.
            there = _disk.DISK.names(folder)
            self._odd[above] = {name for name, is_file in there.items() if not is_file}
        if leaf in self._odd[above]:
            raise Unlike
        return Begun(path, folder, leaf, self._beside(leaf))

    def _beside(self, leaf: str) -> str:
        self._count += 1
        return _disk.beside(leaf, self._count)

    def folder(self, path: str) -> Folder:
        """A folder below the root, no part of it a link; made if need be, and held open."""
        found = self._folders.get(path)
        if found is not None:
            return found
        if path:
            above, _, leaf = path.rpartition("/")
            parent = self.folder(above)
            try:
                found = _disk.DISK.open_folder(parent, leaf)
            except FileNotFoundError:
                _disk.DISK.mkdir(parent, leaf)
                found = _disk.DISK.open_folder(parent, leaf)
        else:
            found = _disk.DISK.open_root(self._root)
        if len(self._folders) > _MOST_FOLDERS:
            self._folders = {}
        self._folders[path] = found
        return found

    def _remove(self) -> None:
        """Remove what this tree does not write, and the folders that are empty then."""
        for path in self.removed:
            above, _, leaf = path.rpartition("/")
            # On a file system that folds case another output may have this name by now.
            if fresh.sign(self._root, [path]).tobytes() == self._was.signature(path):
                _disk.DISK.unlink(self.folder(above), leaf)
            while above.startswith(f"{self.there.out}/"):
                parent, _, leaf = above.rpartition("/")
                try:
                    _disk.DISK.rmdir(self.folder(parent), leaf)
                except OSError:
                    break
                self._folders.pop(above, None)
                above = parent

    def _keep(self) -> None:
        """Write the manifest, with inputs signed as they looked before they were read; none if one of them
        may change again and look the same. So the next build sees what changed meanwhile, or looks at all.
        """
        memory, old = self.folder(_MEMORY), self.there.manifest
        kept = [path for path in old.paths if path not in self._signed and path not in trees.MEMORY]
        if any(map(self._is_racy, kept)):
            _disk.DISK.unlink(memory, "fresh")
            return
        own = [path for path in old.paths if path in trees.MEMORY]
        now = fresh.sign(self._root, own)
        self._signed.update((path, now[3 * n : 3 * n + 3].tobytes()) for n, path in enumerate(own))
        signatures = b"".join(self._signed.get(path) or self._was.signature(path) for path in old.paths)
        manifest = fresh.Manifest(old.summary, old.paths, fresh.numbers(signatures), old.owners, old.tree)
        beside = self._beside("fresh")
        _disk.DISK.create(memory, beside, fresh.written(manifest), sync=False)
        _disk.DISK.rename(memory, beside, memory, "fresh")

    def _is_racy(self, path: str) -> bool:
        """Whether an input changed within the tick in which it was looked at."""
        if path.startswith(("/", ".")) or path in self.there.outputs:
            return False
        return fresh.numbers(self._was.signature(path))[0] > self._was.began - RACY_NS


def _give_up(begun: Begun) -> None:
    try:
        _disk.DISK.unlink(begun.folder, begun.beside)
    except OSError:
        return  # not there yet; or the next build sweeps it


def _quoted(path: str) -> str:
    """A path in a URI of SQLite's."""
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def _sqlite() -> tuple[Callable[..., Connection], type[Exception]]:
    """What connects to a database, and what it raises."""
    try:
        # What sqlite3 is made of: that itself imports datetime, and takes as long as the rest of a switch.
        from _sqlite3 import Error, connect
    except ImportError:
        from sqlite3 import Error, connect
    return connect, Error
