"""The XMP packet of an SVG or a PDF, found by how it begins and ends.

Reads nothing. Writes nothing. Source: XMP part 3, 1.1.5 and 2.6: a packet of a PDF's metadata is not packed,
so that a scan finds it.
"""

from __future__ import annotations

from tympan.chunks import xmp
from tympan.chunks.notes import Notes

_OPENS, _CLOSES = b"<x:xmpmeta", b"</x:xmpmeta>"


def read(data: bytes, notes: Notes) -> None:
    """Put the last packet of a file into `notes`: a PDF that was written on has the newest one there."""
    end = data.rfind(_CLOSES)
    start = data.rfind(_OPENS, 0, end) if end >= 0 else -1
    if start >= 0:
        xmp.read(data[start : end + len(_CLOSES)], notes)
