"""The texts of an EXIF block: description, software, artist, copyright, date, user comment.

Reads nothing. Writes nothing. Source: Exif 2.32, tables 4, 6 to 9; TIFF 6.0, section 2.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from tympan.chunks.notes import Notes

# Tag -> name.
_TAGS = {
    0x010E: "ImageDescription",
    0x010F: "Make",
    0x0110: "Model",
    0x0131: "Software",
    0x0132: "DateTime",
    0x013B: "Artist",
    0x8298: "Copyright",
    0x9003: "DateTimeOriginal",
    0x9286: "UserComment",
    0x9C9C: "XPComment",
    0x9C9B: "XPTitle",
}
_EXIF_IFD = 0x8769
_ASCII, _BYTE, _UNDEFINED = 2, 1, 7
# Entries of one directory that are looked at.
_MOST = 200
_CODES = {b"ASCII\0\0\0": "ascii", b"UNICODE\0": "utf-16", b"JIS\0\0\0\0\0": "shift_jis"}


def read(data: bytes, notes: Notes) -> None:
    """Put the texts of a TIFF-like block into `notes` as `exif.<Tag>`."""
    order: Literal["little", "big"] = "little" if data[:2] == b"II" else "big"
    if data[:4] not in (b"II*\0", b"MM\0*"):
        return
    first = int.from_bytes(data[4:8], order)
    below = 0
    for tag, kind, value in _entries(data, first, order):
        if tag == _EXIF_IFD:
            below = int.from_bytes(value[:4], order)
        _put(tag, kind, value, order, notes)
    if below:
        for tag, kind, value in _entries(data, below, order):
            _put(tag, kind, value, order, notes)


def _entries(data: bytes, at: int, order: Literal["little", "big"]) -> Iterable[tuple[int, int, bytes]]:
    """Tag, type and value bytes of each entry with one byte a piece, and of the pointer to the next block."""
    count = min(int.from_bytes(data[at : at + 2], order), _MOST)
    for n in range(count):
        entry = data[at + 2 + 12 * n : at + 14 + 12 * n]
        if len(entry) < 12:
            return
        tag, kind = int.from_bytes(entry[:2], order), int.from_bytes(entry[2:4], order)
        size = int.from_bytes(entry[4:8], order)
        if tag == _EXIF_IFD:
            yield tag, kind, entry[8:12]
        elif tag in _TAGS and kind in (_ASCII, _BYTE, _UNDEFINED):
            start = int.from_bytes(entry[8:12], order)
            yield tag, kind, entry[8 : 8 + size] if size <= 4 else data[start : start + size]


def _put(tag: int, kind: int, value: bytes, order: Literal["little", "big"], notes: Notes) -> None:
    name = _TAGS.get(tag)
    if name is None:
        return
    if name.startswith("XP"):
        notes.put_bytes(f"exif.{name}", value, "utf-16-le")
    elif name == "UserComment" and value[:8] in _CODES:
        code = _CODES[value[:8]]
        # Writers disagree whether UNICODE follows the block's byte order or is big-endian always.
        if code == "utf-16":
            code = _utf16(value[8:], order)
        notes.put_bytes(f"exif.{name}", value[8:], code)
    else:
        notes.put_bytes(f"exif.{name}", value.lstrip(b"\0").split(b"\0")[0])


def _utf16(value: bytes, order: Literal["little", "big"]) -> str:
    if value[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    even, odd = value[0:200:2].count(0), value[1:200:2].count(0)
    if even != odd:
        return "utf-16-be" if even > odd else "utf-16-le"
    return "utf-16-le" if order == "little" else "utf-16-be"
