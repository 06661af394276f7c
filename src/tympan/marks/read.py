"""What a file says of itself, whoever wrote it: XMP, IPTC, EXIF and C2PA taken together.

Reads nothing. Writes nothing. Nothing is verified: a signature is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

import msgspec

from tympan.chunks import textual
from tympan.errors import IntakeError
from tympan.marks.said import AI_TYPES, Marks
from tympan.marks.xmp import MINING, SOURCE_TYPE

# Texts by which tools say how a picture was made, and which no mark has a place for.
_HOW_MADE = ("parameters", "prompt", "workflow", "generation_data")
# Texts by which they say what it shows. What is also there is nobody's name and no licence: some tools write
# the prompt into every field there is, and the prompt is not handed on unless it is asked for.
_WHAT_IT_SHOWS = (*_HOW_MADE, "Description", "comment", "exif.ImageDescription", "xmp.description")
_LIST = re.compile(r"<dc:creator\b[^>]{0,200}>(.{0,4000}?)</dc:creator>", re.DOTALL)
_ENTRY = re.compile(r"<rdf:li\b[^>]{0,200}>([^<]{0,2000})</rdf:li>")


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a file says of itself. marks: what has a place in our own packet.

    signed: who made the C2PA manifest, "" without one. texts: names of other texts that say how it was
    made. others: everything else of the kind, by name, as `tympan.chunks` has it.
    """

    marks: Marks = Marks()
    signed: str = ""
    texts: tuple[str, ...] = ()
    others: dict[str, str] = {}


def read_marks(data: bytes) -> Said:
    """What a PNG, JPEG, WebP, TIFF, AVIF, SVG or PDF file says of itself; nothing for other files.

    A damaged file says what can be read of it, one above the limits nothing.
    """
    try:
        texts = textual(data)
    except IntakeError:
        return Said()
    return said_of(texts)


def said_of(texts: Mapping[str, str]) -> Said:
    """The same, from the texts that `tympan.chunks.textual` found."""
    signed = "" if not any(name.startswith("c2pa.") for name in texts) else _signer(texts)
    kind = texts.get("xmp.DigitalSourceType") or texts.get("c2pa.digital_source_type", "")
    kind = kind.removesuffix("/").removeprefix(SOURCE_TYPE).removeprefix("https" + SOURCE_TYPE[4:])
    system = texts.get("xmp.AISystemUsed", "")
    if not system and kind in AI_TYPES:
        system = texts.get("c2pa.software_agent", "")
    mining = texts.get("xmp.DataMining", "")
    marks = Marks(
        source_type=_line(kind),
        system=_line(system),
        system_version=_line(texts.get("xmp.AISystemVersionUsed", "")),
        prompt=texts.get("xmp.AIPromptInformation", ""),
        data_mining=mining.removeprefix(MINING).lower() if mining.startswith(MINING) else _line(mining),
        creator=_right(texts, _creator(texts)),
        credit=_right(texts, _first(texts, "xmp.Credit", "iptc.Credit")),
        rights=_right(
            texts, _first(texts, "xmp.rights", "iptc.CopyrightNotice", "exif.Copyright", "Copyright")
        ),
        usage_terms=_right(texts, texts.get("xmp.UsageTerms", "")),
        asset=_line(texts.get("tympan.Asset", "")),
        variant=_line(texts.get("tympan.Variant", "")),
        request=_line(texts.get("tympan.Request", "")),
    )
    told = tuple(name for name in _HOW_MADE if name in texts)
    others = {name: text for name, text in texts.items() if name in _OTHERS}
    return Said(marks=marks, signed=signed, texts=told, others=others)


_OTHERS = (
    "xmp.CreatorTool", "xmp.AIPromptWriterName", "xmp.WebStatement", "xmp.description", "xmp.title",
    "exif.Software", "exif.Make", "exif.Model", "c2pa.action", "c2pa.claim_generator", "Software",
)  # fmt: skip


def _signer(texts: Mapping[str, str]) -> str:
    return _line(_first(texts, "c2pa.claim_generator", "c2pa.software_agent")) or "somebody"


def _creator(texts: Mapping[str, str]) -> str:
    """All creators of the XMP list, else what older kinds of metadata say."""
    if found := _LIST.search(texts.get("xmp", "")):
        names = [unescape(name).strip() for name in _ENTRY.findall(found[1])]
        return "; ".join(filter(None, names))
    return _first(texts, "xmp.creator", "iptc.By-line", "exif.Artist", "Author")


def _first(texts: Mapping[str, str], *names: str) -> str:
    return next((texts[name] for name in names if texts.get(name)), "")


def _right(texts: Mapping[str, str], text: str) -> str:
    """A statement of rights as one line, "" if it is what the picture shows."""
    told = (texts[name].strip() for name in _WHAT_IT_SHOWS if name in texts)
    return "" if text.strip() in told else _line(text)


def _line(text: str) -> str:
    return " ".join(text.split())[:2_000]
