"""One build from lock to summary, the same for `tympan build` and for doit.

Reads the checkout. Writes through the build; the lock in .tympan/lock.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable
from typing import Any

import click
import msgspec
from filelock import FileLock, Timeout

from tympan.build import Build
from tympan.checkout import Checkout
from tympan.cli.talk import Talk, sentence, summary
from tympan.errors import Busy, FilesError
from tympan.plan.decide import FRESH, UNSELECTED, UNTRUSTED
from tympan.plan.graph import Node
from tympan.worker.pool import Pool

_HINTS = {
    UNTRUSTED: "these need plugins/*.py of this project; read them, then say tympan trust",
    UNSELECTED: "these have several candidates; [select] says which goes on",
}
_PID = ".tympan/lock.pid"


def default_jobs() -> int:
    """As many workers as this process may use cores."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Session:
    """A build of a checkout, with its lock, its workers and its talk."""

    def __init__(self, checkout: Checkout, talk: Talk, *, jobs: int, force: bool = False) -> None:
        self.checkout = checkout
        self.talk = talk
        self.jobs = jobs
        self._pool = Pool(jobs)
        self._lock: FileLock | None = None
        self.build = Build(checkout, self._pool, tell=talk.tell, force=force)

    def stale(self, nodes: Iterable[Node]) -> list[Node]:
        """The targets among these that are not done, after the actions they need."""
        idle = (FRESH, UNSELECTED, UNTRUSTED)
        targets = [node for node in nodes if self.build.planner.decide(node).verdict not in idle]
        return [*self.build.planner.runs(targets), *targets]

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
        files.write(_PID, str(os.getpid()).encode())

    def _holder(self) -> str:
        try:
            return self.checkout.files.read(_PID, 100).decode(errors="replace").strip()
        except FilesError:
            return "unknown"

    def close(self) -> None:
        """Keep what was learnt, stop the workers, let others build."""
        if self._lock is None:
            return
        self.talk.stop()
        self.build.finish()
        self._pool.close()
        self._lock.release()
        self._lock = None

    def result(self, nodes: Iterable[Node]) -> dict[str, Any]:
        """What the run came to for these targets."""
        nodes = list(nodes)
        verdicts = Counter(self.build.planner.decide(node).verdict for node in nodes)
        blocked = Counter({word: verdicts[word] for word in (UNSELECTED, UNTRUSTED) if verdicts[word]})
        return summary(self.build.events, sum(len(node.outputs) for node in nodes), blocked)


def show(result: dict[str, Any], *, as_json: bool) -> None:
    """The result of a build on standard output."""
    click.echo(msgspec.json.encode({"did": "summary", **result}).decode() if as_json else sentence(result))
    for word, hint in _HINTS.items():
        if word in result["blocked"]:
            click.echo(f"{word}: {hint}", err=True)


class QuietReporter:
    """doit's reporter, silenced: the build itself tells what happens. It keeps doit's own troubles."""

    desc = "tympan's own talk"

    def __init__(self, outstream: object, options: object) -> None:
        pass

    def runtime_error(self, msg: str) -> None:
        """doit could not go on."""
        sys.stderr.write(f"doit: {msg}\n")

    def cleanup_error(self, exception: Any) -> None:
        """doit could not clean up."""
        sys.stderr.write(exception.get_msg())

    def add_failure(self, task: Any, fail: Any) -> None:
        """A failure that is not an error of ours is a fault in tympan: show it whole."""
        if fail.report and type(fail).__name__ != "UnmetDependency":
            sys.stderr.write(f"{task.name}: {fail.get_msg()}\n")

    def initialize(self, tasks: dict[str, Any], selected_tasks: list[str]) -> None:
        """Before the first task."""

    def complete_run(self) -> None:
        """After the last task."""

    def get_status(self, task: object) -> None:
        """Silent."""

    execute_task = add_success = skip_uptodate = skip_ignore = teardown_task = get_status
