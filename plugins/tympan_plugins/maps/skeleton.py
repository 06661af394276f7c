"""The map `skeleton`: people of an OpenPose JSON file as the coloured sticks that ControlNet was trained on.

Reads nothing but the bytes it is given. Writes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from tympan import Context, ControlMap, Params, StepFailed, version_of
from tympan_plugins.maps.png import png
from tympan_plugins.maps.pose import BODY, Person, people_of

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

_Length = Annotated[int, Meta(ge=0, le=2048)]
# Pairs of joints, numbered as in OpenPose's COCO output ("Output Format", BODY_18), in the order in which
# OpenPose and ControlNet's annotator draw them, each with its colour.
_LIMBS = (
    (1, 2), (1, 5), (2, 3), (3, 4), (5, 6), (6, 7), (1, 8), (8, 9), (9, 10),
    (1, 11), (11, 12), (12, 13), (1, 0), (0, 14), (14, 16), (0, 15), (15, 17),
)  # fmt: skip
_COLOURS = (
    (255, 0, 0), (255, 85, 0), (255, 170, 0), (255, 255, 0), (170, 255, 0), (85, 255, 0), (0, 255, 0),
    (0, 255, 85), (0, 255, 170), (0, 255, 255), (0, 170, 255), (0, 85, 255), (0, 0, 255), (85, 0, 255),
    (170, 0, 255), (255, 0, 255), (255, 0, 170), (255, 0, 85),
)  # fmt: skip
# The annotator's sticks are 4 px to either side at 512 px, and limbs have 60 % of their colour.
_STICK, _AT, _DIM = 4.0, 512, 0.6
# Drawn so many times larger, then averaged; what is larger than _MOST would need too much memory.
_FINE, _MOST = 4, 2048


class SkeletonParams(Params, frozen=True, kw_only=True):
    """Options of `skeleton`."""

    size: Annotated[
        tuple[_Length, _Length], Meta(description="Width and height in px; [0, 0] as the file.")
    ] = (0, 0)
    confidence: Annotated[float, Meta(ge=0, le=1, description="Joints below are left out.")] = 0.1
    stick: Annotated[
        float, Meta(ge=0, le=64, description="Half the width of a limb in px; 0 as ControlNet has it.")
    ] = 0.0


class Skeleton(ControlMap[SkeletonParams]):
    """People of an OpenPose JSON file (18 or 25 joints) as coloured sticks on black.

    Coordinates are px of the canvas, or shares of it if none is above 1. Hands and faces are not drawn.
    """

    NAME = "skeleton"
    VERSION = "1"
    Params = SkeletonParams

    def fingerprint(self, params: SkeletonParams) -> Mapping[str, str]:
        """Pillow draws."""
        return {"pillow": version_of("pillow")}

    def draw(self, data: bytes, params: SkeletonParams, ctx: Context) -> bytes:
        """The skeletons of all people, the canvas fitted into `size` and centred."""
        from PIL import Image, ImageDraw

        people, canvas = people_of(data)
        size = params.size if all(params.size) else canvas
        if not all(size):
            raise StepFailed("the pose file names no canvas", hint="say options.size = [width, height]")
        if max(size) > _MOST:
            raise StepFailed(f"a canvas of {size[0]} x {size[1]} px", hint=f"say options.size, up to {_MOST}")
        image = Image.new("RGB", (size[0] * _FINE, size[1] * _FINE))
        pen, stick = ImageDraw.Draw(image), (params.stick or _STICK * min(size) / _AT) * _FINE
        drawn = 0
        for person in people:
            joints = _placed(person, canvas, size, params.confidence)
            drawn += _limbs(pen, joints, stick)
            _joints(pen, joints, stick)
        if not drawn:
            raise StepFailed("the pose has no limb to draw", hint="are its joints below `confidence`?")
        return png(image.reduce(_FINE))


_Joints = list[tuple[float, float] | None]


def _placed(person: Person, canvas: tuple[int, int], size: tuple[int, int], least: float) -> _Joints:
    """The joints in px of the fine drawing, None where one is missing."""
    shares = all(x <= 1 and y <= 1 for x, y, _ in person)
    width, height = canvas if all(canvas) else size
    scale = min(size[0] / width, size[1] / height)
    left, top = (size[0] - width * scale) / 2, (size[1] - height * scale) / 2
    across, down = (width * scale, height * scale) if shares else (scale, scale)
    return [
        ((left + x * across) * _FINE, (top + y * down) * _FINE) if c > 0 and c >= least else None
        for x, y, c in person
    ]


def _limbs(pen: ImageDraw, joints: _Joints, stick: float) -> int:
    drawn = 0
    for (start, end), colour in zip(_LIMBS, _COLOURS, strict=False):
        a, b = joints[start], joints[end]
        if a is not None and b is not None:
            dim = tuple(int(part * _DIM) for part in colour)
            pen.polygon(_ellipse(a, b, stick), fill=dim)
            drawn += 1
    return drawn


def _ellipse(a: tuple[float, float], b: tuple[float, float], stick: float) -> list[tuple[float, float]]:
    """An ellipse from joint to joint, `stick` to either side."""
    x, y = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
    half, angle = math.dist(a, b) / 2, math.atan2(b[1] - a[1], b[0] - a[0])
    points = []
    for n in range(72):
        turn = n * math.pi / 36
        along, aside = half * math.cos(turn), stick * math.sin(turn)
        points.append(
            (
                x + along * math.cos(angle) - aside * math.sin(angle),
                y + along * math.sin(angle) + aside * math.cos(angle),
            )
        )
    return points


def _joints(pen: ImageDraw, joints: _Joints, stick: float) -> None:
    for n in range(BODY):
        joint: Any = joints[n]
        if joint is not None:
            x, y = joint
            pen.ellipse((x - stick, y - stick, x + stick, y + stick), fill=_COLOURS[n])
