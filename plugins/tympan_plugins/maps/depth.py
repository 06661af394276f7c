"""The map `depth`: a depth map that exists already, with its range spread over 8 bit of grey.

Reads nothing but the bytes it is given. Writes nothing.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from tympan import Context, ControlMap, Params, StepFailed
from tympan_plugins.maps.png import Side, fitted, png

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_Cut = Annotated[float, Meta(ge=0, le=49)]


class DepthParams(Params, frozen=True, kw_only=True):
    """Options of `depth`."""

    invert: Annotated[
        bool, Meta(description="For inputs in which near is dark: ControlNet wants near light.")
    ] = False
    clip: Annotated[_Cut, Meta(description="Percent of the pixels at either end that are cut.")] = 0.0
    normalise: Annotated[bool, Meta(description="Spread the values over black to white.")] = True
    side: Side = 0


class Depth(ControlMap[DepthParams]):
    """A given depth map of 8 or 16 bit as 8 bit grey: near is light, and the range is black to white.

    The map's own values count, never a colour profile. A colour picture must be grey.
    """

    NAME = "depth"
    VERSION = "1"
    Params = DepthParams

    def draw(self, data: bytes, params: DepthParams, ctx: Context) -> bytes:
        """The map, of the input's size or with `side` as the longer one."""
        import numpy as np
        from PIL import Image

        # Only what the door lets in is opened once more, for the 16 bit that its picture has no room for.
        if ctx.intake(data).svg is not None:
            raise StepFailed("a depth map in SVG", hint="give it as PNG or TIFF")
        values, top = _values(data)
        values = _spread(values, params.clip) if params.normalise else values / top
        grey = np.floor(values * 255 + 0.5).astype(np.uint8)
        image = Image.fromarray(255 - grey if params.invert else grey)
        size = fitted(image.size, params.side)
        return png(image if size == image.size else image.resize(size, Image.Resampling.BICUBIC))


def _values(data: bytes) -> tuple[NDArray[np.float64], float]:
    """The values, shape (height, width), and the largest that the file's depth allows."""
    import numpy as np
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=("PNG", "TIFF", "JPEG", "WEBP")) as image:
        if image.mode.startswith("I;16") or image.mode == "I":
            return np.asarray(image).astype(np.float64), 65535.0
        if image.mode in ("L", "1"):
            return np.asarray(image.convert("L")).astype(np.float64), 255.0
        pixels = np.asarray(image.convert("RGB")).astype(np.int16)
    if _colourful(pixels):
        raise StepFailed(
            "the depth map is in colour", hint="export it as grey: colour scales cannot be read back"
        )
    return pixels[..., 1].astype(np.float64), 255.0


def _colourful(pixels: Any) -> bool:
    # JPEG leaves some noise in the colour of a grey picture.
    return bool((pixels.max(axis=2) - pixels.min(axis=2)).max() > 12)


def _spread(values: NDArray[np.float64], clip: float) -> NDArray[np.float64]:
    """The values from 0 to 1, what lies outside of the percentiles cut."""
    import numpy as np

    low, high = np.percentile(values, (clip, 100 - clip), method="nearest")
    if low >= high:
        raise StepFailed("the depth map is flat: every pixel has the same value")
    spread: NDArray[np.float64] = np.clip((values - low) / (high - low), 0.0, 1.0)
    return spread
