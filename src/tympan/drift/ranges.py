"""How far two sets lie outside each other's range, split by split.

Reads nothing. Writes nothing.

Where seeds choose among things, such as which paint of a palette goes where, two pictures of one request are
as far apart as two of others, and no distance between pictures tells much. But together a few of them show
all there is to choose from: what is outside the range of all those, number by number, is new.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tympan.drift.energy import Apart

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

# Splits looked at at once, which bounds the memory.
_AT_ONCE = 256


def outside(each: Apart, floor: float) -> Floats:
    """For each split: how far the vectors of each set are outside the other's range, summed over numbers.

    As `standing`: so assets whose seeds choose much and such whose seeds choose little can be held against
    each other.
    """
    import numpy as np

    old, (n, m) = each.ways < 0, each.sizes
    above, below = _heads(each.vectors, max(n, m)), _heads(-each.vectors, max(n, m))
    heads, weights = _together(*(np.concatenate(both) for both in zip(above, below, strict=True)))
    sizes, found = heads.sum(1), np.zeros(len(old))
    for start in range(0, len(old), _AT_ONCE):
        here = slice(start, start + _AT_ONCE)
        # How many of each head are old ones: all or none, or else the other set reaches as high.
        count = old[here].astype(np.float32) @ heads.T.astype(np.float32)
        found[here] = (count == sizes) @ (weights / n) + (count == 0) @ (weights / m)
    return standing(found, floor)


def standing(table: Floats, floor: float) -> Floats:
    """The figures of all splits, less their mean, in shares of their deviation or a third of the floor."""
    shares: Floats = (table - table.mean()) / max(float(table.std()), floor / 3)
    return shares


def _heads(values: Floats, most: int) -> tuple[Bools, Floats]:
    """The highest vectors of each number, one, two and more: which, shape (.., n + m), and what they count.

    If the highest k are all of one set, they are together k times as far outside the other one as the k-th
    is above the next.
    """
    import numpy as np

    order = np.argsort(-values, axis=0, kind="stable")
    ranked = np.take_along_axis(values, order, 0)
    weights = (ranked[:most] - ranked[1 : most + 1]) * np.arange(1, most + 1)[:, None]
    heads = np.zeros((most, values.shape[1], len(values)), bool)
    for k in range(most):
        # With those before it.
        heads[k:, np.arange(values.shape[1]), order[k]] = True
    return heads.reshape(-1, len(values)), weights.ravel()


def _together(heads: Bools, weights: Floats) -> tuple[Bools, Floats]:
    """Each once, with all it counts: many numbers have the same order."""
    import numpy as np

    counted = weights > 0
    packed = np.packbits(heads[counted], axis=1)
    _, first, which = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    summed = np.bincount(which.ravel(), weights[counted], len(first)).astype(np.float64)
    return heads[counted][first], summed
