"""One connection, and a call and its answer over it: bytes on a socket, words of HTTP/1.1 by h11.

Reads and writes a socket.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

import h11
import httpcore2

from tympan.clock import monotonic
from tympan.web.hosts import CheckedBackend

# Seconds: to connect, and between two pieces of an answer.
_CONNECT, _PIECE = 10.0, 60.0
# Bytes: taken from the socket at once; of an answer's head.
_READ, _HEAD = 65_536, 100 * 1024
Headers = list[tuple[bytes, bytes]]


class Origin(NamedTuple):
    """Where a connection leads. host: as DNS has it."""

    is_secure: bool
    host: str
    port: int


class Call(NamedTuple):
    """What is sent."""

    origin: Origin
    method: str
    target: bytes
    headers: Headers
    body: bytes


class Exchange:
    """One connection to an origin, to be used by one thread at a time; connected by its first call."""

    def __init__(
        self, origin: Origin, backend: CheckedBackend, context: Callable[[], ssl.SSLContext]
    ) -> None:
        self._origin, self._backend, self._context = origin, backend, context
        self._stream: httpcore2.NetworkStream | None = None
        self._talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=_HEAD)
        self._idle_since = 0.0

    def send(self, call: Call) -> None:
        """Send all of a call. LocalProtocolError, ConnectError, ConnectTimeout: nothing has left."""
        try:
            head = self._talk.send(h11.Request(method=call.method, target=call.target, headers=call.headers))
            body = self._talk.send(h11.Data(data=call.body)) if call.body else b""
            end = self._talk.send(h11.EndOfMessage())
        except h11.LocalProtocolError as error:
            raise httpcore2.LocalProtocolError(str(error)) from None
        if self._stream is None:
            self._stream = self._connected()
        data = (head or b"") + (body or b"") + (end or b"")
        # A service may refuse a call while it is still being sent: its answer says why.
        with suppress(httpcore2.WriteError):
            self._stream.write(data, _PIECE)

    def _connected(self) -> httpcore2.NetworkStream:
        stream = self._backend.connect_tcp(self._origin.host, self._origin.port, _CONNECT)
        if not self._origin.is_secure:
            return stream
        return stream.start_tls(self._context(), self._origin.host, _CONNECT)

    def receive(self) -> h11.Response:
        """The head of the answer. RemoteProtocolError if what comes is none."""
        while True:
            event = self._next()
            if isinstance(event, h11.Response):
                return event
            if not isinstance(event, h11.InformationalResponse):
                raise httpcore2.RemoteProtocolError("no head of an answer came")

    def parts(self) -> Iterator[bytes]:
        """The body of the answer, as it comes."""
        while isinstance(event := self._next(), h11.Data):
            yield bytes(event.data)

    def _next(self) -> h11.Event | type[h11.PAUSED]:
        assert self._stream is not None
        while True:
            try:
                event = self._talk.next_event()
            except h11.RemoteProtocolError as error:
                raise httpcore2.RemoteProtocolError(str(error)) from None
            if event is not h11.NEED_DATA:
                return event  # type: ignore[return-value]
            data = self._stream.read(_READ, _PIECE)
            if not data and self._talk.their_state is h11.SEND_RESPONSE:
                raise httpcore2.RemoteProtocolError("the connection was closed before an answer came")
            self._talk.receive_data(data)

    def end(self) -> bool:
        """The call is over; whether another one may follow on this connection."""
        if self._talk.our_state is not h11.DONE or self._talk.their_state is not h11.DONE:
            return False
        self._talk.start_next_cycle()
        self._idle_since = monotonic()
        return True

    def is_usable(self, seconds: float) -> bool:
        """Whether it was idle for less than so many seconds, and the service has not closed it."""
        assert self._stream is not None
        # What can be read from an idle connection is its end.
        return monotonic() - self._idle_since < seconds and not self._stream.get_extra_info("is_readable")

    def close(self) -> None:
        """Let it go."""
        if self._stream is not None:
            self._stream.close()
