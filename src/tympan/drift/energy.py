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
    import numpy as np

    n, m = len(old), len(new)
    both = np.concatenate([old, new])
    far = np.sqrt(np.maximum(((both[:, None] - both[None]) ** 2).sum(-1), 0))
    labels = _splits(n, m)
    table, within = _energies(far, labels, n, m)
    scale = float(far.sum() / ((n + m) * (n + m - 1)))
    return Apart(float(table[0]), within, scale, table, 1 / len(labels))


def jackknife(old: Floats, new: Floats, floor: float) -> tuple[float, float] | None:
    """Where the effect lies with a probability of 90 %, from leaving each vector out; None below 3 a side."""
    import numpy as np

    if min(len(old), len(new)) < 3:
        return None
    whole = _effect(old, new, floor)
    var = 0.0
    for mine, sides in ((old, True), (new, False)):
        found = []
        for left in range(len(mine)):
            rest = np.delete(mine, left, axis=0)
            found.append(_effect(rest, new, floor) if sides else _effect(old, rest, floor))
        var += (len(mine) - 1) / len(mine) * float(((np.array(found) - np.mean(found)) ** 2).sum())
    wide = 1.645 * var**0.5  # 5 % of a normal distribution lie above
    return whole - wide, whole + wide


def _effect(old: Floats, new: Floats, floor: float) -> float:
    import numpy as np

    both = np.concatenate([old, new])
    far = np.sqrt(((both[:, None] - both[None]) ** 2).sum(-1))
    first = np.zeros((1, len(both)))
    first[0, : len(old)] = 1
    table, within = _energies(far, first, len(old), len(new))
    return float(table[0]) / max(within, floor, 1e-12)


def _energies(far: Floats, labels: Floats, n: int, m: int) -> tuple[Floats, float]:
    """The energy of each split, and the mean distance inside the sets of the first."""
    mixed = labels @ far
    ones = (mixed * labels).sum(1)
    cross = mixed.sum(1) - ones
    rest = far.sum() - ones - 2 * cross
    # A single vector is as far from its like as those of the other set are.
    inside = [each / (k * (k - 1)) for each, k in ((ones, n), (rest, m)) if k > 1]
    first, last = inside[0], inside[-1]
    return 2 * cross / (n * m) - first - last, float((first[0] + last[0]) / 2)


@cache
def _splits(n: int, m: int) -> Floats:
    """Rows of 1 (old) and 0 (new), the true one first."""
    import numpy as np

    count = n + m
    if comb(count, n) <= EXACT_SPLITS:
        chosen = list(combinations(range(count), n))
        # Of sets of one size, old for new is the same split: the half in which the first is old says all.
        chosen = chosen[: len(chosen) // 2] if n == m else chosen
        labels = np.zeros((len(chosen), count))
        labels[np.arange(len(chosen))[:, None], chosen] = 1
        return labels
    rng = np.random.default_rng((n, m))
    labels = np.zeros((DRAWN_SPLITS + 1, count))
    labels[0, :n] = 1
    for row in range(1, len(labels)):
        labels[row, rng.permutation(count)[:n]] = 1
    return labels


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
