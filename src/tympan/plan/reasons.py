"""Why something is stale, value by value.

Reads what its Memory answers. Writes nothing.
"""

from __future__ import annotations

from typing import Any

from tympan.plan.graph import Node
from tympan.plan.records import Memory, Record

_LONG = 60


def reason_for_outputs(memory: Memory, node: Node, record: Record) -> tuple[str, ...]:
    """What is wrong with the files of a target whose key has not changed; nothing if all are as written."""
    wrong = []
    for part, path in node.outputs.items():
        if record.outputs.get(path) != record.results.get(part):
            wrong.append(f"{path}: has a new name")
            continue
        found = memory.output(path)
        if found is None:
            wrong.append(f"{path}: missing")
        elif found != record.results[part]:
            wrong.append(f"{path}: changed by another hand")
    return tuple(wrong)


def reason_for_reads(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Each value that differs between what an action read then and would read now: `name: old -> new`."""
    before, after = flat(old), flat(new)
    reasons = []
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            reasons.append(f"{name}: new, {_shown(after[name])}")
        elif name not in after:
            reasons.append(f"{name}: gone, was {_shown(before[name])}")
        elif before[name] != after[name]:
            reasons.append(f"{name}: {_shown(before[name])} -> {_shown(after[name])}")
    return reasons


def flat(value: Any, prefix: str = "") -> dict[str, Any]:
    """Nested tables as dotted names; steps of a list under their own name where they have one."""
    if isinstance(value, dict):
        pairs = [(str(key), each) for key, each in value.items()]
    elif isinstance(value, list | tuple) and value and all(isinstance(each, dict) for each in value):
        pairs = [(str(each.get("step") or each.get("check") or n), each) for n, each in enumerate(value)]
    else:
        # What comes back from the store is JSON: a tuple is a list there.
        return {prefix: list(value) if isinstance(value, tuple) else value}
    found: dict[str, Any] = {}
    for key, each in pairs:
        found.update(flat(each, f"{prefix}.{key}" if prefix else key))
    return found


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"
