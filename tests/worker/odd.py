"""A plugin that misbehaves as its prompt says: what workers must contain. Loaded as a local plugin."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

from tympan import Candidate, Generator


def _numpy() -> None:
    import numpy

    numpy.seterr(all="raise")


def _truncated() -> None:
    from PIL import ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = True


def _wait() -> None:
    time.sleep(60)


def _fork(and_then: object) -> None:
    if os.fork() == 0:
        and_then()
        os._exit(0)


def _spin() -> None:
    while True:
        pass


DEEDS = {
    "hang": _wait,
    "spin": _spin,
    "print": lambda: print("x" * 3_000_000),
    "truncated": _truncated,
    "numpy": _numpy,
    "cwd": lambda: os.chdir("/"),
    "path": lambda: sys.path.insert(0, "/nowhere"),
    "environment": lambda: os.environ.update(TYMPAN_ODD="1"),
    "umask": lambda: os.umask(0o777),
    "signal": lambda: signal.signal(signal.SIGTERM, signal.SIG_IGN),
    "timer": lambda: signal.setitimer(signal.ITIMER_REAL, 1),
    "thread": lambda: threading.Thread(target=_wait, daemon=True).start(),
    "recursion": lambda: sys.setrecursionlimit(50_000),
    "stdout": lambda: setattr(sys, "stdout", sys.stderr),
    "stdin": lambda: sys.stdin.buffer.read(),
    "fork": lambda: _fork(_wait),
    "fork and return": lambda: os.fork(),
    "fork and abort": lambda: (_fork(_wait), os.abort()),
    "child": lambda: subprocess.Popen(["sleep", "60"]),
    "child and hang": lambda: (subprocess.Popen(["sleep", "60"]), _wait()),
    "interrupt": lambda: (_ for _ in ()).throw(KeyboardInterrupt),
    "system exit": lambda: sys.exit(3),
}


def look() -> str:
    """What a job sees of its surroundings, as text."""
    import numpy
    from PIL import ImageFile

    return repr((
        os.getcwd(), sys.path, sorted(os.environ), ImageFile.LOAD_TRUNCATED_IMAGES, numpy.geterr(),
        signal.getsignal(signal.SIGTERM), threading.active_count(), sys.getrecursionlimit(),
        sys.stdout is sys.__stdout__, os.umask(os.umask(0o022)),
    ))  # fmt: skip


class Odd(Generator):
    """Does its prompt, then gives the process id and what it sees."""

    NAME = "odd"

    def collect(self, ticket, request, ctx):  # type: ignore[no-untyped-def]
        if request.prompt in DEEDS:
            DEEDS[request.prompt]()
        if request.prompt.startswith("bytes "):
            return (Candidate(data=bytes(int(request.prompt[6:]))),)
        return (Candidate(data=str(os.getpid()).encode(), facts={"look": look()}),)

    def submit(self, request, ctx):  # type: ignore[no-untyped-def]
        from tympan import Ticket

        return Ticket("1")
