"""Texts inside foreign pictures: every kind, every place, every limit; bytes of nobody's making do no harm."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.services.downloads import MADE, chunk, job_id, midjourney, png, xmp

from tympan import limits
from tympan.chunks import cbor, textual
from tympan.errors import IntakeError


def saved(kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (16, 16), (9, 99, 199)).save(out, kind, **more)  # type: ignore[arg-type]
    return out.getvalue()


def exif(comment: bytes = b"ASCII\0\0\0a fox\nSteps: 5, Seed: 1") -> bytes:
    made = Image.Exif()
    made[0x010E] = "a description"
    made[0x0131] = "Some Tool 1"
    made.get_ifd(0x8769)[0x9286] = comment
    return made.tobytes()


def encode(value: object) -> bytes:
    """CBOR of strings, maps, lists and small numbers."""
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, dict):
        return _head(5, len(value)) + b"".join(encode(k) + encode(v) for k, v in value.items())
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(encode, value))
    assert isinstance(value, int)
    return _head(0, value)


def _head(major: int, number: int) -> bytes:
    return (
        bytes([major << 5 | number]) if number < 24 else bytes([major << 5 | 25]) + struct.pack(">H", number)
    )


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + kind + data


def superbox(label: str, *inside: bytes) -> bytes:
    described = box(b"jumd", b"c2pa" + bytes(12) + b"\x03" + label.encode() + b"\0")
    return box(b"jumb", described + b"".join(inside))


def manifest() -> bytes:
    actions = {"actions": [{"action": "c2pa.created", "softwareAgent": {"name": "Firefly", "version": "5"},
                            "digitalSourceType": MADE}]}  # fmt: skip
    claim = {"claim_generator": "Adobe_Firefly", "dc:title": "a fox", "alg": "sha256", "n": 70000 % 1000}
    store = superbox("c2pa.assertions", superbox("c2pa.actions", box(b"cbor", encode(actions))))
    return superbox(
        "c2pa", superbox("urn:uuid:1", store, superbox("c2pa.claim", box(b"cbor", encode(claim))))
    )


def jpeg_with_manifest() -> bytes:
    """The manifest in two APP11 segments, the second one first."""
    data, whole = saved("JPEG"), manifest()
    cut = len(whole) // 2
    head = b"JP\0\1"
    first = head + struct.pack(">I", 1) + whole[:cut]
    second = head + struct.pack(">I", 2) + whole[:8] + whole[cut:]
    segments = b"".join(b"\xff\xeb" + struct.pack(">H", len(each) + 2) + each for each in (first, second))
    return data[:2] + segments + data[2:]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_png_texts_before_and_behind_the_pixels(after: bool, packed: bool) -> None:
    found = textual(png({"parameters": "a fox, é\nSteps: 5", "Author": "peter"}, after=after, packed=packed))
    assert found["parameters"] == "a fox, é\nSteps: 5"
    assert found["Author"] == "peter"


def test_png_international_texts_and_pillows_own() -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("prompt", '{"1": "日本"}', "en", "prompt", zip=True)
    info.add_itxt("XML:com.adobe.xmp", xmp(DigImageGUID="abc"))
    info.add_text("Title", "latin é")
    data = saved("PNG", pnginfo=info, exif=exif())
    found = textual(data)
    assert found["prompt"] == '{"1": "日本"}'
    assert found["xmp.DigImageGUID"] == "abc"
    assert found["Title"] == "latin é"
    assert found["exif.ImageDescription"] == "a description"
    assert found["exif.UserComment"].startswith("a fox")


def test_midjourneys_texts() -> None:
    found = textual(midjourney("a fox --v 7", job_id(1)))
    assert found["Description"] == f"a fox --v 7 Job ID: {job_id(1)}"
    assert found["xmp.DigImageGUID"] == job_id(1)
    assert found["xmp.DigitalSourceType"] == MADE


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "PNG"])
def test_exif_and_xmp_of_each_kind(kind: str) -> None:
    packet = xmp(AISystemUsed="Firefly", AIPromptInformation="a fox &amp; a dog").encode()
    if kind == "PNG":
        data = png({"xmp": packet.decode()})
    else:
        data = saved(kind, exif=exif(), xmp=packet)
        assert textual(data)["exif.Software"] == "Some Tool 1"
        assert textual(data)["exif.UserComment"] == "a fox\nSteps: 5, Seed: 1"
    assert textual(data)["xmp.AISystemUsed"] == "Firefly"
    assert textual(data)["xmp.AIPromptInformation"] == "a fox & a dog"


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be", "utf-16"])
def test_a_comment_in_utf_16_of_any_order(order: str) -> None:
    data = saved("JPEG", exif=exif(b"UNICODE\0" + "a fox, 日本".encode(order)))
    assert textual(data)["exif.UserComment"] == "a fox, 日本"


def test_xmp_elements_and_lists() -> None:
    packet = (
        "<rdf:Description><dc:description><rdf:Alt><rdf:li xml:lang='x-default'>a fox</rdf:li></rdf:Alt>"
        "</dc:description><xmp:CreatorTool>Tool 2</xmp:CreatorTool></rdf:Description>"
    )
    found = textual(png({"xmp": packet}))
    assert found["xmp.description"] == "a fox"
    assert found["xmp.CreatorTool"] == "Tool 2"


@pytest.mark.parametrize(
    "data", [jpeg_with_manifest(), png({})[:33] + chunk(b"caBX", manifest()) + png({})[33:]]
)
def test_c2pa_says_who_and_what(data: bytes) -> None:
    found = textual(data)
    assert found["c2pa.claim_generator"] == "Adobe_Firefly"
    assert found["c2pa.action"] == "c2pa.created"
    assert found["c2pa.software_agent"] == "Firefly 5"
    assert found["c2pa.digital_source_type"] == MADE


def test_a_jpegs_comment() -> None:
    assert textual(saved("JPEG", comment=b"hello"))["comment"] == "hello"


def test_control_characters_are_left_out_and_the_first_text_of_a_name_stays() -> None:
    data = png({"a": "x\x00\x1b[31my"}) + b""
    assert textual(data)["a"] == "x[31my"
    twice = data[:33] + chunk(b"tEXt", b"a\0first") + data[33:]
    assert textual(twice)["a"] == "first"


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP"]
)
def test_other_kinds_and_stubs_have_none(data: bytes) -> None:
    assert textual(data) == {}


def test_a_text_that_unpacks_to_gigabytes_is_refused() -> None:
    bomb = zlib.compress(b"\0" * (limits.TEXT_LENGTH + 10))
    with pytest.raises(IntakeError, match="absurd length"):
        textual(png({})[:33] + chunk(b"zTXt", b"a\0\0" + bomb) + png({})[33:])


def test_too_many_texts_and_too_many_chunks_are_refused() -> None:
    many = b"".join(chunk(b"tEXt", b"k%d\0v" % n) for n in range(limits.TEXTS + 1))
    with pytest.raises(IntakeError, match="more text inside"):
        textual(png({})[:33] + many)
    with pytest.raises(IntakeError, match="more than 100000 chunks"):
        textual(png({})[:33] + chunk(b"abCD", b"") * (limits.PIECES + 1))


def test_cbor_that_is_deep_long_or_broken_is_nothing() -> None:
    assert cbor.decode(b"\x81" * 1000) is None
    assert cbor.decode(b"\x9b" + b"\xff" * 8) is None
    assert cbor.decode(b"\x9f" + b"\x01" * 100_000) is None
    assert cbor.decode(b"\x7f\x61a\x61b\xff") == "ab"
    assert cbor.decode(b"\xc1\x19\x03\xe8") == 1000
    assert cbor.decode(encode({"a": [1, {"b": "c"}]})) == {"a": [1, {"b": "c"}]}


WHOLE = [
    midjourney("a fox --v 7", job_id(1)),
    png({"parameters": "x" * 50}, packed=True),
    saved("JPEG", exif=exif(), xmp=xmp(AISystemUsed="x").encode(), comment=b"c"),
    saved("WEBP", exif=exif(), xmp=xmp(AISystemUsed="x").encode()),
    jpeg_with_manifest(),
    png({})[:33] + chunk(b"caBX", manifest()) + png({})[33:],
]


@settings(max_examples=1500, deadline=None)
@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=12),
    st.integers(0, 10_000),
    st.binary(max_size=40),
)
def test_bytes_that_were_changed_anywhere_bring_texts_or_a_refusal(
    data: bytes, edits: list[tuple[int, int]], cut: int, more: bytes
) -> None:
    changed = bytearray(data)
    for at, value in edits:
        changed[at % len(changed)] = value
    cut %= len(changed)
    for each in (
        bytes(changed),
        bytes(changed[:cut]) + more,
        bytes(changed[:cut]) + more + bytes(changed[cut:]),
    ):
        try:
            found = textual(each)
        except IntakeError:
            continue
        assert all(isinstance(text, str) and text.encode() for text in found.values())


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP"]), st.binary(max_size=400))
def test_noise_behind_the_first_bytes(head: bytes, noise: bytes) -> None:
    textual(head + noise)
