"""The texts of a JPEG: comment, EXIF, XMP, IPTC, and C2PA spread over APP11 segments.

Reads nothing. Writes nothing. Source: ITU-T T.81, B.1; XMP part 3, 1.1.3; JPEG XT (ISO 19566-5) for APP11.
"""

from __future__ import annotations

from tympan import limits
from tympan.chunks import exif, iptc, jumbf, xmp
from tympan.chunks.notes import Notes
from tympan.errors import IntakeError

_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXIF = b"Exif\0\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
_SCAN, _END, _COMMENT, _APP1, _APP11, _APP13 = 0xDA, 0xD9, 0xFE, 0xE1, 0xEB, 0xED
# Markers without a length: TEM, RST0 to RST7, SOI.
_BARE = (0x01, *range(0xD0, 0xD9))


def read(data: bytes, notes: Notes) -> None:
    """Put the texts of a JPEG into `notes`; what stands behind the first scan is not looked at."""
    at, count = 2, 0
    boxes: dict[bytes, list[tuple[int, bytes]]] = {}
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            break
        marker = data[at + 1]
        count += 1
        if count > limits.PIECES:
            raise IntakeError(f"a JPEG of more than {limits.PIECES} segments")
        if marker == 0xFF or marker in _BARE:
            at += 1 if marker == 0xFF else 2
            continue
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + size]
        if marker in (_SCAN, _END) or size < 2:
            break
        if marker == _APP11:
            _box(body, boxes)
        else:
            _segment(marker, body, notes)
        at += 2 + size
    for pieces in boxes.values():
        jumbf.read(b"".join(piece for _, piece in sorted(pieces, key=lambda each: each[0])), notes)


def _segment(marker: int, body: bytes, notes: Notes) -> None:
    if marker == _COMMENT:
        notes.put_bytes("comment", body)
    elif marker == _APP1 and body.startswith(_EXIF):
        exif.read(body[len(_EXIF) :], notes)
    elif marker == _APP1 and body.startswith(_XMP):
        xmp.read(body[len(_XMP) :], notes)
    elif marker == _APP13 and body.startswith(_PHOTOSHOP):
        iptc.read_resources(body[len(_PHOTOSHOP) :], notes)


def _box(body: bytes, boxes: dict[bytes, list[tuple[int, bytes]]]) -> None:
    """One piece of a box: "JP", instance, number of the piece, then length and type again, then its bytes."""
    if body[:2] != b"JP" or len(body) < 16:
        return
    number = int.from_bytes(body[4:8], "big")
    pieces = boxes.setdefault(body[2:4], [])
    pieces.append((number, body[8:] if not pieces else body[16:]))
