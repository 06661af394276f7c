"""What a file shows: the container changes nothing, one pixel or the profile does."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageCms

from tympan.appearance import appearance

PICTURE = Image.effect_mandelbrot((40, 30), (-2, -1, 1, 1), 60).convert("RGB")


def _as(format: str, image: Image.Image = PICTURE, **how: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **how)
    return out.getvalue()


def test_the_container_changes_nothing() -> None:
    files = [
        _as("PNG", compress_level=0),
        _as("PNG", compress_level=9),
        _as("WEBP", lossless=True),
        _as("TIFF", compression="tiff_lzw"),
        _as("PNG", PICTURE.convert("RGBA")),
    ]
    assert len(set(files)) == 5
    assert len({appearance(data) for data in files}) == 1


def test_one_pixel_or_the_profile_does() -> None:
    other = PICTURE.copy()
    other.putpixel((3, 4), (1, 2, 3))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert (
        len({appearance(data) for data in (_as("PNG"), _as("PNG", other), _as("PNG", icc_profile=profile))})
        == 3
    )
    assert appearance(_as("TIFF", PICTURE.convert("CMYK"))) != appearance(_as("TIFF"))


def test_colour_nobody_sees_does_not_count() -> None:
    clear, red = Image.new("RGBA", (4, 4), (0, 0, 0, 0)), Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    assert appearance(_as("PNG", clear)) == appearance(_as("PNG", red))


def test_what_cannot_be_decoded_is_taken_by_its_bytes() -> None:
    assert appearance(b"<svg/>") != appearance(b"<svg />")
    assert appearance(_as("PNG")[:-40]) != appearance(_as("PNG"))
