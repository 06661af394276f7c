"""Many small targets at once: one message to a worker, one note in each journal.

Reads through the build. Writes the store, outputs and the state, in this order, as the build does for one.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy

import msgspec

from tympan.actions import Brought
from tympan.build import Build
from tympan.clock import monotonic
from tympan.errors import TympanError
from tympan.placed import Made
from tympan.plan.decide import COMPUTE, RESTORE, WAITS, Decision
from tympan.plan.graph import Node
from tympan.worker.jobs import Done, Write, Writes

# What is restored between two notes: a kill makes the next build put these back again.
_MANY, _MUCH = 1_000, 64 * 1024 * 1024


def restore(build: Build, nodes: Iterable[Node]) -> set[str]:
    """Put back what the store has of these targets; ids of those in place now. What fails is told."""
    store = build.checkout.store
    stale = [
        (node, decision.key) for node in nodes if (decision := build.planner.decide(node)).verdict == RESTORE
    ]
    done: set[str] = set()
    for start in range(0, len(stale), _MANY):
        several = stale[start : start + _MANY]
        store.fetch([name for _, key in several for name in (store.results(key) or {}).values()])
        began, size = monotonic(), 0
        few: list[Made] = []
        for node, key in several:
            if (made := build.found(node, key)) is None:
                continue
            few.append(made)
            size += sum(map(len, made.data.values()))
            if size > _MUCH:
                done |= _restored(build, few, began)
                began, size, few = monotonic(), 0, []
        done |= _restored(build, few, began)
    return done


def _restored(build: Build, few: list[Made], began: float) -> set[str]:
    errors = _placed(build, few)
    done = set()
    for made in few:
        if error := errors.get(made.node.id):
            build.fail(made.node, error, began)
        else:
            build.done("restored", made, began, ())
            done.add(made.node.id)
    return done


def _placed(build: Build, several: list[Made], brought: Iterable[Brought] = ()) -> dict[str, TympanError]:
    """Keep and place; what kept some from it, by node id."""
    if not several:
        return {}
    try:
        build.checkout.store.keep_all(*brought)
        return build.outputs.place(several)
    except TympanError as error:
        return {made.node.id: copy(error) for made in several}


def perform(build: Build, nodes: Iterable[Node], *, keep_going: bool) -> TympanError | None:
    """Bring targets of one prepared picture up to date; the last error, each has been told."""
    failed, todo = None, []
    for node in nodes:
        decision = _decided(build, node)
        if decision is None or decision.verdict != COMPUTE or build.crashed(decision.key):
            failed = _alone(build, node) or failed
        else:
            todo.append((node, decision))
        if failed and not keep_going:
            return failed
    while len(todo) > 1 and (errors := _some(build, todo)):
        todo = todo[len(errors) :]
        failed = next(filter(None, errors), failed)
        if failed and not keep_going:
            return failed
    for node, _ in todo:
        failed = _alone(build, node) or failed
        if failed and not keep_going:
            break
    return failed


def _alone(build: Build, node: Node) -> TympanError | None:
    try:
        build.perform(node)
    except TympanError as error:
        return error
    return None


def _decided(build: Build, node: Node) -> Decision | None:
    """The verdict on a target once its upstream has run; None if that failed."""
    decision = build.planner.decide(node)
    if decision.verdict == WAITS:
        try:
            build.upstream(node)
        except TympanError:
            return None
        decision = build.planner.decide(node)
    return decision


def _some(build: Build, todo: list[tuple[Node, Decision]]) -> list[TympanError | None]:
    """Make the first of these targets, as many as one message brings: what each came to.

    None at all if the worker did not answer: whose fault it was is known when each is asked alone.
    """
    began = monotonic()
    try:
        jobs = [job for node, _ in todo if isinstance(job := build.job(node), Write)]
        parts = tuple(msgspec.structs.replace(job, picture=b"") for job in jobs)
        answers = build.pool.ask_several(Writes(jobs[0].picture, parts))
    except TympanError:
        return []
    asked = [(node, decision, answer) for (node, decision), answer in zip(todo, answers, strict=False)]
    brought = {
        node.id: Brought.of(decision.key, node.reads, answer.results, answer.facts)
        for node, decision, answer in asked
        if isinstance(answer, Done)
    }
    made = {
        node.id: Made(node, new.key, new.data, new.results)
        for node, _, _ in asked
        if (new := brought.get(node.id))
    }
    errors = _placed(build, list(made.values()), brought.values())
    outcomes: list[TympanError | None] = []
    for node, decision, answer in asked:
        error = errors.get(node.id) if isinstance(answer, Done) else answer
        if error:
            build.fail(node, error, began)
        elif isinstance(answer, Done):
            build.done("computed", made[node.id], began, decision.reasons, answer.warnings)
        outcomes.append(error)
    return outcomes
