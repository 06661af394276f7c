"""`tympan build --keep`: targets whose outputs another hand has changed are left as they are, and listed.

Reads records and outputs. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from tympan.build import Event
from tympan.checkout import Checkout
from tympan.cli.talk import Talk
from tympan.plan.graph import Node


def spare(checkout: Checkout, nodes: Iterable[Node], talk: Talk) -> tuple[list[Node], int]:
    """The nodes that may be built, and how many were told to be kept.

    A target is kept whole: its files were written together, and one record says of what.
    """
    free, kept = [], 0
    for node in nodes:
        if changed := _changed(checkout, node):
            kept += 1
            talk.tell(
                Event(did="kept", node=node.id, outputs=tuple(changed), reasons=("changed by another hand",))
            )
        else:
            free.append(node)
    return free, kept


def _changed(checkout: Checkout, node: Node) -> list[str]:
    """Paths of a target's files that are there, and are not as they were written."""
    record = checkout.state.record(node.id)
    if record is None:
        return []
    found = {path: checkout.state.digest_of(path, follow=False) for path in node.outputs.values()}
    return [path for path, now in found.items() if now is not None and now != record.outputs.get(path, now)]
