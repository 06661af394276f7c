"""Colours as the prep steps measure them: hex, sRGB, CIE Lab.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]

# Rec. 709 primaries to XYZ, each row divided by the D65 white (IEC 61966-2-1).
_TO_XYZ = (
    (0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883),
)


def parse_hex(text: str) -> tuple[int, int, int]:
    """`#rgb` or `#rrggbb` as three numbers 0..255."""
    digits = text.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def to_hex(rgb: tuple[int, int, int]) -> str:
    """Three numbers 0..255 as `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def lab(rgb: Floats) -> Floats:
    """CIE 1976 L*a*b* under D65 of sRGB values 0..1, shape (..., 3) -> (..., 3), float32."""
    import numpy as np

    rgb = np.clip(rgb, 0, 1)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = [sum(w * linear[..., c] for c, w in enumerate(row)) for row in _TO_XYZ]
    x, y, z = (np.where(v > 216 / 24389, np.cbrt(v), v * (841 / 108) + 4 / 29) for v in xyz)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)


def lab_of(rgb: tuple[int, int, int]) -> Floats:
    """Lab of one colour of 0..255, shape (3,)."""
    import numpy as np

    return lab(np.asarray(rgb, np.float32) / 255)


def difference(a: Floats, b: Floats) -> Floats:
    """CIE 1976 colour difference of two Lab arrays, over the last axis."""
    import numpy as np

    delta = a - b
    return np.asarray(np.sqrt((delta * delta).sum(-1)), np.float32)
