"""What new versions of tools make of the outputs: old files beside those that would be built now.

Reads the checkout. Writes the store; no output is touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from tympan.build import Build
from tympan.checkout import Checkout
from tympan.compare import Difference
from tympan.errors import TympanError
from tympan.plan.graph import Node
from tympan.plan.reasons import Change, changes

IDENTICAL, PIXELS, DIFFERS, FAILED = "byte-identical", "same pixels", "differs", "failed"


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """One output under the old and the new tools. before, after: digests; sizes: in bytes, -1 for none.
    because: the versions that changed. difference: None if the bytes are the same, or cannot be measured.
    notes: what else differs, in words. message: why it failed."""

    task: str
    asset: str
    output: str
    verdict: str
    difference: Difference | None = None
    before: str = ""
    after: str = ""
    sizes: tuple[int, int] = (-1, -1)
    because: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    message: str = ""


def moved(checkout: Checkout, build: Build, nodes: Iterable[Node]) -> list[tuple[Node, list[Change]]]:
    """The targets on record that are stale by versions alone: of tympan, plugins, libraries, profiles."""
    found = []
    for node in nodes:
        if checkout.state.record(node.id) is None or build.is_done(node):
            continue
        mine = list(_changes(checkout, build, node))
        if mine and all(_is_tool(each) for each in mine):
            found.append((node, mine))
    return found


def _is_tool(change: Change) -> bool:
    return bool(change.label) or change.name.startswith("profiles.")


def _changes(checkout: Checkout, build: Build, node: Node) -> Iterator[Change]:
    """What a target and the actions above it read that they did not read then."""
    told: set[str] = set()
    while True:
        record = checkout.state.record(node.id)
        action = checkout.store.action(record.key) if record else None
        for each in changes(action.reads, node.reads) if action else ():
            if str(each) not in told:
                told.add(str(each))
                yield each
        if not node.upstream:
            return
        node = build.graph.nodes[node.upstream]


def compared(
    checkout: Checkout, build: Build, found: Iterable[tuple[Node, list[Change]]]
) -> Iterator[Compared]:
    """Each output of these targets, made with the tools of now, beside the one on record, by their digests.

    What is made goes into the store, so that the build that follows only restores it.
    """
    for node, mine in found:
        because = tuple(str(each) for each in mine)
        results, message = {}, ""
        try:
            results = _made(checkout, build, node)
        except TympanError as error:
            message = str(error)
        record = checkout.state.record(node.id)
        for part, path in node.outputs.items():
            before, after = record.outputs.get(path, "") if record else "", results.get(part, "")
            yield Compared(
                task=node.id,
                asset=node.asset,
                output=path,
                verdict=FAILED if message else IDENTICAL if before == after else DIFFERS,
                before=before,
                after=after,
                because=because,
                message=message,
            )


def _made(checkout: Checkout, build: Build, node: Node) -> dict[str, str]:
    """What a target would be now: digests by part. Nothing goes in place."""
    build.upstream(node)
    key = build.planner.key(node)
    assert key is not None
    known = checkout.store.results(key)
    if known is not None and all(checkout.store.has(name) for name in known.values()):
        return known
    done = build.pool.ask(build.job(node))
    return checkout.store.keep(key, node.reads, done.results, done.facts)
