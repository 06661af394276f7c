"""The verdict on a library: first as a whole, aspect by aspect, then assets within the aspects that fired.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tympan.drift.chances import FIRES, PERMUTATIONS, WRONG, Together, apiece, jointly
from tympan.drift.energy import Apart, adjusted, apart, jackknife
from tympan.drift.findings import VERDICTS, Drift, DriftOfAsset, Found, Verdict
from tympan.drift.measure import Description, Descriptors, describe, installed, versions
from tympan.drift.words import METHOD, figures, summary
from tympan.model import Measured, Picture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# A drift from so many times the gate on is strong.
STRONG = 1.5
BOOTSTRAPS = 2_000

Pictures = Mapping[str, Sequence[Picture | Description]]


class _Pair(NamedTuple):
    """One aspect of one asset, measured on both sides."""

    old: tuple[Measured, ...]
    new: tuple[Measured, ...]
    apart: Apart


def judge(
    old: Pictures,
    new: Pictures,
    *,
    gates: Mapping[str, float] | None = None,
    seed: int = 0,
    descriptors: Descriptors | None = None,
    texts: Mapping[str, str] | None = None,
    absent: Mapping[str, str] | None = None,
) -> Drift:
    """Whether the new pictures of the assets differ from the old ones, in what, and how surely.

    old, new: pictures by asset, in any number and order: two of each asset tell whether the library drifted,
    six to eight whether that asset did. They are descriptions (`describe`, `Measurer.describe`), or pictures,
    which are described here; texts: what is to be read in them, by asset. Assets of one side only are left
    out. gates: the effect, by aspect, from which on there is a drift; the descriptors' own where none is
    given. seed: of what is drawn at random; the same seed brings the same result. absent: passed on.
    """
    descriptors = installed() if descriptors is None else descriptors
    texts = texts or {}
    limits = {name: (gates or {}).get(name, each.GATE) for name, each in sorted(descriptors.items())}
    counts: dict[str, tuple[int, int]] = {}
    pairs: dict[str, dict[str, _Pair]] = {}
    for asset in sorted(old.keys() & new.keys()):
        sides = [_described(each[asset], texts.get(asset, ""), descriptors) for each in (old, new)]
        counts[asset] = (len(sides[0]), len(sides[1]))
        for aspect in limits:
            if pair := _pair(sides[0], sides[1], aspect):
                pairs.setdefault(aspect, {})[asset] = pair
    library = {name: _Library(name, pairs[name], descriptors, limits[name], seed) for name in sorted(pairs)}
    for each, q in zip(library.values(), adjusted([each.p for each in library.values()]), strict=True):
        each.q = q
    chances = _Chances([each for each in library.values() if each.q <= FIRES], sorted(counts))
    for each in library.values():
        each.look_into(chances)
    return _drift(counts, library, limits, seed, dict(absent or {}), versions(descriptors))


def _described(
    pictures: Sequence[Picture | Description], text: str, descriptors: Descriptors
) -> list[Description]:
    return [describe(each, text, descriptors) if isinstance(each, Picture) else each for each in pictures]


def _pair(old: Sequence[Description], new: Sequence[Description], aspect: str) -> _Pair | None:
    mine = tuple(each[aspect] for each in old if aspect in each)
    theirs = tuple(each[aspect] for each in new if aspect in each)
    # One picture a side cannot be told from chance, whatever it shows.
    if not mine or not theirs or len(mine) + len(theirs) < 3:
        return None
    if not any(each.vector for each in mine + theirs):
        return None
    vectors = _vectors(mine + theirs)
    return _Pair(mine, theirs, apart(vectors[: len(mine)], vectors[len(mine) :]))


class _Library:
    """One aspect of all assets that have it."""

    def __init__(
        self, aspect: str, pairs: Mapping[str, _Pair], descriptors: Descriptors, gate: float, seed: int
    ) -> None:
        self._pairs = pairs
        self._descriptor = descriptors[aspect]
        self._floor = self._descriptor.FLOOR
        self._gate = gate
        # Each aspect draws its own numbers, so that a further descriptor changes nothing for the others.
        self._seed = (seed, int.from_bytes(aspect.encode(), "big"))
        self.name = aspect
        self.together = Together(
            [pair.apart for pair in pairs.values()], self._floor, ranges=self._descriptor.RANGES
        )
        self.p, self._smallest_p = self.together.library(self._seed)
        self.q = 1.0
        self.effect, self._interval = self._effect()
        self.found: Found
        self.assets: dict[str, Found] = {}

    @property
    def names(self) -> list[str]:
        """The assets, in order."""
        return list(self._pairs)

    def _effect(self) -> tuple[float, tuple[float, float] | None]:
        import numpy as np

        energy = np.array([pair.apart.energy for pair in self._pairs.values()])
        within = np.array([max(pair.apart.within, self._floor, 1e-12) for pair in self._pairs.values()])
        whole = float(energy.sum() / within.sum())
        if len(energy) < 3:
            return whole, None
        drawn = np.random.default_rng(self._seed).integers(len(energy), size=(BOOTSTRAPS, len(energy)))
        effects = energy[drawn].sum(1) / within[drawn].sum(1)
        low, high = np.quantile(effects, [0.05, 0.95])
        return whole, (round(float(low), 4), round(float(high), 4))

    def look_into(self, chances: _Chances) -> None:
        """Find the verdicts: on each asset if the library fired, then on the library."""
        fired = self.q <= FIRES
        for (asset, pair), least in zip(self._pairs.items(), self.together.smallest(), strict=True):
            effect = pair.apart.energy / max(pair.apart.within, self._floor, 1e-12)
            p, q, smallest = chances.of(asset, self.name) if fired else (1.0, 1.0, least)
            verdict: Verdict = "none"
            if q <= WRONG:
                verdict = _band(effect, self._gate)
            elif fired and pair.apart.scale > 0 and self._could_hide():
                verdict = "none" if chances.reaches(asset, self.name) else "undecided"
            self.assets[asset] = self._asset(pair, verdict, effect, (p, q), smallest)
        self.found = Found(
            verdict=self._verdict(fired),
            effect=round(self.effect, 4),
            interval=self._interval,
            p=round(self.p, 6),
            q=round(self.q, 6),
            smallest_p=self._smallest_p,
            gate=self._gate,
            sentence=self._descriptor.say([(pair.old, pair.new) for pair in self._pairs.values()]),
            figures=figures([(pair.old, pair.new) for pair in self._pairs.values()]),
        )

    def _could_hide(self) -> bool:
        """Whether the difference is large enough that some assets may have drifted: a third of the gate."""
        return self.effect >= self._gate / 3

    def _asset(
        self, pair: _Pair, verdict: Verdict, effect: float, chance: tuple[float, float], smallest: float
    ) -> Found:
        vectors = _vectors(pair.old + pair.new)
        wide = jackknife(vectors[: len(pair.old)], vectors[len(pair.old) :], self._floor)
        return Found(
            verdict=verdict,
            effect=round(effect, 4),
            interval=(round(wide[0], 4), round(wide[1], 4)) if wide else None,
            p=round(chance[0], 6),
            q=round(chance[1], 6),
            smallest_p=round(smallest, 6),
            gate=self._gate,
            sentence=self._descriptor.say([(pair.old, pair.new)]),
            figures=figures([(pair.old, pair.new)]),
        )

    def _verdict(self, fired: bool) -> Verdict:
        if not fired:
            return "none" if self._smallest_p <= FIRES / 4 else "undecided"
        verdict = _band(self.effect, self._gate)
        if verdict == "none" and any(each.drifted for each in self.assets.values()):
            return "noticeable"
        undecided = any(each.verdict == "undecided" for each in self.assets.values())
        return "undecided" if verdict == "none" and undecided else verdict


class _Chances:
    """The chances of all assets in the aspects that fired."""

    def __init__(self, fired: Sequence[_Library], assets: Sequence[str]) -> None:
        self._p: dict[str, dict[str, float]] = {asset: {} for asset in assets}
        self._smallest: dict[str, dict[str, float]] = {asset: {} for asset in assets}
        for aspect in fired:
            for asset, p, smallest in zip(aspect.names, *aspect.together.assets(), strict=True):
                self._p[asset][aspect.name] = p
                self._smallest[asset][aspect.name] = smallest
        self._apiece = {asset: apiece(mine) for asset, mine in self._p.items()}
        self._q = self._jointly(self._apiece)

    def of(self, asset: str, aspect: str) -> tuple[float, float, float]:
        """p, q, and the smallest p that there could be."""
        return self._p[asset][aspect], self._q[asset][aspect], self._smallest[asset][aspect]

    def reaches(self, asset: str, aspect: str) -> bool:
        """Whether it would pass if it were as clear as it can be."""
        best = apiece(self._p[asset] | {aspect: self._smallest[asset][aspect]})
        return self._jointly(self._apiece | {asset: best})[asset][aspect] <= WRONG

    @staticmethod
    def _jointly(several: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
        return dict(zip(several, jointly(list(several.values())), strict=True))


def _vectors(measured: Sequence[Measured]) -> NDArray[np.float64]:
    """Shape (n, d). What has no vector, as a picture without lines, is put at nought."""
    import numpy as np

    size = max(len(each.vector) for each in measured)
    return np.array([each.vector or (0.0,) * size for each in measured], np.float64)


def _band(effect: float, gate: float) -> Verdict:
    if effect < gate:
        return "none"
    return "strong" if effect >= STRONG * gate else "noticeable"


def _drift(
    counts: Mapping[str, tuple[int, int]],
    library: Mapping[str, _Library],
    gates: dict[str, float],
    seed: int,
    absent: dict[str, str],
    shaped_by: dict[str, str],
) -> Drift:
    aspects = {name: each.found for name, each in library.items()}
    assets = {}
    for asset, (old, new) in counts.items():
        found = {name: each.assets[asset] for name, each in library.items() if asset in each.assets}
        verdict = worst(each.verdict for each in found.values()) if found else "undecided"
        assets[asset] = DriftOfAsset(verdict=verdict, main=_main(found), old=old, new=new, aspects=found)
    verdict = worst(each.verdict for each in aspects.values()) if aspects else "undecided"
    return Drift(
        verdict=verdict,
        sentence=summary(verdict, aspects, assets),
        main=_main(aspects),
        aspects=aspects,
        assets=assets,
        fired=tuple(name for name, each in aspects.items() if each.q <= FIRES),
        undecided=tuple(name for name, each in assets.items() if each.verdict == "undecided"),
        absent=absent,
        method=METHOD,
        gates=gates,
        seed=seed,
        permutations=PERMUTATIONS,
        versions=shaped_by,
    )


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The one of several verdicts that a summary gives."""
    return max(verdicts, key=VERDICTS.index, default="none")


def _main(found: Mapping[str, Found]) -> str:
    """The aspect that is furthest above its gate."""
    drifted = {name: each.effect / each.gate for name, each in found.items() if each.drifted}
    return max(sorted(drifted), key=lambda name: drifted[name], default="")
