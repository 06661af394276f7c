"""The pool of worker processes, as the build sees it.

Reads answers of workers. Writes jobs to them, and their standard error to a temporary file.
"""

from __future__ import annotations

import os
import queue
import signal
import threading
from contextlib import suppress
from types import TracebackType

import msgspec

from tympan import limits
from tympan.clock import monotonic
from tympan.errors import IntakeError, StepCrashed, StepFailed, TaskError
from tympan.worker.jobs import (
    Answer,
    Done,
    Failed,
    Job,
    One,
    Several,
    Writes,
)
from tympan.worker.launch import Launched, Launcher
from tympan.worker.room import HEAD, receive, send

_TICK_SECONDS = 0.2
_TALK_BYTES = 1024 * 1024
_ERRORS: dict[str, type[TaskError]] = {"IntakeError": IntakeError, "StepCrashed": StepCrashed}
_DECODER: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


class _Worker:
    def __init__(self, launched: Launched) -> None:
        self.process = launched
        self._late = False
        self._busy = False
        self._until = 0.0
        self.stays = True
        self.peak = 0

    def ask(self, job: bytes, seconds: float) -> bytes | None:
        """The answer, None if the worker died before it gave one."""
        self._forget_talk()
        self._until = monotonic() + seconds
        self._busy = True
        try:
            send(self.process.jobs, job)
            answer = receive(self.process.answers, limits.WORKER_ANSWER_BYTES + HEAD.size)
        except OSError:
            return None
        finally:
            self._busy = False
        if answer is None or len(answer) < HEAD.size:
            return None
        self.stays, self.peak = HEAD.unpack_from(answer)
        return answer[HEAD.size :]

    def _forget_talk(self) -> None:
        talk = self.process.talk
        # Position and end are shared with the worker, which is idle now.
        if os.fstat(talk.fileno()).st_size > _TALK_BYTES:
            talk.seek(0)
            talk.truncate()

    def how_it_died(self) -> str:
        """Half a sentence; kills it if it is still there."""
        if self._late:
            return "took too long and was stopped"
        self.process.kill() if self.process.is_gone() else None
        code = self.process.wait()
        self.peak = max(self.peak, self.process.peak)
        if code is None:
            return "could not be started, or was lost"
        if code >= 0:
            return f"ended by itself with code {code}{self._last_words()}"
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = str(-code)
        if name == "SIGXCPU":
            return f"needed more than {limits.WORKER_CPU_SECONDS} s of processor time ({name})"
        return f"was killed by {name}{self._last_words()}"

    def _last_words(self) -> str:
        size = self.process.talk.seek(0, os.SEEK_END)
        self.process.talk.seek(max(0, size - 2000))
        lines = self.process.talk.read().decode(errors="replace").strip().splitlines()
        return f": {lines[-1][:200]}" if lines else ""

    def look(self, now: float) -> None:
        """Kill it if its job has taken too long (who asked is told why), or what outlived it."""
        if self._busy and now > self._until:
            self._late = True
            self.process.kill()
        elif self._busy and self.process.is_gone():
            self.process.kill()

    def part(self) -> None:
        """Tell it to end: an idle worker goes by itself when its input ends, a busy one is killed."""
        if self._busy:
            self.process.kill()
        else:
            with suppress(OSError, ValueError):
                self.process.jobs.close()

    def stop(self) -> None:
        """End it, and wait until it has ended."""
        self.part()
        self.process.wait()
        self.peak = max(self.peak, self.process.peak)
        for stream in (self.process.jobs, self.process.answers, self.process.talk):
            with suppress(OSError):
                stream.close()


class Pool:
    """At most `size` workers, started when first needed. Threads may ask at once.

    peak: the most bytes of memory that any worker has held so far, 0 where the system does not say.
    """

    def __init__(self, size: int, seconds: float = limits.WORKER_WALL_SECONDS) -> None:
        self._seconds = seconds
        self._free: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(size):
            self._free.put(None)
        self.size = size
        self._all: set[_Worker] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._watch = threading.Thread(target=self._watch_the_clock, daemon=True)
        self._launcher = Launcher()
        self.peak = 0

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, job: One) -> Done:
        """Do a job in a worker.

        Raises StepFailed or IntakeError as the job did, StepCrashed if the worker died or hung; the next
        job gets a new worker.
        """
        answer = self._ask(job)
        if isinstance(answer, Several):
            raise StepCrashed("its worker gave an answer to another question")
        done = _told(answer)
        if isinstance(done, TaskError):
            raise done
        return done

    def ask_several(self, job: Writes) -> list[Done | TaskError]:
        """Do the first targets of a job, at least one, in a worker: what they brought, or why they failed.

        StepCrashed if the worker died or hung: which target was to blame is known when each is asked alone.
        """
        answer = self._ask(job)
        if isinstance(answer, Several) and 0 < len(answer.answers) <= len(job.parts):
            return [_told(each) for each in answer.answers]
        # It failed as a whole, as when all of it together is too much.
        raise StepCrashed(answer.message if isinstance(answer, Failed) else "no answer of several")

    def _ask(self, job: Job) -> Answer:
        worker = self._free.get()
        try:
            if worker is None:
                worker = self._start()
            data = worker.ask(msgspec.msgpack.encode(job), self._seconds)
            answer = self._read(worker, data)
        except BaseException:
            # An interrupted worker may be in the middle of an answer: never ask it again.
            if worker is not None:
                self._drop(worker)
            worker = None
            raise
        else:
            if not worker.stays:
                self._drop(worker)
                worker = None
        finally:
            self._free.put(worker)
        return answer

    def _read(self, worker: _Worker, data: bytes | None) -> Answer:
        hint = "the input may be damaged or too large; others go on"
        if data is None:
            how = worker.how_it_died()
            raise StepCrashed(f"its worker {how}", hint=hint)
        self.peak = max(self.peak, worker.peak)
        try:
            answer: Answer = _DECODER.decode(data)
        except (ValueError, RecursionError):
            # Only a worker that runs foreign code by now can say this.
            raise StepCrashed("its worker gave an answer that cannot be read", hint=hint) from None
        return answer

    def close(self) -> None:
        """Stop all workers; jobs in flight raise StepCrashed in the threads that asked."""
        with self._lock:
            self._closed.set()
            for worker in self._all:
                worker.part()
            for worker in self._all:
                worker.stop()
            self._all.clear()
            self._launcher.close()

    def pids(self) -> list[int]:
        """Process ids of the workers there are now."""
        with self._lock:
            return sorted(worker.process.pid() for worker in self._all)

    def _watch_the_clock(self) -> None:
        while not self._closed.wait(_TICK_SECONDS):
            now = monotonic()
            with self._lock:
                for worker in self._all:
                    worker.look(now)

    def _start(self) -> _Worker:
        with self._lock:
            if self._closed.is_set():
                raise StepCrashed("the build was stopped")
            if not self._watch.is_alive():
                self._watch.start()
            worker = _Worker(self._launcher.launch())
            self._all.add(worker)
            return worker

    def _drop(self, worker: _Worker) -> None:
        with self._lock:
            if worker in self._all:
                self._all.discard(worker)
                worker.stop()
            self.peak = max(self.peak, worker.peak)


def _told(answer: Done | Failed) -> Done | TaskError:
    if isinstance(answer, Done):
        return answer
    return _ERRORS.get(answer.kind, StepFailed)(answer.message, hint=answer.hint)
