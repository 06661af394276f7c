"""The `webp` format: pictures for the web.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from tympan import Context, File, Format, Params, Picture, srgb_profile, version_of
from tympan_plugins.formats.frame import Matte, Sizes, WebProfile, frames, settled

if TYPE_CHECKING:
    from PIL.Image import Image


class WebpParams(Params, frozen=True):
    """Keys of a target with `format = "webp"`."""

    sizes: Sizes = ()
    quality: Annotated[
        int, Meta(ge=0, le=100, description="0 to 100; with `lossless`, the effort of packing.")
    ] = 82
    lossless: Annotated[bool, Meta(description="Keep every pixel; smaller for flat art.")] = False
    alpha_quality: Annotated[int, Meta(ge=0, le=100, description="Of transparency; 100 is lossless.")] = 100
    exact: Annotated[
        bool, Meta(description="Keep the colours of fully transparent pixels; only with `lossless`.")
    ] = False
    effort: Annotated[int, Meta(ge=0, le=6, description="0 is fast, 6 is small.")] = 6
    matte: Matte = ""
    profile: WebProfile = "none"


class Webp(Format[WebpParams]):
    """WebP of one frame, without EXIF, and XMP only for marks."""

    NAME = "webp"
    SUFFIX = "webp"
    MARKS = True
    Params = WebpParams

    def fingerprint(self, params: WebpParams) -> Mapping[str, str]:
        """Pillow carries the encoder, resvg draws SVG."""
        return {"pillow": version_of("pillow"), "resvg-py": version_of("resvg-py")}

    def write(self, picture: Picture, params: WebpParams, ctx: Context) -> Iterator[File]:
        """One file for each size."""
        for image, part, facts in frames(picture, params.sizes, ctx):
            data = _encoded(settled(image, params.matte), params, ctx.marks())
            yield File(data=data, part=part, facts=facts)


def _encoded(image: Image, params: WebpParams, marks: bytes) -> bytes:
    buffer = io.BytesIO()
    image.save(
        buffer,
        "WEBP",
        quality=params.quality,
        lossless=params.lossless,
        alpha_quality=params.alpha_quality,
        method=params.effort,
        exact=params.exact,
        icc_profile=srgb_profile() if params.profile == "srgb" else b"",
        exif=b"",
        xmp=marks,
    )
    return buffer.getvalue()
