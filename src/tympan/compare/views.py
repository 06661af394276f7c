"""Two versions of a file as pictures of one size, their difference in colours of heat, and the numbers.

Reads nothing. Writes nothing. Foreign bytes are decoded: workers only.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import msgspec

from tympan.compare.numbers import difference, differing
from tympan.errors import IntakeError
from tympan.intake import intake
from tympan.model import Picture
from tympan.render import raster

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

# An SVG is rendered so that its longer side has so many px: more than an icon is ever shown at.
_SVG_SIDE = 768
# Pixels that are compared in colour; larger pictures are averaged down by a whole number first.
_MOST = 2_000_000
# The longer side of pictures for a page, and pixels up to which they keep every bit.
_SHOWN_SIDE, _EXACT = 1_400, 300_000
# Where the colours of heat end: CIEDE2000 of 20 is another colour altogether.
HOTTEST = 20
# Eleven points of matplotlib's "inferno" (CC0, S. van der Walt and N. Smith), even in lightness.
_HEAT = (
    (0, 0, 4), (22, 11, 57), (66, 10, 104), (106, 23, 110), (147, 38, 103), (188, 55, 84),
    (221, 81, 58), (243, 120, 25), (252, 165, 10), (246, 215, 70), (252, 255, 164),
)  # fmt: skip


def compare(before: bytes, after: bytes, *, shown: bool) -> dict[str, bytes]:
    """Compare two versions of one file.

    Results: "difference" (`Difference` as JSON) and "notes" (an array of sentences, JSON); if `shown`,
    "before", "after" and "heat" as WebP. Raises TaskError if one cannot be decoded. An SVG is rendered; a
    CMYK TIFF is seen through its profile. Where sizes differ the older is scaled to the newer.
    """
    import numpy as np

    old, new = _opened(before), _opened(after)
    notes = []
    size = _size(new)
    if _size(old) != size:
        notes.append("the sizes differ: what was before is scaled to what is after")
    if old.svg or new.svg:
        notes.append(f"rendered at {size[0]} x {size[1]} px to be compared")
    images = [raster(each, size).image() for each in (old, new)]
    factor = 1
    while size[0] * size[1] / factor**2 > _MOST:
        factor += 1
    changed = float(differing(*map(np.asarray, images)).mean())
    if factor > 1:
        notes.append(f"colours are compared at 1/{factor} of the size")
        images = [_reduced(each, factor) for each in images]
    found, apart = difference(*(np.asarray(each) for each in images))
    if factor > 1:
        found = msgspec.structs.replace(found, changed=round(changed, 6))
    results = {"difference": msgspec.json.encode(found), "notes": msgspec.json.encode(notes)}
    if shown:
        pictures = {"before": images[0], "after": images[1], "heat": _heat(images[1], apart)}
        results |= {name: _webp(each) for name, each in pictures.items()}
    return results


def _opened(data: bytes) -> Picture:
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        data = _as_png(data)
    return intake(data)


def _as_png(data: bytes) -> bytes:
    """An AVIF as PNG with its profile: the intake takes none, our own outputs may be."""
    from PIL import Image

    file = io.BytesIO()
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.save(file, "PNG", icc_profile=image.info.get("icc_profile"), compress_level=1)
    except Exception as error:  # a decoder raises what it likes
        raise IntakeError(f"an AVIF that cannot be decoded: {error}") from None
    return file.getvalue()


def _size(picture: Picture) -> tuple[int, int]:
    if picture.svg is None:
        return picture.size
    scale = _SVG_SIDE / max(picture.size)
    return (max(1, round(picture.size[0] * scale)), max(1, round(picture.size[1] * scale)))


def _reduced(image: Image, factor: int) -> Image:
    return image.convert("RGBa").reduce(factor).convert("RGBA")


def _heat(after: Image, apart: NDArray[np.float64]) -> Image:
    """The difference in colours of heat, on a dim ghost of the picture."""
    import numpy as np
    from PIL import Image as Pillow

    ground = Pillow.new("RGBA", after.size, "white")
    ground.alpha_composite(after)
    ghost = np.asarray(ground.convert("L")).astype(np.float64)[..., None] * 0.16 + np.array((14, 15, 20))
    level = np.clip(apart / HOTTEST, 0, 1)
    points = np.linspace(0, 1, len(_HEAT))
    # The coldest fifth is too dark to be seen on the ghost.
    warm = 0.2 + 0.8 * level
    heat = np.stack([np.interp(warm, points, np.array(_HEAT)[:, n]) for n in range(3)], axis=-1)
    strength = np.clip(apart, 0, 1)[..., None]
    return Pillow.fromarray(np.rint(ghost * (1 - strength) + heat * strength).astype(np.uint8), "RGB")


def _webp(image: Image) -> bytes:
    from PIL import Image as Pillow

    if max(image.size) > _SHOWN_SIDE:
        scale = _SHOWN_SIDE / max(image.size)
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        premultiplied = image.convert("RGBa") if image.mode == "RGBA" else image
        image = premultiplied.resize(size, Pillow.Resampling.LANCZOS).convert(image.mode)
    file = io.BytesIO()
    if image.width * image.height <= _EXACT:
        image.save(file, "WEBP", lossless=True, quality=40, method=2)
    else:
        image.save(file, "WEBP", quality=88, method=3)
    return file.getvalue()
