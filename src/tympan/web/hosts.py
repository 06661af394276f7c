"""Where calls may go: https to public addresses of the service's own hosts, checked while connecting.

Reads the resolver. Writes sockets.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import httpcore2

from tympan.errors import HostRefused
from tympan.web.timed import Deadline, Timed

# Of an address that names none.
PORTS = {"https": 443, "http": 80}
# Addresses of which every reader sees the same scheme, host and port; and these.
_CLEAR = re.compile(r"(https?://[a-z0-9.-]+(?::[0-9]{1,5})?)(?:[/?][!-\[\]-~]*)?")
# Addresses of IPv6 that are given out (IANA: Internet Protocol Version 6 Address Space); all others, such as
# site-local ones and ::127.0.0.1, are global to `ipaddress`. 64:ff9b::/96 is IPv4 by RFC 6052.
_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = 0x64FF9B << 64


class Hosts:
    """The hosts of one service.

    origins: addresses such as "https://api.example.org" that a project names; http, and hosts that are not
    public, are allowed there only. names: further public hosts; a leading dot takes all names below.
    """

    def __init__(self, origins: Iterable[str], names: Iterable[str] = ()) -> None:
        self._origins = {origin_of(each) for each in origins}
        self._names = tuple(name.lower() for name in names)
        # Where an address that is clear has been allowed before.
        self._allowed: set[str] = set()

    def check(self, url: str) -> None:
        """HostRefused for an address that a call may not go to."""
        clear = _CLEAR.fullmatch(url)
        if clear is None or clear[1] not in self._allowed:
            self._check(url)
            if clear is not None:
                self._allowed.add(clear[1])

    def _check(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").lower()
        except ValueError:
            raise HostRefused(f"{_shown(url)!r} is no address") from None
        # Readers of addresses do not agree on these.
        if not url.isprintable() or {"\\", " "} & set(url):
            raise HostRefused(f"{_shown(url)!r} has characters that no address has")
        if parts.username is not None or parts.password is not None:
            raise HostRefused(f"{_shown(url)} has a user's name in it")
        if origin_of(url) in self._origins:
            return
        if parts.scheme != "https":
            raise HostRefused(f"{_shown(url)} is not https")
        if not self._is_ours(host):
            raise HostRefused(
                f"{host or _shown(url)} is not a host of this service",
                hint="a project may add it: [tool.tympan.service.NAME] hosts",
            )

    def is_private_allowed(self, host: str, port: int) -> bool:
        """Whether this host may have an address that is not public: only as a project's own origin."""
        host = host.lower()
        return any(origin[1:] == (host, port) for origin in self._origins)

    def _is_ours(self, host: str) -> bool:
        names = (*self._names, *(origin[1] for origin in self._origins))
        return any(host.endswith(name) if name.startswith(".") else host == name for name in names)


def origin_of(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    try:
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        raise HostRefused(f"{_shown(url)} has no port that exists") from None
    return parts.scheme.lower(), (parts.hostname or "").lower(), port


def addresses(host: str, port: int, *, private: bool) -> list[str]:
    """Every address of a host; HostRefused if any of them is not public and `private` is not set.

    Each answer is checked, and the connection goes to a checked one: a second answer cannot slip in between.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError(f"no address for {host}: {error}") from None
    names = list(dict.fromkeys(str(each[4][0]) for each in found))
    for name in names:
        if not private and not is_public(name):
            raise HostRefused(f"{host} has the address {name}, which is not public")
    return names


def is_public(address: str) -> bool:
    """Whether an address is of the public internet, also one of IPv4 in the clothes of IPv6."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv4Address):
        return found.is_global and not found.is_multicast
    inner = found.ipv4_mapped
    if inner is None and int(found) >> 32 == _NAT64:
        inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    if inner is not None:
        return is_public(str(inner))
    inner = found.sixtofour or (found.teredo[1] if found.teredo else None)
    return found in _UNICAST and found.is_global and (inner is None or is_public(str(inner)))


class CheckedBackend(httpcore2.NetworkBackend):
    """Connects only to addresses that were checked; what it connects ends when the call's time is over."""

    def __init__(self, hosts: Hosts, deadline: Deadline) -> None:
        self._hosts, self._deadline = hosts, deadline
        self._backend = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """As httpcore's, to one of the checked addresses."""
        private = self._hosts.is_private_allowed(host, port)
        last: Exception | None = None
        for address in addresses(host, port, private=private):
            try:
                stream = self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
                return Timed(stream, self._deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                last = error
        raise last or httpcore2.ConnectError(f"no address for {host}")


def _shown(url: str) -> str:
    """An address without its query, which may be a signature."""
    return url.partition("?")[0][:120]
