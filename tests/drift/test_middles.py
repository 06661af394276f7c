"""The middles of few numbers, by what the spread of a library looks like."""

from __future__ import annotations

import numpy as np
import pytest

from tympan.drift.chances import WRONG, Together
from tympan.drift.energy import POWER, Apart, adjusted, apart
from tympan.drift.middles import moved


def evenly(
    step: float = 0.0, assets: int = 40, hit: int = 5, seed: int = 0, n: int = 8, m: int = 8
) -> list[Apart]:
    """One number that varies evenly over a width of 1; of the first assets moved by the step."""
    rng = np.random.default_rng(seed)
    return [
        apart(rng.random((n, 1)), rng.random((m, 1)) + (step if nth < hit else 0)) for nth in range(assets)
    ]


def test_where_some_are_far_out_the_middle_is_the_mean() -> None:
    rng = np.random.default_rng(0)
    several = [apart(rng.laplace(size=(8, 1)), rng.laplace(size=(8, 1))) for _ in range(40)]
    for each, table in zip(several, moved(several, 1e-6), strict=True):
        means = np.abs(each.ways @ each.vectors[:, 0]) ** POWER * 4
        assert table == pytest.approx(means)


def test_of_an_even_spread_the_ends_tell_it() -> None:
    several = evenly()
    for each, table in list(zip(several, moved(several, 1e-6), strict=True))[:5]:
        old = each.ways < 0
        values = each.vectors[:, 0]
        ends = [
            (values[~row].min() + values[~row].max() - values[row].min() - values[row].max()) / 2
            for row in old
        ]
        assert np.corrcoef(table, np.abs(ends) ** POWER)[0, 1] > 0.9


def test_a_step_is_as_long_as_it_is() -> None:
    rng = np.random.default_rng(1)
    olds = [rng.random((6, 2)) for _ in range(10)]
    for table in moved([apart(each, each + np.array([0.3, -0.4])) for each in olds], 1e-6):
        assert table[0] == pytest.approx(0.5**POWER * 3)


def test_more_of_an_even_spread_is_found_than_by_distances() -> None:
    found = distances = wrong = 0
    for seed in range(8):
        several = evenly(0.42, seed=seed)
        by_middles = Together(several, 0.0)
        # A number that is always nought makes three of them: too many for middles.
        wide = [each._replace(vectors=np.pad(each.vectors, ((0, 0), (0, 2)))) for each in several]
        sure = np.array(adjusted(by_middles.assets()[0])) <= WRONG
        other = np.array(adjusted(Together(wide, 0.0).assets()[0])) <= WRONG
        found, wrong = found + int(sure[:5].sum()), wrong + int(sure[5:].sum())
        distances += int(other[:5].sum())
    assert found >= distances + 6
    assert wrong <= 4


def test_sides_of_other_sizes_are_compared() -> None:
    several = evenly(0.8, n=8, m=5)
    sure = np.array(adjusted(Together(several, 0.0).assets()[0])) <= WRONG
    assert sure[:5].all()
    assert sure[5:].sum() <= 1


def test_assets_that_were_not_topped_up_do_not_hinder_the_others() -> None:
    few = evenly(hit=0, assets=10, n=2, m=2)
    p = np.array(Together(evenly(0.8) + few, 0.0).assets()[0])
    assert (np.array(adjusted(list(p)))[:5] <= WRONG).all()
    assert (p[40:] >= 1 / 3).all()
