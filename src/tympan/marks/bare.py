"""A file as it would be without marks: what an approval of drawings, pages and huge pictures is bound to.

Reads nothing. Writes nothing. Only marks that tympan wrote are left out, of a TIFF all XMP, and only where
taking them out can change nothing that is seen.
"""

from __future__ import annotations

import re
from typing import Literal

from tympan.marks.read import read_marks
from tympan.marks.xmp import NOTHING, TOOLKIT, packet, svg_metadata

_OPENS = b'<metadata><x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="' + TOOLKIT.encode() + b'">'
_CLOSES = b"</x:xmpmeta></metadata>"
# The last object of a PDF of ours, and what stands behind it.
_PAGE = re.compile(rb"\n(\d+ 0 obj\n<</Type/Metadata/Subtype/XML/Length )(\d{1,9})(>>stream\n)", re.DOTALL)
_END = re.compile(rb"(trailer\n<<[^\n]*>>\n)startxref\n(\d{1,12})\n%%EOF\n\Z")
# TIFF 6.0: bytes of one value by type; strips; tags that lead to further directories, or to tiles.
_WIDTH = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_XMP, _OFFSETS, _COUNTS = 700, 273, 279
_POINTERS = (330, 34665, 34853, 40965, 324, 325)


def unmarked(data: bytes) -> bytes:
    """An SVG or PDF without the marks that tympan put into it; of a TIFF, everything else that it has, in
    order of its directory; anything else as it is."""
    if data[:4] in (b"II*\0", b"MM\0*"):
        return _directory(data)
    if data.startswith(b"%PDF-"):
        return _page(data)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _drawing(data)
    return data


def _drawing(data: bytes) -> bytes:
    start = data.find(_OPENS)
    end = data.find(_CLOSES, start) + len(_CLOSES)
    if start < 0 or end < len(_CLOSES):
        return data
    block = data[start:end]
    # Nothing but what we write ourselves: foreign elements in there could style what is seen.
    if block != svg_metadata(packet(read_marks(block).marks)):
        return data
    return data[:start] + data[end:]


def _page(data: bytes) -> bytes:
    """Without the stream of the packet, its length and the place of the table behind it."""
    found = list(_PAGE.finditer(data))
    end = _END.search(data)
    if not found or end is None:
        return data
    last = found[-1]
    stop = last.end() + int(last[2])
    said, close = data[last.end() : stop], b"\nendstream\nendobj\n"
    # No other text than ours, and the table right behind it: a second table in there could show another page.
    own = said == NOTHING or said == packet(read_marks(b"<svg/>" + said).marks)
    if not own or data[stop : stop + len(close) + 5] != close + b"xref\n" or int(end[2]) != stop + len(close):
        return data
    return data[: last.start(2)] + data[last.start(3) : last.end()] + data[stop : end.end(1)]


def _directory(data: bytes) -> bytes:
    """Entries of the one directory of a TIFF with values, without XMP, strips in place of their offsets.

    As it is, if it has further directories or what else a value could lead to.
    """
    order: Literal["little", "big"] = "little" if data[:2] == b"II" else "big"
    at = int.from_bytes(data[4:8], order)
    count = int.from_bytes(data[at : at + 2], order)
    end = at + 2 + 12 * count
    entries: dict[int, bytes] = {}
    for start in range(at + 2, min(end, len(data) - 12), 12):
        tag, kind, size = (
            int.from_bytes(data[start + a : start + b], order) for a, b in ((0, 2), (2, 4), (4, 8))
        )
        if kind not in _WIDTH or tag in entries:
            return data
        size *= _WIDTH[kind]
        place = start + 8 if size <= 4 else int.from_bytes(data[start + 8 : start + 12], order)
        if place + size > len(data):
            return data
        entries[tag] = data[start : start + 8] + data[place : place + size]
    strips = _strips(data, entries, order)
    leads_on = any(tag in entries for tag in _POINTERS) or any(data[end : end + 4])
    if strips is None or leads_on or len(entries) != count:
        return data
    parts = [entry for tag, entry in sorted(entries.items()) if tag not in (_XMP, _OFFSETS)]
    return b"".join([data[:4], *parts, *strips])


def _strips(data: bytes, entries: dict[int, bytes], order: Literal["little", "big"]) -> list[bytes] | None:
    """The bytes of each strip; None if the strips are not what they should be."""
    if _OFFSETS not in entries or _COUNTS not in entries:
        return None
    offsets, counts = (_values(entries[tag], order) for tag in (_OFFSETS, _COUNTS))
    found = [data[at : at + size] for at, size in zip(offsets, counts, strict=False)]
    whole = all(len(strip) == size for strip, size in zip(found, counts, strict=False))
    return found if len(offsets) == len(counts) and whole else None


def _values(entry: bytes, order: Literal["little", "big"]) -> list[int]:
    wide = _WIDTH[int.from_bytes(entry[2:4], order)]
    return [int.from_bytes(entry[at : at + wide], order) for at in range(8, len(entry), wide)]
