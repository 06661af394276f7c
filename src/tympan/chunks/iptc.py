"""The old IPTC records that newsrooms still write: who made a picture, whose it is.

Reads nothing. Writes nothing. Source: IPTC-NAA IIM 4.2, 1.5 and 2:80 to 2:116; Adobe's Photoshop File
Formats, image resource blocks (0x0404).
"""

from __future__ import annotations

from tympan.chunks.notes import Notes

_NAMES = {80: "By-line", 110: "Credit", 116: "CopyrightNotice", 120: "Caption"}
_RESOURCE, _IIM = b"8BIM", 0x0404
_MOST = 500


def read(data: bytes, notes: Notes) -> None:
    """Put the datasets of application records into `notes` as `iptc.<Name>`."""
    at = 0
    for _ in range(_MOST):
        if data[at : at + 1] != b"\x1c" or at + 5 > len(data):
            return
        record, number, size = data[at + 1], data[at + 2], int.from_bytes(data[at + 3 : at + 5], "big")
        if size & 0x8000:
            return  # an extended dataset: no text that is looked for is so long
        if record == 2 and number in _NAMES:
            notes.put_bytes(f"iptc.{_NAMES[number]}", data[at + 5 : at + 5 + size])
        at += 5 + size


def read_resources(data: bytes, notes: Notes) -> None:
    """The same, out of the image resources that a JPEG has in APP13."""
    at = 0
    for _ in range(_MOST):
        if data[at : at + 4] != _RESOURCE or at + 12 > len(data):
            return
        kind = int.from_bytes(data[at + 4 : at + 6], "big")
        name = data[at + 6] + 1
        start = at + 6 + name + name % 2
        size = int.from_bytes(data[start : start + 4], "big")
        if kind == _IIM:
            read(data[start + 4 : start + 4 + size], notes)
        at = start + 4 + size + size % 2
