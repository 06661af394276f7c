"""The process that forks workers: it has imported the slow libraries once, and runs no job itself.

Reads requests on the socket that is its standard input, each with the handles of a new worker. Writes to a
worker's leash how it ended: exit code and the most memory it held. Linux only.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import struct
from contextlib import suppress
from importlib import import_module

from tympan.worker import room
from tympan.worker.traces import in_bytes

# Not onnxruntime: it starts threads when imported, and a fork would lose them.
_LIBRARIES = (
    "numpy", "PIL.Image", "PIL.ImageCms", "PIL.PngImagePlugin", "PIL.JpegImagePlugin", "PIL.WebPImagePlugin",
    "PIL.TiffImagePlugin", "resvg_py", "vtracer", "tympan.intake.raster", "tympan.render",
)  # fmt: skip
# A build of one small asset is over before this; longer ones may need a new worker at any moment.
_IDLE_SECONDS = 0.5
# How a worker ended: exit code, negative for a signal, and bytes.
END = struct.Struct(">iQ")


class Zygote:
    """Forks a worker for each request, watches over all, ends with who asked for them."""

    def __init__(self) -> None:
        self._calls = socket.socket(fileno=os.dup(0))
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        os.close(nothing)
        self._woken, self._wakes = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._leashes: dict[int, socket.socket] = {}
        self._forked = self._loaded = False
        signal.set_wakeup_fd(self._wakes)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def serve(self) -> bool:
        """Whether this is a new worker; False when nobody is left who could ask for one."""
        while True:
            watch = select.poll()
            watch.register(self._calls, select.POLLIN)
            watch.register(self._woken, select.POLLIN)
            pids = {leash.fileno(): pid for pid, leash in self._leashes.items()}
            for handle in pids:
                watch.register(handle, select.POLLIN)
            idle = None if self._loaded or not self._forked else _IDLE_SECONDS * 1000
            ready = {handle for handle, _ in watch.poll(idle)}
            if not ready:
                self._load()
            for handle in ready & pids.keys():
                _kill(pids[handle])  # who asked has let go of the leash
            if self._woken in ready:
                os.read(self._woken, 4096)
            self._reap()
            if self._calls.fileno() in ready:
                message, handles, _, _ = socket.recv_fds(self._calls, 1, 4)
                if not message:
                    self._end()
                    return False
                if self._fork(handles):
                    return True

    def _load(self) -> None:
        for name in _LIBRARIES:
            with suppress(ImportError):
                import_module(name)
        # Collecting would copy every page that workers share.
        gc.collect()
        gc.freeze()
        self._loaded = True

    def _fork(self, handles: list[int]) -> bool:
        """Fork; True in the worker. The first is forked as it is: it may be the only one."""
        jobs, answers, talk, end = handles
        if self._forked and not self._loaded:
            self._load()
        self._forked = True
        try:
            pid = os.fork()
        except OSError:
            pid = -1
        if pid == 0:
            self._become(jobs, answers, talk, end)
            return True
        leash = socket.socket(fileno=end)
        for handle in (jobs, answers, talk):
            os.close(handle)
        if pid > 0:
            self._leashes[pid] = leash
            leash.send(struct.pack(">i", pid))
        return False

    def _become(self, jobs: int, answers: int, talk: int, end: int) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        for number, handle in enumerate((jobs, answers, talk)):
            os.dup2(handle, number)
        # A leash that a worker held open would never end.
        for leash in self._leashes.values():
            leash.close()
        self._calls.close()
        for handle in (jobs, answers, talk, end, self._woken, self._wakes):
            os.close(handle)

    def _reap(self) -> None:
        for pid, leash in list(self._leashes.items()):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                continue
            # Not reaped yet, so the group's number is still its own.
            _kill(pid)
            _, status, used = os.wait4(pid, 0)
            with suppress(OSError):
                leash.send(END.pack(os.waitstatus_to_exitcode(status), in_bytes(used.ru_maxrss)))
            leash.close()
            del self._leashes[pid]

    def _end(self) -> None:
        for pid in self._leashes:
            _kill(pid)
        for pid in self._leashes:
            os.waitpid(pid, 0)


def _kill(pid: int) -> None:
    """Kill a worker and all that it started; it has not been reaped, so the number is its own."""
    for kill in (os.killpg, os.kill):
        with suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def main() -> None:
    """Serve requests; a forked worker serves jobs instead."""
    if Zygote().serve():
        room.main()


if __name__ == "__main__":
    main()
