"""The matrix: axes of a spec and the cells of their product.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import itertools
import math
import re
from typing import Any, NamedTuple

from tympan import limits
from tympan.spec.mistakes import Mistake, expected
from tympan.spec.outputs import NAMES

_SHORT = re.compile(r"[A-Za-z0-9_-]+")

# Names that mean something else where an axis may be named: in `{...}` and in patterns of output paths.
TAKEN = frozenset({*NAMES, "subject", "title", "description", "vars", "text", "token"})


class Matrix(NamedTuple):
    """axes: axis -> its values, in the order of the file. cells: name of each variant -> axis -> value."""

    axes: dict[str, frozenset[str]]
    cells: dict[str, dict[str, str]]


ONE_CELL = Matrix({}, {"": {}})


def read_matrix(table: dict[str, Any], found: list[Mistake]) -> Matrix:
    """The matrix of a spec; of a wrong one only what is right, with its mistakes added to `found`."""
    axes: dict[str, list[str]] = {}
    for axis, values in table.items():
        key = ("matrix", axis)
        if axis in TAKEN:
            found.append(Mistake(key, f'an axis cannot be called "{axis}": the name is taken'))
        elif not _SHORT.fullmatch(axis):
            found.append(Mistake(key, "expected a short name of letters, digits, - and _"))
        elif not isinstance(values, list):
            found.append(expected(values, "an array of short names", key))
        elif not values:
            found.append(Mistake(key, "an axis needs a value"))
        elif good := _values(values, key, found):
            axes[axis] = good
    count = math.prod(len(values) for values in axes.values())
    if count > limits.MATRIX_CELLS:
        found.append(Mistake(("matrix",), f"has {count} cells, more than {limits.MATRIX_CELLS}"))
        return ONE_CELL
    cells: dict[str, dict[str, str]] = {}
    for cell in itertools.product(*axes.values()):
        name = "-".join(cell)
        if name in cells:
            found.append(Mistake(("matrix",), f'two cells are called "{name}"'))
        cells[name] = dict(zip(axes, cell, strict=True))
    return Matrix({axis: frozenset(values) for axis, values in axes.items()}, cells)


def axis_of(table: dict[str, Any], matrix: Matrix) -> str:
    """The axis whose values are the keys of a table, all of them; "" if there is none."""
    first = next(iter(table), None)
    for axis, values in matrix.axes.items():
        if first in values and table.keys() <= values:
            return axis
    return ""


def _values(values: list[Any], key: tuple[str, str], found: list[Mistake]) -> list[str]:
    good: list[str] = []
    for nth, value in enumerate(values):
        place = (*key, nth)
        if isinstance(value, bool) or not isinstance(value, str | int):
            found.append(expected(value, "a short name", place))
        elif not _SHORT.fullmatch(text := str(value)):
            found.append(Mistake(place, f'"{text}" is not a short name of letters, digits, - and _'))
        elif text in good:
            found.append(Mistake(place, f'"{text}" is there twice'))
        else:
            good.append(text)
    return good
