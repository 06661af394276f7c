"""Writing down in git what was asked and what came: locks beside the specs, masters of what was chosen.

Reads the ledger, the plan and the store. Writes specs/<asset>.lock and assets/masters/.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from tympan.asked import Asked
from tympan.checkout import Checkout
from tympan.errors import Damaged
from tympan.ledger import Job, total
from tympan.lock import Lock, LockedCandidate, LockedRequest
from tympan.plan.decide import Planner
from tympan.plan.graph import Node

_SUFFIXES = (
    (b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpg"), (b"RIFF", "webp"), (b"II*", "tif"), (b"MM", "tif"),
    (b"{", "json"),
)  # fmt: skip


def keep_facts(checkout: Checkout, assets: Iterable[str]) -> None:
    """Bring locks and masters of these assets up to date. Take a checkout opened after the last change."""
    planner = checkout.planner()
    nodes: dict[str, list[Node]] = {}
    for node in checkout.graph.nodes.values():
        nodes.setdefault(node.asset, []).append(node)
    for asset in sorted(set(assets)):
        mine = nodes.get(asset, [])
        # An equal request of another asset is one action with ours, under its name: our lock says so too, or
        # its pictures would be lost to us when the other one asks for something else.
        shared = {each.id: each for node in mine for each in checkout.graph.chain(node)}
        _Facts(checkout, planner, asset, list(shared.values())).keep()


class _Facts:
    def __init__(self, checkout: Checkout, planner: Planner, asset: str, nodes: list[Node]) -> None:
        self._checkout, self._planner, self._asset = checkout, planner, asset
        self._asked: Asked = checkout.asked
        self._nodes = [node for node in nodes if node.asked]
        self._readers = [node for node in nodes if node.upstream]
        self._all = checkout.graph.nodes

    def keep(self) -> None:
        before = self._asked.locks.of(self._asset)
        requests = tuple(found for node in self._nodes for found in self._requests(node))
        if not requests and not before.request:
            return
        self._asked.locks.write(self._asset, Lock(request=requests))
        self._asked.forget(self._asset)
        kept = {each.master for request in requests for each in request.candidate}
        for request in before.request:
            for candidate in request.candidate:
                if candidate.master and candidate.master not in kept:
                    self._checkout.files.remove(candidate.master)

    def _requests(self, node: Node) -> Iterator[LockedRequest]:
        """What is known of a node's request, or of that of each cell of its grid."""
        key, results = self._planner.key(node), self._planner.results(node)
        if key is None or not results:
            return
        if not node.parts:
            yield self._request(node, key, results, _texts(node.reads[node.kind]))
        for part in node.parts:
            own = self._asked.results(self._asset, part.key) or self._asked.results(node.asset, part.key)
            if own:
                found = self._request(node, part.key, own, _texts(part.asked), part.first)
                yield msgspec.structs.replace(found, generator=part.request.generator, cell=part.values)

    def _request(
        self, node: Node, key: str, results: Mapping[str, str], asked: dict[str, object], first: int = 0
    ) -> LockedRequest:
        assert node.use is not None
        jobs = self._asked.ledger.of(key)
        known = self._asked.locked(self._asset, key) or self._asked.locked(node.asset, key)
        if known is None or jobs:
            known = LockedRequest(
                key=key,
                step=node.use.step,
                generator=node.use.name,
                version=jobs[0].version if jobs else "",
                model=next((job.model for job in jobs if job.model), ""),
                at=min((job.begun for job in jobs), default=""),
                cost=total(job.cost for job in jobs),
                asked=asked,
                facts={
                    name: text for job in jobs for name, text in job.facts.items() if not name[:1].isdigit()
                },
            )
        variants = tuple(sorted({each.variant.name for each in self._sharing(node)} - {""}))
        candidates = self._candidates(node, key, results, first)
        return msgspec.structs.replace(known, step=node.use.step, variants=variants, candidate=candidates)

    def _sharing(self, node: Node) -> list[Node]:
        found = [each for each in self._readers if each.upstream == node.id]
        return found or [node]

    def _candidates(
        self, node: Node, key: str, results: Mapping[str, str], first: int
    ) -> tuple[LockedCandidate, ...]:
        locked = self._asked.locked(self._asset, key) or self._asked.locked(node.asset, key)
        before = {each.digest: each for each in locked.candidate} if locked else {}
        chosen = {self._planner.taken(each) for each in self._readers if each.upstream == node.id}
        if not any(each.upstream == node.id for each in self._readers):
            chosen = self._at_the_end(node, results)
        found = []
        for name in sorted(filter(str.isdigit, results), key=int):
            digest, whole = results[name], str(first + int(name))
            job = next((j for j in self._asked.ledger.of(key) if digest in j.results.values()), None)
            master = self._master(node, digest, len(chosen - {None})) if whole in chosen else ""
            if job is None and digest in before:
                found.append(msgspec.structs.replace(before[digest], master=master))
                continue
            facts = {}
            if job is not None:
                start = f"{int(name) - job.first}."
                facts = {n.removeprefix(start): text for n, text in job.facts.items() if n.startswith(start)}
            id = (job.ticket.job if job.ticket else "") or job.id if job else ""
            found.append(
                LockedCandidate(number=int(name) + 1, digest=digest, job=id, master=master, facts=facts)
            )
        return tuple(found)

    def _at_the_end(self, node: Node, results: Mapping[str, str]) -> set[str | None]:
        """What is chosen where nothing comes after: all of a style, of a branch what a person selected."""
        assert node.use is not None
        if not node.use.branch:
            return set(results)
        selected = self._asked.selected(self._asset, node.use.step, node.variant.name)
        return {name for name, each in results.items() if each == selected}

    def _master(self, node: Node, digest: str, chosen: int) -> str:
        """Put a chosen picture beside the sources; its path, "" if its bytes are nowhere."""
        try:
            data = self._asked.get(digest)
        except Damaged:
            return ""
        assert node.use is not None
        parts = [self._asset]
        if sum(each.use is not None and each.use.step == node.use.step for each in self._nodes) > 1:
            parts.append(node.variant.name)
        # What something else is made of, and the end of a branch, say which they are.
        if node.use.branch or any(each.upstream == node.id and each.kind == "refine" for each in self._nodes):
            parts.append(node.use.step)
        if chosen > 1:
            parts.append(digest[:8])
        suffix = next((end for magic, end in _SUFFIXES if data.startswith(magic)), "svg")
        path = f"{self._checkout.project.assets}/masters/{'.'.join(filter(None, parts))}.{suffix}"
        if self._checkout.state.digest_of(path) != digest:
            self._checkout.files.write(path, data)
        return path


def _shared(jobs: Iterable[Job]) -> dict[str, str]:
    """The facts of jobs that are about no single candidate."""
    return {name: text for job in jobs for name, text in job.facts.items() if not name[:1].isdigit()}


def _texts(values: object) -> dict[str, object]:
    assert isinstance(values, dict)
    return {str(name): value for name, value in values.items() if value is not None}
