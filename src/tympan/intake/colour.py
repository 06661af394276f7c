"""Foreign colour to sRGB, through the embedded profile and LittleCMS.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import io
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any

from tympan.errors import IntakeError
from tympan.profiles import srgb_profile

if TYPE_CHECKING:
    from PIL.Image import Image

_SPACES = {"RGB": b"RGB ", "L": b"GRAY", "CMYK": b"CMYK"}


def to_srgb(image: Image, profile: bytes | None) -> tuple[Image, dict[str, str]]:
    """The image as RGBA in sRGB, and facts on how it came there.

    image: mode L, LA, RGB, RGBA or CMYK. profile: embedded ICC bytes. Relative colorimetric with black point
    compensation. Without a profile sRGB is assumed and said so. Raises IntakeError for an unreadable profile,
    one for another kind of pixels, and for CMYK without one.
    """
    if not profile:
        if image.mode == "CMYK":
            raise IntakeError(
                "a CMYK picture without a profile: its colours are anybody's guess",
                hint="embed the ICC profile it was made for, or export it as sRGB",
            )
        return image.convert("RGBA"), {"intake.assumed": "srgb"}
    space = profile[16:20]
    if space == b"RGB " and image.mode in ("L", "LA"):
        image = image.convert("RGBA" if image.mode == "LA" else "RGB")
    colours = image.convert(image.mode.removesuffix("A")) if image.mode in ("RGBA", "LA") else image
    if _SPACES[colours.mode] != space:
        raise IntakeError(
            f"the embedded profile is for {space.decode('latin-1').strip()!r}, the pixels are {colours.mode}",
            hint="export the picture again with the right profile, or with none",
        )
    transform, name = _transform(profile, colours.mode)
    result = colours if transform is None else _applied(transform, colours)
    result = result.convert("RGBA")
    if image.mode in ("RGBA", "LA"):
        result.putalpha(image.getchannel("A"))
    return result, {"intake.profile": name}


@cache
def _transform(profile: bytes, mode: str) -> tuple[Any, str]:
    """A LittleCMS transform to sRGB and the profile's name; no transform if it is sRGB already."""
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        name = ImageCms.getProfileDescription(source).strip()
        transform = ImageCms.buildTransform(
            source,
            ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile())),
            mode,
            "RGB",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (OSError, ImageCms.PyCMSError, ValueError, TypeError) as error:
        raise IntakeError(
            f"the embedded colour profile cannot be read: {error}",
            hint="export the picture again with a good profile, or with none",
        ) from None
    return (None if mode == "RGB" and _keeps(transform) else transform), name


def _keeps(transform: Any) -> bool:
    """Whether no colour moves by more than a level: only that tells sRGB, names do not."""
    from PIL import Image

    levels = range(0, 256, 51)
    probe = bytes(level for colour in product(levels, repeat=3) for level in colour)
    moved = _applied(transform, Image.frombytes("RGB", (len(probe) // 3, 1), probe)).tobytes()
    return all(abs(a - b) <= 1 for a, b in zip(probe, moved, strict=True))


def _applied(transform: Any, image: Image) -> Image:
    from PIL import ImageCms

    result = ImageCms.applyTransform(image, transform)
    if result is None:
        raise IntakeError("LittleCMS gave no picture back")
    return result
