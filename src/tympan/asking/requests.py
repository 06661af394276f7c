"""What stands behind one node of the plan when it is asked: request, jobs, price, problems.

Reads the plan and what the plugins say. Writes nothing.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tympan.checkout import Checkout
from tympan.clock import now
from tympan.errors import PluginError, UsageError
from tympan.ledger import INTENDED, Entry, job_id
from tympan.model import Cost, Request, plain, with_selected
from tympan.plan.decide import Planner
from tympan.plan.graph import Node
from tympan.plugin import Generator
from tympan.spec.resolved import Policy


class Batch(msgspec.Struct, frozen=True):
    """One job's share of a request. first: number of its first candidate, from 0."""

    number: int
    first: int
    request: Request


class Errand(msgspec.Struct, frozen=True, kw_only=True):
    """One request that is to be asked: its node and key, the generator, its jobs.

    cell: its place in the node's grid, axis -> value; empty without one.
    """

    node: Node
    key: str
    request: Request
    generator: Generator[Any]
    batches: tuple[Batch, ...]
    policy: Policy
    cell: dict[str, Any] = {}

    def cost(self, batch: Batch) -> Cost:
        """What one job will cost; PluginError if the plugin cannot say."""
        try:
            return self.generator.estimate(batch.request)
        except Exception as error:
            raise PluginError(f"{self.request.generator} cannot say its price: {error!r}") from error


def errands_of(checkout: Checkout, planner: Planner, node: Node) -> list[Errand]:
    """What is to be asked for a node: one request, or one for each cell of its grid.

    UsageError if something must be done first, or a request is wrong.
    """
    assert node.request is not None
    assert node.use is not None
    if node.untrusted:
        raise UsageError(f"{node.asset}: {node.untrusted}", hint="read it, then: tympan trust")
    if node.untrained:
        raise UsageError(f"{node.asset}: {node.untrained}")
    key, request = planner.key(node), node.request
    if key is None:
        raise UsageError(f"{node.asset}: {_before(planner, node)}")
    if node.upstream:
        results = planner.results(planner.graph.nodes[node.upstream]) or {}
        request = with_selected(request, results[planner.taken(node) or ""])
    if not node.parts:
        return [_errand(checkout, node, key, request)]
    return [_errand(checkout, node, part.key, part.request, part.values) for part in node.parts]


def _errand(
    checkout: Checkout, node: Node, key: str, request: Request, cell: dict[str, Any] | None = None
) -> Errand:
    cls = checkout.plugins.found("generator", request.generator).cls
    assert issubclass(cls, Generator)
    generator = cls()
    if wrong := list(generator.check(request)):
        raise UsageError(f"{node.asset}: {'; '.join(wrong)}")
    asset = next(each for each in checkout.library.assets if each.id == node.asset)
    batches, first = [], 0
    for number, part in enumerate(generator.batches(request)):
        batches.append(Batch(number, first, part))
        first += part.candidates
    return Errand(
        node=node,
        key=key,
        request=request,
        generator=generator,
        batches=tuple(batches),
        policy=asset.policy,
        cell=cell or {},
    )


def _before(planner: Planner, node: Node) -> str:
    above = planner.graph.nodes[node.upstream]
    step = above.use.step if above.use else "source"
    if planner.results(above) is None:
        verb = "explore" if above.kind == "source" else "refine"
        return f"{step} has no candidates yet: tympan {verb} {node.asset}"
    return f"no candidate of {step} is selected: tympan select {node.asset} NUMBER"


def intended(errand: Errand, batch: Batch, attempt: int, cost: Cost) -> Entry:
    """The first line of a job in the ledger."""
    return Entry(
        job=job_id(errand.key, batch.number, attempt),
        did=INTENDED,
        at=now(),
        key=errand.key,
        batch=batch.number,
        attempt=attempt,
        first=batch.first,
        asset=errand.node.asset,
        node=errand.node.id,
        generator=errand.request.generator,
        version=type(errand.generator).VERSION,
        request=plain(batch.request),
        cost=cost,
    )
