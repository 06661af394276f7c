"""The step `resize`: another size in px.

Reads nothing but the picture. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from tympan import Context, Params, Picture, PrepStep, StepFailed, version_of
from tympan_plugins.prep import canvas


class ResizeParams(Params, frozen=True, kw_only=True):
    """The keys of `[prep] resize.*`."""

    width: Annotated[int, Meta(ge=0, le=16384, description="Width in px; 0 follows from the height.")] = 0
    height: Annotated[int, Meta(ge=0, le=16384, description="Height in px; 0 follows from the width.")] = 0
    fit: Annotated[
        str,
        Meta(
            pattern="^(contain|cover|stretch)$",
            description="With both given: `contain` fits inside, `cover` fills and crops the rest around"
            " the centre, `stretch` gives up the proportions.",
        ),
    ] = "contain"
    upscale: Annotated[bool, Meta(description="Whether pixels may be enlarged; a vector always may.")] = False


class Resize(PrepStep[ResizeParams]):
    """Resamples pixels with premultiplied Lanczos; of a vector only the nominal size changes."""

    NAME = "resize"
    Params = ResizeParams

    def fingerprint(self, params: ResizeParams) -> Mapping[str, str]:
        return {"pillow": version_of("pillow")}

    def run(self, picture: Picture, params: ResizeParams, ctx: Context) -> Picture:
        """The picture in the wanted size; as it is if it has it already.

        Raises StepFailed when neither side is given, or when pixels would be enlarged against `upscale`.
        """
        scaled, final = _sizes(picture.size, params)
        if final == picture.size:
            return picture
        if picture.svg is not None:
            return _vector(picture, scaled, final, params.fit)
        if not params.upscale and (scaled[0] > picture.size[0] or scaled[1] > picture.size[1]):
            own = f"{picture.size[0]}x{picture.size[1]}"
            raise StepFailed(
                f"resize to {scaled[0]}x{scaled[1]} px would enlarge a picture of {own} px",
                hint="ask the source for more pixels, or set resize.upscale = true",
            )
        return canvas.mapped(picture, lambda image, _: canvas.cropped(canvas.scaled(image, scaled), final))


def _sizes(own: tuple[int, int], params: ResizeParams) -> tuple[tuple[int, int], tuple[int, int]]:
    """What the picture is scaled to, and what is left of it after cropping."""
    if not (params.width or params.height):
        raise StepFailed("resize needs a size", hint="set resize.width, resize.height or both")
    wanted = (
        params.width or max(1, round(own[0] * params.height / own[1])),
        params.height or max(1, round(own[1] * params.width / own[0])),
    )
    if params.fit == "stretch" or not (params.width and params.height):
        return wanted, wanted
    choose = min if params.fit == "contain" else max
    times = choose(wanted[0] / own[0], wanted[1] / own[1])
    scaled = (max(1, round(own[0] * times)), max(1, round(own[1] * times)))
    return scaled, scaled if params.fit == "contain" else wanted


def _vector(picture: Picture, scaled: tuple[int, int], final: tuple[int, int], fit: str) -> Picture:
    times = picture.size[0] / scaled[0], picture.size[1] / scaled[1]
    width, height = final[0] * times[0], final[1] * times[1]
    left, top = (picture.size[0] - width) / 2, (picture.size[1] - height) / 2
    if fit != "cover":
        left, top, width, height = 0.0, 0.0, float(picture.size[0]), float(picture.size[1])
    svg = canvas.framed(picture, (left, top, width, height), final, stretch=fit == "stretch")
    return picture.with_svg(svg, final)
