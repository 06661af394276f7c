"""The texts of a WebP: its EXIF, XMP and C2PA chunks.

Reads nothing. Writes nothing. Source: WebP Container Specification; C2PA 2.1, section A.3.4.
"""

from __future__ import annotations

from tympan import limits
from tympan.chunks import exif, jumbf, xmp
from tympan.chunks.notes import Notes
from tympan.errors import IntakeError


def read(data: bytes, notes: Notes) -> None:
    """Put the texts of a WebP into `notes`; stops where the file breaks off."""
    at, count = 12, 0
    while at + 8 <= len(data):
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        body = data[at + 8 : at + 8 + size]
        count += 1
        if count > limits.PIECES:
            raise IntakeError(f"a WebP of more than {limits.PIECES} chunks")
        if kind == b"EXIF":
            exif.read(body.removeprefix(b"Exif\0\0"), notes)
        elif kind == b"XMP ":
            xmp.read(body, notes)
        elif kind == b"C2PA":
            jumbf.read(body, notes)
        at += 8 + size + size % 2
