"""The `avif` format: small pictures for browsers of 2021 and later.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from tympan import Context, File, Format, Params, Picture, StepFailed, version_of
from tympan_plugins.formats.frame import Matte, Sizes, WebProfile, beside_pixels, frames, settled

if TYPE_CHECKING:
    from PIL.Image import Image


class AvifParams(Params, frozen=True):
    """Keys of a target with `format = "avif"`."""

    sizes: Sizes = ()
    quality: Annotated[int, Meta(ge=0, le=100, description="0 to 100, on a scale of its own.")] = 65
    subsampling: Annotated[
        str,
        Meta(
            pattern="^4:(4:4|2:2|2:0)$",
            description="Of colour: `4:4:4` keeps coloured edges sharp, `4:2:0` is smaller.",
        ),
    ] = "4:4:4"
    effort: Annotated[int, Meta(ge=0, le=10, description="0 is fast, 10 is small and very slow.")] = 4
    matte: Matte = ""
    profile: WebProfile = "none"


class Avif(Format[AvifParams]):
    """AVIF of one frame, 8 bit, without EXIF; it says that it is sRGB with or without a profile."""

    NAME = "avif"
    SUFFIX = "avif"
    MARKS = True
    Params = AvifParams

    def fingerprint(self, params: AvifParams) -> Mapping[str, str]:
        """Pillow carries the encoder, resvg draws SVG."""
        return {"pillow": version_of("pillow"), "resvg-py": version_of("resvg-py")}

    def write(self, picture: Picture, params: AvifParams, ctx: Context) -> Iterator[File]:
        """One file for each size; StepFailed where Pillow was built without AVIF."""
        from PIL import features

        if not features.check("avif"):
            raise StepFailed("this Pillow cannot write AVIF", hint="install a wheel of Pillow, they all can")
        for image, part, facts in frames(picture, params.sizes, ctx):
            data = _encoded(settled(image, params.matte), params, ctx.marks())
            yield File(data=data, part=part, facts=facts)


def _encoded(image: Image, params: AvifParams, marks: bytes) -> bytes:
    buffer = io.BytesIO()
    # One thread and one tile: neither the machine nor its load shows in the bytes.
    image.save(
        buffer,
        "AVIF",
        quality=params.quality,
        subsampling=params.subsampling,
        speed=10 - params.effort,
        codec="aom",
        max_threads=1,
        autotiling=False,
        **beside_pixels(params.profile, marks),
    )
    return buffer.getvalue()
