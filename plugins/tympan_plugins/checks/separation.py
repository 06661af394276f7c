"""The inks of a print file, as checks look at them.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from tympan import StepFailed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image


def opened(data: bytes) -> Image:
    """A CMYK TIFF, not decoded yet; StepFailed if it is none."""
    from PIL import Image as Pillow

    try:
        image = Pillow.open(io.BytesIO(data), formats=("TIFF",))
    except OSError:
        raise StepFailed("the file is not a TIFF") from None
    if image.mode != "CMYK":
        raise StepFailed(f"the file is {image.mode}, not CMYK")
    return image


def inks(data: bytes) -> NDArray[np.uint8]:
    """Its pixels: shape (height, width, 4), C M Y K, 255 is full ink."""
    import numpy as np

    return np.asarray(opened(data))
