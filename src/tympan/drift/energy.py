"""How far two small sets of vectors are apart, and how often chance alone brings as much.

Reads nothing. Writes nothing.

The energy distance of two sets X and Y is 2 E|x - y| - E|x - x'| - E|y - y'| (G. Szekely, M. Rizzo, Energy
statistics, Journal of Statistical Planning and Inference 143, 2013). Pairs of a vector with itself are left
out, so that it is 0 on average without a difference, however few vectors there are. It is told in plain
distances; the chance of it, which comes from labels put on anew (all ways if they are few, else some drawn
at random), from distances to a power, of which they allow those below 2: a higher one tells a shift by fewer
vectors.
"""

from __future__ import annotations

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
# The power of distances that chances come from.
POWER = 1.9


class Apart(NamedTuple):
    """Two sets compared. energy: their distance. within: the mean distance inside them. scale: the mean of
    all pairs. smallest_p: what the most extreme of all splits would have brought.

    Of distances to the power of 1.9, for each split, the true one first: table, the energy, in shares of
    what chance brings to sets of these sizes; spreads, the mean inside. whole: their mean over all pairs.
    unsure: the variance of the logarithm of the true spread, by leaving vectors out; None below 3 a side.
    vectors: both sets, shape (n + m, d); ways: a row a split, the new set's mean less the old one's.
    """

    energy: float
    within: float
    scale: float
    smallest_p: float
    table: Floats
    spreads: Floats
    whole: float
    unsure: float | None
    vectors: Floats
    ways: Floats

    @property
    def sizes(self) -> tuple[int, int]:
        """How many vectors are old, and how many new."""
        old = int((self.ways[0] < 0).sum())
        return old, self.ways.shape[1] - old

    @property
    def p(self) -> float:
        """The share of splits whose energy is not below that of the true one."""
        return share(self.table)


def share(table: Floats) -> float:
    """How much of a table is not below its first figure."""
    return float((table >= table[0] - _TIE * max(1e-12, float(abs(table).max()))).mean())


def apart(old: Floats, new: Floats) -> Apart:
    """Compare two sets of vectors, shapes (n, d) and (m, d), at least one of them with more than one."""
    import numpy as np

    n, m = len(old), len(new)
    far = _distances(old, new)
    energy, within = _energies(*_parts(far, n), n, m)
    ways, chosen, pairs = _splits(n, m)
    raised = far**POWER
    inside = 2 * raised.ravel()[pairs].sum(1)
    cross = raised.sum(1)[chosen].sum(1) - inside
    table, spreads = _energies(inside, cross, raised.sum() - inside - 2 * cross, n, m)
    every = (n + m) * (n + m - 1)
    return Apart(
        float(energy[0]),
        float(within[0]),
        float(far.sum() / every),
        1 / len(table),
        table * n * m / (n + m),
        spreads,
        float(raised.sum() / every),
        _unsure(raised, n, m),
        np.concatenate([old, new]),
        ways,
    )


def jackknife(old: Floats, new: Floats, floor: float) -> tuple[float, float] | None:
    """Where the effect lies with a probability of 90 %, from leaving each vector out; None below 3 a side."""
    n, m = len(old), len(new)
    if min(n, m) < 3:
        return None
    far = _distances(old, new)
    whole = _effects(*_parts(far, n), n, m, floor)[0]
    spread = 0.0
    for less, (k, j) in zip(_left_out(far, n), ((n - 1, m), (n, m - 1)), strict=True):
        effects = _effects(*less, k, j, floor)
        spread += (len(effects) - 1) * float(effects.var())
    wide = 1.645 * spread**0.5  # 5 % of a normal distribution lie above
    return float(whole) - wide, float(whole) + wide


def _unsure(far: Floats, n: int, m: int) -> float | None:
    import numpy as np

    if min(n, m) < 3:
        return None
    found = 0.0
    for (inside, cross, rest), (k, j) in zip(_left_out(far, n), ((n - 1, m), (n, m - 1)), strict=True):
        logs = np.log(np.maximum(_energies(inside, cross, rest, k, j)[1], 1e-12))
        found += (len(logs) - 1) * float(logs.var())
    return found


def _parts(far: Floats, n: int) -> tuple[Floats, Floats, Floats]:
    """Sums of distances inside the first n, across, and inside the others; each of shape (1,)."""
    import numpy as np

    parts = far[:n, :n], far[:n, n:], far[n:, n:]
    return tuple(np.array([each.sum()]) for each in parts)  # type: ignore[return-value]


def _left_out(far: Floats, n: int) -> list[tuple[Floats, Floats, Floats]]:
    """The same without each of the first n vectors, and without each of the others."""
    import numpy as np

    inside, cross, rest = _parts(far, n)
    ones, across, others = far[:n, :n], far[:n, n:], far[n:, n:]
    return [
        (inside - 2 * ones.sum(1), cross - across.sum(1), np.repeat(rest, n)),
        (np.repeat(inside, len(others)), cross - across.sum(0), rest - 2 * others.sum(1)),
    ]


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
def _splits(n: int, m: int) -> tuple[Floats, Indices, Indices]:
    """Each split, the true one first: the shares of new vectors less those of old ones, shape (.., n + m);
    which vectors are old; and their pairs in a square of n + m."""
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
    ways = np.full((len(chosen), count), 1 / m)
    np.put_along_axis(ways, chosen, -1 / n, axis=1)
    return ways, chosen, chosen[:, one] * count + chosen[:, other]


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
