"""Pictures that were asked for to be compared become the candidates of the request that a spec has now.

Reads the ledger and the store. Writes the ledger.
"""

from __future__ import annotations

from typing import Any

from tympan import ledger as states
from tympan.asking import Batch, Errand, errands_of, intended
from tympan.checkout import Checkout
from tympan.ledger import Job, total
from tympan.model import Cost, Ticket
from tympan.plan.graph import Node
from tympan.recalibrate.record import Tried


def adopt(checkout: Checkout, row: Tried, node: Node, chosen: str) -> None:
    """Make the new pictures of a trial candidates of a node that has none, the chosen one among them.

    Nothing is asked: what they cost is on record with the jobs that brought them, which the facts name.
    """
    planner = checkout.planner()
    if planner.results(node):
        return
    # Of a grid the first cell: a trial has no others.
    errand = errands_of(checkout, planner, node)[0]
    ledger = checkout.asked.ledger
    jobs = [job for job in ledger.jobs() if set(job.results.values()) & set(row.new)]
    names = _in_order(row, errand, chosen)
    for batch in errand.batches:
        mine, names = names[: batch.request.candidates], names[batch.request.candidates :]
        if mine:
            _receive(checkout, errand, batch, jobs, mine)


def _in_order(row: Tried, errand: Errand, chosen: str) -> list[str]:
    """The pictures that there is a place for, in their order; the chosen one where the spec looks for it."""
    places = sum(batch.request.candidates for batch in errand.batches)
    names = [name for name in dict.fromkeys(row.new) if name != chosen]
    assert errand.node.use is not None
    said = errand.node.use.select.candidate
    # [select] candidate = N counts from 1; else it keeps its place as far as there is one.
    at = said - 1 if said else min(row.new.index(chosen), places - 1)
    return [*names[:at], chosen, *names[at:]][:places]


def _receive(checkout: Checkout, errand: Errand, batch: Batch, jobs: list[Job], names: list[str]) -> None:
    ledger = checkout.asked.ledger
    known = [job for job in ledger.of(errand.key) if job.batch == batch.number]
    attempt = known[0].attempt + 1 if known else 0
    job = ledger.begin(intended(errand, batch, attempt, Cost()))
    brought = [each for each in jobs if set(each.results.values()) & set(names)]
    ledger.add(job, states.SUBMITTED, ticket=_ticket(brought, job))
    facts = _facts(brought, names)
    model = next((each.model for each in brought if each.model), "")
    results = {str(n): name for n, name in enumerate(names)}
    for n, name in enumerate(names):  # and its twin on black, if there is one
        for each in brought:
            at = next((at for at, one in each.results.items() if one == name), "")
            if black := each.results.get(f"{at}.black"):
                results[f"{n}.black"] = black
    more: dict[str, Any] = {"model": model} if model else {}
    ledger.add(job, states.RECEIVED, results=results, facts=facts, **more)


def _ticket(jobs: list[Job], own: Job) -> Ticket:
    return next((job.ticket for job in jobs if job.ticket), Ticket(own.id))


def _facts(jobs: list[Job], names: list[str]) -> dict[str, str]:
    """What is known of each picture, and where it comes from."""
    facts = {
        "recalibration": f"asked as {', '.join(job.id[:8] for job in jobs)}",
        "paid": total(job.cost for job in jobs),
    }
    for n, name in enumerate(names):
        for job in jobs:
            for at, each in job.results.items():
                if each == name:
                    start = f"{at}."
                    facts |= {
                        f"{n}.{k.removeprefix(start)}": v for k, v in job.facts.items() if k.startswith(start)
                    }
                    facts[f"{n}.model"] = facts.get(f"{n}.model") or job.model
    return {name: text for name, text in facts.items() if text}
