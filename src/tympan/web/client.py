"""One client for all calls: bodies capped, time bounded, redirects followed only to checked hosts.

Reads and writes sockets.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

import httpcore2
import httpx2

from tympan import limits
from tympan.errors import BadAnswer, CallFailed, HostRefused
from tympan.outside import Answer
from tympan.web.hosts import CheckedBackend, Hosts, origin_of
from tympan.web.retry import Unsent, Unsure
from tympan.web.socket import listen
from tympan.web.timed import Deadline

Files = Sequence[tuple[str, tuple[str, bytes, str]]]
_MOVED = (301, 302, 303, 307, 308)
# Seconds: to connect, and between two pieces of an answer.
_CONNECT, _PIECE = 10.0, 60.0
_TIMEOUT = httpx2.Timeout(_PIECE, connect=_CONNECT).as_dict()
_UNSENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


class _Transport(httpx2.HTTPTransport):
    """httpx's transport over a pool that connects to checked addresses."""

    def __init__(self, hosts: Hosts, deadline: Deadline, most: int) -> None:
        context = ssl.create_default_context()
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=context,
            max_connections=None,
            max_keepalive_connections=most,
            keepalive_expiry=15.0,
            network_backend=CheckedBackend(hosts, deadline),
        )


class Web:
    """Calls to the hosts of one service. May be used from several threads. seconds: what a call may take."""

    def __init__(self, hosts: Hosts, seconds: float | None = None) -> None:
        self._hosts = hosts
        self._seconds = limits.CALL_SECONDS if seconds is None else seconds
        self._deadline = Deadline()

    # Transports and not a client: what a client adds (cookies, redirects, authentication) is not wanted here,
    # and costs as much as the call.
    @cached_property
    def _kept(self) -> _Transport:
        return _Transport(self._hosts, self._deadline, 20)

    @cached_property
    def _single(self) -> _Transport:
        return _Transport(self._hosts, self._deadline, 0)

    @cached_property
    def _usual(self) -> httpx2.Headers:
        """What every client says of itself."""
        return httpx2.Client(trust_env=False).headers

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
        transport = self._single if once else self._kept
        extra: dict[str, Any] = {"json": json} if json is not None else {}
        if files:
            # A list keeps the order: fields first, files last, as presigned forms want it.
            extra["files"] = [*((name, (None, _text(value))) for name, value in _pairs(fields)), *files]
        elif fields is not None:
            extra["data"] = dict(fields)
        try:
            said = httpx2.Headers(self._usual)
            said.update(headers)
            more = {"timeout": _TIMEOUT}
            request = httpx2.Request(method, url, headers=said, params=query, extensions=more, **extra)
        except (TypeError, ValueError, httpx2.InvalidURL) as error:
            raise CallFailed(f"this cannot be sent: {type(error).__name__}: {error}") from None
        answer = self._send(transport, request, most)
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

    def _send(self, transport: _Transport, request: httpx2.Request, most: int) -> Answer:
        self._deadline.begin(self._seconds)
        try:
            response = transport.handle_request(request)
            response.request = request
        except httpx2.LocalProtocolError as error:
            raise CallFailed(f"this cannot be sent: {error}") from None
        except _UNSENT as error:
            raise Unsent(f"cannot reach {request.url.host}: {error or type(error).__name__}") from None
        except httpx2.HTTPError as error:
            raise Unsure(f"{request.url.host} did not answer: {error or type(error).__name__}") from None
        try:
            return Answer(
                response.status_code,
                _body(response, most),
                {name.lower(): value for name, value in response.headers.items()},
            )
        except httpx2.HTTPError as error:
            raise Unsure(f"{request.url.host} broke off: {error or type(error).__name__}") from None
        finally:
            response.close()

    def close(self) -> None:
        """Let all connections go."""
        for name in ("_kept", "_single"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()


def _body(response: httpx2.Response, most: int) -> bytes:
    parts, size = [], 0
    for part in response.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > most:
            raise BadAnswer(f"{response.url.host} sent more than {most} bytes")
    return b"".join(parts)


def _pairs(fields: Mapping[str, Any] | None) -> Iterable[tuple[str, Any]]:
    for name, value in (fields or {}).items():
        for each in value if isinstance(value, list | tuple) else (value,):
            yield name, each


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
