"""pdf: one page that other programs read, its boxes, inks and output intent; marks that move nothing."""

from __future__ import annotations

import io
import re
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tympan import StepFailed, srgb_profile
from tympan.appearance import appearance
from tympan.context import JobContext
from tympan.marks import Marks, packet, read_marks, unmarked
from tympan_plugins.formats import tympan_profiles
from tympan_plugins.formats.pdf import Pdf, PdfParams

from .conftest import SCENE, drawing, pixels_of, plain

COATED = next(profile for profile in tympan_profiles() if profile.name == "fogra39-300")


def streams(data: bytes) -> dict[int, tuple[bytes, bytes]]:
    """Dictionary and bytes of each stream by number of its object, found through the table at the end."""
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", data)[1])  # type: ignore[index]
    assert data[start:].startswith(b"xref\n0 ")
    places = [int(each) for each in re.findall(rb"\n(\d{10}) 00000 n ", data[start:])]
    found = {}
    for number, place in enumerate(places, 1):
        assert data[place:].startswith(b"%d 0 obj\n" % number)
        head = re.compile(rb"\d+ 0 obj\n(<<.*?/Length (\d+)>>)stream\n", re.DOTALL).match(data, place)
        if head and b"endobj" not in head[1]:
            body = data[head.end() : head.end() + int(head[2])]
            assert data[head.end() + len(body) :].startswith(b"\nendstream\nendobj\n")
            found[number] = (head[1], body)
    return found


def pixels(data: bytes) -> np.ndarray[Any, Any]:
    head, body = streams(data)[5]
    colours = int(re.search(rb"/Colors (\d)", head)[1])  # type: ignore[index]
    size = [int(re.search(rb"/%b (\d+)" % word, head)[1]) for word in (b"Height", b"Width")]  # type: ignore[index]
    flat = np.frombuffer(zlib.decompress(body), np.uint8).reshape(*size, colours)
    return np.cumsum(flat, axis=1, dtype=np.uint8)


def test_the_page_has_the_inks_of_the_tiff_and_its_output_intent(write: Any) -> None:
    picture = drawing(SCENE)
    data = write("pdf", picture, size_mm=[40, 30], bleed_mm=3, ppi=100, condition="FOGRA39")[0].data
    tiff = write("cmyk-tiff", picture, size_mm=[40, 30], bleed_mm=3, ppi=100)[0].data
    assert (pixels(data) == np.asarray(Image.open(io.BytesIO(tiff)))).all()
    assert b"/MediaBox[0 0 130.3937 102.0472]/BleedBox[0 0 130.3937 102.0472]" in data
    assert b"/TrimBox[8.5039 8.5039 121.8898 93.5433]" in data
    assert b"/S/GTS_PDFX/OutputConditionIdentifier<%b>" % b"FOGRA39".hex().encode() in data
    assert zlib.decompress(streams(data)[6][1]) == COATED.data


def test_facts_and_ink_limit(write: Any) -> None:
    (file,) = write("pdf", plain((0, 0, 0)), ppi=300)
    assert file.facts["profile"] == "fogra39-300"
    assert float(file.facts["ink_max"]) > 280
    (file,) = write("pdf", plain((0, 0, 0)), ppi=300, ink_limit=250)
    assert float(file.facts["ink_max"]) <= 250


def test_an_srgb_page_has_no_inks_and_says_its_colours(write: Any) -> None:
    picture = pixels_of(drawing(SCENE))
    data = write("pdf", picture, profile="srgb", ppi=200)[0].data
    assert b"/OutputIntents" not in data
    assert b"/ColorSpace[/ICCBased 6 0 R]" in data
    assert zlib.decompress(streams(data)[6][1]) == srgb_profile()
    on_white = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.image()).convert("RGB")
    assert (pixels(data) == np.asarray(on_white)).all()


@pytest.mark.parametrize("profile", ["srgb", "fogra39-300"])
def test_jpeg_inside(write: Any, profile: str) -> None:
    picture = pixels_of(drawing(SCENE))
    data = write("pdf", picture, profile=profile, compression="jpeg", ppi=200)[0].data
    head, body = streams(data)[5]
    assert b"/DCTDecode" in head
    assert (b"/Decode[1 0" in head) == (profile != "srgb")
    found = np.asarray(Image.open(io.BytesIO(body)), int)
    exact = pixels(write("pdf", picture, profile=profile, ppi=200)[0].data)
    # Pillow turns the inks back when it reads them.
    assert np.abs(found - exact).mean() < 3


def test_same_bytes_twice_no_date_and_marks_at_the_end(write: Any, ctx: Any) -> None:
    picture, params = plain((9, 99, 199)), PdfParams()
    bare = write("pdf", picture)[0].data
    assert write("pdf", picture)[0].data == bare
    assert not re.search(rb"Date|\(D:", bare)
    marks = Marks(asset="print/poster", rights="© endstream endobj xref")
    said = JobContext(profiles={"fogra39-300": COATED}, said=packet(marks))
    (file,) = Pdf().write(picture, params, said)
    assert read_marks(file.data).marks == marks
    assert read_marks(bare).marks == Marks()
    assert streams(file.data)
    assert unmarked(file.data) == unmarked(bare) != bare
    assert appearance(file.data) == appearance(bare)
    assert appearance(write("pdf", plain((9, 99, 198)))[0].data) != appearance(bare)


def test_what_an_approval_is_bound_to_cannot_be_forged(write: Any, ctx: Any) -> None:
    said = packet(Marks(asset="print/poster"))
    (file,) = Pdf().write(
        plain((9, 9, 9)), PdfParams(), JobContext(profiles={"fogra39-300": COATED}, said=said)
    )
    data, seen = file.data, appearance(file.data)
    start = data.index(b"<x:xmpmeta")
    # Other text where the packet is, with a table of its own that the end points to.
    forged = data.replace(said, said + b"\nxref\n0 1\n", 1)
    forged = forged.replace(
        b"/Length %d>>stream\n<x" % len(said), b"/Length %d>>stream\n<x" % (len(said) + 10)
    )
    assert appearance(forged) != seen
    moved = re.sub(rb"startxref\n\d+", b"startxref\n%d" % start, data)
    assert appearance(moved) != seen
    assert appearance(data + b"1 0 obj\nstartxref\n9\n%%EOF\n") != seen
    for at in (len(data) // 4, start - 40, data.index(b"trailer")):
        broken = bytearray(data)
        broken[at] ^= 1
        assert appearance(bytes(broken)) != seen


def test_wrong_profiles_and_keys_are_refused(write: Any) -> None:
    with pytest.raises(StepFailed, match="are needed"):
        write("pdf", plain((1, 2, 3)), size_mm=[100, 100])
    with pytest.raises(ValueError, match="bleed_mm needs size_mm"):
        PdfParams(bleed_mm=3)
