"""Which targets a person means: by asset id, task name, output path, or a pattern of these.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from fnmatch import fnmatchcase

from tympan.errors import UsageError
from tympan.plan.graph import Graph, Node


def pick(graph: Graph, wanted: Iterable[str]) -> list[Node]:
    """The targets meant, in the order of the graph; all if nothing is named. UsageError if one names none."""
    wanted = list(wanted)
    writes = list(graph.writes())
    if not wanted:
        return writes
    meant: set[str] = set()
    for word in wanted:
        found = {node.id for node in writes if _means(word, node)}
        if not found:
            known = sorted({node.asset for node in writes} | {node.id for node in writes})
            near = difflib.get_close_matches(word, known, 1)
            hint = f'did you mean "{near[0]}"?' if near else "tympan list names them all"
            raise UsageError(f"nothing is called {word!r}", hint=hint)
        meant |= found
    return [node for node in writes if node.id in meant]


def _means(word: str, node: Node) -> bool:
    names = (node.asset, node.variant.id, node.id, node.group, *node.outputs.values())
    return any(fnmatchcase(name, word) for name in names)
