"""sRGB to CMYK through an ICC profile: LittleCMS by Pillow, or by its own Python binding.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import io
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from tympan import Profile, StepFailed, srgb_profile

if TYPE_CHECKING:
    from PIL.Image import Image

INTENTS = {"perceptual": 0, "relative": 1, "saturation": 2, "absolute": 3}
# lcms2.h: cmsFLAGS_BLACKPOINTCOMPENSATION; the number of grid points sits in bits 16 to 23.
_BLACK_POINT = 0x2000
_GRID_BIT = 16


class Link(msgspec.Struct, frozen=True):
    """How colours are mapped. intent: a key of INTENTS; grid: points on each side of the device link."""

    intent: str = "relative"
    black_point: bool = True
    grid: int = 65

    @property
    def flags(self) -> int:
        """As LittleCMS takes them."""
        return self.grid << _GRID_BIT | (_BLACK_POINT if self.black_point else 0)


class Engine(Protocol):
    """One way to LittleCMS."""

    def __call__(self, image: Image) -> Image:
        """An RGB image in sRGB as CMYK, 8 bit, 255 is full ink."""


def engine(name: str, profile: Profile, link: Link) -> Engine:
    """The engine called "pillow" or "lcms", its transform built once in a process.

    Raises StepFailed for a profile that is not a CMYK printer's, or an engine that is not installed.
    """
    header = profile.data[12:20]
    if header != b"prtrCMYK" or profile.data[36:40] != b"acsp":
        raise StepFailed(
            f"profile {profile.name!r} is no CMYK printer's: class and space {header.decode('latin-1')!r}",
            hint="name an output profile (class prtr, space CMYK)",
        )
    return (_lcms if name == "lcms" else _pillow)(profile, link)


# A link of 65 points takes 0.2 s to build and 70 MB at most: a few are kept.
@lru_cache(maxsize=4)
def _pillow(profile: Profile, link: Link) -> Engine:
    from PIL import ImageCms

    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile())),
            ImageCms.ImageCmsProfile(io.BytesIO(profile.data)),
            "RGB",
            "CMYK",
            ImageCms.Intent(INTENTS[link.intent]),
            ImageCms.Flags(link.flags),
        )
    except (OSError, ImageCms.PyCMSError) as error:
        raise _unusable(profile, error) from None

    def convert(image: Image) -> Image:
        result = ImageCms.applyTransform(image, transform)
        if result is None:
            raise StepFailed("LittleCMS gave no picture back")
        return result

    return convert


@lru_cache(maxsize=4)
def _lcms(profile: Profile, link: Link) -> Engine:
    binding = _binding()
    grid = f"GRID{link.grid}"
    # The binding takes flags by name only and has none for the grid.
    binding.FLAG.setdefault(grid, link.grid << _GRID_BIT)
    intent = {"relative": "RELATIVE_COLORIMETRIC", "absolute": "ABSOLUTE_COLORIMETRIC"}.get(
        link.intent, link.intent.upper()
    )
    try:
        transform = binding.Transform(
            binding.Profile(buffer=srgb_profile()),
            "RGB_8",
            binding.Profile(buffer=profile.data),
            "CMYK_8",
            intent,
            f"{grid} BLACKPOINTCOMPENSATION" if link.black_point else grid,
        )
    except (RuntimeError, SystemError, binding.CMSError) as error:
        raise _unusable(profile, error) from None

    def convert(image: Image) -> Image:
        import numpy as np
        from PIL import Image as Pillow

        return Pillow.fromarray(np.ascontiguousarray(transform.apply(np.array(image))), "CMYK")

    return convert


def _binding() -> Any:
    for name in ("pylcms2", "lcms2"):
        try:
            return import_module(name)
        except ImportError:
            continue
    raise StepFailed('engine = "lcms" needs pylcms2 or python-lcms2', hint="install tympan[lcms]")


def _unusable(profile: Profile, error: Exception) -> StepFailed:
    return StepFailed(
        f"profile {profile.name!r} cannot be used with sRGB: {error}",
        hint="it may lack tables from colour to ink (B2A)",
    )
