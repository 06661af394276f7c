"""First-party formats: svg, png, webp, jpeg, avif, pdf, cmyk-tiff, and the profiles they ship with.

Reads its own package data. Writes nothing.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from tympan import Format, Profile, hookimpl, srgb_profile


@hookimpl
def tympan_formats() -> tuple[type[Format[Any]], ...]:
    """svg, png, webp, jpeg, avif, pdf, cmyk-tiff."""
    from tympan_plugins.formats.avif import Avif
    from tympan_plugins.formats.cmyk_tiff import CmykTiff
    from tympan_plugins.formats.jpeg import Jpeg
    from tympan_plugins.formats.pdf import Pdf
    from tympan_plugins.formats.png import Png
    from tympan_plugins.formats.svg import Svg
    from tympan_plugins.formats.webp import Webp

    return Svg, Png, Webp, Jpeg, Avif, Pdf, CmykTiff


@hookimpl
def tympan_profiles() -> tuple[Profile, ...]:
    """The two profiles whose licences allow shipping; the notices lie beside the files."""
    folder = files(__name__).joinpath("profiles")
    coated = folder.joinpath("ISOcoated_v2_300_bas.icc").read_bytes()
    notice = folder.joinpath("ISOcoated_v2_300_bas.txt").read_text("utf-8")
    return (
        Profile("srgb", srgb_profile(), "public domain", "sRGB IEC 61966-2-1"),
        Profile(
            "fogra39-300",
            coated,
            "zlib",
            "ISO Coated v2 300 % (basICColor), FOGRA39, total ink 300 %",
            notice,
        ),
    )
