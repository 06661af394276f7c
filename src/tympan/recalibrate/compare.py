"""The pictures of trials, described and judged.

Reads the store and the ledger. Writes the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from tympan.checkout import Checkout
from tympan.drift import Drift, Measurer, judge, text_of
from tympan.errors import Damaged, FilesError, Problem, SpecErrors, TaskError
from tympan.files import Files
from tympan.model import Measured
from tympan.plan.decide import Planner
from tympan.plan.graph import Node
from tympan.recalibrate.record import Record, Tried, path_of
from tympan.recalibrate.trial import Trial, Trials
from tympan.spec.guess import did_you_mean
from tympan.spec.project import place_in_project
from tympan.worker.pool import Pool

REPORT = "report.json"


def pictures(planner: Planner, nodes: Iterable[Node]) -> tuple[str, ...]:
    """Digests of what these actions brought, in order; what is not there yet is left out."""
    found: list[str] = []
    for node in nodes:
        results = planner.results(node) or {}
        found += [results[name] for name in sorted(filter(str.isdigit, results), key=int)]
    return tuple(found)


def tried(checkout: Checkout, trials: Trials, before: Record | None) -> Record:
    """The record of trials as far as their pictures are there; what an older record has beside them stays."""
    planner = checkout.planner()
    rows = {each.name: each for each in before.tried} if before else {}
    rows |= {each.name: _tried(planner, each) for each in trials.all}
    old_left = before.left_out if before else {}
    left_out = {**{name: why for name, why in old_left.items() if name not in rows}, **trials.left_out}
    return Record(
        generator=trials.generator,
        to=trials.to,
        tried=tuple(rows[name] for name in sorted(rows)),
        left_out={name: why for name, why in left_out.items() if name not in rows},
        accepted=before.accepted if before else {},
        cost=before.cost if before else "",
        tuned=before.tuned if before else (),
    )


def _tried(planner: Planner, trial: Trial) -> Tried:
    node = trial.node
    assert node.use is not None
    assert node.request is not None
    chosen = ""
    for reader in planner.graph.nodes.values():
        if reader.upstream == node.id and (name := planner.taken(reader)):
            chosen = (planner.results(node) or {}).get(name, "")
            break
    return Tried(
        name=trial.name,
        asset=node.asset,
        step=node.use.step,
        variant=node.variant.name,
        before=node.request.model,
        wanted=trial.wanted,
        old=pictures(planner, trial.old),
        new=pictures(planner, trial.new),
        chosen=chosen,
        remarks=trial.remarks,
        text=text_of(node.request),
    )


def judged(
    checkout: Checkout,
    pool: Pool,
    rows: Sequence[Tried],
    gates: Mapping[str, float],
) -> tuple[Drift, dict[str, str]]:
    """The verdict on pictures of both sides; and which could not be looked at, by digest, and why."""
    measurer = Measurer(checkout.plugins, checkout.store, pool)
    lost: dict[str, str] = {}
    sides: tuple[dict[str, list], dict[str, list]] = ({}, {})  # type: ignore[type-arg]
    looks = [(row, n, name) for row in rows for n, names in enumerate((row.old, row.new)) for name in names]

    def look(each: tuple[Tried, int, str]) -> Mapping[str, Measured] | str:
        try:
            return measurer.describe(checkout.asked.get(each[2]), each[0].text)
        except (TaskError, Damaged) as error:
            return str(error)

    assert measurer.descriptors is not None  # before threads ask for them
    with ThreadPoolExecutor(pool.size) as threads:
        told = list(threads.map(look, looks))
    for (row, n, name), found in zip(looks, told, strict=True):
        if isinstance(found, str):
            lost[name] = found
        else:
            sides[n].setdefault(row.name, []).append(found)
    drift = judge(
        sides[0],
        sides[1],
        gates=gates,
        descriptors=measurer.descriptors,
        texts={row.name: row.text for row in rows},
        absent=measurer.absent,
    )
    return drift, lost


def gates_of(checkout: Checkout) -> dict[str, float]:
    """The gates of the project file. SpecErrors for an aspect that nobody measures."""
    if wrong := gate_problems(checkout):
        raise SpecErrors(wrong)
    return checkout.project.drift.gates


def gate_problems(checkout: Checkout) -> list[Problem]:
    """Gates of the project file for aspects that nobody measures."""
    known = list(checkout.plugins.names("descriptor"))
    return [
        Problem(
            place_in_project(checkout.files, ("drift", "gates", name)),
            f"drift.gates.{name}: no such aspect",
            did_you_mean(name, known),
        )
        for name in checkout.project.drift.gates
        if name not in known
    ]


def read_verdict(files: Files, name: str) -> Drift | None:
    """The verdict of a recalibration's report, None if there is none that can be read."""
    try:
        return msgspec.json.decode(files.read(path_of(name, REPORT)), type=Drift)
    except (FilesError, ValueError, RecursionError):
        return None


def top_up(verdict: Drift | None, count: int) -> dict[str, int]:
    """How many pictures of a side are wanted where there were too few to tell, in an aspect that fired."""
    return dict.fromkeys(verdict.undecided, count) if verdict and verdict.fired else {}
