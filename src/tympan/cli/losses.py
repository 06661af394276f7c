"""What sources say of themselves and files do not keep, as the last build found it.

Reads the checkout. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tympan.checkout import Checkout
from tympan.marks import from_facts, losses
from tympan.plan.decide import Planner
from tympan.plan.graph import Node
from tympan.plan.wanted import marks_of


def losses_of(checkout: Checkout, planner: Planner, nodes: Iterable[Node]) -> Iterator[tuple[str, str]]:
    """Asset and sentence of each loss, once an asset; nothing of pictures that were not prepared yet."""
    told: set[tuple[str, str]] = set()
    facts: dict[str, dict[str, str]] = {}
    for node in nodes:
        if node.kind != "write":
            continue
        if node.upstream not in facts:
            facts[node.upstream] = _facts(checkout, planner, node.upstream)
        said = from_facts(facts[node.upstream])
        for sentence in losses(said, *marks_of(node)):
            if (node.asset, sentence) not in told:
                told.add((node.asset, sentence))
                yield node.asset, sentence


def _facts(checkout: Checkout, planner: Planner, name: str) -> dict[str, str]:
    key = planner.key(checkout.graph.nodes[name])
    action = checkout.store.action(key) if key else None
    return action.facts if action else {}
