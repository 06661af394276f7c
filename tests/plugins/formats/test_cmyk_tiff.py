"""cmyk-tiff: reference colours, tags, geometry, ink; read back by Pillow and, where there, by other tools."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image, ImageCms

from tympan import Picture, Profile, StepFailed, srgb_profile
from tympan.context import JobContext
from tympan_plugins.formats import tympan_profiles
from tympan_plugins.formats.cmyk_tiff import CmykTiff, CmykTiffParams
from tympan_plugins.formats.cmyk_tiff.engine import Link, engine
from tympan_plugins.formats.cmyk_tiff.ink import limited, most_ink

from .conftest import SCENE, drawing, pixels_of, plain

COATED = next(profile for profile in tympan_profiles() if profile.name == "fogra39-300")


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=("TIFF",))
    image.load()
    return image


def cube(step: int) -> Image.Image:
    levels = np.array([*range(0, 255, step), 255], np.uint8)
    grid = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1)
    return Image.fromarray(grid.reshape(len(levels), -1, 3))


# LittleCMS (tificc 2.14) on ISOcoated_v2_300_bas, relative colorimetric with black point compensation.
REFERENCE = {
    (0, 0, 0): (196, 175, 152, 237), (255, 255, 255): (0, 0, 0, 0), (128, 128, 128): (123, 99, 98, 52),
    (255, 0, 0): (0, 235, 247, 0), (0, 255, 0): (138, 0, 237, 0), (0, 0, 255): (255, 198, 0, 0),
    (255, 255, 0): (5, 0, 231, 0), (227, 6, 19): (5, 248, 239, 0), (224, 172, 105): (30, 88, 162, 6),
}  # fmt: skip


@pytest.mark.parametrize("colour", REFERENCE)
def test_reference_colours(write: Any, colour: tuple[int, int, int]) -> None:
    image = opened(write("cmyk-tiff", plain(colour))[0].data)
    found = np.array(image.getpixel((3, 3)))
    assert np.abs(found - REFERENCE[colour]).max() <= 5
    naive = np.array(Image.new("RGB", (1, 1), colour).convert("CMYK").getpixel((0, 0)))
    assert colour == (255, 255, 255) or np.abs(found - naive).max() > 5


def test_total_ink_and_greys() -> None:
    convert = engine("pillow", COATED, Link())
    assert most_ink(np.asarray(convert(cube(15)))) <= 300.8
    ramp = Image.fromarray(np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2))
    inks = np.asarray(convert(ramp))
    assert (np.diff(inks.sum(axis=-1, dtype=int)[0]) <= 1).all()
    assert inks[0, 0, 3] / 2.55 > 85
    back = ImageCms.profileToProfile(
        convert(cube(51)), io.BytesIO(COATED.data), io.BytesIO(srgb_profile()), 1, outputMode="RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )  # fmt: skip
    assert back is not None
    assert np.abs(np.asarray(back).astype(int) - np.asarray(cube(51))).mean() < 24


def test_tags_read_by_pillow(write: Any) -> None:
    file = write("cmyk-tiff", plain((10, 200, 90)), ppi=300)[0]
    tags = dict(opened(file.data).tag_v2)
    assert tags[262] == 5
    assert tags[332] == 1
    assert tags[258] == (8, 8, 8, 8)
    assert (tags[259], tags[317], tags[284]) == (5, 2, 1)
    assert (tags[282], tags[283], tags[296]) == (300, 300, 2)
    assert not {305, 306, 270, 338, 700, 34665, 315} & set(tags)
    assert opened(file.data).info["icc_profile"] == COATED.data
    assert file.facts["profile"] == "fogra39-300"
    assert file.data == write("cmyk-tiff", plain((10, 200, 90)), ppi=300)[0].data
    deflated = opened(write("cmyk-tiff", plain((10, 200, 90)), compression="deflate")[0].data)
    assert (deflated.tag_v2[259], deflated.tag_v2[317]) == (8, 2)
    bare = opened(write("cmyk-tiff", plain((10, 200, 90)), compression="none")[0].data)
    assert bare.tag_v2[259] == 1
    assert 317 not in bare.tag_v2
    assert (np.asarray(bare) == np.asarray(deflated)).all()


@pytest.mark.skipif(not shutil.which("tiffinfo"), reason="tiffinfo is not on PATH")
def test_tags_read_by_tiffinfo(write: Any, tmp_path: Path) -> None:
    size = {"size_mm": [20, 10], "bleed_mm": 3, "ppi": 200, "upscale": "lanczos"}
    (tmp_path / "a.tif").write_bytes(write("cmyk-tiff", plain((9, 9, 9)), **size)[0].data)
    found = subprocess.run(["tiffinfo", str(tmp_path / "a.tif")], capture_output=True, text=True, check=True)
    assert not found.stderr
    for line in (
        "Image Width: 205 Image Length: 126", "Resolution: 200, 200 pixels/inch", "Bits/Sample: 8",
        "Compression Scheme: LZW", "Photometric Interpretation: separated", "Samples/Pixel: 4",
        "InkSet: 1", "ICC Profile: <present>, 1052612 bytes", "horizontal differencing",
    ):  # fmt: skip
        assert line in found.stdout
    assert "Date" not in found.stdout


@pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool is not on PATH")
def test_tags_read_by_exiftool(write: Any, tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(write("cmyk-tiff", plain((9, 9, 9)))[0].data)
    found = subprocess.run(
        ["exiftool", "-j", "-n", "-G1", str(tmp_path / "a.tif")], capture_output=True, text=True, check=True
    )
    tags = json.loads(found.stdout)[0]
    assert tags["IFD0:PhotometricInterpretation"] == 5
    assert tags["IFD0:InkSet"] == 1
    assert tags["IFD0:BitsPerSample"] == "8 8 8 8"
    assert tags["ICC-header:ColorSpaceData"].strip() == "CMYK"
    assert not [tag for tag in tags if tag.startswith("IFD0") and ("Date" in tag or "Software" in tag)]
    assert not [tag for tag in tags if "Warning" in tag]


def test_size_in_millimetres_with_bleed(write: Any) -> None:
    picture = pixels_of(drawing(SCENE, 'viewBox="0 0 400 400"'), (1200, 1200))
    file = write("cmyk-tiff", picture, size_mm=[85, 55], bleed_mm=3, ppi=300)[0]
    assert opened(file.data).size == (1075, 720)
    assert file.facts["effective_ppi"] == f"{300 * 1200 / 1075:.1f}"
    vector = write("cmyk-tiff", drawing(SCENE), size_mm=[85, 55], bleed_mm=3, ppi=150)[0]
    assert vector.facts["effective_ppi"] == "vector"
    assert opened(vector.data).size == (537, 360)


def test_cover_fills_the_bleed_and_contain_stays_inside_the_trim(write: Any) -> None:
    red = plain((227, 6, 19), (200, 100))
    size = {"size_mm": [20, 20], "bleed_mm": 2, "ppi": 127, "upscale": "lanczos"}
    cover = np.asarray(opened(write("cmyk-tiff", red, **size)[0].data))
    assert cover.shape[:2] == (120, 120)
    assert (cover[..., 1] > 230).all()
    contain = np.asarray(opened(write("cmyk-tiff", red, fit="contain", matte="#fff", **size)[0].data))
    inked = np.argwhere(contain[..., 1] > 128)
    assert inked.min(axis=0).tolist() == [35, 10]
    assert inked.max(axis=0).tolist() == [84, 109]
    assert not contain[:35].any()


def test_transparency_falls_on_the_matte(write: Any) -> None:
    clear = plain((255, 0, 0, 0))
    assert not np.asarray(opened(write("cmyk-tiff", clear)[0].data)).any()
    dark = opened(write("cmyk-tiff", clear, matte="#000000")[0].data)
    assert dark.getpixel((0, 0))[3] > 217


def test_too_few_pixels(write: Any) -> None:
    small = plain((1, 2, 3), (100, 100))
    with pytest.raises(StepFailed, match=r'25 px per inch .* 200 are needed.*upscale = "lanczos"'):
        write("cmyk-tiff", small, size_mm=[100, 100])
    assert write("cmyk-tiff", small, size_mm=[100, 100], ppi=36)[0].facts["effective_ppi"] == "25.4"
    assert opened(write("cmyk-tiff", small, size_mm=[30, 30], upscale="lanczos")[0].data).size == (354, 354)


def test_ink_limit_keeps_black_and_never_passes(write: Any) -> None:
    inks = np.asarray(engine("pillow", COATED, Link())(cube(17)))
    lower = limited(inks, 240)
    assert most_ink(lower) <= 240.001
    assert (lower[..., 3] == inks[..., 3]).all()
    light = inks.sum(axis=-1, dtype=int) <= 612
    assert (lower[light] == inks[light]).all()
    assert most_ink(limited(np.full((2, 2, 4), 255, np.uint8), 100)) <= 100
    file = write("cmyk-tiff", plain((0, 0, 0)), ink_limit=250)[0]
    assert float(file.facts["ink_max"]) <= 250
    assert float(write("cmyk-tiff", plain((0, 0, 0)))[0].facts["ink_max"]) > 290


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (srgb_profile(), "no CMYK printer's"),
        (b"garbage", "no CMYK printer's"),
        (COATED.data[:12] + b"prtrRGB " + COATED.data[20:], "no CMYK printer's"),
        (COATED.data[:5000], "cannot be used"),
    ],
)
def test_unfit_profiles(data: bytes, message: str) -> None:
    bad = Profile("bad", data, "none")
    with pytest.raises(StepFailed, match=message):
        list(
            CmykTiff().write(
                plain((1, 2, 3)), CmykTiffParams(profile="bad"), JobContext(profiles={"bad": bad})
            )
        )


@pytest.mark.parametrize(
    "params",
    [
        {"size_mm": [210]}, {"size_mm": [210, -1]}, {"bleed_mm": 3}, {"ink_limit": 50}, {"intent": "best"},
        {"engine": "gs"},
    ],
)  # fmt: skip
def test_wrong_keys_are_refused(params: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(params, CmykTiffParams)


@pytest.mark.skipif(
    not (find_spec("pylcms2") or find_spec("lcms2")), reason="the extra tympan[lcms] is not installed"
)
@pytest.mark.parametrize(
    "link", [Link(), Link("perceptual"), Link("relative", False), Link("absolute", grid=33)]
)
def test_lcms_binding_agrees_with_pillow(link: Link) -> None:
    one, other = (np.asarray(engine(name, COATED, link)(cube(15))).astype(int) for name in ("pillow", "lcms"))
    assert np.abs(one - other).max() <= 1
    with pytest.raises(StepFailed, match="cannot be used"):
        engine("lcms", Profile("cut", COATED.data[:5000], ""), link)


@pytest.mark.skipif(bool(find_spec("pylcms2") or find_spec("lcms2")), reason="the extra is installed")
def test_lcms_binding_is_asked_for_by_name_only(write: Any) -> None:
    with pytest.raises(StepFailed, match=r"tympan\[lcms\]"):
        write("cmyk-tiff", plain((1, 2, 3)), engine="lcms")


def test_finer_grid_is_more_exact() -> None:
    exact = ImageCms.buildTransform(
        io.BytesIO(srgb_profile()), io.BytesIO(COATED.data), "RGB", "CMYK", 1,
        ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.NOOPTIMIZE,
    )  # fmt: skip
    colours = Image.fromarray(np.random.default_rng(1).integers(0, 256, (60, 100, 3), dtype=np.uint8))
    want = np.asarray(ImageCms.applyTransform(colours, exact)).astype(int)
    error = {
        grid: np.abs(np.asarray(engine("pillow", COATED, Link(grid=grid))(colours)) - want)
        for grid in (33, 65)
    }
    assert error[65].max() <= 3
    assert error[65].mean() < error[33].mean()


def test_facts_name_the_pixels(write: Any) -> None:
    facts = write("cmyk-tiff", Picture(size=(3, 2), pixels=bytes(range(24))))[0].facts
    assert facts["width"] == "3"
    assert facts["height"] == "2"
    assert CmykTiff().parts(CmykTiffParams()) == ("",)
    assert CmykTiff().fingerprint(CmykTiff.Params())["pillow"]
