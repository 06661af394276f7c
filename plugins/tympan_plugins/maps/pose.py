"""OpenPose's JSON: the people in it, each as 18 joints.

Reads nothing but the bytes it is given. Writes nothing.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec

from tympan import StepFailed

# Joints of a body in OpenPose's COCO order: nose, neck, right arm, left arm, right leg, left leg, eyes, ears.
BODY = 18
# The same joints in BODY_25, whose 8 is the middle of the hips, and whose 19 to 24 are feet.
_OF_25 = (0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18)
_PEOPLE, _BYTES = 64, 8 * 1024 * 1024

Person = tuple[tuple[float, float, float], ...]


def people_of(data: bytes) -> tuple[tuple[Person, ...], tuple[int, int]]:
    """The people (x, y, confidence of each joint), and the canvas in px, 0 where the file names none.

    Takes OpenPose's own files, and those of ControlNet's annotators: of a list of frames, the first.
    Raises StepFailed for anything else.
    """
    if len(data) > _BYTES:
        raise StepFailed(f"a pose file of {len(data)} bytes, more than {_BYTES}")
    try:
        found: Any = msgspec.json.decode(data)
    except (ValueError, RecursionError) as error:
        raise StepFailed(f"the pose is no JSON: {error}", hint="give OpenPose's keypoints as JSON") from None
    if isinstance(found, list) and found:
        found = found[0]
    people = found.get("people") if isinstance(found, dict) else None
    if not isinstance(people, list) or not people:
        raise StepFailed('the pose names no people: there is no array "people" with any in it')
    if len(people) > _PEOPLE:
        raise StepFailed(f"a pose of {len(people)} people, more than {_PEOPLE}")
    canvas = (_side(found, "canvas_width"), _side(found, "canvas_height"))
    return tuple(_person(each, n) for n, each in enumerate(people)), canvas


def _person(person: Any, n: int) -> Person:
    numbers = person.get("pose_keypoints_2d") if isinstance(person, dict) else None
    if not isinstance(numbers, list) or len(numbers) not in (BODY * 3, 75):
        count = len(numbers) if isinstance(numbers, list) else "no"
        raise StepFailed(f"person {n} has {count} numbers in pose_keypoints_2d, 54 or 75 are due")
    # Some annotators write null for a joint that they have not found.
    values = [0.0 if value is None else value for value in numbers]
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in values):
        raise StepFailed(f"person {n} has something else than numbers in pose_keypoints_2d")
    joints = [
        (float(values[i]), float(values[i + 1]), float(values[i + 2])) for i in range(0, len(values), 3)
    ]
    return tuple(joints) if len(joints) == BODY else tuple(joints[i] for i in _OF_25)


def _side(found: Any, name: str) -> int:
    value = found.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 16_384:
        raise StepFailed(f"the pose's {name} is {value!r}, no length in px")
    return value
