"""A call as it goes over the wire: addresses and bodies of the usual kind are put together here.

Reads nothing. Writes nothing. What is not of the usual kind (forms, files, addresses to be escaped) httpx2
puts together: it knows every corner, and costs a call as much as the call itself.
"""

from __future__ import annotations

import json as _json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from tympan.web.exchange import Call, Headers, Origin
from tympan.web.hosts import PORTS

Files = Sequence[tuple[str, tuple[str, bytes, str]]]
_USUAL = {"accept": "*/*", "accept-encoding": "gzip, deflate", "user-agent": "tympan"}
_WITH_BODY = ("POST", "PUT", "PATCH")
# Addresses that are the same after every reading of RFC 3986: nothing to escape, no "." and ".." in the path.
_PLAIN = re.compile(
    r"(https?)://([a-z0-9.-]+)(?::([0-9]{1,5}))?"
    r"((?:/(?!\.)(?:[A-Za-z0-9_.~!$&()*+,;=:@-]|%[0-9A-Fa-f]{2})*)*)"
    r"(\?(?:[A-Za-z0-9_.~!$&()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?"
)


def call_of(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None,
    query: Mapping[str, Any] | None,
    json: Any,
    fields: Mapping[str, Any] | None,
    files: Files,
) -> Call:
    """The call as bytes. TypeError or ValueError for what cannot be sent."""
    plain = _PLAIN.fullmatch(url)
    if plain is None or files or fields is not None or (query and plain[5]):
        return _unusual(method, url, headers, query, json, fields, files)
    usual = PORTS[plain[1]]
    origin = Origin(plain[1] == "https", plain[2], int(plain[3]) if plain[3] else usual)
    target = (plain[4] or "/") + (plain[5] or "")
    if query:
        target += "?" + urlencode([(name, _text(value)) for name, value in _pairs(query)])
    said = {"host": origin.host if origin.port == usual else f"{origin.host}:{origin.port}", **_USUAL}
    body = b""
    if json is not None:
        body = _json.dumps(json, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        said |= {"content-length": str(len(body)), "content-type": "application/json"}
    elif method in _WITH_BODY:
        said["content-length"] = "0"
    for name, value in (headers or {}).items():
        said[name.lower()] = value
    sent = [(name.encode("ascii"), value.encode("ascii")) for name, value in said.items()]
    return Call(origin, method, target.encode(), sent, body)


def _unusual(
    method: str,
    url: str,
    headers: Mapping[str, str] | None,
    query: Mapping[str, Any] | None,
    json: Any,
    fields: Mapping[str, Any] | None,
    files: Files,
) -> Call:
    import httpx2

    extra: dict[str, Any] = {"json": json} if json is not None else {}
    if files:
        # A list keeps the order: fields first, files last, as presigned forms want it.
        extra["files"] = [*((name, (None, _text(value))) for name, value in _pairs(fields)), *files]
    elif fields is not None:
        extra["data"] = dict(fields)
    try:
        said = httpx2.Headers(_USUAL)
        said.update(headers)
        made = httpx2.Request(method, url, headers=said, params=query, **extra)
    except httpx2.InvalidURL as error:
        raise ValueError(str(error)) from None
    there = made.url
    origin = Origin(there.scheme == "https", there.raw_host.decode(), there.port or PORTS[there.scheme])
    return Call(origin, method, there.raw_path, made.headers.raw, made.read())


def headers_of(headers: Headers) -> dict[str, str]:
    """An answer's headers, names in lower case; several values of one name as one (RFC 9110 5.2)."""
    found: dict[str, str] = {}
    for raw, value in headers:
        name = raw.decode("latin-1")
        text = _decoded(value)
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found


def unfolded(parts: Iterator[bytes], coding: str) -> Iterator[bytes]:
    """The parts of an answer's body, unpacked if they are packed. ValueError if they cannot be."""
    if not coding or coding.lower() == "identity":
        yield from parts
        return
    import httpx2

    packed = httpx2.Response(200, headers={"content-encoding": coding}, content=parts)
    try:
        yield from packed.iter_bytes()
    except httpx2.DecodingError as error:
        raise ValueError(str(error)) from None


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _pairs(fields: Mapping[str, Any] | None) -> Iterable[tuple[str, Any]]:
    for name, value in (fields or {}).items():
        for each in value if isinstance(value, list | tuple) else (value,):
            yield name, each


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
