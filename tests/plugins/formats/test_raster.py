"""png, webp, jpeg and avif: sizes, cut-outs without fringes, no metadata, the same bytes twice."""

from __future__ import annotations

import io
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from tympan import Picture, StepFailed
from tympan.intake import intake
from tympan.profiles import srgb_profile
from tympan_plugins.formats.frame import bled
from tympan_plugins.formats.png import Png, PngParams

from .conftest import SCENE, drawing, pixels_of, plain

pytestmark = pytest.mark.filterwarnings("error")


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def leaf() -> Picture:
    return pixels_of(drawing('<circle cx="200" cy="200" r="150" fill="#ffcc00"/>'), (200, 200))


ALL = ["png", "webp", "jpeg", "avif"]


@pytest.mark.parametrize("name", ALL)
def test_sizes_are_widths_and_vectors_stay_sharp(write: Any, name: str) -> None:
    picture = drawing(SCENE, 'viewBox="0 0 400 200"')
    on = {"matte": "#fff"} if name == "jpeg" else {}
    files = write(name, picture, sizes=[100, 333], **on)
    assert [file.part for file in files] == ["100", "333"]
    assert [opened(file.data).size for file in files] == [(100, 50), (333, 166)]
    assert files[1].facts == {"width": "333", "height": "166"}
    assert opened(write(name, picture, **on)[0].data).size == (400, 200)
    assert write(name, leaf(), sizes=[300], **on)[0].facts["scale"] == "1.50"


@pytest.mark.parametrize("name", ALL)
def test_same_bytes_twice_and_no_metadata(write: Any, name: str) -> None:
    on = {"matte": "#fff"} if name == "jpeg" else {}
    first, second = (write(name, leaf(), sizes=[64], profile="none", **on) for _ in range(2))
    assert first[0].data == second[0].data
    info = opened(first[0].data).info
    own = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    assert not set(info) - {"loop", "background", "timestamp", "duration"} - own
    for word in (
        b"tEXt",
        b"iTXt",
        b"tIME",
        b"eXIf",
        b"iCCP",
        b"EXIF",
        b"Exif",
        b"XMP ",
        b"xap",
        b"rdf",
        b"pHYs",
    ):
        assert word not in first[0].data
    tagged = opened(write(name, leaf(), profile="srgb", **on)[0].data)
    assert tagged.info["icc_profile"] == srgb_profile()


@pytest.mark.parametrize("name", ALL)
def test_matte_and_opaque_pictures_have_no_alpha(write: Any, name: str) -> None:
    image = opened(write(name, leaf(), matte="#123")[0].data)
    assert image.mode == "RGB"
    assert np.abs(np.array(image.getpixel((2, 2))) - (0x11, 0x22, 0x33)).max() <= 3
    assert opened(write(name, plain((1, 2, 3)))[0].data).mode == "RGB"


def test_png_cutout_needs_transparency(write: Any) -> None:
    assert opened(write("png", leaf(), mask=True)[0].data).mode == "RGBA"
    with pytest.raises(StepFailed, match=r"prep\.steps"):
        write("png", plain((1, 2, 3)), mask=True)
    with pytest.raises(StepFailed, match="all over"):
        write("png", plain((1, 2, 3, 0)), mask=True)


def test_png_bleeds_the_edge_then_nothing(write: Any) -> None:
    bleeding = np.asarray(opened(write("png", leaf(), bleed_px=8)[0].data))
    clear = bleeding[..., 3] == 0
    near = clear & (bleeding[..., 0] > 0)
    assert np.abs(bleeding[near][:, :3].astype(int) - (255, 204, 0)).max() <= 3
    assert near[100, 18:24].all()
    assert not bleeding[0, 0].any()
    zero = np.asarray(opened(write("png", leaf(), colour_under_alpha="zero")[0].data))
    assert not zero[zero[..., 3] == 0].any()
    assert (zero[..., 3] == bleeding[..., 3]).all()
    # A viewer that halves without premultiplying: no dark fringe with bleed.
    small = bleeding.reshape(100, 2, 100, 2, 4).mean(axis=(1, 3))
    assert small[small[..., 3] > 16][:, 0].min() > 245


def test_bleed_of_nothing_ends() -> None:
    assert not bled(np.zeros((5, 5, 4), np.uint8), 8).any()


def test_png_is_exact_and_indexed_on_request(write: Any) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (20, 30, 3), dtype=np.uint8)
    picture = Picture(size=(30, 20), pixels=np.dstack([noise, np.full((20, 30), 255, np.uint8)]).tobytes())
    assert (np.asarray(opened(write("png", picture)[0].data)) == noise).all()
    indexed = opened(write("png", leaf(), colours=8)[0].data)
    assert indexed.mode == "P"
    again = intake(write("png", leaf(), colours=8)[0].data).array()
    assert again[0, 0, 3] == 0
    assert tuple(again[100, 100]) == (255, 204, 0, 255)
    assert opened(write("png", plain((9, 8, 7)), colours=4)[0].data).convert("RGB").getpixel((1, 1)) == (
        9,
        8,
        7,
    )


def test_webp_lossless_and_quality(write: Any) -> None:
    picture = leaf()
    lossless = intake(write("webp", picture, lossless=True, exact=True)[0].data)
    assert lossless.pixels == picture.pixels
    lossy = intake(write("webp", picture, quality=60)[0].data).array()
    assert (lossy[..., 3] == picture.array()[..., 3]).all()
    assert len(write("webp", picture, quality=20)[0].data) < len(write("webp", picture, quality=95)[0].data)


@pytest.mark.parametrize("params", [{"sizes": [0]}, {"matte": "red"}, {"profile": "cmyk"}, {"masked": True}])
def test_wrong_keys_are_refused(params: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(params, PngParams)


def test_parts_are_known_before_the_build() -> None:
    assert Png().parts(PngParams(sizes=(24, 48))) == ("24", "48")
    assert Png().parts(PngParams()) == ("",)
    assert set(Png().fingerprint(Png.Params())) == {"pillow", "resvg-py"}


def test_jpeg_has_no_transparency_and_says_so(write: Any) -> None:
    with pytest.raises(StepFailed, match="no transparency") as failed:
        write("jpeg", leaf())
    assert 'matte = "#ffffff"' in failed.value.hint
    image = opened(write("jpeg", leaf(), matte="#123456", quality=95)[0].data)
    assert image.info["icc_profile"] == srgb_profile()
    assert np.abs(np.array(image.getpixel((2, 2))) - (0x12, 0x34, 0x56)).max() <= 4
    assert np.abs(np.array(image.getpixel((100, 100))) - (255, 204, 0)).max() <= 4


def test_avif_keeps_transparency_and_is_taken_in_again(write: Any) -> None:
    again = intake(write("avif", leaf(), quality=90)[0].data).array()
    assert again[0, 0, 3] == 0
    assert again[100, 100, 3] == 255
    assert np.abs(again[100, 100, :3].astype(int) - (255, 204, 0)).max() <= 6


@pytest.mark.parametrize("name", ["jpeg", "avif"])
def test_quality_and_subsampling_make_files_smaller(write: Any, name: str) -> None:
    noise = np.random.default_rng(3).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    picture = Picture(size=(64, 64), pixels=np.dstack([noise, np.full((64, 64), 255, np.uint8)]).tobytes())
    sizes = [len(write(name, picture, quality=quality)[0].data) for quality in (30, 60, 90)]
    assert sizes == sorted(sizes)
    assert len(write(name, picture, subsampling="4:2:0")[0].data) < len(write(name, picture)[0].data)
