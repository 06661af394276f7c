"""What lies outside the range of another set."""

from __future__ import annotations

import numpy as np
import pytest

from tympan.drift.chances import WRONG, Together
from tympan.drift.energy import Apart, adjusted, apart
from tympan.drift.ranges import outside


def beyond(sets: np.ndarray, others: np.ndarray) -> float:
    above, below = sets - others.max(0), others.min(0) - sets
    return float((np.maximum(above, 0) + np.maximum(below, 0)).sum() / len(sets))


@pytest.mark.parametrize(("n", "m"), [(4, 4), (5, 3)])
def test_it_is_what_is_above_or_below_all_of_the_other_set(n: int, m: int) -> None:
    rng = np.random.default_rng(n)
    # With equal ones among them.
    each = apart(np.round(rng.normal(size=(n, 6)), 1), np.round(rng.normal(size=(m, 6)), 1))
    plain = []
    for row in each.ways:
        old, new = each.vectors[row < 0], each.vectors[row > 0]
        plain.append(beyond(old, new) + beyond(new, old))
    assert outside(each, 1e-9) == pytest.approx((plain - np.mean(plain)) / np.std(plain))


def test_sets_that_never_vary_are_the_same() -> None:
    assert (outside(apart(np.ones((4, 3)), np.ones((4, 3))), 0.3) == 0).all()


def chosen(hit: int = 0, seed: int = 0, assets: int = 40) -> list[Apart]:
    """Of six colours of its own a picture of an asset has three; the new ones of some assets have others."""
    rng, several = np.random.default_rng(seed), []
    for nth in range(assets):
        pictures = np.zeros((16, 12))
        for picture in pictures:
            picture[rng.permutation(6)[:3]] = 1
        if nth < hit:
            pictures[8:] = np.roll(pictures[8:], 6, axis=1)
        noisy = pictures + rng.normal(0, 0.02, pictures.shape)
        several.append(apart(noisy[:8], noisy[8:]))
    return several


def test_other_colours_are_found_where_seeds_choose_among_them() -> None:
    found = wrong = fired = 0
    for seed in range(4):
        together = Together(chosen(5, seed), 0.3, ranges=True)
        fired += together.library((seed,))[0] < 1e-3
        sure = np.array(adjusted(together.assets()[0])) <= WRONG
        found, wrong = found + int(sure[:5].sum()), wrong + int(sure[5:].sum())
    assert (found, fired, wrong <= 4) == (20, 4, True)


def test_a_few_other_colours_are_found_that_distances_do_not_tell() -> None:
    """One of the six is another: a picture has it or not, as before."""
    by_ranges = by_distances = 0
    for seed in range(4):
        several = chosen(0, seed)
        for nth in range(5):
            vectors = several[nth].vectors
            vectors[8:, [0, 6]] = vectors[8:, [6, 0]]
            several[nth] = apart(vectors[:8], vectors[8:])
        for ranges in (True, False):
            together = Together(several, 0.3, ranges=ranges)
            sure = int((np.array(adjusted(together.assets()[0])) <= WRONG)[:5].sum())
            by_ranges, by_distances = by_ranges + ranges * sure, by_distances + (not ranges) * sure
    assert by_ranges >= by_distances + 4


def test_without_a_difference_chances_come_no_more_often_than_they_say() -> None:
    found = np.concatenate(
        [Together(chosen(seed=seed, assets=20), 0.3, ranges=True).assets()[0] for seed in range(10)]
    )
    for limit in (0.01, 0.05):
        assert (found <= limit).mean() <= limit + 2.5 * (limit / found.size) ** 0.5


def test_two_pictures_a_side_are_compared_by_distances() -> None:
    rng = np.random.default_rng(0)
    several = [apart(rng.normal(size=(2, 4)), rng.normal(size=(2, 4)) + 3) for _ in range(10)]
    one, other = (Together(several, 0.3, ranges=ranges).library((0,)) for ranges in (True, False))
    assert one == other


def test_assets_that_were_not_topped_up_do_not_hinder_the_others() -> None:
    few = [apart(each.vectors[:2], each.vectors[8:10]) for each in chosen(0, 1, 10)]
    together = Together(chosen(5, 0) + few, 0.3, ranges=True)
    p = np.array(together.assets()[0])
    assert (np.array(adjusted(list(p)))[:5] <= WRONG).all()
    assert (p[40:] >= 1 / 3).all()
    assert together.library((0,))[0] < 1e-3
