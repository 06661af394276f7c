"""Which actions must run, which can be restored, and which are done: a pure function of graph and memory.

Reads what its Memory answers. Writes nothing.

The same planner is asked before a build (`tympan plan`) and, node by node, during it: an action whose
upstream is not known yet "waits", and is decided as soon as that upstream has run. So a hit in the plan
is a hit in the run, and equal bytes out of an upstream stop a rebuild there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from tympan.files import digest
from tympan.model import canonical
from tympan.plan.graph import Graph, Node
from tympan.plan.reasons import reason_for_outputs, reason_for_reads
from tympan.plan.records import Memory, Record

FRESH = "fresh"
RESTORE = "restore"
COMPUTE = "compute"
WAITS = "waits"
UNSELECTED = "unselected"
UNTRUSTED = "untrusted"
HELD = "held"
# Nothing a build may do; a person has to say something first.
BLOCKED = (UNSELECTED, UNTRUSTED, HELD)
STALE = (RESTORE, COMPUTE, WAITS)


class Decision(msgspec.Struct, frozen=True):
    """What happens to one action, and why. `key` is "" while an upstream's result is unknown."""

    node: str
    verdict: str
    reasons: tuple[str, ...] = ()
    key: str = ""


class Planner:
    """Decides node by node, and remembers what it decided until told that a node has run."""

    def __init__(self, graph: Graph, memory: Memory, *, force: frozenset[str] = frozenset()) -> None:
        self.graph = graph
        self._memory = memory
        self._force = force
        self._results: dict[str, Mapping[str, str] | None] = {}
        self._decisions: dict[str, Decision] = {}
        self._keys: dict[tuple[str, str], str] = {}

    def ran(self, node: Node, results: Mapping[str, str]) -> None:
        """Tell what an action brought; of a target, that its files are in place."""
        if node.kind == "write":
            self._decisions[node.id] = Decision(node.id, FRESH)
            return
        if self._results.get(node.id) not in (None, results):
            self._decisions = {}  # other bytes than were on record: everything behind it is open again
        self._results[node.id] = results

    def decide(self, node: Node) -> Decision:
        """The verdict on a target; kept until its upstream brings something else."""
        known = self._decisions.get(node.id)
        if known is None:
            known = self._decide(node)
            if known.verdict != WAITS:
                self._decisions[node.id] = known
        return known

    def _decide(self, node: Node) -> Decision:
        if blocked := self._blocked(node):
            return Decision(node.id, UNTRUSTED if blocked.startswith("untrusted") else UNSELECTED, (blocked,))
        upstream = self.upstream(node)
        if upstream is None:
            return self._held(node) or Decision(node.id, WAITS, self._why(node, self._memory.record(node.id)))
        key = self._key(node, upstream)
        record = self._memory.record(node.id)
        if node.id not in self._force and record is not None and record.key == key:
            wrong = reason_for_outputs(self._memory, node, record)
            if not wrong:
                return Decision(node.id, FRESH, (), key)
            why = wrong
        else:
            why = self._why(node, record)
        how = self._how(node, key)
        return (self._held(node) if how == COMPUTE else None) or Decision(node.id, how, why, key)

    def _held(self, node: Node) -> Decision | None:
        """The verdict if making this target would ask a generator that a build may not ask."""
        needed: dict[str, Node] = {}
        self._need(self.graph.nodes[node.upstream], node.take, needed)
        reasons = tuple(each.held for each in needed.values() if each.held)
        return Decision(node.id, HELD, reasons) if reasons else None

    def results(self, node: Node) -> Mapping[str, str] | None:
        """Result digests of a source or prepare action, None if it would have to run to know them."""
        if node.id not in self._results:
            self._results[node.id] = self._look_up(node)
        return self._results[node.id]

    def upstream(self, node: Node) -> str | None:
        """Digest of what a node reads of its upstream, "" without one, None while unknown."""
        if not node.upstream:
            return ""
        results = self.results(self.graph.nodes[node.upstream])
        if results is None:
            return None
        if node.take not in results:
            return ""
        # A picture and its twin on black are one input.
        return digest(canonical([results[node.take], results.get(f"{node.take}.black", "")]))

    def key(self, node: Node) -> str | None:
        """The action key, None while an upstream's result is unknown."""
        upstream = self.upstream(node)
        return None if upstream is None else self._key(node, upstream)

    def _key(self, node: Node, upstream: str) -> str:
        pair = (node.id, upstream)
        if pair not in self._keys:
            self._keys[pair] = node.key(upstream)
        return self._keys[pair]

    def runs(self, targets: Iterable[Node]) -> list[Node]:
        """Every action that must run so that these stale targets can: upstream first, targets left out."""
        needed: dict[str, Node] = {}
        for node in targets:
            if node.upstream and self.decide(node).verdict in (COMPUTE, WAITS):
                self._need(self.graph.nodes[node.upstream], node.take, needed)
        return list(needed.values())

    def _need(self, node: Node, take: str, needed: dict[str, Node]) -> None:
        if node.id in needed:
            return
        results = self.results(node)
        if results is not None and all(
            self._memory.has_blob(results[name]) for name in (take, f"{take}.black") if name in results
        ):
            return
        if node.upstream:
            self._need(self.graph.nodes[node.upstream], node.take, needed)
        needed[node.id] = node

    def _look_up(self, node: Node) -> Mapping[str, str] | None:
        key = self.key(node)
        if key is None or node.id in self._force:
            return None
        record = self._memory.record(node.id)
        if record is not None and record.key == key:
            return record.results
        return self._memory.action(key)

    def _how(self, node: Node, key: str) -> str:
        if node.id in self._force:
            return COMPUTE
        results = self._memory.action(key)
        if results is not None and all(self._memory.has_blob(each) for each in results.values()):
            return RESTORE
        return COMPUTE

    def _why(self, node: Node, record: Record | None) -> tuple[str, ...]:
        if node.id in self._force:
            return ("asked for",)
        if record is None:
            return ("never built here",)
        chain, at = [node], node
        while at.upstream:
            at = self.graph.nodes[at.upstream]
            chain.append(at)
        reasons = [text for each in chain for text in self._changed(each)]
        return tuple(dict.fromkeys(reasons)) or (f"{node.upstream} has to run again",)

    def _changed(self, node: Node) -> list[str]:
        record = self._memory.record(node.id)
        old = self._memory.reads(record.key) if record else None
        return reason_for_reads(old, node.reads) if old is not None else []

    def _blocked(self, node: Node) -> str:
        at = node
        while True:
            if at.blocked:
                return at.blocked
            if not at.upstream:
                return ""
            at = self.graph.nodes[at.upstream]
