"""The `jpeg` format: photographs for everything that shows pictures.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from tympan import Context, File, Format, Params, Picture, version_of
from tympan_plugins.formats.frame import Matte, Sizes, WebProfile, beside_pixels, frames, need_matte, settled

if TYPE_CHECKING:
    from PIL.Image import Image


class JpegParams(Params, frozen=True):
    """Keys of a target with `format = "jpeg"`."""

    sizes: Sizes = ()
    quality: Annotated[int, Meta(ge=1, le=100, description="1 to 100; above 95 files only grow.")] = 85
    subsampling: Annotated[
        str,
        Meta(
            pattern="^4:(4:4|2:2|2:0)$",
            description="Of colour: `4:4:4` keeps coloured edges sharp, `4:2:0` is a fifth smaller.",
        ),
    ] = "4:4:4"
    progressive: Annotated[bool, Meta(description="Shows up blurred at first, and is a little smaller.")] = (
        True
    )
    matte: Matte = ""
    profile: WebProfile = "srgb"


class Jpeg(Format[JpegParams]):
    """JPEG with its profile; no EXIF, no date, no transparency: `matte` says what is behind it."""

    NAME = "jpeg"
    SUFFIX = "jpg"
    MARKS = True
    Params = JpegParams

    def fingerprint(self, params: JpegParams) -> Mapping[str, str]:
        """Pillow carries the encoder, resvg draws SVG."""
        return {"pillow": version_of("pillow"), "resvg-py": version_of("resvg-py")}

    def write(self, picture: Picture, params: JpegParams, ctx: Context) -> Iterator[File]:
        """One file for each size; StepFailed for a transparent picture without `matte`."""
        for image, part, facts in frames(picture, params.sizes, ctx):
            if not params.matte:
                need_matte(image, "jpeg")
            data = _encoded(settled(image, params.matte), params, ctx.marks())
            yield File(data=data, part=part, facts=facts)


def _encoded(image: Image, params: JpegParams, marks: bytes) -> bytes:
    buffer = io.BytesIO()
    image.save(
        buffer,
        "JPEG",
        quality=params.quality,
        subsampling=params.subsampling,
        progressive=params.progressive,
        optimize=True,
        **beside_pixels(params.profile, marks),
    )
    return buffer.getvalue()
