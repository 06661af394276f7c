"""Listening to a service's WebSocket for a while: an ornament, so that its faults are no errors.

Reads and writes sockets.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from tympan import limits
from tympan.clock import monotonic
from tympan.errors import HostRefused
from tympan.web.hosts import Hosts, addresses, origin_of

# Seconds to connect to one address and to shake hands; bytes that are taken from the socket at once.
_CONNECT, _PIECE = 5.0, 65_536
_SECURE = {"https": True, "http": False}


def listen(
    hosts: Hosts, url: str, seconds: float, headers: Mapping[str, str] | None = None
) -> Iterator[str | bytes]:
    """Messages of the WebSocket at an address (http or https), for at most so many seconds.

    Ends, without a word, when the service closes, breaks off, sends more than `limits.MESSAGE_BYTES` at once,
    or has no WebSocket there. Redirects are not followed. Raises HostRefused.
    """
    hosts.check(url)
    until = monotonic() + seconds
    with suppress(OSError, _Over), _connected(hosts, url) as stream:
        yield from _messages(stream, url, headers or {}, until)


class _Over(Exception):
    """There is nothing more to hear."""


def _connected(hosts: Hosts, url: str) -> socket.socket:
    """A socket to one of the checked addresses, with TLS where the address says so."""
    import httpcore2

    scheme, host, port = origin_of(url)
    if scheme not in _SECURE:
        raise HostRefused(f"{scheme}: is no address to listen at")
    last: Exception = OSError(f"no address for {host}")
    try:
        found = addresses(host, port, private=hosts.is_private_allowed(host, port))
    except httpcore2.ConnectError as error:
        raise OSError(str(error)) from None
    for address in found:
        try:
            stream = socket.create_connection((address, port), timeout=_CONNECT)
        except OSError as error:
            last = error
            continue
        if not _SECURE[scheme]:
            return stream
        try:
            return ssl.create_default_context().wrap_socket(stream, server_hostname=host)
        except OSError:
            stream.close()
            raise
    raise last


def _messages(
    stream: socket.socket, url: str, headers: Mapping[str, str], until: float
) -> Iterator[str | bytes]:
    from websockets.client import ClientProtocol
    from websockets.frames import Frame, Opcode
    from websockets.http11 import Response
    from websockets.protocol import OPEN
    from websockets.uri import parse_uri

    protocol = ClientProtocol(parse_uri(_ws(url)), max_size=limits.MESSAGE_BYTES)
    request = protocol.connect()
    for name, value in headers.items():
        request.headers[name] = value
    protocol.send_request(request)
    parts: list[bytes] = []
    text = False
    while True:
        for data in protocol.data_to_send():
            stream.sendall(data) if data else stream.shutdown(socket.SHUT_WR)
        for event in protocol.events_received():
            if isinstance(event, Response) and protocol.handshake_exc is not None:
                raise _Over
            if not isinstance(event, Frame) or event.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
                continue
            if event.opcode is not Opcode.CONT:
                parts, text = [], event.opcode is Opcode.TEXT
            parts.append(bytes(event.data))
            if event.fin:
                whole = b"".join(parts)
                yield whole.decode(errors="replace") if text else whole
        if protocol.close_expected() or protocol.parser_exc is not None:
            raise _Over
        protocol.receive_data(_received(stream, until, shaking=protocol.state is not OPEN))


def _received(stream: socket.socket, until: float, *, shaking: bool) -> bytes:
    left = until - monotonic()
    if left <= 0:
        raise _Over
    # Who does not shake hands soon is not waited for, however long the listening is.
    stream.settimeout(min(left, _CONNECT) if shaking else left)
    data = stream.recv(_PIECE)
    if not data:
        raise _Over
    return data


def _ws(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(scheme="wss" if parts.scheme == "https" else "ws").geturl()
