"""What the actions above targets have brought: what the next plan has at hand.

Reads what the planner's Memory answers. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from tympan.plan.decide import FRESH, GATED, Planner
from tympan.plan.records import Record


def brought(planner: Planner, record: Callable[[str], Record | None]) -> dict[str, tuple[str, Record]]:
    """Asset and record of each free action whose results are known, by its id; targets are left out.

    record: the last record of an action. One above a target that is on record and stale keeps it: what
    differs is the reason.
    """
    known: dict[str, tuple[str, Record]] = {}
    behind: set[str] | None = None
    for node in planner.graph.nodes.values():
        if node.kind == "write" or node.asked or (results := planner.results(node)) is None:
            continue
        key = planner.key(node)
        assert key is not None
        made, before = Record(key=key, results=dict(results)), record(node.id)
        if before not in (None, made):
            behind = _behind(planner, record) if behind is None else behind
            if node.id in behind:
                continue
        known[node.id] = (node.asset, made)
    return known


def _behind(planner: Planner, record: Callable[[str], Record | None]) -> set[str]:
    """Ids of the actions above targets that are on record and stale."""
    found: set[str] = set()
    for node in planner.graph.writes():
        is_on_record = record(node.id) is not None
        if is_on_record and planner.decide(node).verdict not in (FRESH, GATED):
            while node.upstream:
                node = planner.graph.nodes[node.upstream]
                found.add(node.id)
    return found
