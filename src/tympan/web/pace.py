"""How fast a service is asked: jobs at once and calls a minute, shared by all processes of this machine.

Reads and writes a folder of the user's state: when the next call is due, and a lock for each place.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_state_path

from tympan.clock import pause, wall
from tympan.web.locks import Lock

# Calls that leave evenly do not arrive so: a little below the limit is below it over there, too.
_MARGIN = 0.98
# Looking for a free place again, in seconds.
_LOOK = 0.05
# Seconds by which a waiting process may wake early, as its clock has it.
_JITTER = 1.0
# Characters of the time in the file.
_LENGTH = 24


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
                lock.free()
                self._held.discard(n)

    def _taken(self) -> tuple[int, Lock]:
        while True:
            for n in range(self._concurrent):
                if n in self._held:
                    continue
                lock = Lock(self._folder / f"place-{n}")
                if lock.take(wait=False):
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
        self._file = folder / name
        self._turn = threading.Lock()
        self._lock = Lock(folder / f"{name}.lock")
        limit = max(1.0, per_minute * _MARGIN)
        # The most that goes at once, such that burst and steady flow together stay below the limit.
        self._burst = max(1, per_minute // 10)
        self._gap = 60.0 / max(1.0, limit - self._burst)

    def wait(self) -> None:
        """Wait for a turn and take it. One thread and one process at a time: the others wait for the lock.

        No turn is taken before it has come. If those that wait each took one in advance, the time in the file
        would be as far ahead as there are processes, and could not be told from one of a clock set back.
        """
        with self._turn:
            self._lock.take(wait=True)
            try:
                self._take()
            finally:
                self._lock.free()

    def _take(self) -> None:
        handle = os.open(self._file, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        try:
            now = wall()
            due = self._next(os.read(handle, _LENGTH), now)
            if (seconds := due - now - self._gap * (self._burst - 1)) > 0:
                pause(seconds)
            os.lseek(handle, 0, os.SEEK_SET)
            # In place and of one length: half of it is never there, and a flush is not worth a turn.
            os.write(handle, f"{due + self._gap:<{_LENGTH}.6f}".encode())
        finally:
            os.close(handle)

    def _next(self, text: bytes, now: float) -> float:
        """When the next turn comes, by what the file says; a damaged file says nothing."""
        try:
            due = float(text)
        except ValueError:
            return now
        # What no turn can have left there is of a clock that was set back: it must not stop all calls.
        return max(due, now) if due <= now + self._gap * self._burst + _JITTER else now
