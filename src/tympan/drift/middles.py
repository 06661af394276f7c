"""How far the middle of few numbers moves from one set to another, split by split.

Reads nothing. Writes nothing.

The mean is the best middle of what varies as a normal distribution does. Of what varies evenly between two
ends, as a pen that a seed makes up to a fifth wider or thinner, the middle of the two ends is better by far.
So the middle is some of both, by what the sets of a whole library look like (R. Hogg, Adaptive robust
procedures, Journal of the American Statistical Association 69, 1974).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tympan.drift.energy import POWER, Apart

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Of so many numbers the middles are compared; of more, all distances.
FEW = 2
# Sets drawn of all that was measured, to see what tells their middle best; and how often it is looked at
# again with the middle that was found.
_DRAWN, _ROUNDS = 4_000, 3


def moved(several: Sequence[Apart], floor: float) -> list[Floats]:
    """Of each asset, for each split: the distance of the middles to the power of 1.9, as `Apart.table` is.

    several: sets of at least three vectors of one or two numbers. floor: the least spread that counts.
    """
    import numpy as np

    ends = [_ends(several, nth, floor) for nth in range(several[0].vectors.shape[1])]
    found = []
    for each in several:
        steps = [_steps(each, nth, share) for nth, share in enumerate(ends)]
        n, m = each.sizes
        found.append(np.sum(np.square(steps), axis=0) ** (POWER / 2) * n * m / (n + m))
    return found


def _ends(several: Sequence[Apart], nth: int, floor: float) -> float:
    """How much of the middle is that of the two ends, 0 to 1: what brings the least variance.

    All sets together, each in shares of its asset's deviation, say how that number is spread.
    """
    import numpy as np

    sets: list[Floats] = []
    for each in several:
        values, (n, m) = each.vectors[:, nth], each.sizes
        old, new = values[:n], values[n:]
        deviation = ((old.var() * n + new.var() * m) / (n + m - 2)) ** 0.5
        sets += [old / max(deviation, floor), new / max(deviation, floor)]
    size = round(float(np.mean([len(each) for each in sets])))
    rng, share = np.random.default_rng(nth), 0.0
    for _ in range(_ROUNDS):
        rest = np.concatenate(
            [each - (1 - share) * each.mean() - share * (each.min() + each.max()) / 2 for each in sets]
        )
        # Both ways, as there is no telling on which side the spread is wider.
        drawn = rng.choice(np.concatenate([rest, -rest]), (_DRAWN, size))
        mean, middle = drawn.mean(1), (drawn.min(1) + drawn.max(1)) / 2
        both = float((mean * middle).mean())
        one, other = float((mean**2).mean()) - both, float((middle**2).mean()) - both
        share = float(np.clip(one / max(one + other, 1e-12), 0, 1))
    return share


def _steps(each: Apart, nth: int, share: float) -> Floats:
    """The new middle less the old one, for each split."""
    import numpy as np

    values = each.vectors[:, nth]
    steps: Floats = (1 - share) * (each.ways @ values)
    if share == 0:
        return steps
    order = np.argsort(values, kind="stable")
    ranked, old = values[order], each.ways[:, order] < 0
    for mine, sign in ((old, -1), (~old, 1)):
        lowest, highest = ranked[mine.argmax(1)], ranked[len(values) - 1 - mine[:, ::-1].argmax(1)]
        steps = steps + sign * share * (lowest + highest) / 2
    return steps
