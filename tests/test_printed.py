"""A PDF of our own is shown as the TIFF with the same inks is; others are not."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from tympan.context import JobContext
from tympan.errors import IntakeError
from tympan.intake import intake
from tympan.model import Picture
from tympan.printed import printed
from tympan.views import views
from tympan_plugins.formats import tympan_profiles
from tympan_plugins.formats.cmyk_tiff import CmykTiff, CmykTiffParams
from tympan_plugins.formats.pdf import Pdf, PdfParams


def scene() -> Picture:
    image = Image.new("RGB", (300, 200), "#f8f3e9")
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 30, 150, 170), fill="#1f2540")
    draw.ellipse((170, 50, 280, 160), fill="#e04a2f")
    return Picture(size=image.size, pixels=image.convert("RGBA").tobytes())


def written(**keys: str) -> bytes:
    ctx = JobContext(profiles={profile.name: profile for profile in tympan_profiles()})
    [file] = Pdf().write(scene(), PdfParams(**keys), ctx)
    return file.data


def test_inks_look_as_those_of_the_tiff() -> None:
    ctx = JobContext(profiles={profile.name: profile for profile in tympan_profiles()})
    [tiff] = CmykTiff().write(scene(), CmykTiffParams(), ctx)
    ours, theirs = printed(written()), intake(tiff.data)
    assert ours.size == theirs.size
    assert ours.pixels == theirs.pixels
    assert ours.facts["intake.profile"] == theirs.facts["intake.profile"]
    assert views(written(), 20_000, 100_000).seen.profile.startswith("ISO Coated v2 300%")


def test_a_jpeg_in_it_is_almost_the_same_and_has_its_inks_the_right_way_round() -> None:
    whole, jpeg = printed(written()).image(), printed(written(compression="jpeg")).image()
    apart = ImageChops.difference(whole.convert("RGB"), jpeg.convert("RGB"))
    assert max(ImageStat.Stat(apart).mean) < 3


def test_srgb_stays_what_it_was() -> None:
    found = printed(written(profile="srgb")).image().convert("RGB")
    assert found.getpixel((90, 100)) == (0x1F, 0x25, 0x40)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: b"%PDF-1.7\n" + b"x" * 50, "tympan did not write"),
        (lambda data: data.replace(b"/Width 300", b"/Width 900"), "damaged PDF"),
        (lambda data: data.replace(b"/Width 300/Height 200", b"/Width 99999/Height 99999"), "too large"),
        (lambda data: data.replace(b"x\x9c", b"y\x9c", 1), "damaged PDF"),
        (lambda data: data[: len(data) // 2], "PDF"),
    ],
)
def test_others_are_refused_in_words(damage: object, words: str) -> None:
    assert callable(damage)
    with pytest.raises(IntakeError, match=words):
        printed(damage(written()))
