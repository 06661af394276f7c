"""The map `canny`: the edges of a picture, white on black.

Reads nothing but the bytes it is given. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta

from tympan import Context, ControlMap, Params, StepFailed, version_of
from tympan_plugins.maps.png import Side, fitted, png

_Level = Annotated[int, Meta(ge=0, le=1000)]
# Distributions that bring the module cv2.
_OPENCV = (
    "opencv-python-headless",
    "opencv-python",
    "opencv-contrib-python-headless",
    "opencv-contrib-python",
)


class CannyParams(Params, frozen=True, kw_only=True):
    """Options of `canny`."""

    low: Annotated[_Level, Meta(description="Below this gradient nothing is an edge.")] = 100
    high: Annotated[_Level, Meta(description="From this gradient on everything is an edge.")] = 200
    blur: Annotated[float, Meta(ge=0, le=20, description="Smooth first: sigma in px, 0 not.")] = 0.0
    aperture: Annotated[Literal[3, 5, 7], Meta(description="Size of the Sobel kernel.")] = 3
    side: Side = 0


class Canny(ControlMap[CannyParams]):
    """The edges of a picture by Canny's method, as OpenCV computes it: white lines of one px on black.

    What is transparent counts as white. Needs the extra `tympan[maps]`.
    """

    NAME = "canny"
    VERSION = "1"
    Params = CannyParams

    def fingerprint(self, params: CannyParams) -> Mapping[str, str]:
        """OpenCV's version: its edges have moved between versions."""
        return {"opencv": next((found for name in _OPENCV if (found := version_of(name))), "")}

    def draw(self, data: bytes, params: CannyParams, ctx: Context) -> bytes:
        """The edges, of the picture's size or with `side` as the longer one."""
        cv2 = _opencv()
        if params.low > params.high:
            raise StepFailed(f"low ({params.low}) is above high ({params.high})")
        from PIL import Image

        picture = ctx.intake(data)
        image = ctx.raster(picture, fitted(picture.size, params.side)).image()
        paper = Image.new("RGBA", image.size, "white")
        grey = cv2.cvtColor(_array(Image.alpha_composite(paper, image).convert("RGB")), cv2.COLOR_RGB2GRAY)
        if params.blur:
            grey = cv2.GaussianBlur(grey, (0, 0), params.blur)
        edges = cv2.Canny(grey, params.low, params.high, apertureSize=params.aperture, L2gradient=True)
        return png(Image.fromarray(edges))


def _array(image: Any) -> Any:
    import numpy as np

    return np.asarray(image)


def _opencv() -> Any:
    try:
        import cv2
    except ImportError:
        raise StepFailed("OpenCV is not installed", hint="pip install 'tympan[maps]'") from None
    # Its threads would outlive the job.
    cv2.setNumThreads(1)
    cv2.ocl.setUseOpenCL(False)
    return cv2
