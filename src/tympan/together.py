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
from tympan.outputs import Made
from tympan.plan.decide import COMPUTE, RESTORE, WAITS, Decision
from tympan.plan.graph import Node
from tympan.worker.jobs import Done, Write, Writes

# What is restored between two notes: a kill makes the next build put these back again.
_MANY, _MUCH = 100, 16 * 1024 * 1024


def restore(build: Build, nodes: Iterable[Node]) -> set[str]:
    """Put back what the store has of these targets; ids of those in place now. What fails is told."""
    began, size = monotonic(), 0
    few: list[tuple[Made, Decision]] = []
    done: set[str] = set()
    for node in nodes:
        decision = build.planner.decide(node)
        if decision.verdict != RESTORE or not (made := build.found(node, decision.key)):
            continue
        few.append((made, decision))
        size += sum(map(len, made.data.values()))
        if len(few) >= _MANY or size > _MUCH:
            done |= _restored(build, few, began)
            began, size, few = monotonic(), 0, []
    return done | _restored(build, few, began)


def _restored(build: Build, few: list[tuple[Made, Decision]], began: float) -> set[str]:
    errors = _placed(build, [made for made, _ in few])
    done = set()
    for made, decision in few:
        if error := errors.get(made.node.id):
            build.fail(made.node, error, began)
        else:
            build.done("restored", made, began, decision.reasons)
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
