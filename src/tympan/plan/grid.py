"""A request that is asked once for each cell of a grid, and its candidates as one row.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from tympan.model import Request

if TYPE_CHECKING:
    from tympan.plan.graph import Node


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One cell of a grid. values: axis -> value. key: of its request alone, the same as without a grid.

    asked: the values that this key covers. first: number of its first candidate among all, from 0.
    """

    values: dict[str, Any]
    request: Request
    key: str
    asked: dict[str, Any]
    first: int


def joined(
    parts: Iterable[Part], results: Callable[[str], Mapping[str, str] | None]
) -> dict[str, str] | None:
    """The candidates of all cells: number from 0 -> digest; None if there are none. results: by key."""
    found = {
        _moved(name, part.first): each for part in parts for name, each in (results(part.key) or {}).items()
    }
    return found or None


def with_grid(values: dict[str, Any], parts: Iterable[Part]) -> dict[str, Any]:
    """What a request reads, with the axes of its grid in place of the one value that each replaces."""
    # What further generators are asked stands beside it.
    axes = {name: values for name, values in _axes(parts).items() if name != "generator"}
    if not axes:
        return values
    rest = {name: value for name, value in values.items() if name not in axes}
    if isinstance(options := rest.get("options"), dict):
        rest["options"] = {name: value for name, value in options.items() if name not in axes}
    return {**rest, "grid": axes}


def cell_of(node: Node, name: str) -> dict[str, Any]:
    """The cell that a candidate of a request comes from: axis -> value; empty if there is no grid.

    name: the candidate's in the results of the node, its number from 0.
    """
    number = int(name.partition(".")[0])
    for part in node.parts:
        if part.first <= number < part.first + part.request.candidates:
            return part.values
    return {}


def axes_of(node: Node) -> dict[str, list[Any]]:
    """The axes of a request's grid with their values, in the order of the spec; empty without a grid."""
    return _axes(node.parts)


def _axes(parts: Iterable[Part]) -> dict[str, list[Any]]:
    axes: dict[str, list[Any]] = {}
    for part in parts:
        for axis, value in part.values.items():
            values = axes.setdefault(axis, [])
            if value not in values:
                values.append(value)
    return axes


def _moved(name: str, first: int) -> str:
    number, dot, rest = name.partition(".")
    return f"{first + int(number)}{dot}{rest}"
