"""The packet of marks: canonical, complete, read back as it was said; and taken out of drawings again."""

from __future__ import annotations

import io
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from tympan.marks import (
    AI_TYPES,
    SOURCE_TYPES,
    Marks,
    Wanted,
    merged,
    packet,
    read_marks,
    svg_metadata,
    unmarked,
)

FULL = Marks(
    source_type="trainedAlgorithmicMedia", system='Mid & "journey"', system_version="8.1", prompt="a fox\nin snow",
    data_mining="prohibited-aimltraining", creator="Ann O'Neil <ann>", credit="Studio", rights="© 2026 Ännchen",
    usage_terms="ask us", asset="icon/home", variant="dark", request="ab" * 32,
)  # fmt: skip
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4">%s<path d="M0 0h4v4z"/></svg>'
TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=40)


def saved(kind: str, xmp: bytes) -> bytes:
    """A file of another program's making that has a packet where its kind of file has packets."""
    out, image = io.BytesIO(), Image.new("RGB", (20, 10), (9, 99, 199))
    more: dict[str, Any] = {"xmp": xmp}
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_itxt("XML:com.adobe.xmp", xmp.decode())
        more = {"pnginfo": info}
    elif kind == "TIFF":
        more = {"tiffinfo": {700: xmp}}
    elif kind == "PDF":
        return b"%PDF-1.7\n1 0 obj\n<</Type/Metadata>>stream\n" + xmp + b"\nendstream\nendobj\n%%EOF\n"
    elif kind == "SVG":
        return SVG % svg_metadata(xmp)
    image.save(out, kind, **more)
    return out.getvalue()


WHOLE = {kind: saved(kind, packet(FULL)) for kind in ("PNG", "JPEG", "WEBP", "TIFF", "AVIF", "PDF", "SVG")}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "AVIF", "PDF", "SVG"])
def test_marks_are_read_from_every_kind_of_file(kind: str) -> None:
    assert read_marks(saved(kind, packet(FULL))).marks == FULL


def test_a_packet_is_well_formed_sorted_and_always_the_same() -> None:
    text = packet(FULL).decode()
    ElementTree.fromstring(text)
    assert packet(FULL) == packet(
        Marks(**{name: getattr(FULL, name) for name in reversed(Marks.__struct_fields__)})
    )
    names = [line.split("=")[0] for line in text.split('about=""')[1].split(">")[0].split('" ')]
    spaces, said = [n for n in names if "xmlns" in n], [n for n in names if "xmlns" not in n]
    assert spaces == sorted(spaces)
    assert said == sorted(said)
    assert "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia" in text
    assert "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING" in text
    assert packet(Marks()) == b""
    assert "prompt" not in packet(Marks(asset="a")).decode().lower()


@given(TEXT, TEXT, TEXT)
def test_any_text_comes_back(rights: str, system: str, asset: str) -> None:
    marks = Marks(rights=rights, system=system, asset=asset)
    said = packet(marks)
    if said:
        ElementTree.fromstring(said.decode())
    found = read_marks(SVG % svg_metadata(said)).marks
    assert found.rights == " ".join(rights.split())
    assert found.system == " ".join(system.split())
    assert found.asset == " ".join(asset.split())


def test_words_in_a_text_are_no_marks() -> None:
    said = packet(Marks(rights='mine tympan:Asset="icon/bell" <tympan:Request>x</tympan:Request>'))
    assert read_marks(SVG % svg_metadata(said)).marks.asset == ""
    assert read_marks(SVG % svg_metadata(said)).marks.request == ""


def test_what_is_no_picture_says_nothing() -> None:
    for data in (b"", b"%PDF-", b"<", b"II*\0", b"MM\0*\0\0\0\x08\0\xff", b"\0\0\0\x20ftypavif" + bytes(60)):
        assert read_marks(data).marks == Marks()


@given(st.data())
def test_broken_files_do_no_harm(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "WEBP", "TIFF", "AVIF", "PDF", "SVG"]))
    broken = bytearray(WHOLE[kind])
    # Most of what is read stands at the beginning.
    for at in data.draw(st.lists(st.integers(4, min(len(broken), 700) - 1), min_size=1, max_size=8)):
        broken[at] = data.draw(st.integers(0, 255))
    cut = bytes(broken[: data.draw(st.integers(4, len(broken)))])
    read_marks(cut)
    unmarked(cut)


def test_a_drawing_loses_our_marks_only() -> None:
    own = SVG % svg_metadata(packet(FULL))
    assert unmarked(own) == SVG % b""
    styled = own.replace(b"</rdf:RDF>", b"</rdf:RDF><style>path{fill:red}</style>")
    assert unmarked(styled) == styled
    foreign = SVG % b"<metadata><x:xmpmeta xmlns:x='adobe:ns:meta/'/></metadata>"
    assert unmarked(foreign) == foreign


def test_the_spec_goes_before_the_source_and_the_source_before_a_guess() -> None:
    found = Marks(
        source_type="digitalCapture", system="Other", system_version="2", rights="theirs", prompt="p"
    )
    assert merged(Wanted(made="trainedAlgorithmicMedia"), found).source_type == "digitalCapture"
    assert merged(Wanted(made="algorithmicMedia"), Marks()).source_type == "algorithmicMedia"
    assert merged(Wanted(source_type="print"), found).source_type == "print"
    ours = merged(Wanted(system="Ours", system_version="1", rights="mine"), found)
    assert (ours.system, ours.system_version, ours.rights, ours.prompt) == ("Ours", "1", "mine", "")
    theirs = merged(Wanted(with_prompt=True), found)
    assert (theirs.system, theirs.system_version, theirs.rights, theirs.prompt) == (
        "Other",
        "2",
        "theirs",
        "p",
    )
    assert not merged(Wanted(carry=False), found)
    assert set(AI_TYPES) < set(SOURCE_TYPES)


def _tiff(xmp: bytes, colour: tuple[int, ...] = (9, 99, 199, 3)) -> bytes:
    out = io.BytesIO()
    tags: dict[int, Any] = {700: xmp} if xmp else {}
    Image.new("CMYK", (300, 200), colour).save(
        out, "TIFF", compression="tiff_lzw", tiffinfo=tags, dpi=(72, 72)
    )
    return out.getvalue()


def test_a_tiff_too_large_to_be_looked_at_keeps_its_approval(monkeypatch: pytest.MonkeyPatch) -> None:
    from tympan import limits
    from tympan.appearance import appearance

    monkeypatch.setattr(limits, "PICTURE_PIXELS", 1000)
    bare, marked = _tiff(b""), _tiff(packet(FULL))
    assert bare != marked
    assert unmarked(bare) == unmarked(marked)
    assert appearance(bare) == appearance(marked)
    assert appearance(_tiff(b"", (9, 99, 199, 4))) != appearance(bare)
    for at in range(8, len(bare), max(1, len(bare) // 40)):
        changed = bytearray(bare)
        changed[at] ^= 4
        # Only bytes that nothing refers to, which pad, may differ.
        same = appearance(bytes(changed)) == appearance(bare)
        assert (
            not same
            or Image.open(io.BytesIO(bytes(changed))).tobytes() == Image.open(io.BytesIO(bare)).tobytes()
        )
