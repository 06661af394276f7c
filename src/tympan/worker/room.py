"""A worker process: reads jobs from its standard input, one at a time, until it ends.

Reads length-prefixed jobs on standard input. Writes length-prefixed answers on standard output.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Callable
from typing import IO

import msgspec

from tympan import limits
from tympan.worker.jobs import Answer, Failed, Job, Writes, perform, perform_all
from tympan.worker.traces import has_grown, peak, surroundings

# Workers share the cores among themselves: one compute thread each, whatever library it is.
THREADS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}
# Before each answer: whether the worker takes another job, and the most memory it has held.
HEAD = struct.Struct(">?Q")


def send(stream: IO[bytes], data: bytes) -> None:
    """Write one message: 8 bytes of length, then the bytes."""
    stream.write(struct.pack(">Q", len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes], limit: int | None = None) -> bytes | None:
    """Read one message; None when the other side is gone, or announces more than `limit` bytes."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    size = struct.unpack(">Q", head)[0]
    if limit is not None and size > limit:
        return None
    data = stream.read(size)
    return data if len(data) == size else None


def main() -> None:
    """Serve jobs until standard input ends, or a job has left traces in this process."""
    jobs, answers = _ports()
    _limit(int(os.environ.get("TYMPAN_WORKER_MEMORY", limits.WORKER_MEMORY)))
    decoder = msgspec.msgpack.Decoder(Job)
    me = os.getpid()
    before = surroundings()
    for count in range(1, limits.WORKER_JOBS + 1):
        data = receive(jobs)
        if data is None:
            return
        _limit_cpu()
        _leash(answers, True)
        answer = _answered(data, decoder, lambda: surroundings() == before)
        if os.getpid() != me:
            os._exit(0)  # a child that a plugin forked and forgot
        _leash(answers, False)
        stays = count < limits.WORKER_JOBS and surroundings() == before and not has_grown()
        send(answers, HEAD.pack(stays, peak()) + answer)
        if not stays:
            return


def _answered(data: bytes, decoder: msgspec.msgpack.Decoder[Job], is_unmarked: Callable[[], bool]) -> bytes:
    try:
        job = decoder.decode(data)
        answer: Answer = perform_all(job, is_unmarked) if isinstance(job, Writes) else perform(job)
        encoded = msgspec.msgpack.encode(answer)
    except MemoryError:
        encoded = msgspec.msgpack.encode(Failed("StepFailed", "out of memory"))
    except BaseException as error:
        encoded = msgspec.msgpack.encode(Failed("StepFailed", f"{type(error).__name__}: {error}"))
    if len(encoded) > limits.WORKER_ANSWER_BYTES:
        text = f"it brought {len(encoded)} bytes, more than {limits.WORKER_ANSWER_BYTES}"
        encoded = msgspec.msgpack.encode(Failed("StepFailed", text))
    return encoded


def _ports() -> tuple[IO[bytes], IO[bytes]]:
    """Jobs and answers on handles of their own: a plugin's input is empty, its output is standard error."""
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return jobs, answers


def _leash(answers: IO[bytes], busy: bool) -> None:
    """While busy, die at once when nobody is left to read `answers`, whatever holds the interpreter's lock.

    Linux sends SIGIO, which by default ends a process, when the other end of a pipe closes (fcntl(2),
    F_SETOWN and O_ASYNC). The pipe of jobs would not do: it also sends one late, for the job just read.
    """
    if sys.platform != "linux":
        return
    import fcntl
    import select

    flags = fcntl.fcntl(answers, fcntl.F_GETFL)
    if not busy:
        fcntl.fcntl(answers, fcntl.F_SETFL, flags & ~os.O_ASYNC)
        return
    fcntl.fcntl(answers, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(answers, fcntl.F_SETFL, flags | os.O_ASYNC)
    watch = select.poll()
    watch.register(answers, 0)
    if watch.poll(0):  # it closed before the signal was asked for
        os._exit(1)


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has none; the time limit of the pool still holds there
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.WORKER_FILE_BYTES, limits.WORKER_FILE_BYTES))


def _limit_cpu() -> None:
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + limits.WORKER_CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


if __name__ == "__main__":
    main()
