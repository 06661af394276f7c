"""The assets of a library judged together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from tympan.drift.chances import LIMIT, WRONG, Together, apiece, jointly
from tympan.drift.energy import Apart, adjusted, apart


def library(
    steps: Sequence[float],
    count: int = 8,
    seed: int = 0,
    spread: Sequence[float] | float = 1.0,
    size: int = 1,
) -> list[Apart]:
    """So many pictures a side and asset, of `size` numbers; the new ones of each asset moved by its step."""
    rng, spreads = np.random.default_rng(seed), np.broadcast_to(spread, len(steps))
    return [
        apart(wide * rng.normal(size=(count, size)), wide * (rng.normal(size=(count, size)) + step))
        for step, wide in zip(steps, spreads, strict=True)
    ]


def chances(several: list[Apart]) -> np.ndarray:
    return np.array(Together(several, 0.0).assets()[0])


def test_chances_without_a_difference_are_even() -> None:
    every = np.concatenate([chances(library([0.0] * 20, 6, seed, size=3)) for seed in range(20)])
    for limit in (0.01, 0.05, 0.2):
        assert every[every <= limit].size / every.size == pytest.approx(limit, abs=2.5 * limit**0.5 / 20)


def test_chances_of_few_numbers_come_no_more_often_than_they_say() -> None:
    for draw in ("normal", "random"):
        every = []
        for seed in range(20):
            drawn = getattr(np.random.default_rng(seed), draw)(size=(20, 12, 2))
            every.append(chances([apart(each[:6], each[6:]) for each in drawn]))
        found = np.concatenate(every)
        for limit in (0.003, 0.01, 0.05):
            assert (found <= limit).mean() <= limit + 2.5 * (limit / found.size) ** 0.5, (draw, limit)


def test_the_library_fires_by_chance_no_more_often_than_it_says() -> None:
    fired = [Together(library([0.0] * 10, 3, seed), 0.0).library((0,))[0] <= LIMIT for seed in range(100)]
    assert sum(fired) <= 10


def test_few_that_drifted_make_the_library_fire_and_are_found() -> None:
    found = fired = wrong = 0
    for seed in range(6):
        together = Together(library([2.0] * 5 + [0.0] * 35, seed=seed), 0.0)
        fired += together.library((seed,))[0] <= LIMIT / 6
        sure = np.array(adjusted(together.assets()[0])) <= WRONG
        found, wrong = found + int(sure[:5].sum()), wrong + int(sure[5:].sum())
    assert (fired, found >= 24, wrong <= 3) == (6, True, True)


def test_a_difference_that_goes_the_way_of_the_others_counts_more() -> None:
    with_them = chances(library([1.2] + [3.0] * 4 + [0.0] * 15, seed=3))[0]
    against = chances(library([1.2] + [-3.0] * 4 + [0.0] * 15, seed=3))[0]
    assert with_them < against
    # It is found all the same where it is clear.
    assert chances(library([4.0] + [-4.0] * 4 + [0.0] * 15, seed=3))[0] < 1e-3


def test_spreads_that_differ_are_told_from_those_that_only_seem_to() -> None:
    """The same figures in other units for half of the assets: no more of those are found."""
    wide = [1.0, 10.0] * 20
    sure = (
        np.array(adjusted(list(chances(library([0.0] * 20 + [2.5] * 4 + [0.0] * 16, spread=wide))))) <= WRONG
    )
    assert sure[20:24].all()
    assert sure.sum() <= 5


def test_few_assets_are_judged_by_their_own_splits() -> None:
    several = library([3.0, 0.0, 0.0], 4)
    p, smallest = Together(several, 0.0).assets()
    assert smallest == [pytest.approx(1 / 35)] * 3
    assert p[0] == pytest.approx(1 / 35)


def test_assets_of_other_counts_are_judged_together() -> None:
    mixed = library([3.0] * 3 + [0.0] * 17) + library([3.0] * 3 + [0.0] * 7, 2)
    found = chances(mixed)
    assert (found[:3] < 0.01).all()
    assert (found[20:] >= 1 / 3).all()


def test_assets_first_then_the_aspects_of_those_found() -> None:
    clear = {"line": 1e-5, "palette": 0.4}
    several = jointly([apiece(clear), *[apiece({"line": 0.5, "palette": 0.6})] * 9])
    assert several[0]["line"] == pytest.approx(2e-4)
    assert several[0]["palette"] > WRONG
    assert all(q > WRONG for each in several[1:] for q in each.values())
    assert jointly([]) == []
    assert jointly([apiece({}), apiece({"line": 0.01})]) == [{}, {"line": pytest.approx(0.02)}]


def test_all_that_drifted_are_found_at_once() -> None:
    assert (np.array(adjusted(list(chances(library([3.0] * 12))))) <= WRONG).all()
