"""Nasty SVGs: bombs, things that reach out of the file, numbers that are none, text that is no XML."""

from __future__ import annotations

import base64
import gzip
from collections.abc import Iterator

from tests.nasty.case import LATE, Case
from tests.nasty.rasters import png

HUGE = "with the number"

NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
BOX = '<path d="M2 2h20v20H2z" fill="#c81e1e"/>'


def svg(body: str, attributes: str = 'viewBox="0 0 24 24"', before: str = "") -> bytes:
    """An SVG with this inside."""
    return f"{before}<svg {NS} {attributes}>{body}</svg>".encode()


def nested(depth: int, attributes: str = "") -> bytes:
    """Groups in groups."""
    return svg(f"<g {attributes}>" * depth + BOX + "</g>" * depth)


def use_bomb(levels: int) -> bytes:
    """10^levels copies of a path."""
    groups = [f'<g id="u{n}">' + f'<use href="#u{n - 1}"/>' * 10 + "</g>" for n in range(1, levels + 1)]
    return svg(f'<defs><g id="u0">{BOX}</g>{"".join(groups)}</defs><use xlink:href="#u{levels}"/>')


def chain(kind: str, attribute: str, length: int) -> bytes:
    """Each refers to the next: clipPaths, masks, gradients."""
    inside = "" if "Gradient" in kind else '<path d="M0 0h9v9z"/>'
    links = "".join(
        f'<{kind} id="c{n}" {attribute.format(f"c{n + 1}")}>{inside}</{kind}>' for n in range(length)
    )
    return svg(f"<defs>{links}</defs>{_used(kind)}")


def _used(kind: str) -> str:
    if "Gradient" in kind:
        return '<path d="M2 2h20v20H2z" fill="url(#c0)"/>'
    return f'<path d="M2 2h20v20H2z" {"clip-path" if kind == "clipPath" else "mask"}="url(#c0)"/>'


def loop(kind: str, attribute: str) -> bytes:
    """Two that refer to each other."""
    ends = "".join(f'<{kind} id="c{n}" {attribute.format(f"c{1 - n}")}/>' for n in (0, 1))
    return svg(f"<defs>{ends}</defs>{_used(kind)}")


def image(href: str) -> bytes:
    """An SVG with an <image>."""
    return svg(f'<image width="24" height="24" href="{href}"/>')


def data_uri(data: bytes) -> str:
    """A PNG as a data: URI."""
    return "data:image/png;base64," + base64.b64encode(data).decode()


def laughs() -> bytes:
    """Nine levels of ten references."""
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return svg("<desc>&l9;</desc>", before=f'<!DOCTYPE svg [<!ENTITY l0 "lol">{lines}]>')


def drawn(d: str) -> bytes:
    """One path."""
    return svg(f'<path d="{d}" fill="#c81e1e"/>')


def moved(transform: str) -> bytes:
    """The square, moved."""
    return svg(f'<g transform="{transform}">{BOX}</g>')


def cases() -> Iterator[Case]:
    """All nasty SVGs."""
    yield from _reaching()
    yield from _deep()
    yield from _large()
    yield from _numbers()
    yield from _text()


def _reaching() -> Iterator[Case]:
    bitmap, style = "<image> element", "style"
    yield Case(
        "svg-script",
        "a script and an event: dropped",
        lambda: svg(f"<script>alert(1)</script><g onclick='x()'>{BOX}</g>"),
    )
    yield Case(
        "svg-foreign-object",
        "an embedded document",
        lambda: svg("<foreignObject><iframe/></foreignObject>"),
        "foreignObject",
    )
    yield Case("svg-http", "a picture from the network", lambda: image("http://127.0.0.1:9/x.png"), bitmap)
    yield Case("svg-file-url", "a picture by file:", lambda: image("file:///etc/passwd"), bitmap)
    yield Case("svg-absolute", "a picture by its path", lambda: image("/etc/passwd"), bitmap)
    yield Case("svg-parent", "a picture above the project", lambda: image("../../secret.png"), bitmap)
    yield Case("svg-fifo", "a pipe: reading it would never end", lambda: image("/dev/stdin"), bitmap)
    yield Case(
        "svg-feimage",
        "a picture by feImage",
        lambda: svg('<filter id="f"><feImage href="/etc/passwd"/></filter>'),
        "<filter>",
    )
    yield Case("svg-embedded-png", "a small embedded PNG", lambda: image(data_uri(png(8, 8))), bitmap)
    yield Case(
        "svg-embedded-169mp",
        "an embedded PNG of 169 MP",
        lambda: image(data_uri(png(13_000, 13_000, 8, 6))),
        bitmap,
    )
    yield Case(
        "svg-embedded-svg",
        "an embedded SVG that reads a file",
        lambda: image("data:image/svg+xml;base64," + base64.b64encode(image("/etc/passwd")).decode()),
        bitmap,
    )
    yield Case(
        "svg-use-file", "a shape out of another file", lambda: svg('<use href="other.svg#a"/>'), "refers to"
    )
    yield Case(
        "svg-use-data",
        "a shape out of a data: URI",
        lambda: svg('<use href="data:image/svg+xml,x#a"/>'),
        "refers to",
    )
    yield Case(
        "svg-paint-url",
        "a paint out of another file",
        lambda: svg('<path d="M0 0h9v9z" fill="url(http://x/#a)"/>'),
        "refers to",
    )
    yield Case(
        "svg-css-url",
        "a paint out of another file, in CSS, escaped",
        lambda: svg(r'<path d="M0 0h9v9z" style="fill:u\72l(http://x/#a)"/>'),
        "SVG with",
    )
    yield Case(
        "svg-css-import",
        "a style sheet from the network",
        lambda: svg(f"<style>@import 'http://x/y.css';</style>{BOX}"),
        style,
    )
    yield Case(
        "svg-stylesheet",
        "an xml-stylesheet",
        lambda: svg(BOX, before='<?xml-stylesheet href="http://x/y.css"?>'),
        style,
    )
    yield Case(
        "svg-xinclude",
        "an XInclude: dropped",
        lambda: svg(f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>{BOX}'),
    )
    yield Case(
        "svg-xml-base",
        "another base for references: dropped",
        lambda: svg(BOX, 'viewBox="0 0 24 24" xml:base="http://x/"'),
    )


def _deep() -> Iterator[Case]:
    deeper = "nested deeper"
    yield Case("svg-groups-98", "98 groups in each other", lambda: nested(98))
    for depth in (100, 200, 400, 600, 1100, 2000, 200_000):
        yield Case(
            f"svg-groups-{depth}",
            f"{depth} groups in each other: resvg overflows its stack at 400",
            lambda depth=depth: nested(depth),
            deeper,
        )
    yield Case(
        "svg-layers-90",
        "90 half-transparent groups in each other, on a large canvas",
        lambda: svg(
            "<g opacity='.9'>" * 90 + BOX + "</g>" * 90, 'width="4000" height="4000" viewBox="0 0 24 24"'
        ),
        then={"cmyk-tiff": LATE},
        seconds=3,
        most_mb=2500,
    )
    yield Case("svg-uses-10-6", "10^6 copies of a path", lambda: use_bomb(6), "expand to more")
    yield Case("svg-uses-10-9", "10^9 copies of a path", lambda: use_bomb(9), "expand to more")
    yield Case("svg-uses-10-3", "1000 copies of a path", lambda: use_bomb(3))
    yield Case(
        "svg-use-itself",
        "a group that uses itself",
        lambda: svg('<g id="a"><use href="#a"/></g>'),
        "back to itself",
    )
    yield Case(
        "svg-clip-chain-40",
        "40 clipPaths, each cut by the next",
        lambda: chain("clipPath", 'clip-path="url(#{})"', 40),
    )
    yield Case(
        "svg-clip-chain-500",
        "500 clipPaths",
        lambda: chain("clipPath", 'clip-path="url(#{})"', 500),
        "nest deeper",
    )
    yield Case("svg-mask-chain-40", "40 masks", lambda: chain("mask", 'mask="url(#{})"', 40))
    yield Case(
        "svg-clip-loop",
        "two clipPaths, each cut by the other",
        lambda: loop("clipPath", 'clip-path="url(#{})"'),
        "back to itself",
    )
    yield Case("svg-mask-loop", "two masks", lambda: loop("mask", 'mask="url(#{})"'), "back to itself")
    yield Case(
        "svg-gradient-loop",
        "two gradients, each like the other",
        lambda: loop("linearGradient", 'href="#{}"'),
        "back to itself",
    )
    yield Case(
        "svg-gradient-chain-500",
        "500 gradients",
        lambda: chain("radialGradient", 'href="#{}"', 500),
        "nest deeper",
    )
    yield Case(
        "svg-gradient-nowhere",
        "a gradient that is not there",
        lambda: svg('<path d="M2 2h20v20H2z" fill="url(#none)"/>'),
    )
    yield Case("svg-same-id", "one id three times", lambda: svg('<g id="a"/><g id="a"><use href="#a"/></g>'))
    yield Case(
        "svg-svgs-90",
        "90 svg elements in each other",
        lambda: svg("<svg x='1' width='90%' height='90%'>" * 90 + BOX + "</svg>" * 90),
    )


def _large() -> Iterator[Case]:
    side = "a side above"
    yield Case(
        "svg-30000", "30000 x 30000 px: resvg aborts", lambda: svg(BOX, 'width="30000" height="30000"'), side
    )
    yield Case("svg-10-6", "10^6 x 10^6 px", lambda: svg(BOX, 'viewBox="0 0 1e6 1e6"'), side)
    yield Case("svg-10-30", "10^30 x 10^30 px", lambda: svg(BOX, 'width="1e30" height="1e30"'), HUGE)
    yield Case("svg-thin", "16384 x 1 px", lambda: svg(BOX, 'width="16384" height="1"'))
    yield Case("svg-thinner", "proportions of 10^6", lambda: svg(BOX, 'viewBox="0 0 1000 0.001"'))
    yield Case(
        "svg-16384",
        "16384 x 16384 px: a side is allowed, the area is not",
        lambda: svg(BOX, 'width="16384" height="16384"'),
        then={"cmyk-tiff": "cannot make a picture"},
    )
    yield Case(
        "svg-tiny-box",
        "a viewBox of 10^-30",
        lambda: svg(BOX, 'width="24" height="24" viewBox="0 0 1e-30 1e-30"'),
        intake="at least",
    )
    yield Case(
        "svg-huge-box",
        "a viewBox of 10^300 on 24 px",
        lambda: svg(BOX, 'width="24" height="24" viewBox="0 0 1e300 1e300"'),
        intake=HUGE,
    )
    yield Case(
        "svg-far-box",
        "a viewBox far away",
        lambda: svg(BOX, 'width="24" height="24" viewBox="1e300 -1e300 24 24"'),
        intake=HUGE,
    )
    yield Case("svg-no-size", "no size at all", lambda: svg(BOX, ""), "without a size")
    yield Case("svg-no-area", "a viewBox of no width", lambda: svg(BOX, 'viewBox="0 0 0 24"'), "viewBox")
    yield Case(
        "svg-turbulence",
        "feTurbulence of 10^5 octaves",
        lambda: svg(
            '<filter id="f"><feTurbulence numOctaves="100000"/></filter><rect filter="url(#f)" width="24" height="24"/>'
        ),
        "<filter>",
    )
    yield Case(
        "svg-blur",
        "a blur of 10^5",
        lambda: svg('<filter id="f"><feGaussianBlur stdDeviation="100000"/></filter>'),
        "<filter>",
    )
    yield Case(
        "svg-pattern",
        "a pattern filled with itself",
        lambda: svg('<pattern id="p"><rect fill="url(#p)"/></pattern>'),
        "<pattern>",
    )
    yield Case(
        "svg-path-10-6",
        "a path of a million commands",
        lambda: drawn("M0 0" + "l1 2 -1-1" * 500_000),
        then={"svg": LATE},
        seconds=5,
        most_mb=800,
    )
    yield Case("svg-paths-15000", "15000 paths", lambda: svg(BOX * 15_000))
    yield Case("svg-paths-30000", "30000 paths", lambda: svg(BOX * 30_000), "elements")
    yield Case(
        "svg-layers-5000",
        "5000 half-transparent groups on a large canvas",
        lambda: svg(
            "<g opacity='.9'><path d='M0 0h24v24H0z'/></g>" * 5_000,
            'width="6000" height="6000" viewBox="0 0 24 24"',
        ),
        then={"cmyk-tiff": LATE},
        seconds=3,
        most_mb=2500,
        left_out=("png",),
    )
    yield Case("svg-9-mb", "9 MB of spaces", lambda: svg(" " * 9_000_000), "bytes")
    yield Case(
        "svg-attributes-20000",
        "20000 attributes on one element",
        lambda: svg("<g " + " ".join(f'a{n}="1"' for n in range(20_000)) + f">{BOX}</g>"),
    )
    yield Case("svg-id-1mb", "an id of 1 MB", lambda: svg(f'<g id="{"a" * 1_000_000}">{BOX}</g>'))
    yield Case("svg-title-1mb", "a title of 1 MB", lambda: svg(f"<title>{'a ' * 500_000}</title>{BOX}"))
    yield Case("svg-comment-1mb", "a comment of 1 MB", lambda: svg(f"<!--{'a ' * 500_000}-->{BOX}"))
    yield Case(
        "svg-open-comments",
        "a million opened comments in CSS",
        lambda: svg(f'<g style="{"/* " * 300_000}">{BOX}</g>'),
    )
    yield Case(
        "svg-long-number",
        "a number of a million digits, then a letter",
        lambda: svg(BOX, f'viewBox="{"1" * 1_000_000}x 0 24 24"'),
        "viewBox",
    )
    yield Case(
        "svg-long-digits",
        "a number of a million digits",
        lambda: svg(BOX, f'width="24" viewBox="0.{"1" * 1_000_000} 0 24 24"'),
    )
    yield Case(
        "svg-long-colour",
        "a colour of a million digits",
        lambda: svg(f'<path d="M0 0h9v9z" fill="rgb({"1" * 1_000_000}x,0,0)"/>'),
        "colour",
    )
    yield Case(
        "svg-long-url",
        "a reference of a million letters that never ends",
        lambda: svg(f'<path d="M0 0h9v9z" fill="url(#{"a" * 1_000_000}"/>'),
        "refers to",
    )
    yield Case(
        "svg-spaces-in-url",
        "a million spaces in a reference",
        lambda: svg(f'<path d="M0 0h9v9z" fill="url({" " * 1_000_000}"/>'),
        "refers to",
    )
    yield Case(
        "svg-many-urls",
        "100000 references in one value",
        lambda: svg(f'<path d="M0 0h9v9z" fill="{"url(#a) " * 100_000}"/>'),
        "colour",
    )
    yield Case(
        "svg-stops-9000",
        "a gradient of 9000 stops",
        lambda: svg(
            '<linearGradient id="c0">'
            + "".join(f'<stop offset="{n / 9000}" stop-color="#{n % 4096:03x}"/>' for n in range(9_000))
            + "</linearGradient>"
            + _used("linearGradient")
        ),
    )


def _numbers() -> Iterator[Case]:
    for word in ("NaN", "inf", "1e308", "-1e308", "1e999", "1e-320", "0x10", "--1", "1.2.3", "١"):
        expected = HUGE if word[-3:] in ("308", "999") else "" if word.isascii() else "plain numbers"
        name = {"١": "arabic", "--1": "minus-minus", "1.2.3": "dots"}.get(word, word.lower())
        yield Case(
            f"svg-path-{name}",
            f"{word} in a path",
            lambda word=word: drawn(f"M{word} 2h20v{word}H2z L {word} {word} A{word} {word} 0 1 1 {word} 9z"),
            expected,
        )
        yield Case(
            f"svg-transform-{name}",
            f"{word} in a transform",
            lambda word=word: moved(f"translate({word} 0) scale({word}) rotate({word} 1 {word})"),
            expected,
        )
    yield Case("svg-matrix-flat", "a transform that flattens", lambda: moved("matrix(1 2 2 4 0 0)"))
    yield Case("svg-matrix-short", "a matrix of two numbers", lambda: moved("matrix(1 2)"))
    yield Case(
        "svg-transforms-10-5", "100000 transforms on one element", lambda: moved("rotate(1) " * 100_000)
    )
    yield Case(
        "svg-scales", "90 groups, each 1000 times larger", lambda: nested(90, 'transform="scale(1000)"')
    )
    yield Case(
        "svg-opacity-nan", "opacity NaN", lambda: svg(f'<g opacity="NaN" fill-opacity="inf">{BOX}</g>')
    )
    yield Case(
        "svg-stroke-huge",
        "a stroke of 10^30",
        lambda: svg('<path d="M2 2h20v20" stroke="#000" stroke-width="1e30" stroke-miterlimit="1e30"/>'),
        "10^9",
    )
    yield Case(
        "svg-stroke-scaled",
        "a stroke of 10^9, made 10^9 times larger",
        lambda: svg('<g transform="scale(1e9)"><path d="M2 2h20v20" stroke="#000" stroke-width="1e9"/></g>'),
    )
    yield Case(
        "svg-box-10-8",
        "a viewBox of 10^8",
        lambda: svg(BOX, 'width="24" height="24" viewBox="-1e8 0 1e8 1e8"'),
    )
    yield Case(
        "svg-stroke-negative",
        "a stroke of -1",
        lambda: svg('<path d="M2 2h20v20" stroke="#000" stroke-width="-1"/>'),
    )
    yield Case(
        "svg-dashes-tiny",
        "dashes of 10^-6 on a line of 10^6",
        lambda: svg('<path d="M0 5H1000000" stroke="#000" stroke-dasharray="0.000001"/>'),
    )
    yield Case(
        "svg-dashes-denormal",
        "dashes of 10^-30",
        lambda: svg('<path d="M0 5H24" stroke="#000" stroke-dasharray="1e-30 1e-30"/>'),
    )
    yield Case(
        "svg-dashes-long",
        "dashes on a curve of 10^8",
        lambda: svg('<path d="M0 5C1e8 0 -1e8 9 24 24" stroke="#000" fill="none" stroke-dasharray="1"/>'),
    )
    yield Case(
        "svg-arc-huge",
        "arcs of 10^8",
        lambda: drawn("M0 0" + "A1e8 1e-30 45 1 1 24 24A1e8 1e8 0 0 0 0 0" * 20),
    )
    yield Case(
        "svg-circle-huge",
        "a circle of 10^8",
        lambda: svg('<circle r="1e8"/><ellipse rx="1e8" ry="1e-38" stroke="#000"/>'),
    )
    yield Case(
        "svg-gradient-nan",
        "a gradient of NaN",
        lambda: svg(
            '<linearGradient id="c0" x1="NaN" y2="1e8" gradientTransform="scale(0)"><stop offset="NaN" stop-color="#f00"/><stop offset="-5"/></linearGradient>'
            + _used("linearGradient")
        ),
    )
    yield Case(
        "svg-colour-css4",
        "a colour of CSS Color 4",
        lambda: svg('<path d="M2 2h20v20H2z" fill="rgb(200 30 30 / 50%)"/>'),
    )
    yield Case(
        "svg-colour-word",
        "a colour that is none",
        lambda: svg('<path d="M2 2h20v20H2z" fill="expression(alert(1))"/>'),
        "SVG with",
    )


def _text() -> Iterator[Case]:
    xml = "well-formed"
    yield Case("svg-laughs", "billion laughs", laughs, "DOCTYPE")
    yield Case(
        "svg-xxe",
        "an entity that is a file",
        lambda: svg("<desc>&x;</desc>", before='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "DOCTYPE",
    )
    yield Case(
        "svg-parameter-entity",
        "a parameter entity from the network",
        lambda: svg("", before='<!DOCTYPE svg [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>'),
        "DOCTYPE",
    )
    yield Case(
        "svg-doctype-late",
        "a DOCTYPE behind a comment and in odd letters",
        lambda: svg(BOX, before="<?xml version='1.0'?><!-- x --><!dOcTyPe svg>"),
        "DOCTYPE",
    )
    yield Case("svg-entity-unknown", "an entity nobody declared", lambda: svg("<desc>&nbsp;</desc>"), xml)
    yield Case("svg-char-0", "the character 0 as a reference", lambda: svg("<desc>&#0;</desc>"), xml)
    yield Case(
        "svg-cdata-script",
        "CDATA that closes what it is in",
        lambda: svg("<title><![CDATA[</title><script>alert(1)</script>]]></title>" + BOX),
    )
    yield Case("svg-nul", "NUL bytes inside", lambda: svg("<desc>a\0b</desc>"), "NUL")
    yield Case("svg-control", "a bell in an attribute", lambda: svg('<g id="a\x07"/>'), xml)
    yield Case("svg-utf16", "UTF-16 with a mark", lambda: svg(BOX).decode().encode("utf-16"), "UTF-16")
    yield Case(
        "svg-utf16-bare", "UTF-16 without a mark", lambda: svg(BOX).decode().encode("utf-16-le"), "NUL"
    )
    yield Case(
        "svg-utf16-doctype",
        "billion laughs in UTF-16, which a search for DOCTYPE in bytes does not see",
        lambda: laughs().decode().encode("utf-16-le"),
        "NUL",
    )
    yield Case(
        "svg-utf16-lie",
        "says it is UTF-16 and is not",
        lambda: svg(BOX, before='<?xml version="1.0" encoding="UTF-16"?>'),
    )
    yield Case(
        "svg-latin1", "Latin-1", lambda: svg("<title>caf\u00e9</title>").decode().encode("latin-1"), "UTF-8"
    )
    yield Case(
        "svg-utf7-lie",
        "says it is UTF-7, hides a script",
        lambda: svg("<desc>+ADw-script+AD4-</desc>" + BOX, before='<?xml version="1.0" encoding="UTF-7"?>'),
    )
    yield Case("svg-svgz", "a gzipped SVG", lambda: gzip.compress(svg(BOX), mtime=0), "gzip")
    yield Case(
        "svg-svgz-bomb",
        "a gzipped SVG of 100 MB",
        lambda: gzip.compress(svg(" " * 100_000_000), 1, mtime=0),
        "gzip",
    )
    yield Case("svg-half", "half an SVG", lambda: svg(BOX)[:100], xml)
    yield Case("svg-two-roots", "two roots", lambda: svg(BOX) * 2, xml)
    yield Case("svg-html", "a web page", lambda: b"<!doctype html><html><svg></svg></html>", "DOCTYPE")
    yield Case("svg-other-root", "XML of another kind", lambda: b'<rss version="2.0"/>', "begin with <svg>")
    yield Case(
        "svg-no-namespace",
        "an SVG without its namespace",
        lambda: b'<svg viewBox="0 0 24 24"><path d="M2 2h20v20H2z"/></svg>',
    )
    yield Case(
        "svg-namespace-prefix",
        "an SVG under another prefix",
        lambda: (
            b'<s:svg xmlns:s="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><s:path d="M2 2h20v20H2z"/></s:svg>'
        ),
    )
    yield Case("svg-lt", "one character", lambda: b"<", xml)
    yield Case("svg-processing", "a million processing instructions", lambda: svg("<?x?>" * 1_000_000 + BOX))
