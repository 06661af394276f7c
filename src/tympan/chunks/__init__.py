"""What is written in a foreign picture file beside its pixels, as text by name.

Reads nothing. Writes nothing. Parses the bytes itself, within limits; nothing is decoded to pixels.
"""

from __future__ import annotations

from tympan import limits
from tympan.chunks import avif, jpeg, packets, png, tiff, webp
from tympan.chunks.notes import Notes
from tympan.errors import IntakeError

__all__ = ["textual"]


def textual(data: bytes) -> dict[str, str]:
    """The texts of a PNG, JPEG, WebP, TIFF, AVIF, SVG or PDF file; none of other kinds and of what is
    damaged beyond reading.

    PNG texts have their own keyword as name, as `parameters`. From all kinds: `exif.<Tag>`, `xmp` and
    `xmp.<property>`, `tympan.<property>`, `iptc.<Name>`, `c2pa.claim_generator`, `c2pa.action`,
    `c2pa.software_agent`, `c2pa.digital_source_type`; of JPEG also `comment`. The first text of a name
    stays. Raises IntakeError for a file or texts above the limits.
    """
    if len(data) > limits.PICTURE_BYTES:
        raise IntakeError(f"a picture of {len(data)} bytes, more than {limits.PICTURE_BYTES}")
    notes = Notes()
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        png.read(data, notes)
    elif data.startswith(b"\xff\xd8\xff"):
        jpeg.read(data, notes)
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        webp.read(data, notes)
    elif data[:4] in (b"II*\0", b"MM\0*"):
        tiff.read(data, notes)
    elif data[4:8] == b"ftyp":
        avif.read(data, notes)
    elif data.startswith(b"%PDF-") or data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        packets.read(data, notes)
    return notes.texts
