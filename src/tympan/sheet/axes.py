"""Which one or two keys differ between candidates, so that they can be laid out as a plot.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tympan.sheet.model import Axis

# A plot with more columns than this is wider than any screen.
_COLUMNS = 12
# At least so much of a plot must be filled for it to be one.
_FILLED = 0.6


def find(cells: Sequence[Mapping[str, str]]) -> tuple[Axis, ...]:
    """The axes of a plot: two keys (columns first), one, or none if the values make no plot.

    cells: for each candidate the values it was asked with.
    """
    axes = [axis for name in _names(cells) if (axis := _axis(cells, name)) is not None]
    pairs = [
        (x, y)
        for at, x in enumerate(axes)
        for y in axes[at + 1 :]
        if _is_filled(cells, x, y) and min(len(x.values), len(y.values)) <= _COLUMNS
    ]
    if pairs:
        best = max(pairs, key=lambda pair: len(pair[0].values) * len(pair[1].values))
        return _wide_first(*best)
    lines = [axis for axis in axes if len(axis.values) <= _COLUMNS and len(axis.values) < len(cells)]
    return (max(lines, key=lambda axis: len(axis.values)),) if lines else ()


def _names(cells: Sequence[Mapping[str, str]]) -> list[str]:
    return list(dict.fromkeys(name for cell in cells for name in cell))


def _axis(cells: Sequence[Mapping[str, str]], name: str) -> Axis | None:
    values = [cell[name] for cell in cells if name in cell]
    found = list(dict.fromkeys(values))
    return Axis(name, tuple(_in_order(found))) if len(values) == len(cells) and len(found) > 1 else None


def _in_order(values: list[str]) -> list[str]:
    """By size if all are numbers, else as they came."""
    try:
        return sorted(values, key=float)
    except ValueError:
        return values


def _is_filled(cells: Sequence[Mapping[str, str]], x: Axis, y: Axis) -> bool:
    there = {(cell[x.name], cell[y.name]) for cell in cells}
    return len(there) >= _FILLED * len(x.values) * len(y.values)


def _wide_first(x: Axis, y: Axis) -> tuple[Axis, Axis]:
    """The axis with more values along the columns, unless that would be too wide."""
    wide, tall = (x, y) if len(x.values) >= len(y.values) else (y, x)
    return (wide, tall) if len(wide.values) <= _COLUMNS else (tall, wide)
