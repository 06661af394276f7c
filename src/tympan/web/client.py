"""One client for all calls: bodies capped, time bounded, redirects followed only to checked hosts.

Reads and writes sockets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

import httpcore2

from tympan import limits
from tympan.errors import BadAnswer, CallFailed, HostRefused
from tympan.outside import Answer
from tympan.web.exchange import Call
from tympan.web.hosts import Hosts, origin_of
from tympan.web.kept import Connections
from tympan.web.message import Files, call_of, headers_of, unfolded
from tympan.web.retry import Unsent, Unsure
from tympan.web.socket import listen
from tympan.web.timed import Deadline

_MOVED = (301, 302, 303, 307, 308)
_UNSENT = (httpcore2.ConnectError, httpcore2.ConnectTimeout, httpcore2.UnsupportedProtocol)
_BROKEN = (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError)


class Web:
    """Calls to the hosts of one service. May be used from several threads. seconds: what a call may take."""

    def __init__(self, hosts: Hosts, seconds: float | None = None) -> None:
        self._hosts = hosts
        self._seconds = limits.CALL_SECONDS if seconds is None else seconds
        self._deadline = Deadline()
        self._connections = Connections(hosts, self._deadline)

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        fields: Mapping[str, Any] | None = None,
        files: Files = (),
        once: bool = False,
        most: int = limits.ANSWER_BYTES,
        redirects: int = 0,
    ) -> Answer:
        """One call, not repeated. Answers of 400 and above are returned like others.

        once: on a connection of its own, so that a stale one is not taken for a lost answer. most: bytes of
        the decoded body. Raises Unsent if nothing has left, Unsure if something may have, BadAnswer if the
        body is longer; HostRefused, and another CallFailed for what cannot be sent: nothing has left.
        """
        self._hosts.check(url)
        try:
            call = call_of(method, url, headers=headers, query=query, json=json, fields=fields, files=files)
        except (TypeError, ValueError) as error:
            raise CallFailed(f"this cannot be sent: {type(error).__name__}: {error}") from None
        answer = self._send(call, most, once=once)
        if answer.status in _MOVED and method == "GET" and "location" in answer.headers:
            return self._follow(url, answer, headers or {}, most, redirects)
        return answer

    def listen(
        self, url: str, seconds: float, headers: Mapping[str, str] | None = None
    ) -> Iterator[str | bytes]:
        """See `tympan.web.socket.listen`."""
        return listen(self._hosts, url, seconds, headers)

    def _follow(
        self, url: str, answer: Answer, headers: Mapping[str, str], most: int, redirects: int
    ) -> Answer:
        if redirects >= limits.REDIRECTS:
            raise HostRefused(f"more than {limits.REDIRECTS} redirects")
        try:
            there = urljoin(url, answer.headers["location"])
        except ValueError:
            raise HostRefused("a redirect leads to what is no address") from None
        self._hosts.check(there)
        # A key is for the host that it was given for.
        kept = headers if origin_of(there) == origin_of(url) else {}
        return self.call("GET", there, headers=kept, most=most, redirects=redirects + 1)

    def _send(self, call: Call, most: int, *, once: bool) -> Answer:
        host = call.origin.host
        self._deadline.begin(self._seconds)
        connection = self._connections.take(call.origin, fresh=once)
        try:
            try:
                connection.send(call)
                head = connection.receive()
            except httpcore2.LocalProtocolError as error:
                raise CallFailed(f"this cannot be sent: {error}") from None
            except _UNSENT as error:
                raise Unsent(f"cannot reach {host}: {error or type(error).__name__}") from None
            except _BROKEN as error:
                raise Unsure(f"{host} did not answer: {error or type(error).__name__}") from None
            try:
                headers = headers_of(list(head.headers))
                body = _body(unfolded(connection.parts(), headers.get("content-encoding", "")), most, host)
                return Answer(head.status_code, body, headers)
            except (*_BROKEN, ValueError) as error:
                raise Unsure(f"{host} broke off: {error or type(error).__name__}") from None
        finally:
            self._connections.give(call.origin, connection, keep=not once)

    def close(self) -> None:
        """Let all connections go."""
        self._connections.close()


def _body(parts: Iterator[bytes], most: int, host: str) -> bytes:
    kept, size = [], 0
    for part in parts:
        kept.append(part)
        size += len(part)
        if size > most:
            raise BadAnswer(f"{host} sent more than {most} bytes")
    return b"".join(kept)
