"""The `png` format: cut-outs and pictures with clean edges, lossless.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from tympan import Context, File, Format, Params, Picture, srgb_profile, version_of
from tympan_plugins.formats.frame import (
    SOLID,
    Matte,
    Sizes,
    WebProfile,
    bled,
    frames,
    need_cutout,
    settled,
)

if TYPE_CHECKING:
    from PIL.Image import Image


class PngParams(Params, frozen=True):
    """Keys of a target with `format = "png"`."""

    sizes: Sizes = ()
    mask: Annotated[
        bool,
        Meta(description="The target is a cut-out: fail if the picture has no transparency."),
    ] = False
    matte: Matte = ""
    colour_under_alpha: Annotated[
        str,
        Meta(
            pattern="^(bleed|zero)$",
            description="Colour of transparent pixels: `bleed` continues the edge's, `zero` is smaller.",
        ),
    ] = "bleed"
    bleed_px: Annotated[int, Meta(ge=1, le=64, description="How far `bleed` reaches, in px.")] = 8
    colours: Annotated[
        int, Meta(ge=0, le=256, description="Colours of an indexed PNG; 0 for true colour.")
    ] = 0
    profile: WebProfile = "none"


class Png(Format[PngParams]):
    """PNG with straight alpha; no dates, no density, no text but marks."""

    NAME = "png"
    SUFFIX = "png"
    MARKS = True
    Params = PngParams

    def fingerprint(self, params: PngParams) -> Mapping[str, str]:
        """Pillow carries the encoder, resvg draws SVG."""
        return {"pillow": version_of("pillow"), "resvg-py": version_of("resvg-py")}

    def write(self, picture: Picture, params: PngParams, ctx: Context) -> Iterator[File]:
        """One file for each size; StepFailed for `mask = true` without transparency."""
        for image, part, facts in frames(picture, params.sizes, ctx):
            if params.mask:
                need_cutout(image, "png")
            data = _encoded(_prepared(image, params), params, ctx.marks())
            yield File(data=data, part=part, facts=facts)


def _prepared(image: Image, params: PngParams) -> Image:
    from PIL import Image as Pillow

    image = settled(image, params.matte)
    if image.mode == "RGB" or params.colours:
        return image
    import numpy as np

    distance = params.bleed_px if params.colour_under_alpha == "bleed" else 0
    return Pillow.fromarray(bled(np.asarray(image), distance), "RGBA")


def _settle(image: Image) -> None:
    """Averages of solid colours come out a level short: make them solid, and nearly clear ones clear."""
    if image.palette is None or image.palette.mode != "RGBA":
        return
    colours = bytearray(image.getpalette("RGBA") or ())
    colours[3::4] = bytes(
        255 if alpha >= SOLID else 0 if alpha <= 255 - SOLID else alpha for alpha in colours[3::4]
    )
    image.putpalette(bytes(colours), "RGBA")


def _encoded(image: Image, params: PngParams, marks: bytes) -> bytes:
    from PIL import Image as Pillow
    from PIL import PngImagePlugin

    if params.colours:
        method = Pillow.Quantize.FASTOCTREE if image.mode == "RGBA" else Pillow.Quantize.MEDIANCUT
        image = image.quantize(params.colours, method=method, dither=Pillow.Dither.NONE)
        _settle(image)
    more: dict[str, Any] = {"icc_profile": srgb_profile()} if params.profile == "srgb" else {}
    if marks:
        # Not packed: other tools find a packet by its first bytes.
        more["pnginfo"] = PngImagePlugin.PngInfo()
        more["pnginfo"].add_itxt("XML:com.adobe.xmp", marks.decode())
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=9, **more)
    return buffer.getvalue()
