"""The verdicts in words, and how they were come by.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from tympan.drift.findings import DriftOfAsset, Found, Verdict
from tympan.model import Measured

METHOD = (
    "Old and new pictures of an asset are two sets; no picture is compared with one other. Each aspect of "
    "a picture is a vector. The distance of two sets is their energy distance (unbiased); an effect is "
    "that distance in shares of the mean distance within the sets, so that 1 is as far as two seeds of "
    "one request are apart. Chances come from putting the labels old and new on anew: for the library at "
    "random within each asset, for one asset in all ways, or 9999 drawn ones where there are more than "
    "20000; they compare energies of distances to the power of 1.9, which few pictures tell better, in "
    "shares of the asset's spread, which is drawn towards that of all assets. From three pictures a side on "
    "two things are compared otherwise: of one or two numbers the middles, which are some of the mean and "
    "some of the middle of the ends, by what all sets look like; of what seeds choose among, such as "
    "colours, how far each set is outside the range of the other. A difference that goes another way than "
    "those of the other assets counts less. First the library is tested in each aspect, by the sum "
    "over its assets, with Benjamini and Hochberg's limit of 2 %. Then the assets in the aspects that fired: "
    "each by the splits of all, assets that were found left out; with Benjamini and Hochberg's limit of 5 % "
    "over assets (by the smallest of Simes's), then over the aspects of those found (Benjamini and "
    "Bogomolov). A drift is a difference that is both sure (q at most 0.05, of a library 0.02) and large "
    "enough to be seen (effect at least the gate); from 1.5 times the gate on it is strong. Undecided are "
    "assets with too few pictures to tell. Intervals hold 90 %: of the library by drawing assets anew "
    "(bootstrap), of an asset by leaving out each picture (jackknife)."
)


def figures(
    pairs: Sequence[tuple[Sequence[Measured], Sequence[Measured]]],
) -> dict[str, tuple[float, float]]:
    """The named figures: the mean of the assets' means, old and new."""
    found: dict[str, tuple[float, float]] = {}
    for name in sorted({name for old, _ in pairs for each in old for name in each.named}):
        sides = []
        for side in (0, 1):
            means = [_mean([each.named[name] for each in pair[side] if name in each.named]) for pair in pairs]
            sides.append(_mean([each for each in means if each is not None]))
        if sides[0] is not None and sides[1] is not None:
            found[name] = (round(sides[0], 4), round(sides[1], 4))
    return found


def _mean(numbers: Sequence[float | None]) -> float | None:
    known = [each for each in numbers if each is not None]
    return sum(known) / len(known) if known else None


def summary(verdict: Verdict, aspects: Mapping[str, Found], assets: Mapping[str, DriftOfAsset]) -> str:
    """One line: how many assets drifted in what, or what the library did; how many are undecided."""
    if not aspects:
        return "undecided: one picture a side cannot be told from chance; make at least two of each"
    drifted = sum(bool(each.main) for each in assets.values())
    undecided = sum(each.verdict == "undecided" for each in assets.values())
    rest = len(assets) - drifted - undecided
    parts = []
    if drifted:
        counts = Counter(
            name for each in assets.values() for name, found in each.aspects.items() if found.drifted
        )
        listed = ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=_most))
        parts.append(f"{drifted} of {len(assets)} drifted: {listed}")
    else:
        told = [f"{name} ({found.sentence})" for name, found in aspects.items() if found.drifted]
        parts.append(f"the library drifted: {', '.join(told)}" if told else f"{verdict}: {_nothing(verdict)}")
    if rest and drifted:
        parts.append(f"{rest} no evidence")
    if undecided:
        parts.append(f"{undecided} undecided")
    return "; ".join(parts)


def _nothing(verdict: Verdict) -> str:
    if verdict == "undecided":
        return "too few pictures to tell"
    return "no evidence of drift"


def _most(counted: tuple[str, int]) -> tuple[int, str]:
    return -counted[1], counted[0]
