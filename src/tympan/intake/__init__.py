"""The door for foreign pictures: bytes in, a clean sRGB picture or a safe SVG out.

Reads nothing. Writes nothing. Decoders can crash on hostile bytes: a build calls this inside a worker only.
"""

from __future__ import annotations

from tympan import limits
from tympan.errors import IntakeError
from tympan.model import Picture
from tympan.svg import clean_svg, svg_size

__all__ = ["intake"]

# First bytes of what is taken; the name of a file is never asked.
_TAKEN = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
)
_KNOWN = (
    (b"GIF8", "a GIF", "export one frame as PNG"),
    (b"%!PS", "PostScript or EPS", "export it as SVG, or as PNG"),
    (b"\xc5\xd0\xd3\xc6", "an EPS", "export it as SVG, or as PNG"),
    (b"%PDF", "a PDF", "export the page as SVG, or as PNG"),
    (b"8BPS", "a Photoshop document", "export it as PNG or TIFF"),
    (b"BM", "a BMP", "save it as PNG"),
    (b"II+\x00", "a BigTIFF", "save it as a plain TIFF"),
    (b"MM\x00+", "a BigTIFF", "save it as a plain TIFF"),
    (b"\x1f\x8b", "a gzip file", "unpack the .svgz to .svg"),
    (b"PK\x03\x04", "a ZIP archive", "unpack it"),
    (b"\xff\x0a", "a JPEG XL", "export it as PNG"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL", "export it as PNG"),
    (b"\x00\x00\x01\x00", "an ICO", "export one size as PNG"),
)


def intake(data: bytes) -> Picture:
    """A foreign PNG, JPEG, WebP, AVIF, TIFF or SVG as a Picture: RGBA 8 bit sRGB, upright, or cleaned SVG.

    The first bytes decide what it is. Raises IntakeError, with a hint, for everything else, for what passes
    the limits, for more than one frame, and for damaged files and profiles. The encoded result of an intake,
    taken in again, has equal pixels.
    Facts: `intake.format`; `intake.profile` or `intake.assumed`; `intake.depth` if it is 16 bit.
    """
    if len(data) > limits.PICTURE_BYTES:
        raise IntakeError(f"a picture of {len(data)} bytes, more than {limits.PICTURE_BYTES}")
    kind = _kind(data)
    if kind == "svg":
        svg = clean_svg(data)
        return Picture(size=svg_size(svg), svg=svg, facts={"intake.format": "svg"})
    from tympan.intake.raster import decoded

    return decoded(data, kind)


def _kind(data: bytes) -> str:
    for magic, kind in _TAKEN:
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:12] == b"ftypavif":
        return "avif"
    if data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        return "svg"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise IntakeError("the picture is UTF-16 text", hint="save an SVG with the encoding UTF-8")
    if data[4:8] == b"ftyp":
        raise IntakeError("the picture is HEIC, an animated AVIF or a film", hint="export it as PNG")
    for magic, name, hint in _KNOWN:
        if data.startswith(magic):
            raise IntakeError(f"the picture is {name}, which is not taken", hint=hint)
    if not data:
        raise IntakeError("the picture is empty (0 bytes)")
    raise IntakeError(
        f"the picture is of an unknown kind, it begins with {data[:8].hex(' ')}",
        hint="PNG, JPEG, WebP, AVIF, TIFF and SVG are taken",
    )
