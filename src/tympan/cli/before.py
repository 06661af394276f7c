"""The files of targets as a revision of git would have them, and as they are now.

Reads the checkout, its store, and the repository. Writes to temporary folders only; nothing is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from tympan.asked import Asked
from tympan.build import Build
from tympan.checkout import Checkout
from tympan.cli.git import Revision, exported
from tympan.cli.reproduce import fill_masters
from tympan.errors import TympanError, UsageError
from tympan.files import digest
from tympan.plan.decide import FRESH, GATED, Planner
from tympan.plan.graph import Graph, Node
from tympan.plan.pick import pick
from tympan.worker.pool import Pool

SAME, CHANGED, NEW, REMOVED, UNKNOWN = "same", "changed", "new", "removed", "unknown"


class Pair(NamedTuple):
    """One file of a target, before and after. state: one of the words above; notes: what else is to be said.

    before, after: the bytes, None where there are none, and where they are the same. path: where it lies now,
    or lay then. sizes: in bytes, -1 where there is no file.
    """

    task: str
    asset: str
    path: str
    state: str
    before: bytes | None = None
    after: bytes | None = None
    sizes: tuple[int, int] = (-1, -1)
    notes: tuple[str, ...] = ()


class Then:
    """A checkout's files at a revision: from git, from the store, or made again where that costs nothing."""

    def __init__(self, checkout: Checkout, revision: str, place: Path, pool: Pool) -> None:
        self._checkout, self._pool, self._place = checkout, pool, place
        self._tracked = Revision(checkout.files.root, revision).files
        exported(checkout.files.root, revision, place)
        self._then = Checkout(place, local_code=checkout.trusted)
        # What the store here has of the revision need not be made again.
        self._then.asked = Asked(self._then.files, self._then.project.specs, checkout.store)
        self._then.store = checkout.store
        self._planner = self._then.planner()

    def pairs(self, wanted: Iterable[str]) -> Iterator[Pair]:
        """Every file of the targets meant, those that are gone last. UsageError if a name means none."""
        now, then = self._meant(list(wanted))
        planner = self._checkout.planner()
        for id, node in now.items():
            old = then.get(id)
            parts = dict.fromkeys([*node.outputs, *(old.outputs if old else ())])
            for part in parts:
                yield self._pair(planner, node, old, part)
        for id, old in then.items():
            if id not in now:
                yield from (self._pair(planner, None, old, part) for part in old.outputs)

    def _meant(self, wanted: list[str]) -> tuple[dict[str, Node], dict[str, Node]]:
        now: dict[str, Node] = {}
        then: dict[str, Node] = {}
        for words in [[word] for word in wanted] or [[]]:
            old = _picked(self._then.graph, words)
            # What is gone since is known to the revision only.
            new = _picked(self._checkout.graph, words) if old else pick(self._checkout.graph, words)
            now |= {node.id: node for node in new}
            then |= {node.id: node for node in old}
        return now, then

    def _pair(self, planner: Planner, now: Node | None, old: Node | None, part: str) -> Pair:
        node = now or old
        assert node is not None
        path = now.outputs.get(part, "") if now else ""
        old_path = old.outputs.get(part, "") if old else ""
        after, notes = self._after(planner, now, part, path) if now and path else (None, [])
        same = after is not None and old is not None and self._digest(old, part, old_path) == digest(after)
        before, why = (after, []) if same else self._before(old, part, old_path)
        state = _state(bool(old_path), bool(path), before, after)
        kept = (None, None) if state == SAME else (before, after)
        sizes = (-1 if before is None else len(before), -1 if after is None else len(after))
        return Pair(node.id, node.asset, path or old_path, state, *kept, sizes, (*notes, *why))

    def _after(self, planner: Planner, node: Node, part: str, path: str) -> tuple[bytes | None, list[str]]:
        decided = planner.decide(node)
        notes: list[str] = []
        if decided.verdict == GATED:
            # Built, and not in place before somebody has said yes.
            data = self._checkout.asked.bytes_of((planner.results(node) or {}).get(part, ""), path)
            return data, [f"gated: {'; '.join(decided.reasons)}"]
        if decided.verdict != FRESH:
            notes.append(f"not as the specs want it now ({decided.verdict}): tympan build")
        if self._checkout.files.sign(path) is None:
            return None, [*notes, f"{path} is not there"]
        return self._checkout.files.read(path), notes

    def _digest(self, old: Node, part: str, path: str) -> str:
        """Digest of a file of the revision, "" if neither git nor the store knows it."""
        if path in self._tracked:
            return digest(self._then.files.read(path))
        return (self._planner.results(old) or {}).get(part, "")

    def _before(self, old: Node | None, part: str, path: str) -> tuple[bytes | None, list[str]]:
        if old is None or not path:
            return None, []
        if path in self._tracked:
            return self._then.files.read(path), []
        name = self._digest(old, part, path)
        if name and (data := self._checkout.asked.bytes_of(name, path)) is not None:
            return data, []
        try:
            node = self._again.graph.nodes[old.id]
            self._again.perform(node)
            data = self._anew.store.get((self._again.planner.results(node) or {}).get(part, ""))
            return data, ["what was before is made again, by the versions installed now"]
        except TympanError as error:
            return None, [f"what was before cannot be had: {error.message}"]

    @cached_property
    def _anew(self) -> Checkout:
        """The revision once more, with a memory of its own: what is made of it stays out of our store."""
        anew = Checkout(self._place, local_code=self._checkout.trusted)
        fill_masters(anew, self._checkout, [asset.id for asset in anew.library.assets])
        return anew

    @cached_property
    def _again(self) -> Build:
        return Build(self._anew, self._pool, tell=lambda event: None)


def _picked(graph: Graph, words: list[str]) -> list[Node]:
    try:
        return pick(graph, words)
    except UsageError:
        return []


def _state(was: bool, is_now: bool, before: bytes | None, after: bytes | None) -> str:
    if not was:
        return NEW if after is not None else UNKNOWN
    if not is_now:
        return REMOVED
    if before is None or after is None:
        return UNKNOWN
    return SAME if before == after else CHANGED
