"""CBOR to built-in values, as far as C2PA needs it, within limits.

Reads nothing. Writes nothing. Source: RFC 8949, section 3.
"""

from __future__ import annotations

from typing import Any

_DEPTH, _MOST = 16, 20_000
_BREAK = object()


class _Broken(Exception):
    """The bytes are no CBOR, or go beyond the limits."""


def decode(data: bytes) -> Any:
    """The first value in the bytes; None if it cannot be read. Tags are dropped, floats are None."""
    try:
        return _Reader(data).value(0)
    except _Broken:
        return None


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data, self._at, self._count = data, 0, 0

    def _take(self, size: int) -> bytes:
        found = self._data[self._at : self._at + size]
        if len(found) < size:
            raise _Broken
        self._at += size
        return found

    def value(self, depth: int) -> Any:
        """The next value."""
        self._count += 1
        if depth > _DEPTH or self._count > _MOST:
            raise _Broken
        first = self._take(1)[0]
        major, short = first >> 5, first & 31
        if first == 0xFF:
            return _BREAK
        endless = short == 31 and major in (2, 3, 4, 5)
        number = -1 if endless else self._number(short)
        if major == 0:
            return number
        if major == 1:
            return -1 - number
        if major in (2, 3):
            return self._string(major, number, depth)
        if major == 4:
            return self._list(number, depth)
        if major == 5:
            flat = self._list(number * 2 if number >= 0 else -1, depth)
            keys = [key if isinstance(key, str | int | bytes) else str(type(key)) for key in flat[::2]]
            return dict(zip(keys, flat[1::2], strict=False))
        if major == 6:
            return self.value(depth + 1)
        return {20: False, 21: True}.get(short)

    def _number(self, short: int) -> int:
        if short < 24:
            return short
        if short > 27:
            raise _Broken
        return int.from_bytes(self._take(1 << (short - 24)), "big")

    def _string(self, major: int, number: int, depth: int) -> Any:
        if number < 0:
            pieces = self._list(-1, depth)
            if major == 3:
                return "".join(piece for piece in pieces if isinstance(piece, str))
            return b"".join(piece for piece in pieces if isinstance(piece, bytes))
        found = self._take(number)
        return found if major == 2 else found.decode(errors="replace")

    def _list(self, number: int, depth: int) -> list[Any]:
        found: list[Any] = []
        while number < 0 or len(found) < number:
            each = self.value(depth + 1)
            if each is _BREAK:
                if number >= 0:
                    raise _Broken
                break
            found.append(each)
        return found
