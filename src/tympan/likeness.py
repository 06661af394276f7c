"""How the project looks now, against the trees that were kept of it.

Reads what changed since the last whole build. Writes nothing.
"""

from __future__ import annotations

import os

from tympan import fresh, trees
from tympan.clock import now_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from tympan.fresh import Look
    from tympan.trees import Tree


# Digests that are looked for in other trees.
_SOME = 4


class Unlike(Exception):
    """Something is not as it was left: the plan has to look at it."""


class Was:
    """How the project looks now, against the tree it was last built as.

    began: nanoseconds since 1970; everything that is read is read after it.
    """

    def __init__(self, root: str, seen: Look, here: Tree) -> None:
        self.root, self.seen, self.here = root, seen, here
        self.began = now_ns()
        self.changed = {here.manifest.paths[n] for n in fresh.changed(seen.manifest, seen.now)}
        if self.changed & trees.MEMORY:
            raise Unlike
        self._signed: dict[str, bytes] = {}
        self._digests: dict[str, bytes] = {}

    def candidates(self) -> Iterator[Tree]:
        """The tree of the last build, then the others that may be like the project now, the newest first."""
        yield self.here
        yield from trees.others(self.root, self.seen.manifest.tree, self._differing())

    def _differing(self) -> list[bytes]:
        """Digests of some inputs that are not as the last build read them: another tree has had them so."""
        found = []
        for path in self.here.inputs():
            if path in self.changed and not os.path.isabs(path):
                now = self.digest(path)
                if now not in (trees.NONE, self.here.digest(path)):
                    found.append(now)
            if len(found) == _SOME:
                break
        return found

    def like(self, tree: Tree) -> bool:
        """Whether everything that a tree was built from is as it was then."""
        read = tree.inputs()
        # What changed is what trees differ in: most are told apart by the first path.
        first = [path for path in read if path in self.changed]
        rest = [path for path in read if path not in self.changed]
        return all(self._same(tree, path) for path in [*first, *rest])

    def _same(self, tree: Tree, path: str) -> bool:
        if os.path.isabs(path):
            return tree.signature(path) == self.signature(path)
        return self.digest(path) == tree.digest(path)

    def digest(self, path: str) -> bytes:
        """Digest of a file or a folder now."""
        if path in self.here.places and path not in self.changed:
            return self.here.digest(path)
        if path not in self._digests:
            self.signature(path)
            self._digests[path] = trees.digest_at(self.root, path)
        return self._digests[path]

    def signature(self, path: str) -> bytes:
        """How a file looked before it was read."""
        n = self.here.places.get(path)
        if n is not None:
            return self.seen.now[3 * n : 3 * n + 3].tobytes()
        if path not in self._signed:
            self._signed[path] = fresh.sign(self.root, [path]).tobytes()
        return self._signed[path]

    def is_stale(self, path: str, there: Tree) -> bool:
        """Whether an output is not as the last build wrote it, or is to be another in a tree."""
        is_there = path in self.here.outputs and path not in self.changed
        return not is_there or self.here.digest(path) != there.digest(path)

    def dropped(self, there: Tree) -> list[str]:
        """What the last build wrote and a tree does not; Unlike if another hand changed any of it."""
        paths = sorted(self.here.outputs - there.outputs)
        found = [path for path in paths if os.path.lexists(os.path.join(self.root, path))]
        if any(path in self.changed for path in found):
            raise Unlike
        return found
