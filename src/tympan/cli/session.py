"""One build from lock to summary, the same for `tympan build` and for doit.

Reads the checkout. Writes through the build; the lock in .tympan/lock.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import click
import msgspec
from filelock import FileLock, Timeout

from tympan.build import Build, Event
from tympan.checkout import Checkout
from tympan.cli.github import GitHubTalk, in_actions
from tympan.cli.manifest import keep, others
from tympan.cli.notes import notes
from tympan.cli.runlog import RunLog
from tympan.cli.stop import Stop
from tympan.cli.talk import Several, Talk, idle, sentence, summary
from tympan.clock import now_ns
from tympan.drafts import Drafts
from tympan.errors import Busy, FilesError
from tympan.fresh import Manifest
from tympan.plan.decide import BLOCKED, FRESH, GATED, HELD, RESTORE, UNSELECTED, UNTRUSTED
from tympan.plan.graph import Node
from tympan.switch import VERSION
from tympan.together import restore
from tympan.worker.jobs import Prepare
from tympan.worker.pool import Pool

_HINTS = {
    UNTRUSTED: "these need plugins/*.py of this project; read them, then say tympan trust",
    HELD: "tympan plan says what asking them costs; tympan explore and refine ask, within a budget",
    GATED: "these wait for a yes: tympan build --allow-unapproved shows drafts, tympan approve says it",
    UNSELECTED: "these have candidates; tympan select says which goes on",
}
_IDLE = (FRESH, *BLOCKED)
_PID = ".tympan/lock.pid"


class Session:
    """A build of a checkout, with its lock, its workers and its talk."""

    def __init__(
        self,
        checkout: Checkout,
        talk: Talk,
        *,
        jobs: int,
        force: bool = False,
        arguments: Mapping[str, Any] | None = None,
        before: Manifest | None = None,
    ) -> None:
        self.checkout = checkout
        self._before = before
        self._began_ns = now_ns()
        self._verdicts: dict[str, str] = {}
        self.talk = Several(self._talks(talk, arguments or {}, jobs))
        self.jobs = jobs
        self._pool = Pool(jobs)
        self._lock: FileLock | None = None
        self.stop = Stop()
        self.build = Build(checkout, self._pool, tell=self.talk.tell, force=force)
        self._drafts = 0

    def _talks(self, talk: Talk, arguments: Mapping[str, Any], jobs: int) -> Iterable[Talk]:
        yield talk
        yield RunLog(self.checkout.files, arguments, jobs)
        if in_actions():
            yield GitHubTalk(self.checkout)

    def try_on(self, data: bytes) -> None:
        """Decode a foreign picture in a worker and let it go; TaskError if a build could not take it in."""
        self._pool.ask(Prepare(data=data, on_black=b"", steps=(), inputs={}, profiles={}))

    def stale(self, nodes: Iterable[Node]) -> list[Node]:
        """The targets among these that are not done, after the actions they need."""
        nodes = list(nodes)
        self.build.planner.foresee(nodes)
        self._verdicts.update({node.id: self.build.planner.decide(node).verdict for node in nodes})
        targets = [node for node in nodes if self._verdicts[node.id] not in _IDLE]
        return [*self.build.planner.runs(targets), *targets]

    def restore(self, nodes: Iterable[Node]) -> set[str]:
        """Put back the files that the store has; ids of those that are done."""
        # What fails is told and counted; the run that follows tries it once more.
        return restore(self.build, [node for node in nodes if self._verdicts.get(node.id) == RESTORE])

    def verdict(self, node: Node) -> str:
        """The verdict on a target now; what was done before the run still is."""
        known = self._verdicts.get(node.id, "")
        return known if known in _IDLE else self.build.planner.decide(node).verdict

    def lock(self) -> None:
        """Be the only build here; Busy, naming the other's process, if there is one."""
        files = self.checkout.files
        files.write(".tympan/.gitignore", b"*\n")
        lock = FileLock(files.path(".tympan/lock"), timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise Busy(f"another build is running here (pid {self._holder()})", hint="wait for it") from None
        self._lock = lock
        # If this is there, the build before this one did not come to its end.
        broken_off = files.sign(_PID) is not None
        files.sweep(".tympan", deep=broken_off)
        if broken_off:
            files.sweep(self.checkout.project.out, deep=True)
        files.write(_PID, str(os.getpid()).encode())
        self.stop.listen()

    def _holder(self) -> str:
        try:
            return self.checkout.files.read(_PID, 100).decode(errors="replace").strip()
        except FilesError:
            return "unknown"

    def close(self) -> None:
        """Keep what was learnt, stop the workers, let others build."""
        if self._lock is None:
            return
        try:
            self.talk.stop()
            if self.stop.word:
                self.build.stop()
                self._pool.close()
            self.build.finish()
            for line in notes(self.checkout.state, self.checkout.store):
                click.echo(line, err=True)
            self._keep_manifest()
            self.checkout.files.remove(_PID)
        finally:
            self._pool.close()
            self._lock.release()
            self._lock = None
            self.stop.deafen()
            if self.stop.word:
                click.echo(f"{self.stop.word}; what was finished is kept", err=True)

    def _keep_manifest(self) -> None:
        writes = list(self.build.graph.writes())
        if self.stop.word or self.build.errors or any(node.id not in self._verdicts for node in writes):
            return
        if all(self.verdict(node) in _IDLE for node in writes):
            result = self._counted(writes)
            keep(self.checkout, self._began_ns, sentence(idle(result)), self._before)

    def _counted(self, nodes: list[Node]) -> dict[str, Any]:
        verdicts = Counter(self.verdict(node) for node in nodes)
        blocked = Counter({word: verdicts[word] for word in BLOCKED if verdicts[word]})
        outputs = sum(len(node.outputs) for node in nodes)
        return summary(self.build.events, outputs + self._others, blocked)

    @cached_property
    def _others(self) -> int:
        """How many outputs the assets have that a partial build did not read."""
        if self._before is None or self.checkout.only is None:
            return 0
        return others(self._before, self.checkout.only, self.checkout.project.out)

    def result(self, nodes: Iterable[Node], kept: int = 0) -> dict[str, Any]:
        """What the run came to for these targets; kept: how many others were left as they are."""
        nodes = list(nodes)
        result = self._counted(nodes)
        if kept:
            result["blocked"]["kept"] = kept
        result["drafts"] = self._drafts
        for node in self.gated(nodes):
            reasons = self.build.planner.decide(node).reasons
            self.talk.tell(Event(did="gated", node=node.id, reasons=reasons))
        self.talk.end(result)
        return result

    def draft(self, nodes: Iterable[Node]) -> None:
        """Make drafts of the targets among these that wait for an approval; those of the others go."""
        nodes = list(nodes)
        gated = self.gated(nodes)
        drafts = Drafts(self.build, self.talk.tell)
        drafts.make(gated, self.jobs)
        waiting = {node.id for node in gated}
        drafts.sweep(node for node in nodes if node.id not in waiting)
        self._drafts = drafts.count

    def gated(self, nodes: Iterable[Node]) -> list[Node]:
        """The targets among these that wait for an approval."""
        return [node for node in nodes if self.verdict(node) == GATED]


def show(result: dict[str, Any], *, as_json: bool) -> None:
    """The result of a build on standard output."""
    line = msgspec.json.encode({"v": VERSION, "did": "summary", **result}).decode()
    click.echo(line if as_json else sentence(result))
    for word, hint in _HINTS.items():
        if word in result["blocked"]:
            click.echo(f"{word}: {hint}", err=True)
