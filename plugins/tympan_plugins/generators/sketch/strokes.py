"""Words of the pen: its keywords, and numbers and paths as SVG text.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from typing import TypedDict

from tympan_plugins.generators.sketch import geometry as g


class Fill(TypedDict, total=False):
    """The keywords of `Pen.fill`."""

    shade: float
    lift: float
    line: bool
    glow: bool
    opacity: float
    deep: float


class Stroke(TypedDict, total=False):
    """The keywords of `Pen.stroke`."""

    cased: bool
    glow: bool
    opacity: float


def number(value: float) -> str:
    """A coordinate with at most two decimals, as short as it gets."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def path_data(path: g.Path) -> str:
    """SVG path data."""
    return "".join(verb + " ".join(number(n) for n in v) for verb, v in path)
