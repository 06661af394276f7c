"""How different two colours look: CIEDE2000 between sRGB colours.

Reads nothing. Writes nothing.

Formula and test data: G. Sharma, W. Wu, E. N. Dalal, The CIEDE2000 Color-Difference Formula: Implementation
Notes, Supplementary Test Data, and Mathematical Observations, Color Research and Application 30 (2005).
sRGB to XYZ: IEC 61966-2-1. XYZ to L*a*b*: CIE 15, white point D65. All weights k are 1.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# IEC 61966-2-1, linear sRGB to XYZ, divided by the white point D65 (0.95047, 1, 1.08883).
_TO_XYZ = (
    (0.4124564 / 0.95047, 0.3575761 / 0.95047, 0.1804375 / 0.95047),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339 / 1.08883, 0.1191920 / 1.08883, 0.9503041 / 1.08883),
)


def lab(rgb: NDArray[np.uint8]) -> Floats:
    """CIE L*a*b* (D65) of sRGB colours: uint8 of shape (..., 3) to float64 of the same shape."""
    import numpy as np

    xyz = _linear()[rgb] @ np.array(_TO_XYZ).T
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


@cache
def _linear() -> Floats:
    import numpy as np

    code = np.arange(256) / 255
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)


def ciede2000(one: Floats, two: Floats) -> Floats:
    """The difference of L*a*b* colours, shape (..., 3) to (...); 1 is about what an eye can just tell."""
    import numpy as np

    l1, l2 = one[..., 0], two[..., 0]
    c_mean = (np.hypot(one[..., 1], one[..., 2]) + np.hypot(two[..., 1], two[..., 2])) / 2
    g = 0.5 * (1 - np.sqrt(c_mean**7 / (c_mean**7 + 25.0**7)))
    c1, h1 = _polar(one, g)
    c2, h2 = _polar(two, g)
    grey = c1 * c2 == 0
    dh = h2 - h1
    dh = np.where(grey, 0, dh - 360 * (dh > 180) + 360 * (dh < -180))
    d_hue = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(dh / 2))
    total = h1 + h2
    apart = np.abs(h1 - h2) > 180
    h = np.where(grey, total, (total + np.where(apart, np.where(total < 360, 360, -360), 0)) / 2)
    l_mean, c = (l1 + l2) / 2, (c1 + c2) / 2
    s_l = 1 + 0.015 * (l_mean - 50) ** 2 / np.sqrt(20 + (l_mean - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c, 1 + 0.015 * c * _hue_weight(h)
    turn = np.radians(60 * np.exp(-(((h - 275) / 25) ** 2)))
    r_t = -np.sin(turn) * 2 * np.sqrt(c**7 / (c**7 + 25.0**7))
    dl, dc, dh = (l2 - l1) / s_l, (c2 - c1) / s_c, d_hue / s_h
    found: Any = np.sqrt(np.maximum(dl**2 + dc**2 + dh**2 + r_t * dc * dh, 0))
    return found  # type: ignore[no-any-return]


def _polar(colour: Floats, g: Floats) -> tuple[Floats, Floats]:
    """Chroma, and hue in degrees from 0 to 360, with a* stretched near grey."""
    import numpy as np

    a, b = colour[..., 1] * (1 + g), colour[..., 2]
    return np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360


def _hue_weight(h: Floats) -> Floats:
    import numpy as np

    found: Any = (
        1
        - 0.17 * np.cos(np.radians(h - 30))
        + 0.24 * np.cos(np.radians(2 * h))
        + 0.32 * np.cos(np.radians(3 * h + 6))
        - 0.20 * np.cos(np.radians(4 * h - 63))
    )
    return found  # type: ignore[no-any-return]
