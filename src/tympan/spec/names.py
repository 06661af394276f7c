"""Which design tokens a value of a merged spec comes from, in the end.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tympan.spec.scope import split
from tympan.spec.toml import Table

Path = tuple[str, ...]
_HEAD = ("subject", "title", "description")
_TABLES = ("license", "source", "select", "marks", "target", "check")


def tokens_in(value: Any, table: Table) -> frozenset[Path]:
    """Paths of all tokens that a value of a merged spec names, also by way of its vars, text and head.

    Where a name leads to a localised table, all its languages count.
    """
    found: set[Path] = set()
    seen: set[str] = set()
    _follow(value, table, found, seen)
    return frozenset(found)


def tokens_of(table: Table) -> frozenset[Path]:
    """Paths of all tokens that a merged spec reads; tables of steps that it does not use do not count."""
    prep = table.get("prep")
    used: list[Any] = [table.get(name) for name in (*_HEAD, *_TABLES)]
    if isinstance(prep, dict):
        steps = prep.get("steps", ())
        used += [prep.get(step) for step in steps if isinstance(step, str)]
    return tokens_in(used, table)


def _follow(value: Any, table: Table, found: set[Path], seen: set[str]) -> None:
    axes = table.get("matrix")
    for text in _texts(value):
        for _, name in split(text) or ():
            if not name or name in seen:
                continue
            seen.add(name)
            parts = tuple(name.split("."))
            if parts[0] == "token":
                found.add(parts[1:])
            elif isinstance(axes, dict) and name in axes:
                continue
            elif name in _HEAD:
                _follow(table.get(name), table, found, seen)
            else:
                path = parts if parts[0] in ("vars", "text") and len(parts) > 1 else ("vars", *parts)
                _follow(_walk(table, path), table, found, seen)


def _walk(value: Any, path: Path) -> Any:
    for nth, part in enumerate(path):
        if not isinstance(value, dict):
            return value
        if part not in value:
            # A localised table: its languages stand between this name and the next.
            return [_walk(below, path[nth:]) for below in value.values() if isinstance(below, dict)]
        value = value[part]
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if "{" in value:
            yield value
    elif isinstance(value, dict):
        for below in value.values():
            yield from _texts(below)
    elif isinstance(value, list | tuple):
        for below in value:
            yield from _texts(below)
