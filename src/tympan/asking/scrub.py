"""Pictures as services send them, without the keys that a service may have written into them.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from tympan.chunks import textual
from tympan.errors import BadAnswer, IntakeError
from tympan.secret import is_secret_in, redact, redact_bytes

# Chunks that say how a PNG looks (W3C PNG, 11); all others are words.
_LOOKS = (
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT",
    b"bKGD", b"pHYs",
)  # fmt: skip
# Segments of a JPEG that are words: comment, and all of APP1 to APP15 but ICC (APP2) and Adobe's (APP14).
_WORDS = (0xFE, 0xE1, *range(0xE3, 0xEE), 0xEF)


def without_secrets(data: bytes) -> bytes:
    """The same bytes, or, if a secret is in them, the picture without its words. BadAnswer if it stays in."""
    if not _shows(data):
        return data
    if data.startswith(b"\x89PNG"):
        data = _png(data)
    elif data.startswith(b"\xff\xd8\xff"):
        data = _jpeg(data)
    elif data.lstrip()[:1] in (b"<", b"{"):
        data = redact_bytes(data)
    if _shows(data):
        raise BadAnswer("a picture has the service's key in it, and is not kept")
    return data


def _shows(data: bytes) -> bool:
    if is_secret_in(data):
        return True
    try:
        return any(redact(text) != text for text in textual(data).values())
    except IntakeError:
        return False


def _png(data: bytes) -> bytes:
    kept, at = [data[:8]], 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] in _LOOKS:
            kept.append(data[at:end])
        if data[at + 4 : at + 8] == b"IEND":
            break
        at = end
    return b"".join(kept)


def _jpeg(data: bytes) -> bytes:
    kept, at = [data[:2]], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] not in _WORDS:
            kept.append(data[at:end])
        at = end
    return b"".join([*kept, data[at:]])
