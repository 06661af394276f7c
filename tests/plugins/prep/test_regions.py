"""Connected regions and their kin, against slow and obvious ways to do the same.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tympan_plugins.prep import background, regions

MAPS = arrays.arrays(bool, st.tuples(st.integers(1, 14), st.integers(1, 14)))


def slow(mask: np.ndarray, diagonal: bool) -> tuple[np.ndarray, int]:
    labels, count = np.zeros(mask.shape, int), 0
    for start in zip(*np.nonzero(mask), strict=True):
        if labels[start]:
            continue
        count += 1
        todo = [start]
        while todo:
            y, x = todo.pop()
            inside = 0 <= y < mask.shape[0] and 0 <= x < mask.shape[1]
            if not inside or not mask[y, x] or labels[y, x]:
                continue
            labels[y, x] = count
            steps = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1) if diagonal or abs(a) + abs(b) == 1]
            todo += [(y + a, x + b) for a, b in steps]
    return labels, count


@settings(max_examples=150, deadline=None)
@given(MAPS, st.booleans())
def test_components(mask: np.ndarray, diagonal: bool) -> None:
    labels, count = regions.components(mask, diagonal)
    want, number = slow(mask, diagonal)
    assert count == number
    assert (labels == want).all()


def test_components_of_a_spiral_join() -> None:
    mask = np.zeros((41, 41), bool)
    for ring in range(0, 20, 2):
        mask[ring, ring : 41 - ring] = mask[40 - ring, ring : 41 - ring] = True
        mask[ring : 41 - ring, ring] = mask[ring : 41 - ring, 40 - ring] = True
        mask[ring + 1, ring] = ring == 0
        mask[ring + 2, ring + 1] = True
    assert regions.components(mask)[1] == 1


@settings(max_examples=50, deadline=None)
@given(MAPS)
def test_from_frame_keeps_what_touches_the_edge(mask: np.ndarray) -> None:
    labels, _ = slow(mask, False)
    touching = set(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])) - {0}
    assert (regions.from_frame(mask) == np.isin(labels, list(touching))).all()


def test_grow_and_shrink_are_close_to_a_disc() -> None:
    mask = np.zeros((31, 31), bool)
    mask[15, 15] = True
    y, x = np.mgrid[-15:16, -15:16]
    for steps in (1, 2, 4, 6):
        grown = regions.grow(mask, steps)
        assert grown[np.hypot(y, x) <= 0.85 * steps].all()
        assert not grown[np.hypot(y, x) > 1.3 * steps].any()
    assert (regions.shrink(regions.grow(mask, 1), 1) == mask).all()


def test_nearest_points_at_the_nearest() -> None:
    known = np.zeros((20, 20), bool)
    known[3, 3] = known[15, 12] = True
    at = regions.nearest(known, 6)
    assert at[3, 5] == 3 * 20 + 3
    assert at[14, 12] == 15 * 20 + 12
    assert at[0, 19] == -1


def test_blur_keeps_a_constant_and_the_total() -> None:
    values = np.zeros((41, 41), np.float32)
    values[20, 20] = 1
    assert abs(float(regions.blur(values, 2.0).sum()) - 1) < 1e-4
    assert np.allclose(regions.blur(np.full((9, 9, 3), 0.4, np.float32), 1.5), 0.4)


def test_a_gap_in_a_background_is_filled_smoothly() -> None:
    y, x = np.mgrid[0:90, 0:101] / 100
    truth = np.stack([0.2 + 0.5 * x, 0.3 + 0.2 * y, 0.5 + 0 * x], -1).astype(np.float32)
    known = np.ones(truth.shape[:2], bool)
    known[30:60, 40:70] = False
    spoiled = np.where(known[..., None], truth, 1).astype(np.float32)
    assert np.abs(background.filled(spoiled, known) - truth).max() < 0.06
    surface, sigma, share = background.surface(spoiled, known)
    assert np.abs(surface - truth).max() < 1e-3
    assert sigma < 0.002
    assert share == 1
