"""Pictures that guide `sketch`: control maps, references, regions.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw
from tests.plugins.generators.drawing import SMALL, apart, ask, pixels, png, seen

from tympan import Control, Reference
from tympan_plugins.generators.sketch import control
from tympan_plugins.generators.sketch.raster import colours_of

W, H = SMALL
PIXELS = {"vector": False}


def stick(x: float, top: float, foot: float, lean: float = 0.0) -> Image.Image:
    """A pose map: one bright line; all in shares of the frame."""
    image = Image.new("L", SMALL)
    ends = [(x * W, foot * H), ((x + lean) * W, top * H)]
    ImageDraw.Draw(image).line(ends, fill=255, width=7)
    return image


def edges(horizon: float, *boxes: tuple[float, float, float, float]) -> Image.Image:
    """An edge map: a line across, and outlines of boxes (x0, y0, x1, y1 in shares)."""
    image = Image.new("L", SMALL)
    draw = ImageDraw.Draw(image)
    if horizon:
        draw.line([(0, horizon * H), (W, horizon * H)], fill=255, width=2)
    for x0, y0, x1, y1 in boxes:
        draw.rectangle((x0 * W, y0 * H, x1 * W, y1 * H), outline=255, width=2)
    return image


def ramp(start: float) -> Image.Image:
    """A depth map: black above, brighter from `start` down."""
    near = np.clip((np.arange(H) / H - start) / (1 - start), 0, 1) * 255
    return Image.fromarray(np.repeat(near[:, None], W, axis=1).astype(np.uint8))


def light(image: Image.Image) -> control.Map:
    return control.brightness(np.asarray(image.convert("RGBA")))


def test_a_pose_gives_place_height_and_lean() -> None:
    left = control.pose(light(stick(0.25, 0.2, 0.9))).main
    right = control.pose(light(stick(0.7, 0.5, 0.8, lean=0.1))).main
    assert left is not None
    assert right is not None
    assert left.x == pytest.approx(0.25, abs=0.02)
    assert left.y == pytest.approx(0.9, abs=0.03)
    assert left.tall == pytest.approx(0.7, abs=0.05)
    assert abs(left.lean) < 3
    assert right.x == pytest.approx(0.75, abs=0.02)
    assert right.lean == pytest.approx(30.6, abs=4)
    assert control.pose(light(Image.new("L", SMALL))).main is None


def test_edges_give_a_horizon_and_spots() -> None:
    found = control.canny(light(edges(0.4, (0.1, 0.5, 0.25, 0.9), (0.6, 0.55, 0.7, 0.8))))
    assert found.horizon == pytest.approx(0.4, abs=0.02)
    assert [round(s.x, 1) for s in found.spots] == [0.2, 0.6]
    crossing = control.canny(light(edges(0.6, (0.7, 0.3, 0.85, 0.9))))
    assert crossing.spots[0].y == pytest.approx(0.9, abs=0.05), (
        "an outline that crosses the horizon stays whole"
    )
    assert control.canny(light(edges(0.0, (0.1, 0.5, 0.25, 0.9)))).horizon == 0
    assert control.canny(light(Image.new("L", SMALL))).spots == ()


def test_depth_gives_layers_from_far_to_near() -> None:
    high, low = control.depth(light(ramp(0.2))).levels, control.depth(light(ramp(0.7))).levels
    assert list(high) == sorted(high)
    assert all(a < b for a, b in zip(high, low, strict=True))
    assert control.depth(light(Image.new("L", SMALL, 128))).levels == ()


def _middle_of_red(picture: np.ndarray) -> float:
    rgb = picture[..., :3]
    columns = np.nonzero((rgb[..., 0] > 180) & (rgb[..., 1] < 90) & (rgb[..., 2] < 90))[1]
    return float(columns.mean()) / W


def _guided(prompt: str, kind: str, image: Image.Image, **keys: object) -> np.ndarray:
    maps = {"map": Control(kind=kind, image="map")}
    return seen(prompt, inputs={"map": png(image)}, control=maps, options=PIXELS, **keys)


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        ("pose", stick(0.25, 0.3, 0.9), stick(0.75, 0.3, 0.9)),
        ("canny", edges(0.5, (0.2, 0.6, 0.3, 0.95)), edges(0.5, (0.7, 0.6, 0.8, 0.95))),
    ],
)
def test_the_subject_stands_where_the_map_says(kind: str, left: Image.Image, right: Image.Image) -> None:
    pictures = [_guided("a red house", kind, image) for image in (left, right)]
    assert _middle_of_red(pictures[0]) == pytest.approx(0.25, abs=0.08)
    assert _middle_of_red(pictures[1]) == pytest.approx(0.75, abs=0.08)


@pytest.mark.parametrize(
    "prompt",
    [
        "a lake", "a boat on the sea", "city skyline with a boat", "a courier at a door", "a fish underwater",
        "a cat, a chair", "a key", "a rocket", "a car in a city", "a dog at the beach",
    ],
)  # fmt: skip
def test_every_scene_listens_to_a_control(prompt: str) -> None:
    kind, images = "pose", (stick(0.2, 0.5, 0.9), stick(0.75, 0.6, 0.95))
    if prompt == "a lake":
        kind, images = "depth", (ramp(0.2), ramp(0.75))
    one, other = (_guided(prompt, kind, image) for image in images)
    assert apart(one, other) > 0.015


def test_strength_zero_is_no_control() -> None:
    maps = {"map": Control(kind="pose", image="map", strength=0.0)}
    assert ask("a house", inputs={}, control=maps) == ask("a house")


def test_inpainting_leaves_everything_outside_exactly_as_it_was() -> None:
    base = ask("a lighthouse on a cliff by the sea at sunset", options=PIXELS)[0].data
    mask = Image.new("L", SMALL)
    ImageDraw.Draw(mask).ellipse((20, 20, 140, 150), fill=255)
    request = {
        "operation": "inpaint",
        "region": "mask",
        "reference": {"of": Reference(role="init", image="base")},
    }
    found = ask("a parcel, night", inputs={"base": base, "mask": png(mask)}, **request)[0].data
    before, after, white = pixels(base), pixels(found), np.asarray(mask) > 127
    assert (before[~white] == after[~white]).all()
    assert (np.abs(before - after).max(axis=2)[white] > 12).mean() > 0.5
    other = ask("a parcel, night", inputs={"base": base, "mask": png(mask)}, seed=5, **request)[0].data
    assert other != found


def test_an_empty_region_changes_nothing() -> None:
    base = ask("a tree", options=PIXELS)[0].data
    inputs = {"base": base, "mask": png(Image.new("L", SMALL))}
    request = {
        "operation": "vary-region",
        "region": "mask",
        "reference": {"of": Reference(role="init", image="base")},
    }
    assert (pixels(ask("a cat", inputs=inputs, **request)[0].data) == pixels(base)).all()


@pytest.mark.parametrize(("role", "operation"), [("init", "image-to-image"), ("style", "")])
def test_a_reference_lends_its_colours(role: str, operation: str) -> None:
    image = Image.new("RGB", (60, 20), "#08403c")
    ImageDraw.Draw(image).rectangle((20, 0, 39, 19), fill="#19c3a6")
    ImageDraw.Draw(image).rectangle((40, 0, 59, 19), fill="#e8fff9")
    references = {"look": Reference(role=role, image="look")}
    found = seen(
        "a street", inputs={"look": png(image)}, reference=references, operation=operation, options=PIXELS
    )
    rgb = found[..., :3].reshape(-1, 3).mean(axis=0)
    plain = seen("a street", options=PIXELS)[..., :3].reshape(-1, 3).mean(axis=0)
    assert rgb[1] - rgb[0] > plain[1] - plain[0] + 15, "green over red, as the reference is"


def test_colours_of_a_picture() -> None:
    flat = np.zeros((10, 10, 4), np.uint8)
    flat[..., :] = (10, 20, 30, 255)
    flat[:, 7:] = (250, 40, 40, 255)
    flat[0, 0] = (0, 255, 0, 0)
    assert sorted(colours_of(flat)) == ["#0a141e", "#fa2828"]
    assert colours_of(np.zeros((4, 4, 4), np.uint8)) == []
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 4), np.uint8)
    assert len(set(colours_of(noise))) == 6
