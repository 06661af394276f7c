"""F3: any bytes as an SVG: refused, or clean text that parses, holds the allow-list, and cleans to itself."""

from __future__ import annotations

import math

from tests.nasty import drawings

from tympan.errors import IntakeError
from tympan.svg import clean_svg, parse_svg, svg_size, svg_viewbox
from tympan.svg.allow import ATTRIBUTES, ELEMENTS, HREF, LOCAL

SEEDS = [data for case in drawings.cases() if len(data := case.make()) < 6_000]
DICTIONARY = [
    "<g>", "<use href='#a'/>", "<path d='M0 0'/>", "viewBox=", "style=", "fill:", "url(#a)", "url(", "rgb(", "hsl(",
    "/*", "*/", "!important", "&#x", "<!DOCTYPE", "<![CDATA[", "]]>", "<?x?>", "xmlns:x=", "xlink:href=", "currentColor",
    "javascript:", "expression(", "\\75rl(", "<clipPath", "<mask", "<symbol", "1e308", "nan", "px", "%", "aria-label=",
]  # fmt: skip


def one(data: bytes) -> None:
    """What is taken is safe, has a size, and is in its final spelling."""
    try:
        clean = clean_svg(data)
    except IntakeError as error:
        str(error).encode()
        return
    assert clean_svg(clean) == clean, "not idempotent"
    assert clean_svg(clean.encode()) == clean
    root = parse_svg(clean)
    width, height = svg_size(root)
    assert width >= 1
    assert height >= 1
    assert all(math.isfinite(number) for number in svg_viewbox(root))
    for element in root.iter():
        assert element.tag in ELEMENTS, element.tag
        for name, value in element.attrib.items():
            assert name in ATTRIBUTES or name == "role" or name.startswith("aria-"), name
            if name.startswith("aria-") or name == "role":
                continue
            assert name != "href" or HREF.fullmatch(value), value
            assert name == "id" or "url(" not in LOCAL.sub("", value).lower(), value
            assert "script" not in value.lower() or name == "id" or "url(#" in value or name == "href", value
