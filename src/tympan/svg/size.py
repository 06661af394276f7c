"""How large an SVG is: its viewBox, and its nominal size in px.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree as ET

from tympan import limits
from tympan.errors import IntakeError
from tympan.svg.read import parse_svg

_LENGTH = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(px|pt|pc|mm|cm|in|Q)?\s*")
# Less would be lost among the six decimals that a viewBox is written with.
_LEAST = 0.001
# `tympan.svg.allow.HUGE`, once it is rounded.
_MOST = 999_999_999
# CSS Values 3, section 5.2: 1in = 96px.
_UNIT = {"px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "Q": 96 / 101.6}


def svg_viewbox(svg: str | ET.Element) -> tuple[float, float, float, float]:
    """x, y, width, height of the viewBox in user units; from width and height if there is none.

    Raises IntakeError if the SVG has neither, or if that is not four numbers with a size of at least _LEAST.
    """
    root = _root(svg)
    text = root.get("viewBox")
    if text is None:
        width, height = length(root.get("width")), length(root.get("height"))
        if width is None or height is None:
            raise IntakeError("an SVG without a size", hint='give it a viewBox, such as viewBox="0 0 24 24"')
        text = f"0 0 {width} {height}"
        numbers: list[float | None] = [0.0, 0.0, width, height]
    else:
        numbers = [length(part, sign=True) for part in re.split(r"[\s,]+", text.strip())]
    if len(numbers) == 4 and None not in numbers:
        x, y, width, height = (number or 0.0 for number in numbers)
        if min(width, height) >= _LEAST and max(abs(x), abs(y), width, height) <= _MOST:
            return x, y, width, height
    raise IntakeError(
        f"an SVG with the viewBox {text[:60]!r}",
        hint=f"it must be x, y, width and height below 10^9, these two at least {_LEAST}",
    )


def svg_size(svg: str | ET.Element) -> tuple[int, int]:
    """Nominal width, height in px, each at least 1: from width and height, else from the viewBox.

    Raises IntakeError above `limits.PICTURE_SIDE`, and as `svg_viewbox`.
    """
    root = _root(svg)
    _, _, box_width, box_height = svg_viewbox(root)
    width, height = length(root.get("width")), length(root.get("height"))
    if width is None:
        width = box_width if height is None else height * box_width / box_height
    if height is None:
        height = width * box_height / box_width
    if max(width, height) > limits.PICTURE_SIDE:
        raise IntakeError(
            f"an SVG of {width:.0f} x {height:.0f} px, a side above {limits.PICTURE_SIDE}",
            hint="set a smaller width and height, and keep the viewBox",
        )
    return max(1, round(width)), max(1, round(height))


def length(text: str | None, *, sign: bool = False) -> float | None:
    """A length in px; None if it is missing, relative, not finite, or (without `sign`) not positive."""
    found = _LENGTH.fullmatch(text or "")
    if not found:
        return None
    value = float(found.group(1)) * _UNIT[found.group(2) or "px"]
    return value if math.isfinite(value) and (sign or value > 0) else None


def svg_number(value: float, decimals: int = 3) -> str:
    """A number as SVG writes it shortest: no trailing zeros, no leading zero, no minus before zero."""
    text = f"{value:.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if text in ("-0", ""):
        return "0"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _root(svg: str | ET.Element) -> ET.Element:
    return parse_svg(svg) if isinstance(svg, str) else svg
