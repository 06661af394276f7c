"""Why something is stale, value by value.

Reads what its Memory answers. Writes nothing.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from tympan.plan.graph import Node
from tympan.plan.records import Memory, Record

_LONG = 60
_DIGEST = re.compile(r"[0-9a-f]{64}")
_DIGEST_SHOWN = 12
_LIBRARY = re.compile(r"(?:^|\.)with (.+)$")


class Change(msgspec.Struct, frozen=True):
    """A value that differs between what an action read then and would read now.

    name: dotted, as `flat` gives it. label: whose version it is ("recolour", "pillow"), "" if it is none.
    before, after: as text; None where there is no such value.
    """

    name: str
    label: str
    before: str | None
    after: str | None

    @property
    def step(self) -> str:
        """`old -> new`, or what else became of it."""
        if self.before is None:
            return f"new, {self.after}"
        return f"gone, was {self.before}" if self.after is None else f"{self.before} -> {self.after}"

    def __str__(self) -> str:
        if self.label and self.before is not None and self.after is not None:
            return f"{self.label} {self.step}"
        return f"{self.label or self.name}: {self.step}"


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
    return [str(change) for change in changes(old, new)]


def changes(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Each value that differs between what an action read then and would read now, sorted by name."""
    # Most of two long tables is the same: only what differs is taken apart.
    same = {key for key in old.keys() & new.keys() if old[key] == new[key]}
    before = flat({key: value for key, value in old.items() if key not in same})
    after = flat({key: value for key, value in new.items() if key not in same})
    return [
        Change(
            name,
            label(name, new),
            shown(before[name]) if name in before else None,
            shown(after[name]) if name in after else None,
        )
        for name in sorted(before.keys() | after.keys())
        if name not in before or name not in after or before[name] != after[name]
    ]


def label(name: str, reads: dict[str, Any]) -> str:
    """Whose version a dotted name holds: a plugin's name or a library's; "" if it holds no version."""
    if library := _LIBRARY.search(name):
        return library.group(1)
    if name.startswith("core."):
        return name.removeprefix("core.").replace("core", "tympan's core")
    owner, _, last = name.rpartition(".")
    if last not in ("version", "code") or owner.split(".")[0] not in ("plugin", "prep", "checks"):
        return ""
    if owner.count(".") > (0 if owner.startswith("plugin") else 1):
        return ""  # a key of its params that happens to be called so
    word = owner.partition(".")[2] or str(reads.get("plugin", {}).get("name", owner))
    return f"{word}'s code" if last == "code" else word


def flat(value: Any, prefix: str = "") -> dict[str, Any]:
    """Nested tables as dotted names; steps of a list under their own name where they have one.

    The order of named steps is a value of its own, `prep.steps`; a name's second use is called `blur#2`.
    """
    found: dict[str, Any] = {}
    if isinstance(value, dict):
        pairs = [(str(key), each) for key, each in value.items()]
    elif isinstance(value, list | tuple) and value and all(isinstance(each, dict) for each in value):
        pairs = _named(value)
        if "step" in value[0]:
            found[f"{prefix}.steps"] = [name for name, _ in pairs]
    else:
        # What comes back from the store is JSON: a tuple is a list there.
        return {prefix: list(value) if isinstance(value, tuple) else value}
    for key, each in pairs:
        found.update(flat(each, f"{prefix}.{key}" if prefix else key))
    return found


def _named(rows: list[dict[str, Any]] | tuple[dict[str, Any], ...]) -> list[tuple[str, Any]]:
    pairs: dict[str, Any] = {}
    for nth, row in enumerate(rows):
        word = name = str(row.get("step") or row.get("check") or nth)
        count = 1
        while name in pairs:
            count += 1
            name = f"{word}#{count}"
        pairs[name] = row
    return list(pairs.items())


def shown(value: Any) -> str:
    """A value as one short line: digests and long texts cut, line breaks escaped, words as TOML has them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        text = f"[{', '.join(map(shown, value))}]"
    else:
        text = str(value).replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    if _DIGEST.fullmatch(text):
        return text[:_DIGEST_SHOWN]
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"
