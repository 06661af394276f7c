"""Text to a tree of plain names, within limits: no DOCTYPE, no depth or number that could hurt a renderer.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

from tympan import limits
from tympan.errors import IntakeError
from tympan.svg.allow import SVG, XLINK

_DECLARATION = re.compile(r"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_CHUNK = 65_536


def parse_svg(text: str | bytes) -> ET.Element:
    """The root of an SVG; SVG names without namespace, `xlink:href` as `href`, foreign names as `{uri}name`.

    Raises IntakeError for a DOCTYPE, text that is not UTF-8 or not well-formed, a root that is not `svg`, and
    everything above `limits.SVG_BYTES`, `SVG_ELEMENTS`, `SVG_DEPTH`.
    """
    root = _tree(_decoded(text))
    for element in root.iter():
        element.tag = _plain(element.tag, SVG)
        for name in [name for name in element.attrib if name.startswith("{")]:
            value = element.attrib.pop(name)
            element.attrib.setdefault(_plain(name, XLINK), value)
    if root.tag != "svg":
        raise IntakeError(f"an SVG must begin with <svg>, this begins with <{root.tag}>")
    return root


def _decoded(text: str | bytes) -> str:
    if len(text) > limits.SVG_BYTES:
        raise IntakeError(f"an SVG of {len(text)} bytes, more than {limits.SVG_BYTES}", hint="simplify it")
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise IntakeError("an SVG that is not UTF-8", hint="save it with the encoding UTF-8") from None
    if "\0" in text:
        # Expat takes "<" and a zero for UTF-16, whatever it is told, and would read what was not looked at.
        raise IntakeError("an SVG with NUL characters", hint="save it with the encoding UTF-8")
    text = text.removeprefix("\ufeff").lstrip()
    if found := _DECLARATION.search(text):
        word = found.group(1).upper()
        raise IntakeError(f"an SVG with a <!{word}> declaration", hint=f"delete the line that holds <!{word}")
    if "<?xml-stylesheet" in text:
        raise IntakeError("an SVG with a style sheet", hint="export with presentation attributes")
    return text


def _tree(text: str) -> ET.Element:
    parser: Any = ET.XMLPullParser(("start", "end"))
    root: ET.Element | None = None
    depth = count = 0
    try:
        for start in range(0, len(text), _CHUNK):
            parser.feed(text[start : start + _CHUNK])
            for event, element in parser.read_events():
                if event == "end":
                    depth -= 1
                    continue
                root = element if root is None else root
                depth, count = depth + 1, count + 1
                if depth > limits.SVG_DEPTH:
                    raise IntakeError(
                        f"an SVG nested deeper than {limits.SVG_DEPTH} levels", hint="ungroup its groups"
                    )
                if count > limits.SVG_ELEMENTS:
                    raise IntakeError(
                        f"an SVG of more than {limits.SVG_ELEMENTS} elements", hint="simplify or rasterise it"
                    )
        parser.close()
    except ET.ParseError as error:
        raise IntakeError(f"an SVG that is not well-formed XML: {error}") from None
    if root is None:
        raise IntakeError("an SVG without any element")
    return root


def _plain(name: str, namespace: str) -> str:
    return name.removeprefix(f"{{{namespace}}}")
