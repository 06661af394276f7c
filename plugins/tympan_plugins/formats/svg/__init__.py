"""The `svg` format: drawings on one grid, pixels traced; always the same few attributes in the same order.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterator, Mapping
from typing import Annotated
from xml.etree.ElementTree import Element

from msgspec import Meta

from tympan import (
    Context,
    File,
    Format,
    Params,
    Picture,
    StepFailed,
    clean_svg,
    parse_svg,
    svg_number,
    svg_viewbox,
    svg_with_marks,
    version_of,
    write_svg,
)
from tympan_plugins.formats.svg.rewrite import Move, Unfit, rewritten


class SvgParams(Params, frozen=True):
    """Keys of a target with `format = "svg"`."""

    viewbox: Annotated[
        float,
        Meta(
            ge=0,
            le=100_000,
            description="Side of a square viewBox, such as 24, with the art centred; 0 keeps it.",
        ),
    ] = 0
    padding: Annotated[
        float, Meta(ge=0, description="Free space inside that viewBox on every side, in its units.")
    ] = 0
    precision: Annotated[
        int, Meta(ge=0, le=6, description="Decimals of coordinates, for a viewBox of 10 units or more.")
    ] = 2
    title: Annotated[
        str, Meta(description="Name for screen readers; empty hides the drawing from them as decoration.")
    ] = ""
    description: Annotated[str, Meta(description="Longer text for screen readers; needs `title`.")] = ""
    current_color: Annotated[
        str,
        Meta(
            pattern=r"^(#([0-9a-fA-F]{3}|[0-9a-fA-F]{6}))?$",
            description="Colour that becomes `currentColor`; `#000000` also where no fill is given.",
        ),
    ] = ""
    max_bytes: Annotated[
        int, Meta(ge=0, description="Fail above so many bytes, marks not counted; 0 for no budget.")
    ] = 0
    colours: Annotated[
        int,
        Meta(ge=0, le=64, description="Of pixels: colours to trace; 0 finds those of flat art by itself."),
    ] = 0
    speckle: Annotated[int, Meta(ge=0, le=16, description="Of pixels: side of specks to drop, in px.")] = 4
    mode: Annotated[
        str, Meta(pattern="^(spline|polygon)$", description="Of pixels: curves or straight lines.")
    ] = "spline"


class Svg(Format[SvgParams]):
    """SVG in one fixed spelling; with `viewbox` set, without width and height."""

    NAME = "svg"
    SUFFIX = "svg"
    MARKS = True
    Params = SvgParams

    def fingerprint(self, params: SvgParams) -> Mapping[str, str]:
        """vtracer traces; what is traced may have been resampled by Pillow."""
        return {"vtracer": version_of("vtracer"), "pillow": version_of("pillow")}

    def write(self, picture: Picture, params: SvgParams, ctx: Context) -> Iterator[File]:
        """One file; StepFailed above `max_bytes`, IntakeError if an earlier step left an unsafe SVG."""
        if picture.svg is not None:
            root = parse_svg(clean_svg(picture.svg))
        else:
            from tympan_plugins.formats.svg.trace import Tracing, traced

            root = traced(picture, Tracing(params.colours, params.speckle, params.mode), ctx)
        root = _fitted(root, params)
        if params.current_color:
            _inherit_colour(root, params.current_color)
        _drop_idle_ids(root)
        _describe(root, params.title, params.description)
        data = write_svg(root).encode()
        if params.max_bytes and len(data) > params.max_bytes:
            raise StepFailed(
                f"the SVG has {len(data)} bytes, its budget is {params.max_bytes}",
                hint="raise max_bytes, or lower precision, colours or detail",
            )
        yield File(
            data=svg_with_marks(data, ctx.marks()),
            facts={"bytes": str(len(data)), "paths": str(len(list(root.iter("path"))))},
        )


def _fitted(root: Element, params: SvgParams) -> Element:
    """The drawing in the wanted viewBox, numbers rewritten where they can be, else in a nested viewport."""
    x, y, width, height = svg_viewbox(root)
    root.set("viewBox", " ".join(svg_number(number) for number in (x, y, width, height)))
    side, scale, left, top = params.viewbox, 1.0, 0.0, 0.0
    if side:
        room = side - 2 * params.padding
        if room <= 0:
            raise StepFailed("padding leaves no room in the viewBox", hint="lower padding")
        scale = min(room / width, room / height)
        left, top = (side - width * scale) / 2 - x * scale, (side - height * scale) / 2 - y * scale
    decimals = params.precision + max(0, 1 - math.floor(math.log10(side or max(width, height))))
    result = copy.deepcopy(root)
    try:
        rewritten(result, Move(scale, left, top, decimals))
    except Unfit:
        result = _wrapped(root, scale, left, top)
    if side:
        result.set("viewBox", f"0 0 {svg_number(side)} {svg_number(side)}")
        for name in ("width", "height", "preserveAspectRatio"):
            result.attrib.pop(name, None)
    return result


def _wrapped(root: Element, scale: float, left: float, top: float) -> Element:
    if (scale, left, top) == (1.0, 0.0, 0.0):
        return root
    x, y, width, height = svg_viewbox(root)
    # A nested viewport, unlike a group, keeps percentages what they are.
    place = (scale * x + left, scale * y + top, scale * width, scale * height)
    inner = Element("svg", dict(zip(("x", "y", "width", "height"), map(svg_number, place), strict=True)))
    inner.set("viewBox", root.attrib["viewBox"])
    inner.extend(list(root))
    result = Element("svg", root.attrib)
    result.append(inner)
    return result


def _drop_idle_ids(root: Element) -> None:
    text = " ".join(value for one in root.iter() for name, value in one.attrib.items() if name != "id")
    used = set(re.findall(r"#([\w.:\-]+)", text))
    for one in root.iter():
        if one.get("id") and one.get("id") not in used:
            del one.attrib["id"]


def _inherit_colour(root: Element, colour: str) -> None:
    wanted = _long(colour)
    for element in root.iter():
        for name in ("fill", "stroke", "stop-color"):
            if name in element.attrib and _long(element.attrib[name]) == wanted:
                element.set(name, "currentColor")
    if wanted == "#000000" and "fill" not in root.attrib:
        root.set("fill", "currentColor")


def _long(colour: str) -> str:
    colour = {"black": "#000000", "white": "#ffffff"}.get(colour.lower(), colour.lower())
    return (
        "#" + "".join(2 * digit for digit in colour[1:]) if len(colour) == 4 and colour[0] == "#" else colour
    )


def _describe(root: Element, title: str, description: str) -> None:
    for name in [name for name in root.attrib if name == "role" or name.startswith("aria-")]:
        del root.attrib[name]
    for child in [child for child in root if child.tag in ("title", "desc")]:
        root.remove(child)
    if not title:
        root.set("aria-hidden", "true")
        return
    root.set("role", "img")
    for place, (name, text) in enumerate((("title", title), ("desc", description))):
        if text:
            element = Element(name)
            element.text = text
            root.insert(place, element)
