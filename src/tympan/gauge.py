"""What a finished file is: kind, size, colours, profile, density.

Reads nothing. Writes nothing. Decoders can crash on files that another hand has changed: workers only.
"""

from __future__ import annotations

import io
import re

import msgspec

from tympan.errors import IntakeError
from tympan.files import digest
from tympan.svg import clean_svg, parse_svg, svg_number, svg_size

# ISO 32000-1, 7.7.3.3: width and height of a page in points, of which 72 are an inch.
_MEDIA_BOX = re.compile(rb"/MediaBox\s*\[\s*([-\d.]+)\s+([-\d.]+)\s+([-\d.]+)\s+([-\d.]+)\s*\]")


class Gauge(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was found out of a file. kind: "svg", "png", "tiff", ...; "" for what nobody here can read.

    width, height: in px; of a PDF's first page in points, 72 to the inch. mode: Pillow's word for the
    colours, such as "RGBA" or "CMYK". profile: its own description; profile_digest: blake3 of its bytes.
    ppi: pixels per inch, 0 if the file does not say.
    """

    kind: str = ""
    width: int | float = 0
    height: int | float = 0
    mode: str = ""
    profile: str = ""
    profile_digest: str = ""
    ppi: int | float = 0


def gauge(data: bytes) -> Gauge:
    """Gauge a file by its bytes; its name is never asked."""
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _svg(data)
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as image:
            profile = image.info.get("icc_profile") or b""
            return Gauge(
                kind=(image.format or "").lower(),
                width=image.width,
                height=image.height,
                mode=image.mode,
                profile=_described(profile),
                profile_digest=digest(profile) if profile else "",
                ppi=_ppi(image.info.get("dpi")),
            )
    except Exception:  # a decoder raises what it likes; what it cannot read has no size
        return Gauge()


def _svg(data: bytes) -> Gauge:
    try:
        width, height = svg_size(parse_svg(clean_svg(data)))
    except (IntakeError, ValueError):
        return Gauge()
    return Gauge(kind="svg", width=width, height=height)


def _pdf(data: bytes) -> Gauge:
    found = _MEDIA_BOX.search(data)
    if not found:
        return Gauge(kind="pdf")
    left, bottom, right, top = (float(number) for number in found.groups())
    width, height = (float(svg_number(each, 3)) for each in (right - left, top - bottom))
    return Gauge(kind="pdf", width=width, height=height)


def _described(profile: bytes) -> str:
    from PIL import ImageCms

    if not profile:
        return ""
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.getProfileDescription(opened).strip()
    except Exception:  # LittleCMS says no in several ways
        return "a profile that cannot be read"


def _ppi(found: object) -> float:
    if isinstance(found, tuple) and found:
        return round(float(found[0]), 2)
    return 0
