"""Foreign SVG to safe SVG: a strict allow-list, and no silent change of the drawing.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from tympan.errors import IntakeError
from tympan.svg.allow import (
    ATTRIBUTES,
    ELEMENTS,
    FUNCTION,
    FUNCTIONS,
    HREF,
    HUGE,
    ID,
    LOCAL,
    PRESENTATION,
    REFUSED_ATTRIBUTES,
    REFUSED_ELEMENTS,
    VALUE,
)
from tympan.svg.colour import COLOURED, plain_colour
from tympan.svg.reach import refuse_bombs
from tympan.svg.read import parse_svg
from tympan.svg.size import length, svg_number, svg_size, svg_viewbox
from tympan.svg.write import write_svg

# A comment that is never closed reaches to the end (CSS Syntax 3, section 4.3.2).
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_IMPORTANT = re.compile(r"!\s*important\s*$", re.IGNORECASE)


def clean_svg(text: str | bytes) -> str:
    """The same drawing from allowed elements and attributes only, with a viewBox, in one fixed spelling.

    Metadata, editors' data, scripts, event attributes and animations go; `style="..."` becomes attributes.
    What would be missed in the drawing (text, image, filter, style element, a reference out of the file)
    raises IntakeError with a hint, as does all that `parse_svg` and `svg_size` refuse. Idempotent.
    """
    root = _cleaned(parse_svg(text))
    box = svg_viewbox(root)
    svg_size(root)
    root.attrib["viewBox"] = " ".join(svg_number(number, 6) for number in box)
    for name in ("width", "height"):
        if name in root.attrib and length(root.get(name)) is None:
            del root.attrib[name]
    for name in ("x", "y"):
        root.attrib.pop(name, None)
    refuse_bombs(root)
    return write_svg(root)


def _cleaned(element: ET.Element) -> ET.Element:
    kept = ET.Element("g" if element.tag == "a" else element.tag, _attributes(element))
    if element.tag in ("title", "desc"):
        kept.text = " ".join((element.text or "").split())
        return kept
    for child in element:
        if child.tag in ELEMENTS or child.tag == "a":
            kept.append(_cleaned(child))
        elif child.tag in REFUSED_ELEMENTS and not (child.tag == "style" and not (child.text or "").strip()):
            raise IntakeError(f"an SVG with a <{child.tag}> element", hint=REFUSED_ELEMENTS[child.tag])
    return kept


def _attributes(element: ET.Element) -> dict[str, str]:
    given = dict(element.attrib)
    styled = _style(given.pop("style", ""))
    if element.tag == "a":
        given.pop("href", None)
    kept: dict[str, str] = {}
    for name, value in [*given.items(), *styled.items()]:
        value = value.strip()
        if name in REFUSED_ATTRIBUTES:
            harmless, hint = REFUSED_ATTRIBUTES[name]
            if value not in harmless:
                raise IntakeError(f'an SVG with {name}="{value[:60]}"', hint=hint)
        elif name == "role" or name.startswith("aria-"):
            kept[name] = value
        elif name in ATTRIBUTES and (name != "id" or ID.fullmatch(value)):
            kept[name] = _value(name, value)
    return kept


def _style(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for declaration in _COMMENT.sub("", text).split(";"):
        name, _, value = declaration.partition(":")
        name, value = name.strip().lower(), _IMPORTANT.sub("", value.strip()).strip()
        if name in ("transform", "d") and value != "none":
            raise IntakeError(f"an SVG with a CSS {name}", hint=f"write it as the attribute {name}")
        if name in PRESENTATION or name in REFUSED_ATTRIBUTES:
            found[name] = value
    return found


def _value(name: str, value: str) -> str:
    """The value as it may be written; IntakeError for anything that could reach out of the file."""
    if name == "id":
        return value
    if name == "href":
        if HREF.fullmatch(value):
            return value
        raise IntakeError(
            f"an SVG that refers to {value[:60]!r}", hint='only "#id" of the same file is taken'
        )
    value = LOCAL.sub(lambda found: f"url(#{found.group(2)})", value)
    if name in COLOURED and "url" not in LOCAL.sub("", value).lower():
        value = _paint(value)
    rest = LOCAL.sub("", value)
    if "url" in rest.lower():
        raise IntakeError(f"an SVG that refers to {value[:60]!r}", hint="only url(#id) of the file is taken")
    strange = [word for word in FUNCTION.findall(rest) if word not in FUNCTIONS]
    if not VALUE.fullmatch(rest) or strange:
        raise IntakeError(f'an SVG with {name}="{value[:60]}"', hint="write plain numbers and colours")
    if name not in COLOURED and (found := HUGE.search(rest)):
        number = rest[found.start() :].split(maxsplit=1)[0][:20]
        raise IntakeError(f"an SVG with the number {number} in {name}", hint="keep numbers below 10^9")
    if name in ("clip-path", "mask") and value != "none" and not LOCAL.fullmatch(value):
        raise IntakeError(f'an SVG with {name}="{value[:60]}"', hint=f"refer to a <{name}> of the same file")
    return value


def _paint(value: str) -> str:
    """A colour, or a reference to a gradient and the colour to fall back on."""
    found = LOCAL.match(value)
    reference, colour = (found.group(), value[found.end() :].strip()) if found else ("", value)
    return " ".join(part for part in (reference, plain_colour(colour) if colour or not found else "") if part)
