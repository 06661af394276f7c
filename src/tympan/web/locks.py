"""Locks of the kernel on files, which end with the process that holds them.

Reads nothing. Writes empty files.
"""

from __future__ import annotations

import os
from pathlib import Path

from filelock import FileLock, Timeout

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None  # type: ignore[assignment]


class Lock:
    """One lock, taken for a moment thousands of times: filelock's bookkeeping costs ten times the lock.

    Two of one process keep each other out like two of several. Not to be shared by threads.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._handle = path, -1
        self._elsewhere = FileLock(path, thread_local=False) if fcntl is None else None

    def take(self, *, wait: bool) -> bool:
        """Take it; False if another has it and nobody is to wait. OSError if the disk says no."""
        if self._elsewhere is not None:
            try:
                self._elsewhere.acquire(timeout=-1 if wait else 0)
            except Timeout:
                return False
            return True
        while True:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                os.close(handle)
                return False
            if self._is_at_its_place(handle):
                self._handle = handle
                return True
            os.close(handle)

    def _is_at_its_place(self, handle: int) -> bool:
        # Somebody may have tidied up while we waited: who comes next would lock another file.
        try:
            return os.path.samestat(os.fstat(handle), os.stat(self._path))
        except FileNotFoundError:
            return False

    def free(self) -> None:
        """Let another have it."""
        if self._elsewhere is not None:
            self._elsewhere.release()
            return
        os.close(self._handle)
        self._handle = -1
