"""Starting worker processes: forked by a zygote on Linux, a fresh interpreter each elsewhere.

Reads the environment's allow-list, TYMPAN_WORKER. Writes workers' standard error to temporary files.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from contextlib import suppress
from typing import IO, Protocol

from tympan.worker.room import THREADS
from tympan.worker.zygote import END

# A worker gets these of the user's environment and no others: keys stay outside.
_PASSED = (
    "PATH", "PYTHONPATH", "PYTHONHOME", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "HOME", "USERPROFILE",
    "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "NUMBA_CACHE_DIR", "PYTHONDONTWRITEBYTECODE",
    "PYTHONPYCACHEPREFIX", "REMBG_HOME", "U2NET_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME",
    "COVERAGE_PROCESS_START", "COVERAGE_FILE", "TYMPAN_WORKER_MEMORY",
)  # fmt: skip
_FAREWELL_SECONDS = 2.0


class Launched(Protocol):
    """A worker process: where its jobs go in, where its answers come out, what it says beside them."""

    jobs: IO[bytes]
    answers: IO[bytes]
    talk: IO[bytes]
    # The most bytes it held, known when it has ended.
    peak: int

    def pid(self) -> int:
        """Its process id, 0 if it could not be started."""

    def is_gone(self) -> bool:
        """Whether it has ended, and nobody else tidies up behind it."""

    def kill(self) -> None:
        """Kill it and all that it started."""

    def wait(self) -> int | None:
        """How it ended, once its jobs ended or it was killed: exit code, negative for a signal."""


class Spawned:
    """A worker in a fresh interpreter."""

    def __init__(self) -> None:
        self.talk: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the pool
        # Ctrl-C is for the build, which tells its workers itself; and a group can be killed whole.
        self._process = _start("room", subprocess.PIPE, subprocess.PIPE, self.talk)
        assert self._process.stdin
        assert self._process.stdout
        self.jobs: IO[bytes] = self._process.stdin
        self.answers: IO[bytes] = self._process.stdout
        self.peak = 0

    def pid(self) -> int:
        """See `Launched.pid`."""
        return self._process.pid

    def is_gone(self) -> bool:
        """See `Launched.is_gone`."""
        return self._process.poll() is not None

    def kill(self) -> None:
        """See `Launched.kill`."""
        self._process.kill()
        if os.name == "posix":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def wait(self) -> int | None:
        """See `Launched.wait`."""
        try:
            code = self._process.wait(_FAREWELL_SECONDS)
        except subprocess.TimeoutExpired:
            code = None
        self.kill()
        return self._process.wait() if code is None else code


class Forked:
    """A worker forked by a zygote, which kills it when its leash is let go."""

    def __init__(self, zygote: socket.socket) -> None:
        jobs, to_worker = os.pipe()
        from_worker, answers = os.pipe()
        self._leash, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.talk: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the pool
        self.jobs: IO[bytes] = os.fdopen(to_worker, "wb")
        self.answers: IO[bytes] = os.fdopen(from_worker, "rb")
        self.peak = 0
        self._pid = -1
        try:
            socket.send_fds(zygote, [b"f"], [jobs, answers, self.talk.fileno(), end.fileno()])
        finally:
            os.close(jobs)
            os.close(answers)
            end.close()

    def pid(self) -> int:
        """See `Launched.pid`; waits until it has one."""
        if self._pid < 0:
            said = self._leash.recv(4)
            self._pid = struct.unpack(">i", said)[0] if said else 0
        return self._pid

    def is_gone(self) -> bool:
        """See `Launched.is_gone`: the zygote tidies up."""
        return False

    def kill(self) -> None:
        """See `Launched.kill`."""
        with suppress(OSError):
            self._leash.shutdown(socket.SHUT_WR)

    def wait(self) -> int | None:
        """See `Launched.wait`; None if the zygote has died with it."""
        for seconds in (_FAREWELL_SECONDS, None):
            self._leash.settimeout(seconds)
            try:
                if not self.pid() or not (said := self._leash.recv(END.size)):
                    return None
                code, self.peak = END.unpack(said)
                return int(code)
            except TimeoutError:
                self.kill()
            except OSError:
                return None
        return None


class Launcher:
    """Starts workers; a zygote is started with the first. Should it die, the others are spawned."""

    def __init__(self) -> None:
        wanted = os.environ.get("TYMPAN_WORKER", "")
        self._forks = sys.platform == "linux" and wanted != "spawn"
        self._zygote: tuple[subprocess.Popen[bytes], socket.socket] | None = None

    def launch(self) -> Launched:
        """A new worker."""
        if self._zygote is None and self._forks:
            self._zygote = self._hatch()
        if self._zygote is not None:
            if self._zygote[0].poll() is None:
                with suppress(OSError):
                    return Forked(self._zygote[1])
            self._forks = False
            self.close()
        return Spawned()

    @staticmethod
    def _hatch() -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            return _start("zygote", theirs, subprocess.DEVNULL, subprocess.DEVNULL), ours

    def close(self) -> None:
        """End the zygote, which kills the workers that are left."""
        if self._zygote is None:
            return
        process, calls = self._zygote
        self._zygote = None
        calls.close()
        try:
            process.wait(_FAREWELL_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _start(
    name: str, stdin: int | socket.socket, stdout: int, stderr: int | IO[bytes]
) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _PASSED if name in os.environ}
    environment |= THREADS | {"LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "RUST_BACKTRACE": "0"}
    return subprocess.Popen(
        # -P: a module in the folder of the project is not ours to import.
        [sys.executable, "-P", "-m", f"tympan.worker.{name}"],
        stdin=stdin if isinstance(stdin, int) else stdin.fileno(),
        stdout=stdout,
        stderr=stderr,
        env=environment,
        start_new_session=os.name == "posix",
    )
