"""The texts of a PNG: tEXt, zTXt, iTXt, eXIf and caBX, before the pixels or after them.

Reads nothing. Writes nothing. Source: W3C PNG (Third Edition), 11.3; C2PA 2.1, A.3.2 for caBX.
"""

from __future__ import annotations

from tympan import limits
from tympan.chunks import exif, jumbf, xmp
from tympan.chunks.notes import Notes
from tympan.errors import IntakeError

_XMP = b"XML:com.adobe.xmp"


def read(data: bytes, notes: Notes) -> None:
    """Put the texts of a PNG into `notes`; stops where the file breaks off."""
    at, count = 8, 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        body = at + 8
        count += 1
        if count > limits.PIECES:
            raise IntakeError(f"a PNG of more than {limits.PIECES} chunks")
        if kind == b"IEND" or body + size > len(data):
            return
        if kind in _READ:
            _READ[kind](data[body : body + size], notes)
        at = body + size + 4


def _text(data: bytes, notes: Notes) -> None:
    keyword, found, text = data.partition(b"\0")
    if found:
        # The standard says Latin-1; Midjourney and others write UTF-8.
        notes.put_bytes(keyword[:79].decode("latin-1"), text)


def _packed(data: bytes, notes: Notes) -> None:
    keyword, found, rest = data.partition(b"\0")
    if found and rest[:1] == b"\0":
        notes.put_packed(keyword[:79].decode("latin-1"), rest[1:])


def _international(data: bytes, notes: Notes) -> None:
    keyword, found, rest = data.partition(b"\0")
    if not found or len(rest) < 2:
        return
    is_packed, text = rest[0] == 1, rest[2:].split(b"\0", 2)
    if len(text) < 3:
        return
    if keyword == _XMP:
        xmp.read(text[2], notes) if not is_packed else None
    elif is_packed:
        notes.put_packed(keyword[:79].decode("latin-1"), text[2])
    else:
        notes.put_bytes(keyword[:79].decode("latin-1"), text[2])


_READ = {
    b"tEXt": _text,
    b"zTXt": _packed,
    b"iTXt": _international,
    b"eXIf": exif.read,
    b"caBX": jumbf.read,
}
