"""A file as it would be without marks: what an approval of drawings and pages is bound to.

Reads nothing. Writes nothing. Only marks that tympan wrote are left out, and only where taking them out can
change nothing that is seen.
"""

from __future__ import annotations

import re

from tympan.marks.read import read_marks
from tympan.marks.xmp import NOTHING, TOOLKIT, packet, svg_metadata

_OPENS = b'<metadata><x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="' + TOOLKIT.encode() + b'">'
_CLOSES = b"</x:xmpmeta></metadata>"
# The last object of a PDF of ours, and what stands behind it.
_PAGE = re.compile(rb"\n(\d+ 0 obj\n<</Type/Metadata/Subtype/XML/Length )(\d{1,9})(>>stream\n)", re.DOTALL)
_END = re.compile(rb"(trailer\n<<[^\n]*>>\n)startxref\n(\d{1,12})\n%%EOF\n\Z")


def unmarked(data: bytes) -> bytes:
    """An SVG or PDF without the marks that tympan put into it; anything else as it is."""
    if data.startswith(b"%PDF-"):
        return _page(data)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _drawing(data)
    return data


def _drawing(data: bytes) -> bytes:
    start = data.find(_OPENS)
    end = data.find(_CLOSES, start) + len(_CLOSES)
    if start < 0 or end < len(_CLOSES):
        return data
    block = data[start:end]
    # Nothing but what we write ourselves: foreign elements in there could style what is seen.
    if block != svg_metadata(packet(read_marks(block).marks)):
        return data
    return data[:start] + data[end:]


def _page(data: bytes) -> bytes:
    """Without the stream of the packet, its length and the place of the table behind it."""
    found = list(_PAGE.finditer(data))
    end = _END.search(data)
    if not found or end is None:
        return data
    last = found[-1]
    stop = last.end() + int(last[2])
    said, close = data[last.end() : stop], b"\nendstream\nendobj\n"
    # No other text than ours, and the table right behind it: a second table in there could show another page.
    own = said == NOTHING or said == packet(read_marks(b"<svg/>" + said).marks)
    if not own or data[stop : stop + len(close) + 5] != close + b"xref\n" or int(end[2]) != stop + len(close):
        return data
    return data[: last.start(2)] + data[last.start(3) : last.end()] + data[stop : end.end(1)]
