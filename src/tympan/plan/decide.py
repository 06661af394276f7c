"""Which actions must run, which can be restored, and which are done: a pure function of graph and memory.

Reads what its Memory answers. Writes nothing.

The same planner is asked before a build (`tympan plan`) and, node by node, during it: an action whose
upstream is not known yet "waits", and is decided as soon as that upstream has run. So a hit in the plan
is a hit in the run, and equal bytes out of an upstream stop a rebuild there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise, zip_longest

import msgspec

from tympan.files import digest
from tympan.model import canonical
from tympan.plan.graph import FIRST, Graph, Node
from tympan.plan.grid import joined
from tympan.plan.reasons import reason_for_outputs, reason_for_reads
from tympan.plan.records import Memory, Record

FRESH = "fresh"
RESTORE = "restore"
COMPUTE = "compute"
WAITS = "waits"
UNSELECTED = "unselected"
UNTRUSTED = "untrusted"
HELD = "held"
GATED = "gated"
# Nothing a build may do; a person has to say something first.
BLOCKED = (UNSELECTED, UNTRUSTED, HELD, GATED)
STALE = (RESTORE, COMPUTE, WAITS)


# Asked of a target and the digests of its files: what they wait for before they go in place, "" for nothing.
Gate = Callable[[Node, Mapping[str, str]], str]


class Decision(msgspec.Struct, frozen=True):
    """What happens to one action, and why. `key` is "" while an upstream's result is unknown."""

    node: str
    verdict: str
    reasons: tuple[str, ...] = ()
    key: str = ""


class Planner:
    """Decides node by node, and remembers what it decided until told that a node has run.

    terse: a verdict "restore" has no reasons; to look them up costs more than to restore.
    """

    def __init__(
        self,
        graph: Graph,
        memory: Memory,
        gate: Gate = lambda node, results: "",
        *,
        force: frozenset[str] = frozenset(),
        terse: bool = False,
    ) -> None:
        self.graph = graph
        self._gate = gate
        self._terse = terse
        self._memory = memory
        self._force = force
        self._results: dict[str, Mapping[str, str] | None] = {}
        self._decisions: dict[str, Decision] = {}
        self._keys: dict[tuple[str, str], str] = {}
        self._upstreams: dict[str, str] = {}
        self._changes: dict[str, list[str]] = {}
        # What `foresee` found wrong with outputs, until the target is decided.
        self._wrong: dict[tuple[str, str], tuple[str, ...]] = {}

    def ran(self, node: Node, results: Mapping[str, str]) -> None:
        """Tell what an action brought; of a target, that its files are in place unless it is gated."""
        if node.kind == "write":
            self._decisions[node.id] = self._gated(node, results) or Decision(node.id, FRESH)
            return
        self._upstreams = {}
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
        if stopped := self._stopped(node):
            return stopped
        upstream = self.upstream(node)
        if upstream is None:
            return self._held(node) or Decision(node.id, WAITS, self._why(node, self._memory.record(node.id)))
        key = self._key(node, upstream)
        record = self._memory.record(node.id)
        wrong = self._outputs(node, key, record)
        if wrong == () and record is not None:
            return self._gated(node, record.results, key) or Decision(node.id, FRESH, (), key)
        how = self._how(node, key)
        if how == RESTORE and (gated := self._gated(node, self._memory.action(key) or {}, key)):
            return gated
        if how == COMPUTE and (held := self._held(node)):
            return held
        terse = self._terse and how == RESTORE
        return Decision(node.id, how, () if terse else wrong or self._why(node, record), key)

    def _gated(self, node: Node, results: Mapping[str, str], key: str = "") -> Decision | None:
        reason = self._gate(node, results)
        return Decision(node.id, GATED, (reason,), key) if reason else None

    def reasons(self, node: Node) -> tuple[str, ...]:
        """Why a target is stale, also where the verdict is terse."""
        decision = self.decide(node)
        if decision.reasons or decision.verdict != RESTORE:
            return decision.reasons
        record = self._memory.record(node.id)
        return self._outputs(node, decision.key, record) or self._why(node, record)

    def _outputs(self, node: Node, key: str, record: Record | None) -> tuple[str, ...] | None:
        """What is wrong with the files of a target whose key has not changed; None if it has."""
        if node.id in self._force or record is None or record.key != key:
            return None
        if (known := self._wrong.pop((node.id, key), None)) is not None:
            return known
        return reason_for_outputs(self._memory, node, record)

    def foresee(self, nodes: Iterable[Node]) -> None:
        """Let the memory look up at once what deciding these would ask it one by one."""
        seen: set[str] = set()
        for level in zip_longest(*map(self.graph.chain, nodes)):
            keys = []
            for node in filter(None, level):
                if node.id in seen or node.asked or node.id in self._force:
                    continue
                seen.add(node.id)
                key, record = self.key(node), self._memory.record(node.id)
                if key is None:
                    continue
                wrong = self._outputs(node, key, record)
                if wrong is not None:
                    self._wrong[node.id, key] = wrong
                if wrong != ():
                    keys.append(key)
            self._memory.foresee(keys)

    def _stopped(self, node: Node) -> Decision | None:
        """The verdict if a person has to say or do something first, looked for from the source on."""
        chain = self.graph.chain(node)
        for each in chain:
            if each.untrusted:
                return Decision(node.id, UNTRUSTED, (each.untrusted,))
        for above, below in pairwise(chain):
            results = self.results(above)
            if results is None and above.asked:
                return Decision(node.id, HELD, self._reasons_to_ask(above))
            if results is None and not (below.take or below.selected):
                return Decision(node.id, UNSELECTED, (f"no candidates yet: tympan explore {node.asset}",))
            if results is not None and self.taken(below) is None:
                word = (
                    "the selected candidate is not among these any more" if below.selected else "unselected"
                )
                return Decision(node.id, UNSELECTED, (f"{word}: tympan select {node.asset} NUMBER",))
        return None

    def _reasons_to_ask(self, node: Node) -> tuple[str, ...]:
        assert node.use is not None
        key = self.key(node)
        said = self._memory.outcome(key) if key else ""
        old = self._memory.asked_before(node.asset, node.use.step, node.variant.name)
        changed = reason_for_reads({node.kind: old}, node.reads) if old is not None else []
        verb = "explore" if node.kind == "source" else "refine"
        ask = "" if node.untrained or said else f"tympan {verb} {node.asset} asks it"
        return tuple(filter(None, (node.held, said, *changed, ask)))

    def _held(self, node: Node) -> Decision | None:
        """The verdict if making this target would ask a generator that a build may not ask."""
        needed: dict[str, Node] = {}
        self._need(node, needed)
        needed.pop(node.id, None)
        reasons = tuple(f"{each.held}: its pictures are not here" for each in needed.values() if each.asked)
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
        if node.id not in self._upstreams:
            taken = self.taken(node)
            if taken is None:
                return None
            results = self.results(self.graph.nodes[node.upstream]) or {}
            # A picture and its twin on black are one input.
            both = canonical([results[taken], results.get(f"{taken}.black", "")])
            self._upstreams[node.id] = digest(both)
        return self._upstreams[node.id]

    def taken(self, node: Node) -> str | None:
        """The name of the upstream's result that a node reads; None while nobody knows which."""
        results = self.results(self.graph.nodes[node.upstream])
        if not results:
            return None
        if node.selected and node.take in ("", FIRST):
            for name, each in results.items():
                if each == node.selected and not name.endswith(".black"):
                    return name
            return None
        if node.take == FIRST:
            numbers = [int(name) for name in results if name.isdigit()]
            return str(min(numbers)) if numbers else None
        return node.take if node.take in results else None

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
        targets = list(targets)
        for node in targets:
            if node.upstream and self.decide(node).verdict in (COMPUTE, WAITS):
                self._need(node, needed)
        return [node for node in needed.values() if node.kind != "write"]

    def _need(self, node: Node, needed: dict[str, Node]) -> None:
        """Add to `needed` what must run before a node can, upstream first, and the node itself."""
        if node.id in needed:
            return
        if node.upstream:
            above = self.graph.nodes[node.upstream]
            results, taken = self.results(above) or {}, self.taken(node)
            wanted = [name for name in (taken or "", f"{taken}.black") if name in results]
            if not wanted or not all(self._memory.has_blob(results[name]) for name in wanted):
                self._need(above, needed)
        needed[node.id] = node

    def _look_up(self, node: Node) -> Mapping[str, str] | None:
        key = self.key(node)
        if key is not None and node.asked:
            if node.parts:
                return joined(node.parts, lambda each: self._memory.asked(node.asset, each))
            return self._memory.asked(node.asset, key)
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
        chain = reversed(self.graph.chain(node))
        reasons = [text for each in chain for text in self._changed(each)]
        return tuple(dict.fromkeys(reasons)) or (f"{node.upstream} has to run again",)

    def _changed(self, node: Node) -> list[str]:
        # Kept: all targets of a picture, and all assets of one source, ask about the same actions.
        if node.id not in self._changes:
            record = self._memory.record(node.id)
            old = self._memory.reads(record.key) if record else None
            self._changes[node.id] = reason_for_reads(old, node.reads) if old is not None else []
        return self._changes[node.id]
