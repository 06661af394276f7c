"""The mark on drafts: PROOF across the picture, drawn from shapes of our own, no font asked.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import math
from xml.etree.ElementTree import Element, SubElement

from tympan.model import Picture
from tympan.render import raster
from tympan.svg import parse_svg, svg_number, svg_viewbox, write_svg
from tympan.svg.allow import SVG

# Goes up when the mark looks different.
VERSION = "1"
# Centre lines of the letters on a grid where capitals are 100 high, and how far each one moves the next.
_LETTERS = {
    "P": ("M0 100V0H30A28 28 0 0 1 30 56H0", 80.0),
    "R": ("M0 100V0H30A28 28 0 0 1 30 56H0M28 56L60 100", 84.0),
    "O": ("M40 0A40 50 0 0 1 40 100A40 50 0 0 1 40 0Z", 112.0),
    "F": ("M56 0H0V100M0 52H46", 56.0),
}
_WORD = "PROOF"
_WIDTH, _HEIGHT = sum(_LETTERS[letter][1] for letter in _WORD), 100.0
# Of the same units. A dark line inside a light one is seen on any ground.
_LINES = (("#ffffff", 17.0, 0.6), ("#c8102e", 9.0, 0.72))
# How much of the picture's sides the word may take, turned as its diagonal is.
_SHARE = 0.94


def marked(picture: Picture) -> Picture:
    """The picture with the mark on it: an SVG stays one, pixels lose their twin on black."""
    if picture.svg is not None:
        return picture.with_svg(marked_svg(picture.svg))
    from PIL import Image

    image = picture.image()
    root = Element("svg", {"viewBox": f"0 0 {image.width} {image.height}"})
    _draw(root)
    over = raster(Picture(size=picture.size, svg=write_svg(root))).image()
    return picture.with_image(Image.alpha_composite(image, over))


def marked_svg(svg: str) -> str:
    """An SVG with the mark on top, all else as it was. IntakeError if it has no size."""
    root = parse_svg(svg)
    _draw(root)
    start, end, rest = svg.rpartition("</svg>")
    if not end or rest.strip():
        return write_svg(root)
    # What tympan does not read of an SVG, such as what it says of itself, stays in it.
    mark = write_svg(root[-1]).strip().replace(f' xmlns="{SVG}"', "", 1)
    return f"{start}{mark}{end}{rest}"


def _draw(root: Element) -> None:
    """Draw the mark over the root's viewBox, above all else."""
    x, y, width, height = svg_viewbox(root)
    angle = math.atan2(height, width)
    wide, high = _WIDTH + _LINES[0][1], _HEIGHT + _LINES[0][1]
    scale = _SHARE * min(
        width / (wide * math.cos(angle) + high * math.sin(angle)),
        height / (wide * math.sin(angle) + high * math.cos(angle)),
    )
    turn = svg_number(-math.degrees(angle), 3)
    middle = f"{svg_number(x + width / 2, 4)} {svg_number(y + height / 2, 4)}"
    group = SubElement(root, "g", {"fill": "none", "stroke-linejoin": "round", "stroke-linecap": "round"})
    start = f"translate({middle})rotate({turn})scale({svg_number(scale, 8)})"
    group.set("transform", f"{start}translate({svg_number(-_WIDTH / 2)} {svg_number(-_HEIGHT / 2)})")
    for colour, line, opacity in _LINES:
        look = {"stroke": colour, "stroke-width": svg_number(line), "opacity": svg_number(opacity)}
        word, at = SubElement(group, "g", look), 0.0
        for letter in _WORD:
            path, step = _LETTERS[letter]
            SubElement(word, "path", {"d": path, "transform": f"translate({svg_number(at)} 0)"})
            at += step
