"""tympan.svg: what gets through, what is dropped, what is refused; always one spelling."""

from __future__ import annotations

import re

import pytest

from tympan import limits
from tympan.errors import IntakeError
from tympan.svg import clean_svg, parse_svg, svg_number, svg_size, svg_viewbox

NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(body: str, attributes: str = 'viewBox="0 0 24 24"') -> str:
    return f"<svg {NS} {attributes}>{body}</svg>"


HOSTILE = svg(
    """<!-- secret --><metadata><a xmlns="urn:x">secret</a></metadata>
    <script>alert(1)</script><style> </style>
    <g onclick="alert(1)" data-name="secret" class="k" style="fill:red; stroke-width: 2px !important; -x: 1">
      <path id="p" d="M0 0
        L 1,1z" onload="x()" fill="blue"/>
      <a href="javascript:alert(1)"><rect width="3" height="3"/></a>
      <animate attributeName="href" to="javascript:alert(1)"/>
    </g><use xlink:href="#p" fill="currentColor"/>
    <title>Fish &amp; <b>chips</b></title>""",
    'width="24" height="24" viewBox="0,0 24,24" onload="x()" version="1.1" x="3"',
)


def test_hostile_svg_keeps_its_drawing_and_nothing_else() -> None:
    clean = clean_svg(HOSTILE)
    assert clean == (
        '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">'
        '<g fill="red" stroke-width="2px"><path id="p" d="M0 0 L 1,1z" fill="blue"/>'
        '<g><rect width="3" height="3"/></g></g>'
        '<use href="#p" fill="currentColor"/><title>Fish &amp;</title></svg>\n'
    )
    assert clean_svg(clean) == clean
    assert clean_svg(("\ufeff" + clean).encode()) == clean


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("<!DOCTYPE svg [<!ENTITY x 'y'>]>" + svg(""), "DOCTYPE"),
        (
            '<!DOCTYPE l [<!ENTITY a "l"><!ENTITY b "&a;&a;">]>' + svg("<desc>&b;</desc>"),
            "DOCTYPE",
        ),
        ('<!doctype s [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + svg("<desc>&x;</desc>"), "DOCTYPE"),
        ('<?xml-stylesheet href="x.css"?>' + svg(""), "presentation attributes"),
        (svg("<text>hi</text>"), "outlines"),
        (svg('<image href="/home/ci/x.png"/>'), "trace"),
        (svg('<filter id="f"><feImage href="../x.png"/></filter>'), "filter"),
        (svg("<style>@import 'http://x/y.css'</style>"), "presentation attributes"),
        (svg("<foreignObject><iframe/></foreignObject>"), "document"),
        (svg('<use href="http://evil.example/x.svg#a"/>'), '"#id"'),
        (svg('<use xlink:href="/etc/passwd"/>'), '"#id"'),
        (svg('<path fill="url(http://evil.example/#a)"/>'), "url"),
        (svg('<path style="fill:url(../x.svg#a)"/>'), "url"),
        (svg('<path mask="image-set(//evil.example/x)"/>'), "plain"),
        (svg('<path clip-path="circle(3)"/>'), "plain"),
        (svg('<path clip-path="x"/>'), "clip-path"),
        (svg('<path fill="var(--x)"/>'), "colours"),
        (svg('<path fill="javascript:alert(1)"/>'), "colours"),
        (svg('<path filter="url(#f)"/>'), "filter"),
        (svg('<path style="mix-blend-mode:multiply"/>'), "blend"),
        (svg('<path style="transform:rotate(3deg)"/>'), "attribute transform"),
        (svg('<path marker-end="url(#m)"/>'), "marker"),
        ("<html/>", "begin with <svg>"),
        ("", "well-formed"),
        ("<svg", "well-formed"),
        (svg("").encode("utf-16"), "UTF-8"),
        (svg("", ""), "viewBox"),
        (svg("", 'viewBox="0 0 0 24"'), "at least"),
        (svg("", 'viewBox="0 0 nan 24"'), "at least"),
        (svg("", 'viewBox="0 0 1e-30 1e-30" width="24"'), "at least"),
        (svg("", 'width="1e-9" height="24"'), "at least"),
        (svg("", 'width="24" viewBox="0 99999999in 24 24"'), "below 10^9"),
        (svg("", 'width="24" viewBox="0 999999999.9999999 24 24"'), "below 10^9"),
        (svg('<path d="M0 0h1e10"/>'), "below 10^9"),
        (svg('<path d="M0 0"/>').encode("utf-16-le"), "UTF-8"),
        (svg("", 'width="30000" height="30000"'), "smaller width"),
        (svg("", 'viewBox="0 0 1e6 1e6"'), "smaller width"),
    ],
)
def test_refused(text: str | bytes, hint: str) -> None:
    with pytest.raises(IntakeError, match=re.escape(hint)):
        clean_svg(text)


def test_bombs_are_refused() -> None:
    nested = svg("<g>" * 400 + "</g>" * 400)
    with pytest.raises(IntakeError, match="deeper than 100"):
        clean_svg(nested)
    with pytest.raises(IntakeError, match="elements"):
        clean_svg(svg("<g/>" * (limits.SVG_ELEMENTS + 1)))
    with pytest.raises(IntakeError, match="bytes"):
        clean_svg(svg(" " * limits.SVG_BYTES))
    layers = "".join(f'<g id="l{n}">' + f'<use href="#l{n - 1}"/>' * 10 + "</g>" for n in range(1, 7))
    with pytest.raises(IntakeError, match="expand to more"):
        clean_svg(svg('<g id="l0"><path d="M0 0h1v1z"/></g>' + layers))
    chain = "".join(f'<g id="c{n}"><use href="#c{n + 1}"/></g>' for n in range(300))
    with pytest.raises(IntakeError, match="references nest deeper"):
        clean_svg(svg(chain))
    backwards = "".join(f'<g id="c{n}"><use href="#c{n - 1}"/></g>' for n in range(300))
    with pytest.raises(IntakeError, match="references nest deeper"):
        clean_svg(svg(backwards))


@pytest.mark.parametrize(
    "body",
    [
        '<g id="a"><use href="#a"/></g>',
        '<mask id="a"><path mask="url(#a)" d="M0 0"/></mask>',
        '<linearGradient id="a" href="#b"/><linearGradient id="b" href="#a"/>',
    ],
)
def test_loops_are_refused(body: str) -> None:
    with pytest.raises(IntakeError, match="back to itself"):
        clean_svg(svg(body))


@pytest.mark.parametrize(
    ("attributes", "size", "box"),
    [
        ('viewBox="0 0 24 12"', (24, 12), (0, 0, 24, 12)),
        ('width="48" viewBox="0 0 24 12"', (48, 24), (0, 0, 24, 12)),
        ('height="48" viewBox="0 0 24 12"', (96, 48), (0, 0, 24, 12)),
        ('width="100%" height="100%" viewBox="-5 -5 10 10"', (10, 10), (-5, -5, 10, 10)),
        ('width="1in" height="25.4mm"', (96, 96), (0, 0, 96, 96)),
        ('width="0.2" height="0.2"', (1, 1), (0, 0, 0.2, 0.2)),
    ],
)
def test_sizes(attributes: str, size: tuple[int, int], box: tuple[float, ...]) -> None:
    clean = clean_svg(svg("", attributes))
    assert svg_size(clean) == size
    assert svg_viewbox(clean) == pytest.approx(box)
    assert "viewBox" in parse_svg(clean).attrib
    assert "%" not in clean


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, ".5"), (-0.5, "-.5"), (-0.0001, "0"), (10.0, "10"), (1.23456, "1.235"), (100, "100")],
)
def test_numbers(value: float, text: str) -> None:
    assert svg_number(value) == text


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("rgb(200 30 30 / 50%)", "#c81e1e80"),
        ("RGBA(200, 30, 30, .5)", "#c81e1e80"),
        ("rgb(80%,10%,10%)", "#cc1a1a"),
        ("rgb(300 -5 30)", "#ff001e"),
        ("hsl(120deg 50% 50%)", "#40bf40"),
        ("hsl(0.5turn, 100%, 50%)", "#00ffff"),
        ("hsla(-60,50%,50%,1)", "#bf40bf"),
        ("currentcolor", "currentColor"),
        ("rebeccapurple", "#663399"),
        ("Red", "Red"),
        ("#F008", "#F008"),
        ("url('#g') rgb(1 2 3)", "url(#g) #010203"),
        ("url(#g)", "url(#g)"),
        ("none", "none"),
    ],
)
def test_colours_are_spelled_as_every_renderer_reads_them(given: str, plain: str) -> None:
    clean = clean_svg(svg(f'<path fill="{given}"/>'))
    assert parse_svg(clean)[0].get("fill") == plain
    assert parse_svg(clean_svg(svg(f'<path style="fill:{given}"/>')))[0].get("fill") == plain
    assert clean_svg(clean) == clean


@pytest.mark.parametrize(
    "given",
    ["foo", "", "#12345", "initial", "ButtonFace", "rgb(none 30 30)", "rgb(1,2)", "hwb(1 2% 3%)", "#f00 #0f0",
     "rgb(1e999,0,0)", "lab(50% 20 20)", "rgb(200 30 30", "red icc-color(x,1)"],
)  # fmt: skip
def test_what_is_no_colour_is_refused_since_renderers_differ(given: str) -> None:
    with pytest.raises(IntakeError, match="#rrggbb"):
        clean_svg(svg(f'<path fill="{given}"/>'))
