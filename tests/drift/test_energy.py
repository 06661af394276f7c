"""The statistics against what is known of them."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from tympan.drift.energy import adjusted, apart, jackknife


def test_energy_is_none_on_average_without_a_difference_however_few_vectors() -> None:
    rng = np.random.default_rng(1)
    for count in (2, 8):
        found = [apart(rng.normal(size=(count, 5)), rng.normal(size=(count, 5))).energy for _ in range(400)]
        assert abs(np.mean(found)) < 4 * np.std(found) / 20


def test_energy_is_what_its_definition_says() -> None:
    old, new = np.array([[0.0], [2.0], [3.0]]), np.array([[10.0], [11.0]])
    across = np.mean([abs(a - b) for a in old for b in new])
    assert apart(old, new).energy == pytest.approx(2 * across - 2.0 - 1.0)


@pytest.mark.parametrize(
    ("n", "m", "least"), [(2, 2, 2 / 6), (4, 4, 2 / 70), (8, 8, 2 / 12870), (3, 5, 1 / 56)]
)
def test_the_smallest_chance_is_reached_by_sets_far_apart(n: int, m: int, least: float) -> None:
    rng = np.random.default_rng(2)
    found = apart(rng.normal(size=(n, 3)), 100 + rng.normal(size=(m, 3)))
    assert len(found.table) == comb(n + m, n) // (2 if n == m else 1)
    assert found.p == found.smallest_p == pytest.approx(least)


def test_chances_without_a_difference_are_even() -> None:
    rng = np.random.default_rng(3)
    chances = [apart(rng.normal(size=(5, 4)), rng.normal(size=(5, 4))).p for _ in range(600)]
    assert 0.02 < np.mean(np.array(chances) <= 0.05) < 0.08


def test_many_vectors_are_judged_by_drawn_splits_that_are_the_same_each_time() -> None:
    rng = np.random.default_rng(4)
    old, new = rng.normal(size=(10, 3)), rng.normal(size=(10, 3)) + 3
    assert apart(old, new).p == apart(old, new).p == 1 / 10000


def test_one_vector_against_several() -> None:
    found = apart(np.array([[9.0]]), np.array([[0.0], [1.0], [2.0]]))
    assert found.p == found.smallest_p == pytest.approx(1 / 4)
    assert found.within == pytest.approx(4 / 3)


def test_benjamini_and_hochberg() -> None:
    assert adjusted([0.01, 0.04, 0.03, 0.5]) == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])
    assert adjusted([]) == []


def test_a_jackknife_holds_the_effect_and_wants_three_a_side() -> None:
    rng = np.random.default_rng(5)
    old, new = rng.normal(size=(8, 3)), rng.normal(size=(8, 3)) + 1
    low, high = jackknife(old, new, 0.0) or (0, 0)
    assert low < apart(old, new).energy / apart(old, new).within < high
    assert jackknife(old[:2], new, 0.0) is None
