"""Connections to the hosts of one service, kept for the next call.

Reads and writes sockets.
"""

from __future__ import annotations

import ssl
from collections import deque
from functools import cached_property

import httpcore2

from tympan.web.hosts import CheckedBackend, Hosts
from tympan.web.timed import Deadline

# Idle connections to one address, and seconds until one is not used again: services close theirs after more.
_MOST, _IDLE_SECONDS = 20, 15.0


class Connections:
    """May be used from several threads; a connection is taken by one of them and given back.

    httpcore2's own pool asks the socket of every idle connection at each call: of ten jobs at once that costs
    more than what is sent.
    """

    def __init__(self, hosts: Hosts, deadline: Deadline) -> None:
        self._backend = CheckedBackend(hosts, deadline)
        self._idle: dict[str, deque[httpcore2.HTTPConnection]] = {}

    @cached_property
    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context()

    def take(self, origin: httpcore2.Origin, *, fresh: bool) -> httpcore2.HTTPConnection:
        """A connection for one call, to be connected by it if need be. fresh: none that was used before."""
        idle = self._idle.get(str(origin))
        while idle and not fresh:
            try:
                found = idle.pop()
            except IndexError:
                break  # another thread was quicker
            if not found.has_expired():
                return found
            found.close()
        return httpcore2.HTTPConnection(
            origin,
            ssl_context=self._context if origin.scheme == b"https" else None,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=self._backend,
        )

    def give(self, origin: httpcore2.Origin, connection: httpcore2.HTTPConnection, *, keep: bool) -> None:
        """The call has ended; a connection that may not be used again is closed."""
        idle = self._idle.setdefault(str(origin), deque())
        if keep and connection.is_available() and len(idle) < _MOST:
            idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Let all idle ones go."""
        for idle in self._idle.values():
            while idle:
                idle.pop().close()
