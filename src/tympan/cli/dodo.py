"""What dodo.py hands to doit: settings, and one task for every action of every spec.

Reads the checkout around the current folder. Writes through the build. A plain `doit` with nothing to do is
answered from the manifest: no spec is read.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tympan.cli.door import SETTINGS, QuietReporter, default_jobs
from tympan.fresh import nothing_to_do

if TYPE_CHECKING:
    from tympan.cli.session import Session
    from tympan.errors import TympanError

_session: Session | None = None
_summary = nothing_to_do(".") if sys.argv[1:] in ([], ["run"]) else None


class Reporter(QuietReporter):
    """Locks before the first task, sums up after the last."""

    desc = "tympan's progress and summary"

    def initialize(self, tasks: dict[str, Any], selected_tasks: list[str]) -> None:
        """Be the only build here."""
        if _session is None:
            return
        from tympan.errors import TympanError

        try:
            _session.lock()
        except TympanError as error:
            _leave(error)
        nodes = _session.build.graph.nodes
        wanted = [nodes[name] for name in dict.fromkeys(_leaves(tasks, selected_tasks)) if name in nodes]
        self._nodes = [node for node in wanted if node.target]
        self._is_named = len(self._nodes) < sum(1 for _ in _session.build.graph.writes())
        _session.talk.start(len(_session.stale(self._nodes)))

    def complete_run(self) -> None:
        """Keep what was learnt, and say what the run came to."""
        if _session is None:
            sys.stdout.write(f"{_summary}\n")
            return
        from tympan.cli.session import show
        from tympan.errors import Unapproved

        _session.close()
        if _session.stop.word:
            return
        show(_session.result(self._nodes), as_json=False)
        if self._is_named and _session.gated(self._nodes) and not _session.build.errors:
            sys.exit(Unapproved.exit_code)


def _leaves(tasks: dict[str, Any], names: list[str]) -> Iterator[str]:
    """Names of real actions among these, those that stand for several taken apart."""
    real = _session.build.graph.nodes if _session else ()
    for name in names:
        if tasks[name].actions or name in real:
            yield name
        else:
            yield from _leaves(tasks, tasks[name].task_dep)


def _leave(error: TympanError) -> None:
    # doit would print a traceback and say 3.
    sys.stderr.write(f"{error}\n")
    sys.exit(error.exit_code)


DOIT_CONFIG = {**SETTINGS, "reporter": Reporter, "num_process": default_jobs()}


def task_assets() -> Iterator[dict[str, Any]]:
    """Every source, prepared picture and output of the library."""
    if _summary is None:
        yield from _tasks()


def _tasks() -> Iterator[dict[str, Any]]:
    global _session
    from tympan.checkout import Checkout, find_root
    from tympan.cli.session import Session
    from tympan.cli.talk import make_talk
    from tympan.errors import TympanError
    from tympan.tasks import tasks_of

    try:
        # Whoever runs doit runs dodo.py: that is trust.
        checkout = Checkout(find_root(Path.cwd()), local_code=True)
        _session = Session(
            checkout,
            make_talk(as_json=False),
            jobs=default_jobs(),
            arguments={"verb": "doit", "wanted": sys.argv[1:]},
        )
        yield from tasks_of(_session.build, _session.build.graph.nodes.values())
    except TympanError as error:
        _leave(error)
