"""How far two small sets of vectors are apart, and how often chance alone brings as much.

Reads nothing. Writes nothing.

The energy distance of two sets X and Y is 2 E|x - y| - E|x - x'| - E|y - y'| (G. Szekely, M. Rizzo, Energy
statistics, Journal of Statistical Planning and Inference 143, 2013). Pairs of a vector with itself are left
out, so that it is 0 on average without a difference, however few vectors there are. The chance comes from
labels put on anew: all ways if they are few, else some drawn at random.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]

# 8 against 8 has 12 870 splits: still looked at one by one.
EXACT_SPLITS = 20_000
# Of the larger ones so many are drawn.
DRAWN_SPLITS = 9_999
# Sums that differ by less than this, relative to the distances, are called equal.
_TIE = 1e-9
# How much the own spread of a pair weighs against the others', in pictures.
_OWN, _OTHERS = 14, 8


class Apart(NamedTuple):
    """Two sets compared. energy: their distance. within: the mean distance inside them. scale: the mean of
    all pairs. table: the energy of each split, the true one first. smallest_p: what the most extreme of
    all splits would have brought."""

    energy: float
    within: float
    scale: float
    table: Floats
    smallest_p: float

    @property
    def p(self) -> float:
        """The share of splits whose energy is not below that of the true one."""
        near = self.table[0] - _TIE * max(self.scale, 1e-12)
        return float((self.table >= near).mean())


def apart(old: Floats, new: Floats) -> Apart:
    """Compare two sets of vectors, shapes (n, d) and (m, d), at least one of them with more than one."""
    n, m = len(old), len(new)
    far = _distances(old, new)
    chosen, pairs = _splits(n, m)
    inside = 2 * far.ravel()[pairs].sum(1)
    cross = far.sum(1)[chosen].sum(1) - inside
    rest = far.sum() - inside - 2 * cross
    table, within = _energies(inside, cross, rest, n, m)
    scale = float(far.sum() / ((n + m) * (n + m - 1)))
    return Apart(float(table[0]), float(within[0]), scale, table, 1 / len(table))


def jackknife(old: Floats, new: Floats, floor: float) -> tuple[float, float] | None:
    """Where the effect lies with a probability of 90 %, from leaving each vector out; None below 3 a side."""
    import numpy as np

    n, m = len(old), len(new)
    if min(n, m) < 3:
        return None
    far = _distances(old, new)
    ones, cross, rest = far[:n, :n], far[:n, n:], far[n:, n:]
    sums = float(ones.sum()), float(cross.sum()), float(rest.sum())
    whole = _effects(np.array([sums[0]]), np.array([sums[1]]), np.array([sums[2]]), n, m, floor)[0]
    less_old = _effects(
        sums[0] - 2 * ones.sum(1), sums[1] - cross.sum(1), np.full(n, sums[2]), n - 1, m, floor
    )
    less_new = _effects(
        np.full(m, sums[0]), sums[1] - cross.sum(0), sums[2] - 2 * rest.sum(1), n, m - 1, floor
    )
    spread = sum((len(each) - 1) * float(each.var()) for each in (less_old, less_new))
    wide = 1.645 * spread**0.5  # 5 % of a normal distribution lie above
    return float(whole) - wide, float(whole) + wide


def _distances(old: Floats, new: Floats) -> Floats:
    import numpy as np

    both = np.concatenate([old, new])
    far: Floats = np.sqrt(((both[:, None] - both[None]) ** 2).sum(-1))
    return far


def _energies(inside: Floats, cross: Floats, rest: Floats, n: int, m: int) -> tuple[Floats, Floats]:
    """Energies, and mean distances inside the sets, from sums of distances in both orders (cross: in one)."""
    # A single vector is as far from its like as those of the other set are.
    means = [each / (k * (k - 1)) for each, k in ((inside, n), (rest, m)) if k > 1]
    first, last = means[0], means[-1]
    return 2 * cross / (n * m) - first - last, (first + last) / 2


def _effects(inside: Floats, cross: Floats, rest: Floats, n: int, m: int, floor: float) -> Floats:
    import numpy as np

    energy, within = _energies(inside, cross, rest, n, m)
    return energy / np.maximum(within, max(floor, 1e-12))


@cache
def _splits(n: int, m: int) -> tuple[Indices, Indices]:
    """Which vectors are old, a row a split, the true one first; and their pairs in a square of n + m."""
    import numpy as np

    count = n + m
    if comb(count, n) <= EXACT_SPLITS:
        rows = list(combinations(range(count), n))
        # Of sets of one size, old for new is the same split: the half in which the first is old says all.
        chosen = np.array(rows[: len(rows) // 2] if n == m else rows, np.intp)
    else:
        rng = np.random.default_rng((n, m))
        drawn = [np.sort(rng.permutation(count)[:n]) for _ in range(DRAWN_SPLITS)]
        chosen = np.array([np.arange(n), *drawn], np.intp)
    one, other = np.triu_indices(n, 1)
    return chosen, chosen[:, one] * count + chosen[:, other]


def shared(several: Sequence[Apart], floor: float) -> tuple[list[float], float]:
    """The chance of each of several pairs of sets, from the splits of all; and the smallest there can be.

    Each is measured in its own spread, which is drawn towards that of the others, since a few vectors tell it
    badly. So a pair is judged by far more splits than its own. V. Tusher, R. Tibshirani, G. Chu, Significance
    analysis of microarrays, PNAS 98, 2001.
    """
    import numpy as np

    spreads = np.log([max(each.within, floor, 1e-12) for each in several])
    scales = np.exp((_OWN * spreads + _OTHERS * spreads.mean()) / (_OWN + _OTHERS))
    tables = [each.table / scale for each, scale in zip(several, scales, strict=True)]
    every = np.sort(np.concatenate(tables))
    true = np.array([each[0] for each in tables])
    above = len(every) - np.searchsorted(every, true - _TIE * np.maximum(1.0, np.abs(true)))
    return [float(each) / len(every) for each in above], 1 / len(every)


def adjusted(chances: list[float]) -> list[float]:
    """What to call each of several p so that of those below a limit no larger share is wrong than the limit.

    Y. Benjamini, Y. Hochberg, Controlling the false discovery rate, JRSS B 57, 1995.
    """
    order = sorted(range(len(chances)), key=lambda each: chances[each])
    found, lowest = [1.0] * len(chances), 1.0
    for rank in range(len(order), 0, -1):
        lowest = min(lowest, chances[order[rank - 1]] * len(order) / rank)
        found[order[rank - 1]] = lowest
    return found
