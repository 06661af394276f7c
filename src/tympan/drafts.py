"""Drafts of gated targets: the same files with a mark on them, in a folder of their own.

Reads through the build. Writes the store, and files in `<out>-draft`; no output, no record, no state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import msgspec

from tympan.build import Build, Event
from tympan.checkout import Checkout
from tympan.clock import monotonic
from tympan.errors import FilesError, TympanError
from tympan.files import digest
from tympan.model import canonical
from tympan.placed import Made
from tympan.plan.graph import Node
from tympan.proof import VERSION
from tympan.worker.jobs import Write


class Drafts:
    """The drafts of one build. tell: called for each event, from several threads, one at a time."""

    def __init__(self, build: Build, tell: Callable[[Event], None]) -> None:
        self._build, self._tell = build, tell
        self._checkout = build.checkout
        self.count = 0

    def make(self, gated: Iterable[Node], jobs: int) -> None:
        """Bring the drafts of gated targets up to date. What fails is told and counted by the build."""
        gated = list(gated)
        if not gated:
            return
        self._checkout.files.write(f"{folder(self._checkout)}/.gitignore", b"*\n")
        with ThreadPoolExecutor(jobs) as threads:
            for event in threads.map(self._make, gated):
                if event is not None:
                    self.count += len(event.outputs)
                    self._tell(event)

    def _make(self, node: Node) -> Event | None:
        began = monotonic()
        try:
            made = self._made(node)
            paths = paths_of(self._checkout, node)
            for part, path in paths.items():
                if not self._is_there(path, made.data[part]):
                    self._checkout.files.write(path, made.data[part])
        except TympanError as error:
            self._build.fail(node, error, began)
            return None
        seconds = round(monotonic() - began, 3)
        return Event(did="draft", node=node.id, outputs=tuple(paths.values()), seconds=seconds)

    def _made(self, node: Node) -> Made:
        """The draft as the store has it, else as a worker makes it; what the checks say is not asked."""
        of = self._build.planner.key(node) or ""
        key = digest(canonical(["draft", VERSION, of]))
        if found := self._build.found(node, key):
            return found
        job = self._build.job(node)
        assert isinstance(job, Write)
        done = self._build.pool.ask(msgspec.structs.replace(job, checks=(), draft=True))
        reads = {"draft": {"of": of, "mark": VERSION}}
        results = self._checkout.store.keep(key, reads, done.results, done.facts)
        return Made(node, key, done.results, results)

    def _is_there(self, path: str, data: bytes) -> bool:
        try:
            return self._checkout.files.read(path, len(data)) == data
        except FilesError:
            return False

    def sweep(self, nodes: Iterable[Node]) -> None:
        """Remove the drafts of targets that wait for nothing any more."""
        for node in nodes:
            remove(self._checkout, node)


def folder(checkout: Checkout) -> str:
    """Where drafts are: beside the outputs, never among them."""
    return f"{checkout.project.out}-draft"


def paths_of(checkout: Checkout, node: Node) -> dict[str, str]:
    """Part name -> path of a target's draft, from the root."""
    below = len(checkout.project.out)
    return {part: f"{folder(checkout)}{path[below:]}" for part, path in node.outputs.items()}


def remove(checkout: Checkout, node: Node) -> list[str]:
    """Remove a target's drafts; the paths of those that were there."""
    there = [path for path in paths_of(checkout, node).values() if checkout.files.sign(path) is not None]
    for path in there:
        checkout.files.remove(path)
        checkout.files.remove_empty_folders(path, folder(checkout))
    return there
