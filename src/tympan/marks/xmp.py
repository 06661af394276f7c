"""Marks as one canonical packet of XMP.

Reads nothing. Writes nothing. Source: XMP part 1 (ISO 16684-1), section 7: RDF with simple properties as
attributes; IPTC Photo Metadata Standard 2025.1; PLUS LDF 2.0.1 for data mining.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from tympan.marks.said import Marks

TOOLKIT = "tympan"
SPACES = {
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    # No host's: nobody has to be asked what it means.
    "tympan": "urn:x-tympan:marks:",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
}
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
MINING = "http://ns.useplus.org/ldf/vocab/DMI-"
_HEAD = (
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="{TOOLKIT}">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""'
)
_TAIL = "</rdf:RDF></x:xmpmeta>"
# A packet that says nothing.
NOTHING = _HEAD.partition("<rdf:Description")[0].encode() + _TAIL.encode()
# Property -> its value. Those of _LISTS are no attributes.
_PROPERTIES: Mapping[str, Callable[[Marks], str]] = {
    "Iptc4xmpExt:AIPromptInformation": lambda marks: marks.prompt,
    "Iptc4xmpExt:AISystemUsed": lambda marks: marks.system,
    "Iptc4xmpExt:AISystemVersionUsed": lambda marks: marks.system_version,
    "Iptc4xmpExt:DigitalSourceType": lambda marks: _term(SOURCE_TYPE, marks.source_type),
    "dc:creator": lambda marks: marks.creator,
    "dc:rights": lambda marks: marks.rights,
    "photoshop:Credit": lambda marks: marks.credit,
    "plus:DataMining": lambda marks: _term(MINING, marks.data_mining.upper()),
    "tympan:Asset": lambda marks: marks.asset,
    "tympan:Request": lambda marks: marks.request,
    "tympan:Variant": lambda marks: marks.variant,
    "xmpRights:UsageTerms": lambda marks: marks.usage_terms,
}
_LISTS = {
    "dc:creator": "<rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq>",
    "dc:rights": '<rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt>',
    "xmpRights:UsageTerms": '<rdf:Alt><rdf:li xml:lang="x-default">{}</rdf:li></rdf:Alt>',
}
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Not xml.sax's: importing that brings half of the network along.
_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
)


def packet(marks: Marks) -> bytes:
    """The packet, UTF-8 without a wrapper, a byte order mark or padding; b"" for marks that say nothing."""
    said = {name: value for name, of in _PROPERTIES.items() if (value := _clean(of(marks)))}
    if not said:
        return b""
    spaces = sorted({name.partition(":")[0] for name in said})
    parts = [_HEAD, *(f' xmlns:{name}="{SPACES[name]}"' for name in spaces)]
    parts += [
        f' {name}="{value.translate(_ESCAPES)}"' for name, value in sorted(said.items()) if name not in _LISTS
    ]
    inner = [
        f"<{name}>{_LISTS[name].format(value.translate(_ESCAPES))}</{name}>"
        for name, value in sorted(said.items())
        if name in _LISTS
    ]
    parts += [">", *inner, "</rdf:Description>"] if inner else ["/>"]
    return "".join([*parts, _TAIL]).encode()


def svg_metadata(said: bytes) -> bytes:
    """A packet as the element that an SVG holds it in; b"" for none."""
    return b"<metadata>" + said + b"</metadata>" if said else b""


def svg_with_marks(svg: bytes, said: bytes) -> bytes:
    """An SVG with a packet at its end, since a title has to be the first element; as it is for b""."""
    end = svg.rfind(b"</svg>")
    return svg[:end] + svg_metadata(said) + svg[end:] if said and end >= 0 else svg


def pdf_metadata(said: bytes) -> bytes:
    """A packet as the stream that the catalog of a PDF names, which is there for b"", too."""
    said = said or NOTHING
    return b"<</Type/Metadata/Subtype/XML/Length %d>>stream\n%b\nendstream" % (len(said), said)


def _term(vocabulary: str, term: str) -> str:
    """A term as the address that names it; what another tool wrote in full stays as it is."""
    return term if "://" in term or not term else vocabulary + term


def _clean(text: str) -> str:
    """Without what XML 1.0 cannot hold."""
    return _NO_XML.sub("", text)
