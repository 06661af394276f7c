"""The texts of an AVIF: XMP and EXIF items of its `meta` box, and a C2PA box beside it.

Reads nothing. Writes nothing. Source: ISO/IEC 14496-12, 8.11 (iinf, iloc, idat); ISO/IEC 23008-12, annex A;
C2PA 2.1, A.5.
"""

from __future__ import annotations

from collections.abc import Iterable

from tympan.chunks import exif, jumbf, xmp
from tympan.chunks.notes import Notes

_MOST = 2_000
_C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_RDF = b"application/rdf+xml"


def read(data: bytes, notes: Notes) -> None:
    """Put the texts of an AVIF into `notes`; what cannot be understood is left out."""
    for kind, start, end in _boxes(data, 0, len(data)):
        if kind == b"meta":
            _meta(data, start + 4, end, notes)
        elif kind == b"uuid" and data[start : start + 16] == _C2PA:
            found = data.find(b"jumb", start, min(end, start + 256))
            jumbf.read(data[found - 4 : end] if found > 0 else b"", notes)


def _boxes(data: bytes, at: int, end: int) -> Iterable[tuple[bytes, int, int]]:
    """Kind, begin and end of what each box holds."""
    for _ in range(_MOST):
        size, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        stop = end if size == 0 else at + size
        if stop > end or stop - at < head:
            return
        yield kind, at + head, stop
        at = stop


def _meta(data: bytes, at: int, end: int, notes: Notes) -> None:
    inside = {kind: (start, stop) for kind, start, stop in _boxes(data, at, end)}
    if b"iinf" not in inside or b"iloc" not in inside:
        return
    wanted = {item: what for item, what in _items(data, *inside[b"iinf"]) if what in (_RDF, b"Exif")}
    around = inside.get(b"idat", (0, 0))[0]
    for item, pieces in _places(data, *inside[b"iloc"], around):
        if item not in wanted or sum(size for _, size in pieces) > len(data):
            continue
        body = b"".join(data[start : start + size] for start, size in pieces)
        if wanted.get(item) == _RDF:
            xmp.read(body, notes)
        elif wanted.get(item) == b"Exif":
            exif.read(body[4 + int.from_bytes(body[:4], "big") :].removeprefix(b"Exif\0\0"), notes)


def _items(data: bytes, at: int, end: int) -> Iterable[tuple[int, bytes]]:
    """Number of each item and what it is: its media type, or `Exif`."""
    start = at + (6 if data[at : at + 1] == b"\0" else 8)
    for kind, begin, stop in _boxes(data, start, end):
        version = int.from_bytes(data[begin : begin + 1], "big") if kind == b"infe" else 0
        if version not in (2, 3):
            continue
        wide = 4 if version == 3 else 2
        number = int.from_bytes(data[begin + 4 : begin + 4 + wide], "big")
        what = data[begin + 6 + wide : begin + 10 + wide]
        rest = data[begin + 10 + wide : stop].split(b"\0")
        yield number, rest[1] if what == b"mime" and len(rest) > 1 else what


def _places(data: bytes, at: int, end: int, around: int) -> Iterable[tuple[int, list[tuple[int, int]]]]:
    """Number of each item, and where its pieces are: begin and length."""
    version, sizes = int.from_bytes(data[at : at + 1], "big"), data[at + 4 : at + 6]
    if len(sizes) < 2:
        return
    width = (sizes[0] >> 4, sizes[0] & 15, sizes[1] >> 4, sizes[1] & 15 if version else 0)
    at += 6
    wide = 4 if version == 2 else 2
    count, at = _number(data, at, wide)
    for _ in range(min(count, _MOST)):
        item, at = _number(data, at, wide)
        method, at = _number(data, at, 2) if version else (0, at)
        _, at = _number(data, at, 2)
        base, at = _number(data, at, width[2])
        pieces, at = _number(data, at, 2)
        found = []
        for _ in range(min(pieces, 64)):
            at += width[3]
            offset, at = _number(data, at, width[0])
            size, at = _number(data, at, width[1])
            found.append((base + offset + (around if method & 15 == 1 else 0), size))
        if at > end:
            return
        yield item, found


def _number(data: bytes, at: int, wide: int) -> tuple[int, int]:
    return int.from_bytes(data[at : at + wide], "big"), at + wide
