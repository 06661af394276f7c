"""Ctrl-C and the signals that end a build: the first lets it tidy up, the second ends it at once.

Reads signals. Writes nothing.
"""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType
from typing import Any

# Signal -> what the person is told. The exit code is 128 and the signal's number, as shells have it.
_WORDS = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "hung up"}


class Stopped(SystemExit):
    """The build was told to stop. It passes every `except Exception`, and carries the exit code."""


class Stop:
    """Listens from `listen` to `deafen`. word: "" until a signal has come, then what it did."""

    def __init__(self) -> None:
        self.word = ""
        self._before: dict[int, Any] = {}

    def listen(self) -> None:
        """From now on a signal raises Stopped in the main thread; a second one ends the process."""
        if threading.current_thread() is not threading.main_thread():
            return
        for name in _WORDS:
            number = getattr(signal, name, None)
            # What was started to ignore hang-ups (nohup) goes on ignoring them.
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._hear)

    def deafen(self) -> None:
        """Give the signals back to whoever had them."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.word:
            os._exit(128 + number)  # every file is whole at any moment: nothing has to be tidied up
        self.word = _WORDS[signal.Signals(number).name]
        raise Stopped(128 + number)
