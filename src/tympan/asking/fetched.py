"""What a download brought: whether it is a picture, and all of it.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import re

from tympan.outside import Answer

_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF", b"II*\x00", b"MM\x00*", b"GIF8")


def is_picture(data: bytes) -> bool:
    """Whether the first bytes are those of a picture."""
    return data.startswith(_PICTURES) or _is_svg(data)


def shown(url: str) -> str:
    """An address without its query, which may be a signature."""
    return re.sub(r"\?.*", "", url)[:120]


def may_be_cut(answer: Answer) -> bool:
    """Whether only the end of the connection says where the body ends, and no picture's own end is there."""
    if not answer.headers.keys().isdisjoint(("content-length", "transfer-encoding")):
        return False
    end = answer.body[-64:]
    return answer.body.startswith(_PICTURES[:2]) and not (b"IEND" in end or b"\xff\xd9" in end)


def _is_svg(data: bytes) -> bool:
    """Whether it begins as an SVG does: pages of HTML may have drawings in them, further down."""
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith(b"<") and b"<svg" in start and b"<html" not in start
