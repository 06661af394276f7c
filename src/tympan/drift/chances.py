"""How often chance alone brings the differences of a library: its assets together, then each in all aspects.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from tympan.drift.energy import POWER, Apart, adjusted, share
from tympan.drift.middles import FEW, moved
from tympan.drift.ranges import outside, standing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# How often the library fires by chance. It is less than 5 %, since of an aspect that fired by chance some
# asset mostly seems to have drifted.
FIRES = 0.02
# How often one asset fires by its own splits.
LIMIT = 0.05
# Of the assets that are said to have drifted, the share that may be none.
WRONG = 0.05
PERMUTATIONS = 9_999
# With so many assets, each is judged by the splits of all.
FEWEST = 8
# How much a difference counts less that goes another way than those of the other assets: of many numbers at
# a right angle to them by 1 / 1.3, against them by 0.7 / 1.3; of few, which have few ways to go, by 1 / 1.5
# and by a third.
_ALIKE, _FEW_ALIKE = 0.3, 0.5


class Together:
    """One aspect of several assets, in order."""

    def __init__(self, several: Sequence[Apart], floor: float, *, ranges: bool = False) -> None:
        """floor: the least spread that counts; ranges: see `tympan.Descriptor`."""
        self._several = several
        floor = max(floor, 1e-12)
        tables = [each.table for each in several]
        # Two pictures a side have neither a shape of their spread nor a range.
        enough = [nth for nth, each in enumerate(several) if each.unsure is not None]
        if ranges and 2 * len(enough) >= len(several):
            for nth, each in enumerate(several):
                whole = each.unsure is not None
                tables[nth] = outside(each, floor) if whole else standing(each.table, floor**POWER)
            self._tables = tables
            return
        if len(enough) >= FEWEST and all(each.vectors.shape[1] <= FEW for each in several):
            for nth, table in zip(enough, moved([several[nth] for nth in enough], floor), strict=True):
                tables[nth] = table
        self._tables = _scaled(several, tables, floor**POWER)

    @cached_property
    def _directed(self) -> list[Floats]:
        # Of aspects that fired alone: it takes longer than all the rest.
        return _directed(self._several, self._tables)

    def library(self, seed: Sequence[int]) -> tuple[float, float]:
        """How often labels put on anew in each asset bring as large a sum; and the least that can be."""
        import numpy as np

        rng = np.random.default_rng(seed)
        sums, smallest = np.zeros(PERMUTATIONS), 1.0
        for each, table in zip(self._several, self._tables, strict=True):
            sums += table[rng.integers(len(table), size=PERMUTATIONS)]
            smallest *= each.smallest_p
        true = float(sum(table[0] for table in self._tables))
        as_large = int((sums >= true - 1e-9 * max(1.0, abs(true))).sum())
        return (1 + as_large) / (PERMUTATIONS + 1), max(smallest, 1 / (PERMUTATIONS + 1))

    def assets(self) -> tuple[list[float], list[float]]:
        """The chance of each asset, and the smallest that its pictures could bring.

        Of 8 assets or more, each is judged by the splits of all, which are far more than its own (V. Tusher,
        R. Tibshirani, G. Chu, Significance analysis of microarrays, PNAS 98, 2001); then once more without
        those of assets that were found, which are not of chance alone (Y. Xie, W. Pan, A. Khodursky, A note
        on using permutation-based false discovery rate estimates, Bioinformatics 21, 2005).
        """
        own = [share(each) for each in self._directed]
        every = range(len(own))
        if len(own) < FEWEST:
            return own, self.smallest(every)
        found = self._by(every, own)
        rest = [nth for nth, q in enumerate(adjusted(found)) if q > WRONG]
        # Where most drifted, the few that are left would say little.
        if FEWEST <= len(rest) < len(own) and 2 * len(rest) >= len(own):
            return self._by(rest, own), self.smallest(rest)
        return found, self.smallest(every)

    def smallest(self, chosen: Sequence[int] | None = None) -> list[float]:
        """The smallest chance that the pictures of each asset could bring; by the splits of the chosen."""
        least = [each.smallest_p for each in self._several]
        if len(least) < FEWEST:
            return least
        lowest = 1 / sum(len(self._tables[each]) for each in chosen or range(len(least)))
        return [lowest if each <= LIMIT else max(lowest, each) for each in least]

    def _by(self, chosen: Sequence[int], own: Sequence[float]) -> list[float]:
        """The chances by the splits of the chosen assets."""
        import numpy as np

        every = np.sort(np.concatenate([self._directed[each] for each in chosen]))
        true = np.array([each[0] for each in self._directed])
        above = len(every) - np.searchsorted(every, true - 1e-9 * np.maximum(1.0, np.abs(true)))
        chances = np.maximum(above, 1) / len(every)
        # What all splits say together does not count where an asset's own say otherwise, or nothing.
        return [float(p if mine <= LIMIT else max(p, mine)) for p, mine in zip(chances, own, strict=True)]


def _scaled(several: Sequence[Apart], found: Sequence[Floats], floor: float) -> list[Floats]:
    """What was found of each split in shares of the spread.

    A few vectors tell a spread badly. So it is drawn towards that of all assets, the more, the less the
    spreads differ beyond what leaving vectors out says of them (G. Smyth, Linear models and empirical Bayes
    methods, Statistical Applications in Genetics and Molecular Biology 3, 2004; here of logarithms). One that
    is larger than that is drawn half as far: taken too small it makes a drift of chance.
    """
    import numpy as np

    logs = np.log([max(float(each.spreads[0]), floor) for each in several])
    known = [nth for nth, each in enumerate(several) if each.unsure is not None]
    own = 1.0
    if len(known) >= FEWEST:
        differ = float(logs[known].var(ddof=1))
        # Where the floor is the spread, nothing is unsure.
        unsure = float(
            np.mean([several[nth].unsure if several[nth].spreads[0] > floor else 0.0 for nth in known])
        )
        own = max(0.0, differ - unsure) / max(differ, 1e-12)
    tables = []
    for each, table in zip(several, found, strict=True):
        if each.unsure is None:
            tables.append(table / max(each.whole, floor))
            continue
        mine = np.log(np.maximum(each.spreads, floor))
        drawn = own * mine + (1 - own) * float(logs[known].mean())
        tables.append(table / np.exp(np.maximum(drawn, (drawn + mine) / 2)))
    return tables


def _directed(several: Sequence[Apart], tables: Sequence[Floats]) -> list[Floats]:
    """The same, less where it goes another way than the other assets do.

    An update mostly moves all that it moves one way. The way of an asset's own true labels is not looked at
    for its own, so that they stay one of its splits.
    """
    import numpy as np

    size = max(each.vectors.shape[1] for each in several)
    alike = _FEW_ALIKE if size <= FEW else _ALIKE
    vectors = [np.pad(each.vectors, ((0, 0), (0, size - each.vectors.shape[1]))) for each in several]
    steps = [each.ways[0] @ mine for each, mine in zip(several, vectors, strict=True)]
    steps = [
        max(float(table[0]), 0.0) * step / max(float(np.linalg.norm(step)), 1e-12)
        for table, step in zip(tables, steps, strict=True)
    ]
    whole, found = np.sum(steps, axis=0), []
    for each, table, mine, step in zip(several, tables, vectors, steps, strict=True):
        way = whole - step
        along = each.ways @ (mine @ way)
        # The length of each split's step, by the products of vectors with each other.
        length = np.sqrt(np.maximum(((each.ways @ (mine @ mine.T)) * each.ways).sum(1), 1e-24))
        same = np.clip(along / np.maximum(length * float(np.linalg.norm(way)), 1e-24), -1, 1)
        found.append(np.where(table > 0, table * (1 + alike * same) / (1 + alike), table))
    return found


def apiece(chances: Mapping[str, float]) -> dict[str, float]:
    """What to call the chances of one asset's aspects, looked at by itself."""
    return dict(zip(chances, adjusted(list(chances.values())), strict=True))


def jointly(several: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """What to call the chances of all assets' aspects: at most WRONG is sure, and so few of those are none.

    several: of each asset, `apiece`. Assets first, by the smallest of Simes's; then aspects within those
    found (Y. Benjamini, M. Bogomolov, Selective inference on multiple families of hypotheses, JRSS B 76,
    2014).
    """
    assets = adjusted([min(each.values(), default=1.0) for each in several])
    share_found = max(1, sum(each <= WRONG for each in assets)) / max(1, len(assets))
    return [
        {name: min(1.0, max(q, each / share_found)) for name, each in mine.items()}
        for q, mine in zip(assets, several, strict=True)
    ]
