"""The texts of a TIFF: its EXIF tags, and XMP, IPTC and C2PA in tags of the first directory.

Reads nothing. Writes nothing. Source: TIFF 6.0, section 2; XMP part 3, 3.1.1 (tag 700); C2PA 2.1, A.3.5.
"""

from __future__ import annotations

from typing import Literal

from tympan.chunks import exif, iptc, jumbf, xmp
from tympan.chunks.notes import Notes

_XMP, _IPTC, _C2PA = 700, 33723, 0xCD41
# Bytes of one value by type: BYTE, ASCII, SHORT, LONG and UNDEFINED; IPTC is LONG with old writers.
_WIDTH = {1: 1, 2: 1, 4: 4, 7: 1}
_MOST = 200


def read(data: bytes, notes: Notes) -> None:
    """Put the texts of a TIFF into `notes`."""
    order: Literal["little", "big"] = "little" if data[:2] == b"II" else "big"
    exif.read(data, notes)
    at = int.from_bytes(data[4:8], order)
    for n in range(min(int.from_bytes(data[at : at + 2], order), _MOST)):
        entry = data[at + 2 + 12 * n : at + 14 + 12 * n]
        if len(entry) < 12:
            return
        tag, kind = int.from_bytes(entry[:2], order), int.from_bytes(entry[2:4], order)
        if tag not in (_XMP, _IPTC, _C2PA) or kind not in _WIDTH:
            continue
        size = int.from_bytes(entry[4:8], order) * _WIDTH[kind]
        start = int.from_bytes(entry[8:12], order)
        value = entry[8 : 8 + size] if size <= 4 else data[start : start + size]
        {_XMP: xmp.read, _IPTC: iptc.read, _C2PA: jumbf.read}[tag](value, notes)
