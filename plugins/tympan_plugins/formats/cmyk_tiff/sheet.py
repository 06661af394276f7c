"""The picture on the sheet: millimetres to pixels, fitted, with bleed, on its matte; the keys that say so.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from msgspec import Meta

from tympan import Context, Params, Picture, StepFailed
from tympan_plugins.formats.frame import flattened

if TYPE_CHECKING:
    from PIL.Image import Image

# Pixels may be made so much larger before print shows it.
MOST_GROWTH = 1.5


class PrintParams(Params, frozen=True):
    """Keys that all formats for presses share."""

    intent: Annotated[
        str,
        Meta(
            pattern="^(relative|perceptual|saturation|absolute)$",
            description="Rendering intent of the profile.",
        ),
    ] = "relative"
    black_point: Annotated[bool, Meta(description="Black point compensation.")] = True
    size_mm: Annotated[
        tuple[Annotated[float, Meta(gt=0, le=5_000)], ...],
        Meta(
            description="Width and height after trimming, in mm; empty for the picture's own size at `ppi`."
        ),
    ] = ()
    bleed_mm: Annotated[
        float, Meta(ge=0, le=100, description="Added on every side, in mm; needs `size_mm`.")
    ] = 0
    ppi: Annotated[float, Meta(ge=36, le=2_400, description="Pixels per inch of the file.")] = 300
    fit: Annotated[
        str,
        Meta(
            pattern="^(cover|contain)$",
            description="`cover` fills trim and bleed, `contain` stays inside the trim.",
        ),
    ] = "cover"
    matte: Annotated[
        str,
        Meta(pattern=r"^#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$", description="Colour behind transparency."),
    ] = "#ffffff"
    upscale: Annotated[
        str,
        Meta(
            pattern="^(error|lanczos)$",
            description="What to do if pixels must grow by more than 1.5: fail, or resample all the same.",
        ),
    ] = "error"
    ink_limit: Annotated[
        int,
        Meta(
            ge=0,
            le=400,
            description="Most ink of a pixel, in per cent of one ink; 0 leaves it to the profile.",
        ),
    ] = 0

    def __post_init__(self) -> None:
        if len(self.size_mm) not in (0, 2):
            raise ValueError("size_mm is a width and a height")
        if self.bleed_mm and not self.size_mm:
            raise ValueError("bleed_mm needs size_mm")
        if 0 < self.ink_limit < 100:
            raise ValueError("ink_limit is 100 or more, or 0")

    @property
    def sheet(self) -> Sheet:
        """How the picture is placed."""
        return Sheet(self.size_mm, self.bleed_mm, self.ppi, self.fit, self.matte, self.upscale)


class Sheet(msgspec.Struct, frozen=True):
    """Trimmed size and bleed in mm (size empty: the picture's own), density in px per inch, and the fit."""

    size_mm: tuple[float, ...]
    bleed_mm: float
    ppi: float
    fit: str
    matte: str
    upscale: str


def placed(picture: Picture, sheet: Sheet, ctx: Context) -> tuple[Image, dict[str, str]]:
    """The picture as RGB at the sheet's size with bleed, and the facts `effective_ppi`, `width`, `height`.

    "cover" fills trim and bleed and cuts what hangs over, "contain" shows all of it inside the trim.
    Raises StepFailed if pixels would have to grow by more than `MOST_GROWTH` and `upscale` is "error".
    """
    if not sheet.size_mm:
        image = flattened(ctx.raster(picture).image(), sheet.matte)
        return image, _facts(image, picture, 1.0, sheet)
    full = (
        _px(sheet.size_mm[0] + 2 * sheet.bleed_mm, sheet),
        _px(sheet.size_mm[1] + 2 * sheet.bleed_mm, sheet),
    )
    trim = (_px(sheet.size_mm[0], sheet), _px(sheet.size_mm[1], sheet))
    ratios = [
        wanted / own for wanted, own in zip(full if sheet.fit == "cover" else trim, picture.size, strict=True)
    ]
    scale = max(ratios) if sheet.fit == "cover" else min(ratios)
    if picture.svg is None and sheet.upscale == "error" and scale > MOST_GROWTH:
        raise StepFailed(
            f"{picture.size[0]} x {picture.size[1]} px give {sheet.ppi / scale:.0f} px per inch on "
            f"{sheet.size_mm[0]:g} x {sheet.size_mm[1]:g} mm, {sheet.ppi / MOST_GROWTH:.0f} are needed",
            hint='use a larger picture, a smaller size_mm or ppi, or upscale = "lanczos"',
        )
    size = (max(1, round(picture.size[0] * scale)), max(1, round(picture.size[1] * scale)))
    image = _on_sheet(ctx.raster(picture, size).image(), full)
    flat = flattened(image, sheet.matte)
    return flat, _facts(flat, picture, scale, sheet)


def _on_sheet(image: Image, full: tuple[int, int]) -> Image:
    """The image centred on a transparent sheet, what hangs over cut off."""
    from PIL import Image as Pillow

    if image.size == full:
        return image
    left, top = (full[0] - image.width) // 2, (full[1] - image.height) // 2
    canvas = Pillow.new("RGBA", full)
    canvas.paste(image, (left, top))
    return canvas


def _px(mm: float, sheet: Sheet) -> int:
    return max(1, round(mm / 25.4 * sheet.ppi))


def _facts(image: Image, picture: Picture, scale: float, sheet: Sheet) -> dict[str, str]:
    effective = "vector" if picture.svg is not None else f"{sheet.ppi / scale:.1f}"
    return {"width": str(image.width), "height": str(image.height), "effective_ppi": effective}
