"""The step resize: sizes, fits, fringes, vectors.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from tests.plugins.prep.subjects import composited, ground, opaque, subject, vector

from tympan import Picture, StepFailed, svg_viewbox
from tympan.context import JobContext
from tympan_plugins.prep.resize import Resize, ResizeParams


def resize(picture: Picture, **keys: object) -> Picture:
    return Resize().run(picture, msgspec.convert(keys, ResizeParams), JobContext())


PHOTO = opaque(np.random.default_rng(3).integers(0, 255, (60, 120, 3), np.uint8))


@pytest.mark.parametrize(
    ("keys", "size"),
    [
        ({"width": 60}, (60, 30)),
        ({"height": 15}, (30, 15)),
        ({"width": 50, "height": 50}, (50, 25)),
        ({"width": 50, "height": 50, "fit": "cover"}, (50, 50)),
        ({"width": 50, "height": 50, "fit": "stretch"}, (50, 50)),
        ({"width": 120, "height": 60}, (120, 60)),
        ({"width": 240, "upscale": True}, (240, 120)),
    ],
)
def test_sizes(keys: dict[str, object], size: tuple[int, int]) -> None:
    done = resize(PHOTO, **keys)
    assert done.size == size
    assert len(done.pixels or b"") == 4 * size[0] * size[1]


def test_cover_crops_around_the_centre() -> None:
    rgb = np.zeros((40, 80, 3), np.uint8)
    rgb[:, 20:60] = 255
    assert resize(opaque(rgb), width=40, height=40, fit="cover").array()[..., :3].min() == 255


def test_the_same_size_is_the_same_picture() -> None:
    assert resize(PHOTO, width=120) is PHOTO


def test_pixels_are_not_enlarged_unasked() -> None:
    with pytest.raises(StepFailed, match="enlarge"):
        resize(PHOTO, width=121)
    with pytest.raises(StepFailed, match="size"):
        resize(PHOTO)


def test_what_is_under_alpha_0_does_not_leak() -> None:
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[..., :3] = (0, 255, 0)
    pixels[16:48, 16:48] = (200, 100, 50, 255)
    done = resize(Picture(size=(64, 64), pixels=pixels.tobytes()), width=24).array()
    seen = done[done[..., 3] >= 32][:, :3].astype(int)
    assert np.abs(seen - (200, 100, 50)).max() <= 8


def test_both_renders_are_resized() -> None:
    alpha, colour = subject("star")
    black = composited(alpha, colour, 0 * ground("white"))
    done = resize(
        msgspec.structs.replace(composited(alpha, colour, ground("white")), on_black=black.pixels), width=40
    )
    assert len(done.on_black or b"") == 4 * 40 * 40


def test_a_vector_only_changes_its_nominal_size() -> None:
    icon = vector('<circle cx="12" cy="12" r="8"/>', 'viewBox="0 0 24 12"')
    done = resize(icon, width=240)
    assert (done.size, svg_viewbox(done.svg or "")) == ((240, 120), (0, 0, 24, 12))
    covered = resize(icon, width=100, height=100, fit="cover")
    assert (covered.size, svg_viewbox(covered.svg or "")) == ((100, 100), (6, 0, 12, 12))
    stretched = resize(icon, width=100, height=100, fit="stretch")
    assert 'preserveAspectRatio="none"' in (stretched.svg or "")
    wide = JobContext().raster(stretched).array()[..., 3]
    assert (wide[50] > 0).sum() == pytest.approx(100 * 2 * 28**0.5 / 24, abs=2)


def test_fingerprint() -> None:
    assert set(Resize().fingerprint(Resize.Params())) == {"pillow"}
