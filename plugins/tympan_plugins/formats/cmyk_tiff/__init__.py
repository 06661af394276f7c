"""The `cmyk-tiff` format: pictures for print, separated through an ICC profile.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from tympan import Context, File, Format, Picture, Profile, ProfileName, version_of
from tympan_plugins.formats.cmyk_tiff.engine import Link, engine
from tympan_plugins.formats.cmyk_tiff.ink import limited, most_ink
from tympan_plugins.formats.cmyk_tiff.sheet import PrintParams, placed

if TYPE_CHECKING:
    from PIL.Image import Image

# TIFF 6.0, section 16: InkSet 1 is CMYK. Section 14: Predictor 2 is horizontal differencing.
_INK_SET, _PREDICTOR = 332, 317
# XMP part 3, 3.1.1.
_XMP = 700
_COMPRESSION = {"lzw": "tiff_lzw", "deflate": "tiff_adobe_deflate", "none": None}


class CmykTiffParams(PrintParams, frozen=True):
    """Keys of a target with `format = "cmyk-tiff"`."""

    profile: ProfileName = "fogra39-300"
    grid: Annotated[
        int,
        Meta(
            ge=17,
            le=129,
            description="Points on a side of the colour link: 33 is LittleCMS's own, 65 twice as exact.",
        ),
    ] = 65
    compression: Annotated[
        str, Meta(pattern="^(lzw|deflate|none)$", description="`lzw` is read everywhere.")
    ] = "lzw"
    engine: Annotated[
        str,
        Meta(
            pattern="^(pillow|lcms)$",
            description="How LittleCMS is called; `lcms` needs the extra `tympan[lcms]` (GPL).",
        ),
    ] = "pillow"


class CmykTiff(Format[CmykTiffParams]):
    """TIFF 6.0 of four inks with the profile embedded; no alpha, no date, no software tag."""

    NAME = "cmyk-tiff"
    SUFFIX = "tif"
    MARKS = True
    Params = CmykTiffParams

    def fingerprint(self, params: CmykTiffParams) -> Mapping[str, str]:
        """Pillow carries LittleCMS and libtiff; the optional bindings carry a LittleCMS of their own."""
        names = ["pillow", "resvg-py"] + (["python-lcms2", "pylcms2"] if params.engine == "lcms" else [])
        return {name: version for name in names if (version := version_of(name))}

    def parts(self, params: CmykTiffParams) -> tuple[str, ...]:
        """One file."""
        return ("",)

    def write(self, picture: Picture, params: CmykTiffParams, ctx: Context) -> Iterator[File]:
        """One file, with the facts `width`, `height`, `effective_ppi`, `ink_max` (per cent) and `profile`."""
        import numpy as np
        from PIL import Image as Pillow

        profile = ctx.profile(params.profile)
        convert = engine(params.engine, profile, Link(params.intent, params.black_point, params.grid))
        image, facts = placed(picture, params.sheet, ctx)
        inks = convert(image)
        if params.ink_limit:
            inks = Pillow.fromarray(limited(np.asarray(inks), params.ink_limit), "CMYK")
        facts |= {"ink_max": f"{most_ink(np.asarray(inks)):.1f}", "profile": profile.name}
        yield File(data=_encoded(inks, profile, params, ctx.marks()), facts=facts)


def _encoded(image: Image, profile: Profile, params: CmykTiffParams, marks: bytes) -> bytes:
    tags: dict[int, int | bytes] = {_INK_SET: 1}
    if marks:
        tags[_XMP] = marks
    if params.compression != "none":
        tags[_PREDICTOR] = 2
    buffer = io.BytesIO()
    image.save(
        buffer,
        "TIFF",
        compression=_COMPRESSION[params.compression],
        tiffinfo=tags,
        dpi=(params.ppi, params.ppi),
        icc_profile=profile.data,
    )
    return buffer.getvalue()
