"""Figures of old and new pictures in words.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from tympan import Measured

Pairs = Sequence[tuple[Sequence[Measured], Sequence[Measured]]]


def mean_of(pairs: Pairs, name: str) -> tuple[float, float]:
    """A named figure, old and new: the mean of the assets' means. 0 where nothing has it."""
    found = []
    for side in (0, 1):
        means = []
        for pair in pairs:
            known = [each.named[name] for each in pair[side] if name in each.named]
            means += [sum(known) / len(known)] if known else []
        found.append(sum(means) / len(means) if means else 0.0)
    return found[0], found[1]


def change(old: float, new: float, what: str, unit: str = "") -> str:
    """`median line 4.1 -> 6.0 px`, with as many digits as it takes to see the change."""
    digits = 0 if min(abs(old), abs(new)) >= 20 else 1 if abs(new - old) >= 0.1 else 2
    return f"{what} {old:.{digits}f} -> {new:.{digits}f}{' ' + unit if unit else ''}"
