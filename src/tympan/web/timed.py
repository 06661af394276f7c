"""The end of a call's time, kept at each read and write: a service that dribbles bytes does not stretch it.

Reads and writes sockets.
"""

from __future__ import annotations

import ssl
import threading
from typing import Any

import httpcore2

from tympan.clock import monotonic


class Deadline(threading.local):
    """When the call that this thread makes must have ended, on the monotonic clock."""

    until = float("inf")

    def begin(self, seconds: float) -> None:
        """A call begins, and may take so many seconds."""
        self.until = monotonic() + seconds

    def left(self, most: float | None) -> float:
        """Seconds that an operation may take; at most `most`. Never below 0."""
        return max(0.0, min(self.until - monotonic(), float("inf") if most is None else most))


class Timed(httpcore2.NetworkStream):
    """A connection that keeps the deadline of the call that uses it."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """As httpcore's."""
        if not (left := self._deadline.left(timeout)):
            raise httpcore2.ReadTimeout("its time is over")
        return self._stream.read(max_bytes, left)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """As httpcore's."""
        if not (left := self._deadline.left(timeout)):
            raise httpcore2.WriteTimeout("its time is over")
        self._stream.write(buffer, left)

    def close(self) -> None:
        """As httpcore's."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """As httpcore's."""
        return Timed(self._stream.start_tls(ssl_context, server_hostname, timeout), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """As httpcore's."""
        return self._stream.get_extra_info(info)
