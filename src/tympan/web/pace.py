"""How fast a service is asked: jobs at once and calls a minute, shared by all processes of this machine.

Reads and writes a folder of the user's state: when the next call is due, and a lock for each place.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_state_path

from tympan.clock import pause, wall
from tympan.errors import FilesError
from tympan.files import Files

# Calls that leave evenly do not arrive so: a little below the limit is below it over there, too.
_MARGIN = 0.98
# Looking for a free place again, in seconds; a clock that was set back is not waited for longer than this.
_LOOK, _LONGEST = 0.05, 60.0


class Pace:
    """The pace of one service.

    concurrent: jobs at once; a place is a kernel lock, so that a killed process leaves none taken.
    per_minute: calls in any 60 seconds, evenly spaced once a tenth of them has gone in a burst; paid: the
    paid ones among them.
    """

    def __init__(self, service: str, concurrent: int, per_minute: int, paid: int = 0) -> None:
        home = os.environ.get("TYMPAN_HOME")
        self._folder = (Path(home) if home else user_state_path("tympan")) / "pace" / service
        self._folder.mkdir(parents=True, exist_ok=True)
        self._concurrent = concurrent
        # Of the threads of this process only as many as may get a place look for one, and only one waits for
        # its turn: a hundred that look at locks every 50 ms would be all that the machine does.
        self._room = threading.BoundedSemaphore(concurrent)
        self._held: set[int] = set()
        self._calls = _Turns(self._folder, "due", per_minute)
        self._paid = _Turns(self._folder, "due-paid", paid) if 0 < paid < per_minute else self._calls

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the places for a job; waits for one."""
        with self._room:
            n, lock = self._taken()
            try:
                yield
            finally:
                lock.release()
                self._held.discard(n)

    def _taken(self) -> tuple[int, FileLock]:
        while True:
            for n in range(self._concurrent):
                if n in self._held:
                    continue
                lock = FileLock(self._folder / f"place-{n}", timeout=0)
                try:
                    lock.acquire()
                except Timeout:
                    continue
                self._held.add(n)
                return n, lock
            pause(_LOOK)

    def wait(self, *, paid: bool = False) -> None:
        """Wait until one more call may go."""
        if paid and self._paid is not self._calls:
            self._paid.wait()
        self._calls.wait()


class _Turns:
    """When calls of one kind may leave (generic cell rate algorithm), by a time in a file."""

    def __init__(self, folder: Path, name: str, per_minute: int) -> None:
        self._files, self._name = Files(folder), name
        self._turn = threading.Lock()
        self._lock = FileLock(folder / f"{name}.lock", thread_local=False)
        limit = max(1.0, per_minute * _MARGIN)
        # The most that goes at once, such that burst and steady flow together stay below the limit.
        self._burst = max(1, per_minute // 10)
        self._gap = 60.0 / max(1.0, limit - self._burst)

    def wait(self) -> None:
        """Wait for a turn. One thread at a time: the others would only look at the clock."""
        with self._turn:
            if (seconds := self._reserve()) > 0:
                pause(seconds)

    def _reserve(self) -> float:
        """Take the next turn; seconds until it comes, 0 or less: now.

        A turn whose process dies while it waits is lost, and nothing else.
        """
        with self._lock:
            now = wall()
            try:
                due = float(self._files.read(self._name))
            except (FilesError, ValueError):
                due = now
            # A clock that was set back must not stop all calls for as long.
            due = max(due, now) if due <= now + _LONGEST + self._gap * self._burst else now
            self._files.write(self._name, repr(due + self._gap).encode())
        return due - now - self._gap * (self._burst - 1)
