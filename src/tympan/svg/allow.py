"""What may stand in an SVG behind the intake, and what is refused rather than dropped.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import re

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ELEMENTS = frozenset(
    _words(
        "svg g path rect circle ellipse line polyline polygon defs linearGradient radialGradient stop "
        "clipPath mask symbol use title desc"
    )
)
# What these draw would be lost: the user must decide, not we.
REFUSED_ELEMENTS = {
    "text": "convert it to outlines",
    "flowRoot": "convert it to outlines",
    "image": "trace or remove the embedded picture, or give the raster file itself",
    "filter": "filters are off here: flatten the effect in your drawing program",
    "style": "export with presentation attributes instead of CSS classes",
    "foreignObject": "only drawing elements are taken: remove the embedded document",
    "pattern": "expand the pattern into shapes",
    "marker": "expand the marker into shapes",
    "switch": "keep one of its branches",
    "mesh": "mesh gradients are not portable: use a linear or radial one",
    "meshgradient": "mesh gradients are not portable: use a linear or radial one",
}
REFUSED_ATTRIBUTES = {
    "filter": (("none",), REFUSED_ELEMENTS["filter"]),
    "mix-blend-mode": (("normal",), "flatten the blend mode in your drawing program"),
    "marker-start": (("none",), REFUSED_ELEMENTS["marker"]),
    "marker-mid": (("none",), REFUSED_ELEMENTS["marker"]),
    "marker-end": (("none",), REFUSED_ELEMENTS["marker"]),
    "systemLanguage": ((), REFUSED_ELEMENTS["switch"]),
    "requiredExtensions": ((), REFUSED_ELEMENTS["switch"]),
}

# In this order they are written; what is not listed here follows in the alphabet's.
GEOMETRY = _words(
    "id x y width height viewBox preserveAspectRatio href d points x1 y1 x2 y2 cx cy r rx ry fx fy fr offset "
    "refX refY pathLength transform transform-origin gradientTransform gradientUnits spreadMethod "
    "clipPathUnits maskUnits maskContentUnits"
)
PRESENTATION = frozenset(
    _words(
        "color color-interpolation clip-path clip-rule display fill fill-opacity fill-rule mask mask-type "
        "opacity overflow paint-order shape-rendering stop-color stop-opacity stroke stroke-dasharray "
        "stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width "
        "transform-origin vector-effect visibility"
    )
)
ATTRIBUTES = frozenset(GEOMETRY) | PRESENTATION
FUNCTIONS = frozenset(_words("rgb rgba hsl hsla matrix translate scale rotate skewX skewY url"))

ID = re.compile(r"[\w.:\-]+")
HREF = re.compile(r"#([\w.:\-]+)")
LOCAL = re.compile(r"""url\(\s*(['"]?)#([\w.:\-]+)\1\s*\)""")
VALUE = re.compile(r"[\w\s#%.,+\-();/]*", re.ASCII)
# 10^9 and more: resvg counts with 32 bit floats, and aborts on a stroke of 10^12.
HUGE = re.compile(r"[\d.]e\+?0*[1-9]\d|(?<![\d.])[1-9]\d{9}", re.IGNORECASE | re.ASCII)
# Tried at the start of a word only: from each of its letters, a long word would take for ever.
FUNCTION = re.compile(r"(?<![\w\-])([\w\-]*)\(")
