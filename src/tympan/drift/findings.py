"""What was found about drift, as plain values: the same for the same pictures, seeds and versions.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Verdict = Literal["none", "noticeable", "strong", "undecided"]
# From the weakest to the strongest: what a summary takes the last of.
VERDICTS: tuple[Verdict, ...] = ("none", "undecided", "noticeable", "strong")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One aspect of one asset, or of the whole library.

    effect: how far old and new are apart, where 1 is as far as two seeds of one request are; about 0 without
    drift, and it may be a little below. interval: where it lies with a probability of 90 %, None if there are
    too few pictures to say. p: the chance of such a difference, or a larger one, without any drift; of an
    asset 1 where the aspect was not looked into, since the library shows none. q: p with what else was tested
    taken into account (Benjamini and Hochberg): sure is at most 0.02 for the library, 0.05 for an asset.
    smallest_p: the smallest that so few pictures can bring.
    gate: the effect from which on there is a drift. sentence: how it differs, in words.
    figures: names, and the mean of old and new pictures, in the units that the names say.
    """

    verdict: Verdict
    effect: float
    interval: tuple[float, float] | None
    p: float
    q: float
    smallest_p: float
    gate: float
    sentence: str
    figures: dict[str, tuple[float, float]] = {}

    @property
    def drifted(self) -> bool:
        """Whether it is a drift, and a sure one."""
        return self.verdict in ("noticeable", "strong")


class DriftOfAsset(msgspec.Struct, frozen=True, kw_only=True):
    """One asset: how many pictures there were of each side, and what was found, by aspect.

    main: the aspect that drifted most, "" if none did.
    """

    verdict: Verdict
    main: str
    old: int
    new: int
    aspects: dict[str, Found]


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """The whole library.

    sentence: the verdict in one line. aspects: the library as a whole, by aspect. fired: aspects in which the
    library shows a difference of any size, which assets were then looked at in. undecided: assets with too
    few pictures to tell in one of these: what a top-up is for. absent: aspects that could not be measured,
    and why. gates, seed, permutations, versions: what the result depends on beside the pictures.
    """

    schema: int = 1
    verdict: Verdict
    sentence: str
    main: str
    aspects: dict[str, Found]
    assets: dict[str, DriftOfAsset]
    fired: tuple[str, ...]
    undecided: tuple[str, ...]
    absent: dict[str, str]
    method: str
    gates: dict[str, float]
    seed: int
    permutations: int
    versions: dict[str, str]

    @property
    def drifted(self) -> tuple[str, ...]:
        """The assets that drifted, by name."""
        return tuple(sorted(name for name, each in self.assets.items() if each.main))

    def encoded(self) -> bytes:
        """As JSON that people can read and git can compare: keys sorted, two spaces, a newline at the end."""
        return msgspec.json.format(msgspec.json.encode(self, order="deterministic"), indent=2) + b"\n"
