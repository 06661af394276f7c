"""What dodo.py hands to doit: settings, and one task for every action of every spec.

Reads the checkout around the current folder. Writes through the build.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from tympan.checkout import Checkout, find_root
from tympan.cli.session import QuietReporter, Session, default_jobs, show
from tympan.cli.talk import make_talk
from tympan.errors import TympanError
from tympan.tasks import SETTINGS, tasks_of

_session: Session | None = None


class Reporter(QuietReporter):
    """Locks before the first task, sums up after the last."""

    desc = "tympan's progress and summary"

    def initialize(self, tasks: dict[str, Any], selected_tasks: list[str]) -> None:
        """Be the only build here."""
        assert _session is not None
        try:
            _session.lock()
        except TympanError as error:
            _leave(error)
        graph = _session.build.graph
        wanted = [
            graph.nodes[name] for name in dict.fromkeys(_leaves(tasks, selected_tasks)) if name in graph.nodes
        ]
        self._nodes = [node for node in wanted if node.target]
        _session.talk.start(len(_session.stale(self._nodes)))

    def complete_run(self) -> None:
        """Keep what was learnt, and say what the run came to."""
        assert _session is not None
        _session.close()
        if not _session.stop.word:
            show(_session.result(self._nodes), as_json=False)


def _leaves(tasks: dict[str, Any], names: list[str]) -> Iterator[str]:
    """Names of real actions among these, those that stand for several taken apart."""
    for name in names:
        if tasks[name].actions:
            yield name
        else:
            yield from _leaves(tasks, tasks[name].task_dep)


def _leave(error: TympanError) -> None:
    # doit would print a traceback and say 3.
    click.echo(str(error), err=True)
    sys.exit(error.exit_code)


DOIT_CONFIG = {**SETTINGS, "reporter": Reporter, "num_process": default_jobs()}


def task_assets() -> Iterator[dict[str, Any]]:
    """Every source, prepared picture and output of the library."""
    global _session
    try:
        # Whoever runs doit runs dodo.py: that is trust.
        checkout = Checkout(find_root(Path.cwd()), local_code=True)
        arguments = {"verb": "doit", "wanted": sys.argv[1:]}
        _session = Session(checkout, make_talk(as_json=False), jobs=default_jobs(), arguments=arguments)
        yield from tasks_of(_session.build, _session.build.graph.nodes.values())
    except TympanError as error:
        _leave(error)
