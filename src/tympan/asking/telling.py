"""What is told of jobs, one event at a time whatever thread it comes from.

Reads nothing. Writes what its listener writes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from tympan.asking.requests import Errand
from tympan.build import Event
from tympan.errors import TympanError
from tympan.ledger import Job


class Telling:
    """Keeps the events and errors of a run, and tells them. tell: called for one event at a time."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self._listener = tell
        self._guard = threading.Lock()
        self.errors: list[TympanError] = []
        self.events: list[Event] = []

    @property
    def exit_code(self) -> int:
        """0, or the code of the gravest error."""
        return max((error.exit_code for error in self.errors), default=0)

    def say(self, did: str, node: str, job: Job, message: str = "") -> None:
        """Tell what became of a job."""
        words = {
            "asked": f"job {job.id[:8]}, {job.cost}",
            "received": f"job {job.id[:8]}: {len(job.results)} candidates, {job.cost}",
            "todo": f"job {job.id[:8]}: for a person to do, see tympan todo",
            "open": f"job {job.id[:8]} is not done yet: tympan resume",
        }
        self._tell(Event(did=did, node=node, message=message or words.get(did, "")))

    def progress(self, job: Job, share: float, text: str) -> None:
        """Tell how far a job is."""
        self.say("progress", job.node, job, f"{share:.0%} {text}".strip())

    def fail(self, errand: Errand, error: TympanError) -> None:
        """Tell that a job failed, and keep the error."""
        self._tell(Event(did="failed", node=errand.node.id, message=str(error)), error)

    def _tell(self, event: Event, error: TympanError | None = None) -> None:
        with self._guard:
            self.events.append(event)
            if error is not None:
                self.errors.append(error)
            self._listener(event)
