"""A request asked once more in another way: another model, seed, number of candidates, options.

Reads the plan. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from tympan.model import plain, sparse
from tympan.plan.graph import Node


def redrawn(
    node: Node,
    name: str,
    *,
    model: str | None = None,
    seed: int | None = None,
    candidates: int | None = None,
    options: Mapping[str, Any] | None = None,
    occasion: str = "",
) -> Node:
    """An action beside the graph that asks what a node asks, but for what is given here.

    name: what sets its id apart. If all is as in the node, its key is the node's, and so is what it brings.
    occasion: for asking the same once more; another one is another key.
    """
    assert node.request is not None
    changes: dict[str, Any] = {"model": model, "seed": seed, "candidates": candidates}
    changes = {key: value for key, value in changes.items() if value is not None}
    if options:
        changes["options"] = {**node.request.options, **options}
    request = msgspec.structs.replace(node.request, **changes)
    if node.asked:
        values = sparse(msgspec.structs.replace(request, options={}))
        own = {**node.reads[node.kind].get("options", {}), **(options or {})}
        reads = {**node.reads, node.kind: {**values, "options": own} if own else values}
    else:
        reads = {**node.reads, node.kind: plain(request)}
    if occasion:
        reads["occasion"] = occasion
    return msgspec.structs.replace(node, id=f"_{name}:{node.id.lstrip('_')}", request=request, reads=reads)
