"""The picture on the sheet: millimetres to pixels, fitted, with bleed, on its matte.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from tympan import Context, Picture, StepFailed
from tympan_plugins.formats.frame import flattened

if TYPE_CHECKING:
    from PIL.Image import Image

# Pixels may be made so much larger before print shows it.
MOST_GROWTH = 1.5


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
