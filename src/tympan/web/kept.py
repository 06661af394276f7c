"""Connections to the hosts of one service, kept for the next call.

Reads and writes sockets.
"""

from __future__ import annotations

import ssl
from collections import deque

from tympan.web.exchange import Exchange, Origin
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
        self._idle: dict[Origin, deque[Exchange]] = {}
        self._made: ssl.SSLContext | None = None

    def _context(self) -> ssl.SSLContext:
        # Made when it is first needed: it reads all certificates that this machine trusts.
        if self._made is None:
            made = ssl.create_default_context()
            made.set_alpn_protocols(["http/1.1"])
            self._made = made
        return self._made

    def take(self, origin: Origin, *, fresh: bool) -> Exchange:
        """A connection for one call. fresh: none that was used before."""
        idle = self._idle.get(origin)
        while idle and not fresh:
            try:
                found = idle.pop()
            except IndexError:
                break  # another thread was quicker
            if found.is_usable(_IDLE_SECONDS):
                return found
            found.close()
        return Exchange(origin, self._backend, self._context)

    def give(self, origin: Origin, connection: Exchange, *, keep: bool) -> None:
        """The call has ended; a connection that may not be used again is closed."""
        idle = self._idle.setdefault(origin, deque())
        if keep and connection.end() and len(idle) < _MOST:
            idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Let all idle ones go."""
        for idle in self._idle.values():
            while idle:
                idle.pop().close()
