"""Descriptors: each sees its own aspect, says it in words, and takes every picture."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest
from bench.drift_scenes import DRIFTS, HARMLESS, flatter, garbled, hsv, recoded, shapes, word_of
from PIL import Image, ImageDraw, ImageFont

from tympan import Measured, Picture
from tympan.drift import describe, judge
from tympan.drift.measure import installed
from tympan_plugins.descriptors.canvas import around
from tympan_plugins.descriptors.text import apart

ALL = installed()
SIX = {name: each for name, each in ALL.items() if name not in ("text", "cut-out")}


def picture(pixels: np.ndarray | Image.Image) -> Picture:
    image = (pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)).convert("RGBA")
    return Picture(size=image.size, pixels=image.tobytes())


def measured(aspect: str, *pictures: np.ndarray | Image.Image) -> list[Measured]:
    return [describe(picture(each), "", {aspect: ALL[aspect]})[aspect] for each in pictures]


def said(aspect: str, old: np.ndarray | Image.Image, new: np.ndarray | Image.Image) -> str:
    return ALL[aspect].say([(measured(aspect, old), measured(aspect, new))])


def ring(width: int, side: int = 300) -> Image.Image:
    image = Image.new("RGB", (side * 4, side * 4), "#f7f3ea")
    at = side * 4 * np.array([0.2, 0.2, 0.8, 0.8])
    ImageDraw.Draw(image).ellipse(list(at), fill="#e8b04a", outline="#1a2340", width=width * 4)
    return image.resize((side, side), Image.Resampling.LANCZOS)


def test_a_turned_hue_is_told_in_degrees() -> None:
    paint = Image.new("RGB", (200, 200), "#ffffff")
    for nth, hue in enumerate((0.0, 0.33, 0.6)):
        tone = tuple(round(255 * each) for each in colorsys.hls_to_rgb(hue, 0.5, 0.6))
        ImageDraw.Draw(paint).rectangle([20 + 60 * nth, 40, 60 + 60 * nth, 160], fill=tone)
    text = said("palette", paint, Image.fromarray(hsv(np.asarray(paint), 20)))
    degrees = int(text.split()[1])
    assert 8 <= degrees <= 30
    paler = said("palette", paint, Image.fromarray(hsv(np.asarray(paint), 0, 0.6)))
    assert "paler" in paler


@pytest.mark.parametrize("width", [3, 5, 9])
def test_a_line_is_as_wide_as_it_is(width: int) -> None:
    assert measured("line", ring(width))[0].named["median line, px"] == pytest.approx(width, abs=0.7)


def test_a_line_of_two_sizes_of_a_picture_is_the_same_share() -> None:
    large, small = measured("line", ring(10, 600), ring(5, 300))
    assert np.allclose(large.vector, small.vector, atol=0.06)
    assert large.named["median line, px"] == pytest.approx(10, abs=1)


def test_a_line_is_as_wide_after_jpeg() -> None:
    one = shapes(3, 4, 1)
    before, after = measured("line", one, recoded(one, 75))
    assert np.allclose(before.vector, after.vector, atol=0.03)


def test_lettering_counts_little_beside_outlines() -> None:
    plain = ring(6)
    lettered = plain.copy()
    draw = ImageDraw.Draw(lettered)
    draw.text((20, 252), "ORBIT COPPER", fill="#1a2340", font=ImageFont.load_default(34))
    one, other, wider = measured("line", plain, lettered, ring(7))
    assert abs(other.vector[0] - one.vector[0]) < wider.vector[0] - one.vector[0]
    # Where there is nothing else it counts in full.
    alone = Image.new("RGB", plain.size, "#f7f3ea")
    ImageDraw.Draw(alone).text((20, 120), "ORBIT COPPER", fill="#1a2340", font=ImageFont.load_default(34))
    assert 1 < measured("line", alone)[0].named["median line, px"] < 5


def test_sums_around_each_pixel() -> None:
    values = np.arange(20, dtype=np.float32).reshape(4, 5)
    found = around(values, 1)
    assert (found[0, 0], found[3, 4], found[2, 2]) == (12.0, 64.0, 9 * 12.0)


def test_words() -> None:
    one = shapes(3, 4, 1)
    assert "flatter" in said("contrast", one, flatter(one, 0.7))
    assert said("line", ring(4), ring(6)).startswith("median line ")
    assert "right" in said("composition", shapes(3, 4, 1), shapes(3, 4, 1, aside=0.12))
    assert said("sharpness", ring(4), ring(4).resize((150, 150)).resize((300, 300))).endswith("softer")


def test_a_cut_out_is_that_of_a_transparent_picture() -> None:
    clear = ring(4).convert("RGBA")
    mask = Image.new("L", clear.size, 0)
    ImageDraw.Draw(mask).ellipse([60, 60, 240, 240], fill=255)
    clear.putalpha(mask)
    assert measured("cut-out", ring(4))[0].vector == ()
    assert measured("cut-out", clear)[0].named["opaque, %"] == pytest.approx(28.3, abs=1)
    assert "opaque" in said("cut-out", clear, ring(4))


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (9, 9), (33, 2000)])
@pytest.mark.parametrize("paint", ["#00000000", "#ffffffff", "#12345680"])
def test_every_picture_is_taken(size: tuple[int, int], paint: str) -> None:
    for each in describe(
        picture(Image.new("RGBA", size, paint)), "", {**SIX, "cut-out": ALL["cut-out"]}
    ).values():
        assert np.isfinite(each.vector).all()


def test_the_same_picture_has_the_same_measures() -> None:
    assert describe(picture(ring(4)), "", SIX) == describe(picture(ring(4)), "", SIX)


def test_a_drift_and_what_is_none() -> None:
    """The smoke part of bench/drift.py: six assets, three pictures a side."""
    assets, old_seeds, new_seeds = range(6), range(3), range(3, 6)
    old = {str(a): [describe(picture(shapes(9, a, s)), "", SIX) for s in old_seeds] for a in assets}
    for name, aspect in (("hue +15", "palette"), ("blur 1.5", "sharpness"), ("grain 6", "texture")):
        new = {
            str(a): [describe(picture(DRIFTS[name][1](shapes, 9, a, s)), "", SIX) for s in new_seeds]
            for a in assets
        }
        assert judge(old, new, descriptors=SIX).aspects[aspect].drifted, name
    new = {
        str(a): [describe(picture(HARMLESS["resampled"](shapes, 9, a, s)), "", SIX) for s in new_seeds]
        for a in assets
    }
    assert judge(old, new, descriptors=SIX).drifted == ()


def test_a_text_is_looked_for_in_what_is_read() -> None:
    assert apart("north", "onorthk") == 0
    assert apart("north", "notrh") == 2
    assert apart("north", "") == 5


@pytest.mark.skipif("text" not in ALL, reason="nothing reads: pip install 'tympan[ocr]'")
def test_misspelt_lettering_is_read_as_it_is() -> None:
    text = {"text": ALL["text"]}
    word = word_of(3, 1)
    right, wrong = (
        describe(picture(shapes(3, 1, 1, **how)), word, text)["text"] for how in ({}, {"word": garbled})
    )
    assert (right.vector, right.text) == ((0.0,), word)
    assert wrong.vector[0] > 0.3
    assert garbled(word) in ALL["text"].say([([right], [wrong])])
    assert describe(picture(shapes(3, 1, 1)), "", text) == {}
