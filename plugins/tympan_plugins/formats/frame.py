"""What raster formats share: the sizes of a target, matte, colours under transparent pixels.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from tympan import Context, Picture, StepFailed, srgb_profile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

Sizes = Annotated[
    tuple[Annotated[int, Meta(ge=1, le=16_384)], ...],
    Meta(description="Widths in px, one file each; empty for one file of the picture's own size."),
]
Matte = Annotated[
    str,
    Meta(
        pattern=r"^(#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}))?$",
        description="Colour put behind the picture, such as `#ffffff`; empty keeps transparency.",
    ),
]
WebProfile = Annotated[
    str,
    Meta(
        pattern="^(none|srgb)$",
        description="`srgb` embeds the profile (9 kB); `none` does not, which browsers read as sRGB.",
    ),
]
# Alpha above this is not the noise of a resampling filter.
SOLID = 250
# Colours of fainter pixels went through a division by almost nothing: they are no example to others.
_TRUE = 32


def frames(
    picture: Picture, sizes: tuple[int, ...], ctx: Context
) -> Iterator[tuple[Image, str, dict[str, str]]]:
    """For each width, its own without any: the picture as an RGBA image, the part's name, and its facts."""
    for width in sizes or (0,):
        image = sized(picture, width, ctx).image()
        facts = {"width": str(image.width), "height": str(image.height), **magnified(picture, width)}
        yield image, str(width or ""), facts


def sized(picture: Picture, width: int, ctx: Context) -> Picture:
    """The picture as pixels `width` px wide, its own size for 0."""
    own = picture.size
    return ctx.raster(picture, (width, max(1, round(own[1] * width / own[0]))) if width else None)


def magnified(picture: Picture, width: int) -> dict[str, str]:
    """The fact `scale` where pixels were made larger than they came."""
    if picture.svg is not None or width <= picture.size[0]:
        return {}
    return {"scale": f"{width / picture.size[0]:.2f}"}


def settled(image: Image, matte: str) -> Image:
    """An RGBA image as RGB where it lets nothing through, or has a colour put behind it."""
    if matte:
        return flattened(image, matte)
    return image if transparent(image) else image.convert("RGB")


def beside_pixels(profile: str, marks: bytes) -> dict[str, bytes]:
    """What Pillow is told to write beside the pixels: a `WebProfile`, and marks if there are any."""
    found = {"icc_profile": srgb_profile()} if profile == "srgb" else {}
    return found | ({"xmp": marks} if marks else {})


def flattened(image: Image, matte: str) -> Image:
    """An RGBA image on a colour, as RGB."""
    from PIL import Image as Pillow
    from PIL import ImageColor

    ground = Pillow.new("RGBA", image.size, ImageColor.getrgb(matte))
    return Pillow.alpha_composite(ground, image).convert("RGB")


def transparent(image: Image) -> bool:
    """Whether an RGBA image has pixels that let something through."""
    low, _ = image.getchannel("A").getextrema()
    return bool(low < SOLID)  # type: ignore[operator]


def need_cutout(image: Image, target: str) -> None:
    """Raise StepFailed unless part of an RGBA image is transparent and part is not."""
    low, high = image.getchannel("A").getextrema()
    if low >= SOLID:  # type: ignore[operator]
        raise StepFailed(
            f"{target} wants a cut-out, and the picture has no transparency",
            hint='add "mask" to prep.steps, or drop mask = true',
        )
    if high == 0:
        raise StepFailed(f"{target} wants a cut-out, and the picture is transparent all over")


def need_matte(image: Image, target: str) -> None:
    """Raise StepFailed if part of an RGBA image is transparent and the format cannot say so."""
    if transparent(image):
        raise StepFailed(
            f"{target} has no transparency, and the picture has",
            hint='say what is behind it, such as matte = "#ffffff"',
        )


def bled(pixels: NDArray[np.uint8], distance: int) -> NDArray[np.uint8]:
    """RGBA whose transparent pixels take the colour of what is beside them, up to `distance` px, then black.

    pixels: uint8, shape (height, width, 4). Alpha stays. A viewer that resamples without premultiplying then
    finds no dark fringe.
    """
    import numpy as np
    from PIL import Image, ImageFilter

    height, width = pixels.shape[:2]
    known = np.zeros((height + 2, width + 2), np.bool_)
    known[1:-1, 1:-1] = pixels[..., 3] >= _TRUE
    colours = np.zeros((height + 2, width + 2, 3), np.uint8)
    colours[1:-1, 1:-1] = pixels[..., :3] * known[1:-1, 1:-1, None]
    stride = width + 2
    around = [dy * stride + dx for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx]
    flat, seen = colours.reshape(-1, 3), known.reshape(-1)
    for _ in range(distance):
        mask = Image.fromarray(known.astype(np.uint8))
        grown = np.asarray(mask.filter(ImageFilter.MaxFilter(3))).astype(np.bool_)
        grown[[0, -1], :] = grown[:, [0, -1]] = False
        front = np.flatnonzero(grown & ~known)
        if not front.size:
            break
        beside = front[:, None] + np.array(around)
        weight = seen[beside]
        total = (flat[beside].astype(np.uint32) * weight[..., None]).sum(axis=1)
        count = weight.sum(axis=1)[:, None]
        flat[front] = (total + count // 2) // count
        seen[front] = True
    result = pixels.copy()
    result[..., :3] = np.where(pixels[..., 3:] > 0, pixels[..., :3], colours[1:-1, 1:-1])
    return result
