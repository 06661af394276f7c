"""Recolours a vector: its paints, one by one.

Reads nothing but the picture. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from tympan import Context, Picture, parse_svg, write_svg
from tympan_plugins.prep import palette
from tympan_plugins.prep.colours import to_hex

if TYPE_CHECKING:
    from tympan_plugins.prep.palette import Rgb
    from tympan_plugins.prep.recolour import RecolourParams

_PAINTS = ("fill", "stroke", "stop-color", "color")
_SHAPES = frozenset(("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"))
# Alpha is kept for other attributes; these words are no colours.
_NO_COLOURS = frozenset(("none", "inherit", "context-fill", "context-stroke", ""))
_BLACK = (0, 0, 0)
# Ink and paper are judged on a rendering with this long side, px.
_DRAWN = 256


def recoloured(picture: Picture, params: RecolourParams, ctx: Context) -> Picture:
    """The SVG with its paints mapped; colours must be met exactly. See `Recolour.run`."""
    root = parse_svg(picture.svg or "")
    uses = [(element, name, rgb) for element, name in _painted(root) if (rgb := _rgb(element.get(name, "")))]
    bare = _has_bare_shape(root)
    found = list(dict.fromkeys([rgb for _, _, rgb in uses] + ([_BLACK] if bare else [])))
    named = _roles(picture, found, ctx) if found else {}
    if any(_is_current(element.get(name, "")) for element, name in _painted(root)):
        named["ink"] = _BLACK
    mapping = palette.targets(found, named, params, reach=0)
    facts = {**picture.facts, **palette.told(mapping)}
    if all(old == new for old, new in mapping.items()):
        return Picture(
            size=picture.size, pixels=picture.pixels, svg=picture.svg, ppi=picture.ppi, facts=facts
        )
    for element, name, rgb in uses:
        if rgb in mapping:
            element.set(name, _written(element.get(name, ""), mapping[rgb]))
    if bare and _BLACK in mapping:
        # What inherits no fill is black; here it inherits the new ink.
        root.set("fill", to_hex(mapping[_BLACK]))
    return picture.with_svg(write_svg(root), picture.size, **palette.told(mapping))


def _painted(root: Element) -> Iterator[tuple[Element, str]]:
    for element in root.iter():
        for name in _PAINTS:
            if name in element.attrib:
                yield element, name


def _is_current(text: str) -> bool:
    return text.strip().lower() == "currentcolor"


def _rgb(text: str) -> Rgb | None:
    """The colour of a paint, without its alpha; currentColor is black, as nobody sets it in a file."""
    from PIL import ImageColor

    text = text.strip().lower()
    if text in _NO_COLOURS or text.startswith("url("):
        return None
    if text == "currentcolor":
        return _BLACK
    try:
        red, green, blue, *_ = ImageColor.getrgb(_spelled(text))
    except ValueError:
        return None
    return red, green, blue


def _spelled(text: str) -> str:
    """CSS Colour 4 spellings as Pillow reads them: commas, no alpha, whole numbers."""
    if not text.startswith(("rgb", "hsl")):
        return "#808080" if text == "grey" else text
    inner = text[text.find("(") + 1 : text.rfind(")")].replace(",", " ").replace("/", " ").split()[:3]
    if text.startswith("rgb"):
        inner = [part if part.endswith("%") else str(round(float(part))) for part in inner]
    return f"{text[:3]}({','.join(inner)})"


def _written(old: str, new: Rgb) -> str:
    """The new paint; an alpha that the old one had stays."""
    from PIL import ImageColor

    text = old.strip().lower()
    alpha = 255
    if text.startswith("#") and len(text) in (5, 9):
        alpha = ImageColor.getrgb(text)[3]  # type: ignore[misc]
    elif text.startswith(("rgb", "hsl")):
        parts = text[text.find("(") + 1 : text.rfind(")")].replace(",", " ").replace("/", " ").split()
        if len(parts) == 4:
            share = float(parts[3][:-1]) / 100 if parts[3].endswith("%") else float(parts[3])
            alpha = round(255 * min(1.0, max(0.0, share)))
    return to_hex(new) if alpha == 255 else f"{to_hex(new)}{alpha:02x}"


def _has_bare_shape(root: Element, painted: bool = False) -> bool:
    """Whether a shape inherits no fill at all, and so is black."""
    painted = painted or "fill" in root.attrib
    if root.tag in _SHAPES:
        return not painted and root.tag != "line"
    if root.tag == "clipPath":
        return False
    return any(_has_bare_shape(child, painted) for child in root)


def _roles(picture: Picture, found: list[Rgb], ctx: Context) -> dict[str, Rgb]:
    times = _DRAWN / max(picture.size)
    size = (max(1, round(picture.size[0] * times)), max(1, round(picture.size[1] * times)))
    return palette.roles(ctx.raster(Picture(size=picture.size, svg=picture.svg), size).array(), found)
