"""Control maps: what is drawn, from which inputs, and what is refused.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import io
import json
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image, ImageDraw

from tympan import ControlMap, IntakeError, StepFailed
from tympan.context import JobContext
from tympan.worker.traces import surroundings
from tympan_plugins.maps.canny import Canny
from tympan_plugins.maps.depth import Depth
from tympan_plugins.maps.skeleton import _COLOURS, _LIMBS, Skeleton

WAVE = (
    (256, 150), (256, 230), (200, 235), (150, 180), (120, 90), (312, 235), (345, 320), (350, 410), (222, 420),
    (215, 550), (210, 680), (290, 420), (300, 550), (310, 680), (240, 135), (272, 135), (222, 150), (290, 150),
)  # fmt: skip


def drawn(kind: type[ControlMap[Any]], data: bytes, **options: Any) -> np.ndarray[Any, Any]:
    params = msgspec.convert(options, kind.Params)
    first, second = (kind().draw(data, params, JobContext()) for _ in range(2))
    assert first == second, "the same bytes for the same arguments"
    image = Image.open(io.BytesIO(first))
    assert image.format == "PNG"
    assert not image.info
    return np.asarray(image)


def file_of(image: Image.Image, kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


def pose(points: Any = WAVE, sure: float = 0.9, **keys: Any) -> bytes:
    numbers = [value for x, y in points for value in (x, y, sure)]
    return json.dumps({"people": [{"pose_keypoints_2d": numbers}], **keys}).encode()


CANVAS: dict[str, Any] = {"canvas_width": 512, "canvas_height": 768}


def test_a_skeleton_has_every_joint_and_limb_in_its_colour() -> None:
    found = drawn(Skeleton, pose(**CANVAS))
    assert found.shape == (768, 512, 3)
    for (x, y), colour in zip(WAVE, _COLOURS, strict=True):
        assert tuple(found[y, x]) == colour
    for (a, b), colour in zip(_LIMBS, _COLOURS, strict=False):
        x, y = ((WAVE[a][0] + WAVE[b][0]) // 2, (WAVE[a][1] + WAVE[b][1]) // 2)
        assert tuple(found[y, x]) == tuple(int(part * 0.6) for part in colour), (a, b)
    # Black elsewhere, and edges that are neither black nor full.
    assert tuple(found[5, 5]) == (0, 0, 0)
    assert (found.reshape(-1, 3).max(axis=1) > 0).mean() < 0.04
    assert len(np.unique(found.reshape(-1, 3), axis=0)) > 200


def test_the_canvas_is_fitted_into_the_size_and_centred() -> None:
    found = drawn(Skeleton, pose(**CANVAS), size=[768, 384])
    assert found.shape == (384, 768, 3)
    # Half as large, 256 px of 768 wide: the neck at (256, 230) comes to (256 + 128, 115).
    assert tuple(found[115, 384]) == _COLOURS[1]


def test_coordinates_may_be_shares_of_the_canvas() -> None:
    shares = [(x / 512, y / 768) for x, y in WAVE]
    assert np.array_equal(drawn(Skeleton, pose(shares, **CANVAS)), drawn(Skeleton, pose(**CANVAS)))
    assert np.array_equal(drawn(Skeleton, pose(shares), size=[512, 768]), drawn(Skeleton, pose(**CANVAS)))


def test_25_joints_and_lists_of_frames_are_read_too() -> None:
    points = [*WAVE[:8], (0, 0), *WAVE[8:], *[(9, 9)] * 6]
    body = json.loads(pose(points, **CANVAS))
    assert np.array_equal(drawn(Skeleton, json.dumps([body]).encode()), drawn(Skeleton, pose(**CANVAS)))


def test_joints_that_are_missing_or_unsure_are_left_out() -> None:
    numbers = json.loads(pose(**CANVAS))
    numbers["people"][0]["pose_keypoints_2d"][12:15] = [None, None, None]
    found = drawn(Skeleton, json.dumps(numbers).encode())
    assert tuple(found[90, 120]) == (0, 0, 0)
    assert tuple(found[180, 150]) == _COLOURS[3]
    with pytest.raises(StepFailed, match="no limb"):
        drawn(Skeleton, pose(sure=0.05, **CANVAS))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x89PNG", "no JSON"),
        (b"{}", "no people"),
        (b'{"people": []}', "no people"),
        (b"[" * 100_000, "no JSON"),
        (b'{"people": [{}]}', "person 0 has no numbers"),
        (b'{"people": [{"pose_keypoints_2d": [1, 2]}]}', "person 0 has 2 numbers"),
        (pose([*WAVE[:17], ("a", "b")]), "something else than numbers"),
        (pose([*WAVE[:17], (1e999, 0)]), "no JSON|something else"),
        (pose(canvas_width=-1), "canvas_width is -1"),
        (pose(canvas_width=True), "canvas_width is True"),
        (pose(), "names no canvas"),
        (pose(canvas_width=9000, canvas_height=9000), "a canvas of 9000 x 9000"),
        (json.dumps({"people": [{}] * 65}).encode(), "65 people"),
    ],
)
def test_a_pose_that_is_none_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(StepFailed, match=message):
        drawn(Skeleton, data)


def slope(kind: Any, low: int, high: int) -> Image.Image:
    return Image.fromarray(np.linspace(low, high, 64).astype(kind).reshape(1, 64).repeat(32, 0))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_depth_of_16_bit_keeps_its_fine_steps(kind: str) -> None:
    # 63 steps that all lie within one step of 8 bit.
    found = drawn(Depth, file_of(slope(np.uint16, 20_000, 20_063), kind))
    assert (found.dtype, found.shape, found.min(), found.max()) == (np.uint8, (32, 64), 0, 255)
    assert (np.diff(found[0].astype(int)) >= 4).all()


def test_depth_inverted_clipped_scaled_and_left_alone() -> None:
    data = file_of(slope(np.uint8, 50, 200))
    plain = drawn(Depth, data)
    assert np.array_equal(drawn(Depth, data, invert=True), 255 - plain)
    assert drawn(Depth, data, side=128).shape == (64, 128)
    left = drawn(Depth, data, normalise=False)
    assert (left.min(), left.max()) == (50, 200)
    spiked = np.asarray(slope(np.uint8, 100, 110)).copy()
    spiked[0, 0] = 255
    assert drawn(Depth, file_of(Image.fromarray(spiked)))[0, -1] < 20
    assert drawn(Depth, file_of(Image.fromarray(spiked)), clip=1)[5, -1] == 255


def test_depth_of_grey_in_three_channels_is_grey() -> None:
    grey = slope(np.uint8, 0, 255)
    assert np.array_equal(drawn(Depth, file_of(grey.convert("RGB"))), drawn(Depth, file_of(grey)))
    assert drawn(Depth, file_of(grey.convert("RGB"), "JPEG")).max() == 255


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (file_of(Image.new("L", (8, 8), 7)), StepFailed, "flat"),
        (
            file_of(Image.linear_gradient("L").convert("RGB").point([*range(256), *[0] * 512])),
            StepFailed,
            "colour",
        ),
        (b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>', StepFailed, "SVG"),
        (b"nonsense", IntakeError, "unknown kind"),
    ],
)
def test_a_depth_map_that_is_none_is_refused(data: bytes, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        drawn(Depth, data)


def disc() -> Image.Image:
    image = Image.new("RGBA", (120, 80))
    ImageDraw.Draw(image).ellipse((20, 10, 80, 70), fill=(30, 60, 200, 255))
    return image


def test_canny_draws_the_rim_of_a_disc_and_nothing_else() -> None:
    pytest.importorskip("cv2", reason="needs the extra tympan[maps]")
    before = surroundings()
    found = drawn(Canny, file_of(disc()))
    assert (found.shape, set(np.unique(found))) == ((80, 120), {0, 255})
    y, x = np.nonzero(found)
    assert abs(np.hypot(x - 50, y - 40) - 30).max() < 2.5
    assert 150 < len(x) < 260
    assert drawn(Canny, file_of(disc()), side=240).shape == (160, 240)
    # A worker that this has run in may be used again.
    assert surroundings() == before
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="20"/></svg>'
    )
    assert drawn(Canny, svg, side=128).any()


def test_cannys_thresholds_and_blur_do_what_they_say() -> None:
    pytest.importorskip("cv2", reason="needs the extra tympan[maps]")
    noise = np.random.default_rng(1).normal(128, 25, (80, 80)).clip(0, 255).astype(np.uint8)
    data = file_of(Image.fromarray(noise))
    counts = [drawn(Canny, data, **keys).sum() for keys in ({}, {"low": 300, "high": 600}, {"blur": 3.0})]
    assert counts[0] > counts[1] > counts[2] or counts[0] > counts[2]
    with pytest.raises(StepFailed, match="above high"):
        drawn(Canny, data, low=300, high=200)


def test_without_opencv_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "cv2", None)
    with pytest.raises(StepFailed, match="OpenCV is not installed") as caught:
        drawn(Canny, file_of(disc()))
    assert caught.value.hint == "pip install 'tympan[maps]'"
