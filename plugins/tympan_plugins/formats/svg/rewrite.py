"""A drawing moved into another viewBox by rewriting its numbers, so that no wrapping transform is left.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import msgspec

from tympan import svg_number
from tympan_plugins.formats.svg import matrix, pathdata

_LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?:px)?\s*")
_X = {"x", "cx", "x1", "x2", "fx"}
_Y = {"y", "cy", "y1", "y2", "fy"}
_DISTANCES = {"width", "height", "r", "rx", "ry", "fr", "stroke-width", "stroke-dashoffset"}
# Positions that count as 0 where they are not written.
_ASSUMED = {"rect": "xy", "circle": ("cx", "cy"), "ellipse": ("cx", "cy"), "line": ("x1", "y1", "x2", "y2")}
_GRADIENTS = {"linearGradient": ("x1", "y1", "x2", "y2"), "radialGradient": ("cx", "cy", "r")}


class Unfit(Exception):
    """The drawing says something relative that cannot be rewritten number by number."""


class Move(msgspec.Struct, frozen=True):
    """Every point p goes to `scale * p + (x, y)`; numbers are rounded to `decimals`."""

    scale: float
    x: float
    y: float
    decimals: int


def rewritten(root: Element, move: Move) -> None:
    """Rewrite all numbers below `root` in place; raises Unfit, the tree half done, where that is no good."""
    ids = {element.get("id", ""): element for element in root.iter()}
    largest = max((_growth(use) for use in root.iter("use")), default=1.0)
    for child in root:
        _rewrite(child, move, ids, max(1.0, largest))
    if move.scale != 1:
        _scale_strokes(root, move)


def _rewrite(element: Element, move: Move, ids: dict[str, Element], grown: float) -> None:
    if element.tag in ("svg", "symbol") or element.get("vector-effect", "none") != "none":
        raise Unfit
    if "transform-origin" in element.attrib or "pathLength" in element.attrib:
        raise Unfit
    if "objectBoundingBox" in (element.get("clipPathUnits"), element.get("maskContentUnits")):
        raise Unfit
    _transform(element, "transform", move)
    grown *= _growth(element)
    fine = msgspec.structs.replace(move, decimals=move.decimals + max(0, math.ceil(math.log10(grown) - 1e-9)))
    if element.tag in _GRADIENTS:
        _gradient(element, fine, ids)
        return
    for name in _ASSUMED.get(element.tag, ()):
        element.attrib.setdefault(name, "0")
    boxed = element.tag == "mask" and element.get("maskUnits") != "userSpaceOnUse"
    _numbers(element, fine, () if boxed else ("x", "y", "width", "height"))
    for child in element:
        _rewrite(child, move, ids, grown)


def _numbers(element: Element, move: Move, box: tuple[str, ...]) -> None:
    shifted = element.tag != "use"
    for name, value in element.attrib.items():
        if name == "d":
            segments = pathdata.moved(pathdata.parsed(value), move.scale, move.x, move.y)
            element.set(name, pathdata.written(segments, move.decimals))
        elif name == "points":
            element.set(name, " ".join(_points(value, move)))
        elif name == "stroke-dasharray" and value not in ("none", "inherit"):
            words = re.split(r"[\s,]+", value.strip())
            element.set(name, " ".join(_length(word, move.scale, 0, move.decimals) for word in words))
        elif name in ("x", "y", "width", "height") and name not in box:
            continue
        elif name in _X:
            element.set(name, _length(value, move.scale, move.x if shifted else 0, move.decimals))
        elif name in _Y:
            element.set(name, _length(value, move.scale, move.y if shifted else 0, move.decimals))
        elif name in _DISTANCES and value not in ("inherit", "auto"):
            element.set(name, _length(value, move.scale, 0, move.decimals))


def _points(value: str, move: Move) -> Iterator[str]:
    words = re.findall(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", value)
    for index, word in enumerate(words):
        yield _length(word, move.scale, move.y if index % 2 else move.x, move.decimals)


def _gradient(element: Element, move: Move, ids: dict[str, Element]) -> None:
    chain = [element]
    while (name := chain[-1].get("href", "").removeprefix("#")) in ids and name and len(chain) < 10:
        chain.append(ids[name])
    units = next((found for one in chain if (found := one.get("gradientUnits"))), "objectBoundingBox")
    if units != "userSpaceOnUse":
        return
    needed = _GRADIENTS[element.tag]
    if any(all(name not in one.attrib for one in chain) for name in needed):
        raise Unfit
    # A gradient's ends may lie far apart in a small drawing: they get more decimals than outlines.
    _numbers(element, msgspec.structs.replace(move, decimals=move.decimals + 1), ())
    _transform(element, "gradientTransform", move)


def _transform(element: Element, name: str, move: Move) -> None:
    text = element.get(name)
    if text is None:
        return
    found = matrix.parsed(text)
    if found is None:
        raise Unfit
    moved = matrix.under(found, move.scale, move.x, move.y)
    if short := matrix.written(moved, move.decimals + 1):
        element.set(name, short)
    else:
        del element.attrib[name]


def _growth(element: Element) -> float:
    found = matrix.parsed(element.get("transform", ""))
    return max(1e-6, matrix.growth(found)) if found else 1.0


def _length(text: str, scale: float, shift: float, decimals: int) -> str:
    found = _LENGTH.fullmatch(text)
    if not found:
        raise Unfit
    return svg_number(float(found.group(1)) * scale + shift, decimals)


def _scale_strokes(root: Element, move: Move) -> None:
    """Where a stroke relied on the default width of 1, the root says what that has become."""
    for name in ("stroke-width", "stroke-dashoffset"):
        if name in root.attrib:
            root.set(name, _length(root.attrib[name], move.scale, 0, move.decimals))
    if any("stroke" in one.attrib for one in root.iter()) and "stroke-width" not in root.attrib:
        root.set("stroke-width", svg_number(move.scale, move.decimals + 1))
    if root.get("stroke-dasharray", "none") != "none":
        raise Unfit
