"""Colours of an SVG in spellings that every renderer reads alike: names, `#rrggbb` and `#rrggbbaa`.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import math
import re

from tympan.errors import IntakeError

COLOURED = frozenset(("fill", "stroke", "stop-color", "color"))
_HINT = "write colours as #rrggbb, and opacity as the attribute"
_WORDS = {
    word.lower(): word for word in ("none", "inherit", "currentColor", "context-fill", "context-stroke")
}
# SVG 1.1, section 4.4, and CSS's transparent; rebeccapurple, which is newer, is written as its number.
_NAMES = frozenset(
    re.findall(
        r"\w+",
        """
    transparent aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue
    blueviolet brown burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson
    cyan darkblue darkcyan darkgoldenrod darkgray darkgreen darkgrey darkkhaki darkmagenta
    darkolivegreen darkorange darkorchid darkred darksalmon darkseagreen darkslateblue darkslategray
    darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray dimgrey dodgerblue firebrick
    floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray grey green greenyellow
    honeydew hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen lemonchiffon
    lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen lightgrey lightpink
    lightsalmon lightseagreen lightskyblue lightslategray lightslategrey lightsteelblue lightyellow
    lime limegreen linen magenta maroon mediumaquamarine mediumblue mediumorchid mediumpurple
    mediumseagreen mediumslateblue mediumspringgreen mediumturquoise mediumvioletred midnightblue
    mintcream mistyrose moccasin navajowhite navy oldlace olive olivedrab orange orangered orchid
    palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru pink plum
    powderblue purple red rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell sienna
    silver skyblue slateblue slategray slategrey snow springgreen steelblue tan teal thistle tomato
    turquoise violet wheat white whitesmoke yellow yellowgreen
    """,
    )
)
_HEX = re.compile(r"#(?:[0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)
_FUNCTION = re.compile(r"(rgb|hsl)a?\(([^()]*)\)", re.IGNORECASE)
_PART = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)(%|deg|grad|rad|turn)?", re.IGNORECASE)
_TURN = {"": 360.0, "deg": 360.0, "grad": 400.0, "rad": math.tau, "turn": 1.0}


def plain_colour(text: str) -> str:
    """A colour or word of an SVG as resvg and all browsers read it.

    `rgb()` and `hsl()` of CSS Color 4, which renderers read differently, become numbers. Raises IntakeError
    for what is no colour: a browser would skip it, resvg would paint it black.
    """
    word = text.lower()
    if word in _WORDS:
        return _WORDS[word]
    if word in _NAMES or _HEX.fullmatch(text):
        return text
    if word == "rebeccapurple":
        return "#663399"
    if found := _FUNCTION.fullmatch(text):
        return _numbers(text, found.group(1).lower(), found.group(2))
    raise IntakeError(f"an SVG with the colour {text[:60]!r}", hint=_HINT)


def _numbers(text: str, kind: str, inner: str) -> str:
    parts = [_PART.fullmatch(part) for part in re.split(r"\s*[,/]\s*|\s+", inner.strip())]
    if len(parts) not in (3, 4) or None in parts:
        raise IntakeError(f"an SVG with the colour {text[:60]!r}", hint=_HINT)
    given = [(float(part.group(1)), (part.group(2) or "").lower()) for part in parts if part]
    if not all(math.isfinite(value) for value, _ in given):
        raise IntakeError(f"an SVG with the colour {text[:60]!r}", hint=_HINT)
    alpha = _share(*given[3], 1.0) if len(given) == 4 else 1.0
    if kind == "rgb":
        shares = [_share(value, unit, 255.0) for value, unit in given[:3]]
    else:
        shares = _from_hsl(given[0][0] / _TURN.get(given[0][1], 360.0) % 1, given[1][0], given[2][0])
    levels = [int(share * 255 + 0.5) for share in (*shares, alpha)]
    return "#" + "".join(f"{level:02x}" for level in (levels if levels[3] < 255 else levels[:3]))


def _share(value: float, unit: str, whole: float) -> float:
    return min(1.0, max(0.0, value / (100.0 if unit == "%" else whole)))


def _from_hsl(turn: float, saturation: float, lightness: float) -> list[float]:
    """Red, green, blue from 0 to 1 (CSS Color 4, section 7.1). turn: 0 to 1; the others in percent."""
    saturation, lightness = _share(saturation, "%", 1.0), _share(lightness, "%", 1.0)
    reach = saturation * min(lightness, 1 - lightness)
    steps = ((start + turn * 12) % 12 for start in (0, 8, 4))
    return [lightness - reach * max(-1.0, min(step - 3, 9 - step, 1.0)) for step in steps]
