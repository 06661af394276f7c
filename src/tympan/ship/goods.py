"""What is to be shipped: targets that are built and approved, and what is known of their files.

Reads the checkout and outputs; gauges files in a worker. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from tympan.approval import APPROVED
from tympan.checkout import Checkout
from tympan.decisions import APPROVE
from tympan.errors import Damaged, OutOfDate, UsageError
from tympan.files import digest
from tympan.gauge import Gauge
from tympan.plan.decide import FRESH, GATED, Planner
from tympan.plan.graph import Node
from tympan.ship.manifest import LICENSES, MANIFEST, Approved, Made, Shipped, digests
from tympan.worker.looking import Measure
from tympan.worker.pool import Pool


class Goods(NamedTuple):
    """One file to be shipped: its target, its bytes, its kind (`Gauge.kind`), its entry in the manifest."""

    node: Node
    data: bytes
    kind: str
    entry: Shipped


def refused(checkout: Checkout, planner: Planner, nodes: Iterable[Node], *, ungated: bool) -> dict[str, str]:
    """Targets that may not be shipped, by id, each with how it stands. OutOfDate if one is not built.

    ungated: what nobody has judged yet may go, unless its spec says `requires = ["approved"]`; what is on
    hold, stale or to be changed may not.
    """
    nodes = list(nodes)
    stale = [node.id for node in nodes if planner.decide(node).verdict not in (FRESH, GATED)]
    if stale:
        raise OutOfDate(f"not built as the specs want it now: {', '.join(stale)}", hint="tympan build")
    found = {}
    for node in nodes:
        assert node.target is not None
        name = node.target.target
        word = checkout.approvals.word(node.asset, name, node.variant.name, planner.results(node))
        if word != APPROVED and not (ungated and not word and APPROVED not in node.target.requires):
            found[node.id] = word or "not approved"
    return found


def goods(checkout: Checkout, planner: Planner, nodes: Iterable[Node], pool: Pool) -> list[Goods]:
    """The files of built targets. Damaged if one is not as it was built, UsageError if two want one place."""
    found = [each for node in nodes for each in _of(checkout, planner, node, pool)]
    for each in found:
        if each.entry.path in (MANIFEST, LICENSES):
            raise UsageError(f"{each.node.id} would be shipped as {each.entry.path}", hint="rename the asset")
    return found


def _of(checkout: Checkout, planner: Planner, node: Node, pool: Pool) -> Iterator[Goods]:
    assert node.target is not None
    results = planner.results(node) or {}
    data = {part: _read(checkout, path, results.get(part, "")) for part, path in node.outputs.items()}
    gauges = pool.ask(Measure(data)).results
    made, lock = _made(checkout, planner, node), _lock(checkout, node)
    approved = _approved(checkout, node, results)
    asset = next(each for each in checkout.library.assets if each.id == node.asset)
    for part, path in node.outputs.items():
        size = msgspec.json.decode(gauges[part], type=Gauge)
        entry = Shipped(
            path=path.removeprefix(f"{checkout.project.out}/"),
            asset=node.asset,
            target=node.target.target,
            variant=node.variant.name,
            format=node.target.name,
            **digests(data[part]),
            width=size.width,
            height=size.height,
            mode=size.mode,
            profile=size.profile,
            profile_blake3=size.profile_digest,
            profiles=tuple(sorted(node.target.profiles)),
            made=made,
            license=asset.license,
            approved=approved,
            lock=lock,
        )
        yield Goods(node, data[part], size.kind, entry)


def _read(checkout: Checkout, path: str, wanted: str) -> bytes:
    data = checkout.files.read(path)
    if digest(data) != wanted:
        raise Damaged(f"{path} is not as it was built", hint="tympan build puts it back")
    return data


def _made(checkout: Checkout, planner: Planner, node: Node) -> tuple[Made, ...]:
    found: list[Made] = []
    while node.upstream:
        node = planner.graph.nodes[node.upstream]
        if node.request is None or node.use is None:
            continue
        key = planner.key(node) or ""
        locked = checkout.asked.locked(node.asset, key)
        model = (locked.model if locked else "") or node.request.model
        found.insert(0, Made(step=node.use.step, generator=node.request.generator, model=model))
    return tuple(found)


def _approved(checkout: Checkout, node: Node, results: Mapping[str, str]) -> Approved | None:
    """Who approved what is shipped: after a merge the last word may be of another version."""
    assert node.target is not None
    target, variant = node.target.target, node.variant.name
    judged, is_same = checkout.approvals.judgement(node.asset, target, variant, results)
    if judged is None or judged.did != APPROVE or not is_same:
        return None
    return Approved(by=judged.by, at=judged.at, digest=judged.digest, claimed=judged.claimed)


def source(checkout: Checkout, planner: Planner, node: Node, pool: Pool) -> tuple[bytes, str]:
    """The candidate that a target's picture was made from, as it came, and its kind; b"" if it is gone."""
    while node.upstream:
        below, node = node, planner.graph.nodes[node.upstream]
        if node.request is not None:
            taken = planner.taken(below)
            name = (planner.results(node) or {}).get(taken or "", "")
            try:
                data = checkout.asked.get(name)
            except Damaged:
                return b"", ""
            gauged = pool.ask(Measure({"": data})).results[""]
            return data, msgspec.json.decode(gauged, type=Gauge).kind
    return b"", ""


def _lock(checkout: Checkout, node: Node) -> str:
    path = checkout.asked.locks.file(node.asset)
    return digest(checkout.files.read(path)) if checkout.files.sign(path) is not None else ""
