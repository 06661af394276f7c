"""Verdicts on libraries whose descriptions are drawn from seeds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from tympan import Context, Descriptor, Measured, Params, Picture
from tympan.drift import Drift, judge


class Weight(Descriptor[Params]):
    """A figure."""

    NAME = "weight"

    def measure(self, picture: Picture, text: str, params: Params, ctx: Context) -> Measured | None:
        return None

    def say(self, pairs: Sequence[tuple[Sequence[Measured], Sequence[Measured]]]) -> str:
        return f"{len(pairs)} assets"


class Height(Weight):
    NAME = "height"


BOTH = {"weight": Weight(), "height": Height()}
Side = dict[str, list[dict[str, Measured]]]


def sides(
    assets: int, count: int, moved: Sequence[int] = (), by: float = 0.0, seed: int = 0
) -> tuple[Side, Side]:
    """Two aspects of so many pictures a side; the weight of some assets is moved."""
    rng = np.random.default_rng(seed)
    old: Side = {}
    new: Side = {}
    for nth in range(assets):
        for side in (old, new):
            shift = by if side is new and nth in moved else 0.0
            made = [(float(rng.normal(nth) + shift), float(rng.normal())) for _ in range(count)]
            side[f"a{nth:02d}"] = [
                {"weight": Measured(vector=(w,), named={"kg": w}), "height": Measured(vector=(h,))}
                for w, h in made
            ]
    return old, new


def verdict(assets: int, count: int, moved: Sequence[int] = (), by: float = 0.0, seed: int = 0) -> Drift:
    return judge(*sides(assets, count, moved, by, seed), descriptors=BOTH)


def test_nothing_is_none() -> None:
    found = verdict(20, 8)
    assert (found.verdict, found.drifted, found.undecided) == ("none", (), ())
    assert found.sentence == "none: no evidence of drift"


def test_two_pictures_a_side_tell_of_the_library_and_leave_assets_undecided() -> None:
    found = verdict(30, 2, range(30), 3.0)
    assert found.aspects["weight"].verdict == "strong"
    assert found.aspects["height"].verdict == "none"
    assert len(found.undecided) == 30
    assert found.sentence.startswith("the library drifted: weight (30 assets)")


def test_few_assets_among_many_are_found_and_no_others() -> None:
    found = verdict(40, 8, [3, 11, 12, 30, 39], 3.0)
    assert found.drifted == ("a03", "a11", "a12", "a30", "a39")
    assert found.assets["a03"].main == "weight"
    assert found.assets["a03"].aspects["height"].verdict == "none"
    assert found.sentence == "5 of 40 drifted: weight 5; 35 no evidence"


def test_a_sure_difference_below_the_gate_is_no_drift() -> None:
    old, new = sides(40, 8, range(40), 0.6)
    found = judge(old, new, descriptors=BOTH, gates={"weight": 2.0})
    assert found.fired == ("weight",)
    assert found.verdict == "none"


def test_one_picture_a_side_cannot_be_told_from_chance() -> None:
    found = verdict(10, 1, range(10), 9.0)
    assert (found.verdict, len(found.undecided)) == ("undecided", 10)
    assert "at least two" in found.sentence


def test_a_lone_asset_is_judged_by_its_own_splits() -> None:
    assert verdict(1, 8, [0], 4.0).drifted == ("a00",)
    assert verdict(1, 2, [0], 9.0).verdict == "undecided"


def test_the_same_bytes_for_the_same_pictures_in_any_order_of_assets() -> None:
    old, new = sides(12, 4, [1], 3.0)
    first = judge(old, new, descriptors=BOTH, seed=7).encoded()
    turned = (dict(reversed(list(side.items()))) for side in (old, new))
    assert judge(*turned, descriptors=BOTH, seed=7).encoded() == first
    assert judge(old, new, descriptors=BOTH, seed=8).encoded() != first


def test_what_is_on_one_side_only_is_left_out() -> None:
    old, new = sides(3, 4)
    del new["a01"]
    assert sorted(judge(old, new, descriptors=BOTH).assets) == ["a00", "a02"]


def test_an_aspect_that_no_picture_has_is_not_judged() -> None:
    old, new = (
        {n: [{"weight": Measured(vector=())} for _ in each] for n, each in side.items()}
        for side in sides(3, 4)
    )
    found = judge(old, new, descriptors=BOTH)
    assert found.aspects == {}


def test_false_alarms_are_rare() -> None:
    runs = [verdict(20, 6, seed=seed) for seed in range(30)]
    assert sum(len(each.drifted) for each in runs) <= 0.05 * 20 * 30
    assert sum(bool(each.fired) for each in runs) <= 6


@pytest.mark.parametrize("count", [2, 8])
def test_the_smallest_chance_is_told(count: int) -> None:
    found = verdict(40, count)
    assert found.aspects["weight"].smallest_p == 1e-4
    assert found.assets["a00"].aspects["weight"].smallest_p == pytest.approx(
        1 / 3 if count == 2 else 1 / (40 * 6435), abs=1e-6
    )
