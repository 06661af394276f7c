"""The step recolour: paints of vectors, flat art in pixels, and what is refused.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from PIL import Image, ImageDraw
from tests.plugins.prep.subjects import composited, opaque, subject, vector

from tympan import Picture, StepFailed
from tympan.context import JobContext
from tympan_plugins.prep.recolour import Recolour, RecolourParams


def recolour(picture: Picture, **keys: object) -> Picture:
    return Recolour().run(picture, msgspec.convert(keys, RecolourParams), JobContext())


def flat_art(noise: float = 0.0) -> Picture:
    """Red disc, blue square on cream; edges averaged from four times the size."""
    image = Image.new("RGB", (480, 480), "#f4f1ea")
    draw = ImageDraw.Draw(image)
    draw.ellipse((60, 60, 420, 420), fill="#e0523a")
    draw.rectangle((200, 200, 460, 300), fill="#1f3a5f")
    rgb = np.asarray(image.resize((120, 120), Image.Resampling.BOX), float)
    rgb = rgb + np.random.default_rng(5).normal(size=rgb.shape) * noise
    return opaque(np.clip(np.rint(rgb), 0, 255).astype(np.uint8))


@pytest.mark.parametrize(
    "body",
    [
        '<path d="M2 2h20v20z" fill="currentColor"/>',
        '<path d="M2 2h20v20z"/>',
        '<path d="M2 2h20v20z" fill="#000"/>',
        '<path d="M2 2h20v20z" fill="black"/>',
        '<path d="M2 2h20v20z" style="fill:rgb(0, 0, 0)"/>',
        '<g stroke="currentColor" fill="none"><path d="M2 2h20v20z"/></g>',
        '<linearGradient id="a"><stop stop-color="#000"/></linearGradient>'
        '<path d="M2 2h20v20z" fill="url(#a)"/>',
    ],
)
def test_ink_of_a_mono_icon_in_every_spelling(body: str) -> None:
    done = recolour(vector(body), map={"ink": "#d02060"})
    assert "#d02060" in (done.svg or "")
    pixels = JobContext().raster(done).array()
    assert np.abs(pixels[pixels[..., 3] > 200][:, :3].astype(int) - (0xD0, 0x20, 0x60)).max() <= 2


def test_paper_and_ink_of_a_vector_with_a_ground() -> None:
    icon = vector(
        '<rect width="24" height="24" fill="#fff"/><path d="M4 4h16v16z"/>'
        '<circle cx="8" cy="17" r="2" fill="gold"/>'
    )
    done = recolour(icon, map={"ink": "#05a", "paper": "#FFF8E0"})
    assert 'fill="#fff8e0"' in (done.svg or "")
    assert 'fill="#0055aa"' in (done.svg or "")
    assert 'fill="gold"' in (done.svg or "")
    assert done.facts["recolour.map"] == "#000000=#0055aa #ffffff=#fff8e0"


def test_white_ink_on_nothing_is_ink() -> None:
    done = recolour(vector('<path d="M4 4h16v16z" fill="#fff"/>'), map={"#ffffff": "#123"})
    assert 'fill="#112233"' in (done.svg or "")


def test_alpha_of_a_paint_stays() -> None:
    stroke = 'stroke="rgba(255, 0, 0, 0.25)" fill="none"'
    body = f'<path d="M2 2h9v9z" fill="#ff000080"/><path d="M9 9h9v9z" {stroke}/>'
    done = recolour(vector(body), map={"#f00": "#00ff00"})
    assert "#00ff0080" in (done.svg or "")
    assert "#00ff0040" in (done.svg or "")


def test_palette_snaps_every_paint() -> None:
    body = '<path d="M2 2h9v9z" fill="#120505"/><circle r="4" cx="15" cy="15" fill="hsl(10, 90%, 50%)"/>'
    done = recolour(vector(body), palette=["#000000", "#e03010", "#ffffff"])
    assert 'fill="#000000"' in (done.svg or "")
    assert 'fill="#e03010"' in (done.svg or "")


@pytest.mark.parametrize(
    "keys", [{"map": {"#000": "#000000"}}, {"map": {"ink": "#000"}}, {"palette": ["#000"]}]
)
def test_an_identity_leaves_a_vector_alone(keys: dict[str, object]) -> None:
    icon = vector('<path d="M2 2h20v20z"/>')
    done = recolour(icon, **keys)
    assert (done.svg, done.size) == (icon.svg, icon.size)


def test_flat_art_changes_colour_and_keeps_its_edges() -> None:
    picture = flat_art()
    done = recolour(picture, map={"#e0523a": "#2fae66", "paper": "#20242c", "#1f3a5f": "#ffd000"})
    want = Image.new("RGB", (480, 480), "#20242c")
    draw = ImageDraw.Draw(want)
    draw.ellipse((60, 60, 420, 420), fill="#2fae66")
    draw.rectangle((200, 200, 460, 300), fill="#ffd000")
    true = np.asarray(want.resize((120, 120), Image.Resampling.BOX)).astype(int)
    apart = np.abs(done.array()[..., :3].astype(int) - true).max(-1)
    assert (apart <= 3).mean() > 0.995
    assert apart.mean() < 0.5


def test_noise_survives_and_unmapped_colours_do_not_move() -> None:
    picture = flat_art(noise=1.5)
    done = recolour(picture, map={"#e0523a": "#2fae66"})
    before, after = picture.array().astype(int), done.array().astype(int)
    assert (after[:10] == before[:10]).all()
    assert after[100, 60, :3].tolist() != after[101, 60, :3].tolist()
    assert np.abs(after[90:100, 45:55, :3].mean((0, 1)) - (0x2F, 0xAE, 0x66)).max() < 2


def test_a_mono_cut_out_keeps_alpha_and_takes_one_colour() -> None:
    alpha, _ = subject("star")
    rgba = np.zeros((*alpha.shape, 4), np.uint8)
    rgba[..., :3], rgba[..., 3] = (14, 13, 12), np.rint(alpha * 255)
    done = recolour(Picture(size=(160, 160), pixels=rgba.tobytes()), map={"ink": "#d02060"}).array()
    assert (done[..., 3] == rgba[..., 3]).all()
    assert (done[done[..., 3] > 0][:, :3] == (0xD0, 0x20, 0x60)).all()


@pytest.mark.parametrize(
    "keys", [{"map": {"#e0523a": "#e0523a"}}, {"map": {"paper": "#f4f1ea", "#1f3a5f": "#1f3a5f"}}]
)
@pytest.mark.parametrize("noise", [0.0, 1.0])
def test_an_identity_leaves_pixels_alone(keys: dict[str, object], noise: float) -> None:
    if noise and "paper" in keys["map"]:  # type: ignore[operator]
        keys = {"map": {"#1f3a5f": "#1f3a5f"}}
    picture = flat_art(noise)
    assert recolour(picture, **keys).pixels == picture.pixels


def test_snapping_pixels_to_a_palette() -> None:
    done = recolour(flat_art(1.0), palette=["#003049", "#d62828", "#eae2b7"])
    found = {tuple(v) for v in done.array()[[5, 90, 62], [5, 50, 80], :3].tolist()}
    assert found == {(0x00, 0x30, 0x49), (0xD6, 0x28, 0x28), (0xEA, 0xE2, 0xB7)}


@pytest.mark.parametrize(
    ("picture", "keys", "told"),
    [
        (vector('<path d="M2 2h20v20z" fill="#abc"/>'), {"map": {"#111": "#222"}}, "#aabbcc"),
        (vector('<path d="M2 2h20v20z" fill="#abc"/>'), {"map": {"paper": "#222"}}, "ink is #aabbcc"),
        (vector('<path d="M2 2h20v20z" fill="none"/>'), {"map": {"ink": "#222"}}, "no colour"),
        (flat_art(), {"map": {"#00ff00": "#222222"}}, "paper is #f4f1ea"),
        (flat_art(), {}, "recolour.map"),
        (Picture(size=(8, 8), pixels=bytes(256)), {"map": {"ink": "#222222"}}, "subject"),
    ],
)
def test_a_colour_that_does_not_occur_is_refused_and_told(
    picture: Picture, keys: dict[str, object], told: str
) -> None:
    with pytest.raises(StepFailed) as caught:
        recolour(picture, **keys)
    assert told in caught.value.hint


def test_keys_are_checked() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"map": {"brand": "#000000"}}, RecolourParams)


def test_a_photograph_only_changes_where_the_colour_is() -> None:
    alpha, colour = subject("ball")
    picture = composited(alpha, colour, np.ones_like(colour) * (0.2, 0.4, 0.9), noise=1.0)
    done = recolour(picture, map={"paper": "#ffffff"})
    middle = np.s_[70:90, 70:90, :3]
    assert (done.array()[middle] == picture.array()[middle]).mean() > 0.95
    assert done.array()[:20, :20, :3].min() >= 250


def test_fingerprint() -> None:
    assert set(Recolour().fingerprint(Recolour.Params(map={"ink": "#123456"}))) == {"numpy"}
