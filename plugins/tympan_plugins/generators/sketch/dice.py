"""Chance that repeats: every draw comes from one seed and a name.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar
from zlib import crc32

T = TypeVar("T")


class Dice:
    """A seeded source of numbers. Only `Random.random` is used: its sequence is promised across versions."""

    def __init__(self, seed: int, name: str = "") -> None:
        self.seed = seed
        self._random = Random((seed << 32) ^ crc32(name.encode()))

    def named(self, name: str) -> Dice:
        """Dice of their own for one part of a picture, so that parts do not disturb each other."""
        return Dice(self.seed, name)

    def unit(self) -> float:
        """A number in [0, 1)."""
        return self._random.random()

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self._random.random()

    def chance(self, share: float) -> bool:
        """True in `share` of all throws."""
        return self._random.random() < share

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[int(self._random.random() * len(choices))]

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        """The choices in another order."""
        keyed = [(self._random.random(), index) for index in range(len(choices))]
        return [choices[index] for _, index in sorted(keyed)]
