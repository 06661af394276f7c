"""A tree to text, always the same way: fixed order of attributes, no space between elements.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

from tympan.svg.allow import GEOMETRY, SVG

_RANK = {name: rank for rank, name in enumerate(GEOMETRY)}
_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_VALUE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def write_svg(root: ET.Element) -> str:
    """The text of a tree as `parse_svg` gives it: one `xmlns`, no declaration, no comment, LF."""
    parts: list[str] = []
    _write(root, f' xmlns="{SVG}"', parts)
    return "".join(parts) + "\n"


def _write(element: ET.Element, namespace: str, parts: list[str]) -> None:
    parts.append(f"<{element.tag}{namespace}")
    for name, value in sorted(element.attrib.items(), key=_order):
        parts.append(f' {name}="{" ".join(value.split()).translate(_VALUE)}"')
    text = " ".join((element.text or "").split())
    if not text and not len(element):
        parts.append("/>")
        return
    parts.append(f">{text.translate(_TEXT)}")
    for child in element:
        _write(child, "", parts)
    parts.append(f"</{element.tag}>")


def _order(attribute: tuple[str, str]) -> tuple[int, str]:
    return _RANK.get(attribute[0], len(_RANK)), attribute[0]
