"""How far an SVG's references reach: loops, and files that grow when `use` and masks are expanded.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from tympan import limits
from tympan.errors import IntakeError
from tympan.svg.allow import HREF, LOCAL


def refuse_bombs(root: ET.Element) -> None:
    """Raise IntakeError if following all references loops or passes the limits of an SVG."""
    ids: dict[str, ET.Element] = {}
    for element in root.iter():
        if name := element.get("id"):
            ids.setdefault(name, element)
    _measure(root, 1, ids, {})


def _measure(
    element: ET.Element, depth: int, ids: dict[str, ET.Element], known: dict[ET.Element, tuple[int, int]]
) -> tuple[int, int]:
    """Elements and levels of an element with all it refers to; an element in the making has 0 levels."""
    if element in known:
        count, height = known[element]
        if height == 0:
            raise IntakeError("an SVG with a reference that leads back to itself", hint="remove the loop")
        if depth + height > limits.SVG_DEPTH:
            raise IntakeError(f"an SVG whose references nest deeper than {limits.SVG_DEPTH} levels")
        return count, height
    if depth > limits.SVG_DEPTH:
        raise IntakeError(f"an SVG whose references nest deeper than {limits.SVG_DEPTH} levels")
    known[element] = (0, 0)
    count, height = 1, 0
    for other in [*element, *(ids[name] for name in _names(element) if name in ids)]:
        more, levels = _measure(other, depth + 1, ids, known)
        count, height = count + more, max(height, levels)
        if count > limits.SVG_ELEMENTS:
            raise IntakeError(f"an SVG whose references expand to more than {limits.SVG_ELEMENTS} elements")
    known[element] = (count, height + 1)
    return known[element]


def _names(element: ET.Element) -> list[str]:
    names = [found.group(2) for value in element.attrib.values() for found in LOCAL.finditer(value)]
    if found := HREF.fullmatch(element.get("href", "")):
        names.append(found.group(1))
    return names
