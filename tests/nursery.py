"""One zygote for all builds of this process: to start one for each would take most of the tests' time.

A build's workers are its own all the same, forked afresh. Reads the environment. Writes nothing.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading

from tympan.worker.launch import _PASSED, Forked, Launched, Launcher


class Nursery:
    """Stands in for the class `Launcher` where pools start their workers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._zygote: tuple[subprocess.Popen[bytes], socket.socket] | None = None
        self._environment = _environment()

    def __call__(self) -> Launcher:
        """What a pool starts its workers with: our zygote, or one of its own in another environment."""
        if sys.platform != "linux" or _environment() != self._environment:
            return Launcher()
        return _Lent(self)

    def fork(self) -> Launched:
        """A worker of the zygote, which is started with the first. Also in a fork of this process."""
        with self._lock:
            if self._zygote is None:
                self._zygote = Launcher._hatch()
            return Forked(self._zygote[1])

    def close(self) -> None:
        """End the zygote, and wait until it has: it has yet to write what it measured."""
        if self._zygote is not None:
            process, calls = self._zygote
            calls.close()
            process.wait()


class _Lent(Launcher):
    def __init__(self, nursery: Nursery) -> None:
        super().__init__()
        self._nursery = nursery

    def launch(self) -> Launched:
        return self._nursery.fork()


def _environment() -> list[str | None]:
    return [os.environ.get(name) for name in (*_PASSED, "TYMPAN_WORKER")]
