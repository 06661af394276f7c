"""A worker process: reads jobs from its standard input, one at a time, until it ends.

Reads length-prefixed jobs on standard input. Writes length-prefixed answers on standard output.
"""

from __future__ import annotations

import os
import struct
import sys
from typing import IO

import msgspec

from tympan import limits
from tympan.worker.jobs import Answer, Failed, Job, perform

# Workers share the cores among themselves: one compute thread each, whatever library it is.
THREADS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
}


def send(stream: IO[bytes], data: bytes) -> None:
    """Write one message: 8 bytes of length, then the bytes."""
    stream.write(struct.pack(">Q", len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Read one message; None when the other side is gone."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    size = struct.unpack(">Q", head)[0]
    data = stream.read(size)
    return data if len(data) == size else None


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


def main() -> None:
    """Serve jobs until standard input ends."""
    # The protocol keeps the real standard output; whatever a plugin prints goes to standard error.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    jobs = sys.stdin.buffer
    _limit(int(os.environ.get("TYMPAN_WORKER_MEMORY", limits.WORKER_MEMORY)))
    decoder = msgspec.msgpack.Decoder(Job)
    here = os.getcwd()
    while (data := receive(jobs)) is not None:
        _limit_cpu()
        try:
            answer: Answer = perform(decoder.decode(data))
        except (Exception, SystemExit) as error:
            answer = Failed("StepFailed", f"{type(error).__name__}: {error}")
        os.chdir(here)  # a plugin may have gone elsewhere
        send(answers, msgspec.msgpack.encode(answer))


if __name__ == "__main__":
    main()
