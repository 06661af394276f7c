"""The local plugin of the sample library: film grain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tympan import Picture
from tympan.context import JobContext
from tympan.files import digest
from tympan.plugins import local_module

FILE = Path(__file__).parents[2] / "plugins/grain.py"


@pytest.fixture(scope="module")
def grain() -> Any:
    return local_module(str(FILE), digest(FILE.read_bytes()))


def flat(level: int, width: int = 40, height: int = 30) -> Picture:
    pixels = np.full((height, width, 4), level, np.uint8)
    pixels[..., 3] = np.arange(width, dtype=np.uint8) * 6
    return Picture(size=(width, height), pixels=pixels.tobytes(), ppi=300.0, facts={"mask.method": "flat"})


def run(grain: Any, picture: Picture, **params: Any) -> Picture:
    return grain.Grain().run(picture, grain.GrainParams(**params), JobContext())  # type: ignore[no-any-return]


def test_it_is_offered_as_a_prep_step(grain: Any) -> None:
    assert [step.NAME for step in grain.tympan_prep_steps()] == ["grain"]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(grain: Any) -> None:
    picture = flat(128)
    assert run(grain, picture).pixels == run(grain, picture).pixels
    assert run(grain, picture, seed=1).pixels != run(grain, picture, seed=2).pixels


def test_grain_stays_within_its_amount_and_leaves_alpha_density_and_facts(grain: Any) -> None:
    picture = flat(128)
    result = run(grain, picture, amount=0.1)
    moved = result.array()[..., :3].astype(int) - 128
    assert 0 < np.abs(moved).max() <= 0.1 * 255 + 1
    assert abs(moved.mean()) < 1.5
    assert np.array_equal(result.array()[..., 3], picture.array()[..., 3])
    assert (result.ppi, result.facts["mask.method"]) == (300.0, "flat")


@pytest.mark.parametrize("level", [0, 255])
def test_black_and_white_stay_clean(grain: Any, level: int) -> None:
    assert run(grain, flat(level), amount=0.5).pixels == flat(level).pixels


def test_a_larger_grain_is_smoother(grain: Any) -> None:
    fine, coarse = (run(grain, flat(128), size=size).array()[..., 0].astype(int) for size in (1, 4))
    assert np.abs(np.diff(coarse, axis=1)).mean() < np.abs(np.diff(fine, axis=1)).mean() / 2
