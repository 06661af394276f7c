"""Whether a model draws otherwise than on the day of its baseline, under the same name.

Reads the checkout and the baselines. Writes the store.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tympan.checkout import Checkout
from tympan.drift import Drift, Measurer, judge, text_of
from tympan.errors import Damaged, TaskError
from tympan.files import digest
from tympan.model import Measured
from tympan.recalibrate.baseline import Baseline, Drawn, Shot, brought, shots
from tympan.recalibrate.pins import reported
from tympan.recalibrate.trial import PROBE
from tympan.worker.jobs import See
from tympan.worker.pool import Pool


class Probed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one baseline. differing: pictures of a model that promises the same ones, which are
    others now, as `asset, seed N`. reported: what the service says now. drift: None if nothing could be
    judged. notes: what could not be done, and why."""

    generator: str
    model: str
    made: str
    verdict: str
    sentence: str
    requests: tuple[str, ...]
    differing: tuple[str, ...]
    reported: tuple[str, ...]
    reported_then: tuple[str, ...]
    drift: Drift | None
    notes: tuple[str, ...]

    @property
    def drifted(self) -> bool:
        """Whether the model is not what it was."""
        return self.verdict in ("noticeable", "strong")


def probes(checkout: Checkout, baseline: Baseline, count: int, today: str, occasion: str) -> list[Shot]:
    """What is asked once more: the same few requests each time, with the first seeds of the baseline."""
    # By digest: spread over the set, and not the first ones of the alphabet.
    rows = sorted(baseline.requests, key=lambda each: digest(each.name.encode()))[:count]
    names = {each.name for each in rows}
    found: list[Shot] = []
    for row in rows:
        seeds = [int(seed) for seed in row.pictures][:PROBE]
        mine = shots(checkout, [row.asset], seeds, today, occasion)
        found += [each for each in mine.get((baseline.generator, baseline.model), []) if each.name in names]
    return list({(each.name, each.seed): each for each in found}.values())


def probed(
    checkout: Checkout, pool: Pool, baseline: Baseline, taken: Sequence[Shot], gates: Mapping[str, float]
) -> Probed:
    """The verdict on a baseline from the pictures that have come now."""
    look = _Look(checkout, pool, baseline)
    for shot in taken:
        look.take(shot)
    drift = None
    if look.old and look.new and not (baseline.deterministic and not look.differing):
        drift = judge(
            look.old,
            look.new,
            gates=gates,
            descriptors=look.measurer.descriptors,
            absent=look.measurer.absent,
        )
    verdict, sentence = _verdict(baseline, look, drift)
    return Probed(
        generator=baseline.generator,
        model=baseline.model,
        made=baseline.made,
        verdict=verdict,
        sentence=sentence,
        requests=tuple(sorted(look.new)),
        differing=tuple(look.differing),
        reported=tuple(sorted(look.reported)),
        reported_then=baseline.reported,
        drift=drift,
        notes=tuple(look.notes),
    )


class _Look:
    """Pictures of then and now, side by side."""

    def __init__(self, checkout: Checkout, pool: Pool, baseline: Baseline) -> None:
        self._checkout, self._pool = checkout, pool
        self._planner = checkout.planner()
        self._rows = {each.name: each for each in baseline.requests}
        self._must_be_same = baseline.deterministic
        self.measurer = Measurer(checkout.plugins, checkout.store, pool)
        self.old: dict[str, list[Any]] = {}
        self.new: dict[str, list[Any]] = {}
        self.differing: list[str] = []
        self.reported: set[str] = set()
        self.notes: list[str] = []

    def take(self, shot: Shot) -> None:
        """Look at one picture of now, and at all of then."""
        name = brought(self._planner, shot)
        if not name:
            self.notes.append(f"{shot.name}, seed {shot.seed}: no picture has come")
            return
        self.reported |= reported(self._checkout, self._planner, shot.node)
        row = self._rows[shot.name]
        assert shot.node.request is not None
        text = text_of(shot.node.request)
        if shot.name not in self.old:
            self.old[shot.name] = self._then(row, text)
        self.new.setdefault(shot.name, []).append(
            self.measurer.describe(self._checkout.asked.get(name), text)
        )
        if self._must_be_same and self._differs(row.pictures.get(str(shot.seed), name), name):
            self.differing.append(f"{shot.name}, seed {shot.seed}")

    def _then(self, row: Drawn, text: str) -> list[Any]:
        found: list[Any] = []
        for seed, name in row.pictures.items():
            try:
                found.append(self.measurer.describe(self._checkout.asked.get(name), text))
            except (Damaged, TaskError):
                try:
                    body = self._checkout.store.get(row.measured[seed])
                    found.append(msgspec.json.decode(body, type=dict[str, Measured]))
                except (Damaged, KeyError):
                    self.notes.append(f"{row.name}, seed {seed}: the picture of the baseline is not here")
        return found

    def _differs(self, then: str, now: str) -> bool:
        if then == now:
            return False
        try:
            files = {"then": self._checkout.asked.get(then), "now": self._checkout.asked.get(now)}
        except Damaged:
            return True  # other bytes, and nothing to show that the pixels are the same
        shown = self._pool.ask(See(files)).facts
        return shown["then"] != shown["now"]


def _verdict(baseline: Baseline, look: _Look, drift: Drift | None) -> tuple[str, str]:
    if baseline.reported and look.reported and set(baseline.reported) != look.reported:
        now, then = ", ".join(sorted(look.reported)), ", ".join(baseline.reported)
        return "strong", f"the service reports {now}, it was {then}"
    if look.differing:
        words = f"{len(look.differing)} pictures are not what the same seed drew then"
        said = drift.sentence if drift else ""
        bands = ("noticeable", "strong")
        return (
            drift.verdict if drift and drift.verdict in bands else "noticeable"
        ), f"{words}; {said}".rstrip("; ")
    if baseline.deterministic and look.new:
        return "none", f"the same pictures as on {baseline.made}"
    if drift is None:
        return "undecided", "nothing to compare"
    return drift.verdict, drift.sentence
