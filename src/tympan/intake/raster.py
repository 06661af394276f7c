"""Foreign pixels to RGBA: header checked before anything is decoded, 16 bit scaled, turned upright.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import io
import sys
import warnings
from typing import TYPE_CHECKING, Any

from tympan import limits
from tympan.errors import IntakeError
from tympan.intake.colour import to_srgb
from tympan.model import Picture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

_FORMATS = {"png": ("PNG",), "jpeg": ("JPEG",), "webp": ("WEBP",), "avif": ("AVIF",), "tiff": ("TIFF",)}
_MODES = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "I;16", "I;16L", "I;16B", "I;16N", "YCbCr"}
_ORIENTATION = 0x0112


def decoded(data: bytes, kind: str) -> Picture:
    """The picture in `data`; `kind` is "png", "jpeg", "webp", "avif" or "tiff". Raises IntakeError."""
    image = _opened(data, kind)
    try:
        image.load()
        deep = _deep(data, kind, image)
        flat = _flat(image) if deep is None else deep
        orientation = image.getexif().get(_ORIENTATION, 1)
    except Exception as error:
        raise _damaged(kind, error) from None
    facts = {"intake.format": kind}
    if deep is not None:
        facts["intake.depth"] = "16"
    rgba, found = to_srgb(flat, image.info.get("icc_profile"))
    rgba = _upright(rgba, orientation)
    return Picture(size=rgba.size, pixels=rgba.tobytes(), ppi=_ppi(image), facts={**facts, **found})


def _opened(data: bytes, kind: str) -> Image:
    from PIL import Image as Pillow

    try:
        with warnings.catch_warnings():
            # The limits below are tighter than Pillow's warning; its error stays.
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            image = Pillow.open(io.BytesIO(data), formats=_FORMATS[kind])
            frames = 1 if image.format == "MPO" else int(getattr(image, "n_frames", 1))
    except Pillow.DecompressionBombError:
        raise _too_large(kind, "more than 178 million px") from None
    except Exception as error:
        raise _damaged(kind, error) from None
    width, height = image.size
    if width * height > limits.PICTURE_PIXELS or max(width, height) > limits.PICTURE_SIDE:
        raise _too_large(kind, f"{width} x {height} px")
    if frames > 1:
        raise IntakeError(f"a {kind.upper()} of {frames} frames", hint="export the one frame that is meant")
    if image.mode not in _MODES:
        raise IntakeError(f"a {kind.upper()} of mode {image.mode}", hint="save it as RGB with 8 or 16 bit")
    return image


def _damaged(kind: str, error: Exception) -> IntakeError:
    from PIL import UnidentifiedImageError

    if isinstance(error, MemoryError):
        return IntakeError(f"a {kind.upper()} that needs more memory than a worker has", hint="scale it down")
    # Pillow's own message names a place in memory.
    reason = "its header cannot be read" if isinstance(error, UnidentifiedImageError) else str(error)
    return IntakeError(f"a damaged {kind.upper()}: {reason[:200]}", hint="export it again")


def _too_large(kind: str, size: str) -> IntakeError:
    return IntakeError(
        f"a {kind.upper()} of {size}",
        hint=f"at most {limits.PICTURE_PIXELS} px, and {limits.PICTURE_SIDE} on a side",
    )


def _flat(image: Image) -> Image:
    """An 8 bit image as RGB, RGBA, L, LA or CMYK; palettes and transparent colours resolved."""
    if image.mode in ("RGB", "L") and "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode in ("P", "PA"):
        if image.palette is None:
            raise ValueError("its palette is missing")
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image.convert("RGB") if image.mode == "YCbCr" else image


def _deep(data: bytes, kind: str, image: Image) -> Image | None:
    """A 16 bit image scaled to 8 by 1/257, None if it has 8 bit already.

    Pillow cuts colour of 16 bit to its high bytes. Decoded once more as if in the other byte order, the same
    file gives the low bytes.
    """
    import numpy as np
    from PIL import Image as Pillow

    if image.mode.startswith("I;16"):
        grey = np.asarray(image).astype(np.uint16)
        scaled = Pillow.fromarray(_scaled(grey))
        clear = image.info.get("transparency")
        if isinstance(clear, int):
            scaled.putalpha(Pillow.fromarray(np.where(grey == clear, 0, 255).astype(np.uint8)))
        return scaled
    twin = _opened(data, kind)
    raw = _raw_mode(twin)
    if ";16" not in raw:
        return None
    channels, order = raw.split(";16")
    if channels == "LA":
        # Two bytes each of grey and alpha have the shape of one RGBA pixel.
        pairs = np.asarray(_as(twin, "RGBA", "RGBA"))
        first = 0 if order == "B" else 1
        high, low = pairs[..., first::2], pairs[..., 1 - first :: 2]
    elif channels in ("RGB", "RGBA", "RGBX", "CMYK"):
        high = np.asarray(image)
        low = np.asarray(_as(twin, twin.mode, f"{channels};16{_other(order)}"))
    else:
        return image
    whole = high.astype(np.uint16)
    whole <<= 8
    whole |= low
    result = Pillow.fromarray(np.ascontiguousarray(_scaled(whole)), "LA" if channels == "LA" else image.mode)
    clear = image.info.get("transparency")
    if isinstance(clear, tuple) and image.mode == "RGB":
        alpha = np.where((whole == np.array(clear, np.uint16)).all(axis=2), 0, 255)
        result.putalpha(Pillow.fromarray(alpha.astype(np.uint8)))
    return result


def _scaled(values: NDArray[np.uint16]) -> NDArray[np.uint8]:
    import numpy as np

    result = np.empty(values.shape, np.uint8)
    # A few rows at a time: 40 MP of 32 bit numbers would be larger than all the rest.
    for row in range(0, len(values), 64):
        result[row : row + 64] = (values[row : row + 64].astype(np.uint32) + 128) // 257
    return result


def _raw_mode(image: Image) -> str:
    tiles: list[Any] = getattr(image, "tile", [])
    argument = tiles[0][3] if tiles else ""
    return str(argument[0] if isinstance(argument, tuple) else argument)


def _as(image: Image, mode: str, raw: str) -> Image:
    """The undecoded image with another idea of what its bytes mean, decoded."""
    tiles = []
    for codec, box, offset, argument in image.tile:  # type: ignore[attr-defined]
        tiles.append((codec, box, offset, (raw, *argument[1:]) if isinstance(argument, tuple) else raw))
    image.tile = tiles  # type: ignore[attr-defined]
    image._mode = mode
    image.load()
    return image


def _other(order: str) -> str:
    if order == "N":
        return "B" if sys.byteorder == "little" else "L"
    return "L" if order == "B" else "B"


def _upright(image: Image, orientation: object) -> Image:
    """The image as EXIF's Orientation tag (274) says it is meant; what is not 2 to 8 turns nothing."""
    from PIL import Image as Pillow

    turn = Pillow.Transpose
    turns: dict[object, Pillow.Transpose] = {
        2: turn.FLIP_LEFT_RIGHT,
        3: turn.ROTATE_180,
        4: turn.FLIP_TOP_BOTTOM,
        5: turn.TRANSPOSE,
        6: turn.ROTATE_270,
        7: turn.TRANSVERSE,
        8: turn.ROTATE_90,
    }
    return image.transpose(turns[orientation]) if orientation in turns else image


def _ppi(image: Image) -> float | None:
    """The density that the file declares, if it is one that a printer could mean."""
    try:
        value = float(image.info["dpi"][0])
    except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError):
        return None
    return round(value, 2) if 1 < value <= 12_000 else None
