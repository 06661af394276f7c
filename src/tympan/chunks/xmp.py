"""The properties of an XMP packet that say how a picture came to be, found without an XML parser.

Reads nothing. Writes nothing. Source: XMP part 1, section 7 (attributes and elements); IPTC Photo Metadata
2025.1 for the names.
"""

from __future__ import annotations

import re
from html import unescape

from tympan.chunks.notes import Notes

_NAMES = (
    "DigImageGUID", "DigitalSourceType", "DigitalImageGUID", "AISystemUsed", "AISystemVersionUsed",
    "AIPromptInformation", "AIPromptWriterName", "CreatorTool", "CreateDate", "description", "creator",
    "title", "Credit", "UsageTerms", "UserComment", "parameters", "DataMining", "WebStatement", "rights",
)  # fmt: skip
# Ours, which mean nothing under another prefix.
_OWN = ("Asset", "Request", "Variant")
_PREFIXED = (
    rf"(?:(?P<own>tympan:)(?=(?:{'|'.join(_OWN)})\b)|[A-Za-z][\w.-]{{0,40}}:)"
    rf"(?P<name>{'|'.join(_NAMES)}|(?<=tympan:)(?:{'|'.join(_OWN)}))"
)
_ATTRIBUTE = re.compile(
    rf"""(?<=\s){_PREFIXED}\s{{0,8}}=\s{{0,8}}(?P<quote>["'])(?P<value>(?:(?!(?P=quote))[^<])*)(?P=quote)"""
)
# An element with text, or with one rdf:Alt, rdf:Seq or rdf:Bag of which the first entry counts.
_ELEMENT = re.compile(
    rf"<{_PREFIXED}(?:\s[^<>]{{0,200}})?>\s{{0,200}}"
    r"(?:<rdf:(?:Alt|Seq|Bag)>\s{0,200}<rdf:li(?:\s[^<>]{0,200})?>)?(?P<value>[^<]*)<"
)


def read(data: bytes, notes: Notes) -> None:
    """Put the packet as `xmp`, known properties as `xmp.<name>`, those of tympan as `tympan.<name>`."""
    notes.put_bytes("xmp", data)
    text = notes.texts.get("xmp", "")
    for pattern in (_ATTRIBUTE, _ELEMENT):
        for found in pattern.finditer(text):
            notes.put(f"{'tympan' if found['own'] else 'xmp'}.{found['name']}", unescape(found["value"]))
