"""What doit is handed before anything is known of specs: its settings, its reporter, how many jobs.

Reads nothing. Writes doit's own troubles to standard error. Imports nothing of tympan, so that a run with
nothing to do stays quick.
"""

from __future__ import annotations

import os
import sys
from typing import Any

# doit's database would be written only when a run ends, and lost by a kill; ours is journalled.
SETTINGS = {"backend": "tympan", "dep_file": ".tympan/doit", "verbosity": 2, "par_type": "thread"}


def default_jobs() -> int:
    """As many workers as this process may use cores."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


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
