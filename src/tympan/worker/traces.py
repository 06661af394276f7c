"""What a job may leave behind in its process, so that no later job inherits it.

Reads this process's settings. Writes nothing.
"""

from __future__ import annotations

import locale
import os
import signal
import sys
import threading
from typing import Any

from tympan import limits

# Settings of libraries that change what later jobs make: module, name, and the value it starts with.
_SETTINGS: tuple[tuple[str, str, object], ...] = (
    ("PIL.ImageFile", "LOAD_TRUNCATED_IMAGES", False),
    ("PIL.ImageFile", "MAXBLOCK", 65_536),
    ("PIL.Image", "MAX_IMAGE_PIXELS", 1024 * 1024 * 1024 // 4 // 3),
    ("PIL.PngImagePlugin", "MAX_TEXT_CHUNK", 1_048_576),
)
# What numpy begins with, once it is imported.
_NUMPY = {"divide": "warn", "over": "warn", "under": "ignore", "invalid": "warn"}
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def surroundings() -> tuple[Any, ...]:
    """All that a plugin could change for others: equal before and after a job that leaves nothing behind.

    Working folder, environment, import path, umask, locale, signals, timers, standard streams,
    recursion limit, threads, child processes, and settings of Pillow and numpy.
    """
    umask = os.umask(0o022)
    os.umask(umask)
    return (
        _folder(),
        # Its inner dict where there is one: decoding every name costs more than all the rest.
        dict(getattr(os.environ, "_data", os.environ)),
        list(sys.path),
        umask,
        locale.setlocale(locale.LC_ALL),
        _signals(),
        (sys.stdin, sys.stdout, sys.stderr, sys.getrecursionlimit()),
        threading.active_count(),
        _has_children(),
        [getattr(sys.modules.get(module), name, first) for module, name, first in _SETTINGS],
        _numpy(),
    )


def has_grown() -> bool:
    """Whether this process holds more than `limits.WORKER_KEEP_BYTES`: freed memory seldom goes back."""
    if peak() <= limits.WORKER_KEEP_BYTES:
        return False
    try:
        handle = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return True
    try:
        return int(os.read(handle, 100).split()[1]) * _PAGE > limits.WORKER_KEEP_BYTES
    finally:
        os.close(handle)


def peak() -> int:
    """The most memory this process ever held, in bytes; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    return in_bytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def in_bytes(most: int) -> int:
    """`ru_maxrss` in bytes: getrusage(2) gives KiB, but bytes on macOS."""
    return most if sys.platform == "darwin" else most * 1024


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""


def _signals() -> tuple[Any, ...]:
    if os.name != "posix":
        return ()
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGCHLD, signal.SIGIO, signal.SIGXCPU)
    return (*(signal.getsignal(name) for name in names), signal.getitimer(signal.ITIMER_REAL))


def _has_children() -> bool:
    if os.name != "posix":
        return False
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    except ChildProcessError:
        return False
    return True


def _numpy() -> object:
    numpy = sys.modules.get("numpy")
    return numpy.geterr() if numpy else _NUMPY
