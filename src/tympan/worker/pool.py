"""The pool of worker processes, as the build sees it.

Reads answers of workers. Writes jobs to them, and their standard error to a temporary file.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from types import TracebackType

import msgspec

from tympan import limits
from tympan.clock import monotonic
from tympan.errors import IntakeError, StepCrashed, StepFailed, TaskError
from tympan.worker.jobs import Answer, Done, Job
from tympan.worker.room import THREADS, receive, send

# A worker gets these of the user's environment and no others: keys stay outside.
_PASSED = (
    "PATH", "PYTHONPATH", "PYTHONHOME", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "HOME", "USERPROFILE",
    "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "NUMBA_CACHE_DIR",
    "REMBG_HOME", "U2NET_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "COVERAGE_PROCESS_START", "COVERAGE_FILE",
)  # fmt: skip
_FAREWELL_SECONDS = 2.0
_TICK_SECONDS = 0.2
_ERRORS: dict[str, type[TaskError]] = {"IntakeError": IntakeError, "StepCrashed": StepCrashed}


class _Worker:
    def __init__(self) -> None:
        environment = {name: os.environ[name] for name in _PASSED if name in os.environ}
        environment |= THREADS | {"LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "RUST_BACKTRACE": "0"}
        self._talk = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tympan.worker.room"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._talk,
            env=environment,
            # Ctrl-C is for the build; it tells its workers itself.
            start_new_session=os.name == "posix",
        )
        self._late = False
        self._busy = False
        self._until = 0.0

    def ask(self, job: bytes, seconds: float) -> bytes | None:
        """The answer, None if the worker died before it gave one."""
        assert self._process.stdin
        assert self._process.stdout
        self._until = monotonic() + seconds
        self._busy = True
        try:
            send(self._process.stdin, job)
            return receive(self._process.stdout)
        except OSError:
            return None
        finally:
            self._busy = False

    def how_it_died(self) -> str:
        if self._late:
            return "took too long and was stopped"
        code = self._process.wait()
        if code >= 0:
            return f"ended by itself with code {code}{self._last_words()}"
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = str(-code)
        return f"was killed by {name}{self._last_words()}"

    def _last_words(self) -> str:
        size = self._talk.seek(0, os.SEEK_END)
        self._talk.seek(max(0, size - 2000))
        lines = self._talk.read().decode(errors="replace").strip().splitlines()
        return f": {lines[-1][:200]}" if lines else ""

    def stop_if_late(self, now: float) -> None:
        """Kill it if its job has taken too long; who asked is told why."""
        if self._busy and now > self._until:
            self._late = True
            self._process.kill()

    def stop(self) -> None:
        """End it: an idle worker goes by itself when its input ends, a busy one is killed."""
        if self._busy:
            self._process.kill()
        try:
            self._process.communicate(timeout=_FAREWELL_SECONDS)
        except (OSError, ValueError, subprocess.TimeoutExpired):
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._talk):
            if stream:
                try:
                    stream.close()
                except OSError:
                    continue


class Pool:
    """At most `size` workers, started when first needed. Threads may ask at once."""

    def __init__(self, size: int, seconds: float = limits.WORKER_WALL_SECONDS) -> None:
        self._seconds = seconds
        self._free: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(size):
            self._free.put(None)
        self._size = size
        self._all: set[_Worker] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._watch = threading.Thread(target=self._watch_the_clock, daemon=True)

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, job: Job) -> Done:
        """Do a job in a worker.

        Raises StepFailed or IntakeError as the job did, StepCrashed if the worker died or hung; the next
        job gets a new worker.
        """
        worker = self._free.get()
        try:
            if worker is None:
                worker = self._start()
            data = worker.ask(msgspec.msgpack.encode(job), self._seconds)
            if data is None:
                how = worker.how_it_died()
                self._drop(worker)
                worker = None
                raise StepCrashed(
                    f"its worker {how}", hint="the input may be damaged or too large; others go on"
                )
        except BaseException as error:
            # An interrupted worker may be in the middle of an answer: never ask it again.
            if worker is not None and not isinstance(error, TaskError):
                self._drop(worker)
                worker = None
            raise
        finally:
            self._free.put(worker)
        answer: Answer = msgspec.msgpack.decode(data, type=Answer)
        if isinstance(answer, Done):
            return answer
        raise _ERRORS.get(answer.kind, StepFailed)(answer.message, hint=answer.hint)

    def close(self) -> None:
        """Stop all workers; jobs in flight raise StepCrashed in the threads that asked."""
        with self._lock:
            self._closed.set()
            for worker in self._all:
                worker.stop()
            self._all.clear()

    def _watch_the_clock(self) -> None:
        while not self._closed.wait(_TICK_SECONDS):
            now = monotonic()
            with self._lock:
                for worker in self._all:
                    worker.stop_if_late(now)

    def _start(self) -> _Worker:
        with self._lock:
            if self._closed.is_set():
                raise StepCrashed("the build was stopped")
            if not self._watch.is_alive():
                self._watch.start()
            worker = _Worker()
            self._all.add(worker)
            return worker

    def _drop(self, worker: _Worker) -> None:
        with self._lock:
            if worker in self._all:
                self._all.discard(worker)
                worker.stop()
