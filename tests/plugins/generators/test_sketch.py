"""The generator `sketch`: same request same bytes, and every key of a request does what it says.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import re
import subprocess
import sys

import numpy as np
import pytest
from tests.plugins.generators.drawing import apart, ask, pixels, seen, svg

from tympan import Lora, Reference, Request, StepFailed, clean_svg
from tympan_plugins.generators.sketch import glyphs
from tympan_plugins.generators.sketch.canvas import Pen
from tympan_plugins.generators.sketch.dice import Dice
from tympan_plugins.generators.sketch.generator import Sketch, SketchParams
from tympan_plugins.generators.sketch.palette import PALETTES, light_of
from tympan_plugins.generators.sketch.style import style_of

PROMPTS = [
    "a courier handing over a parcel at a blue door, morning light",
    "a lighthouse on a cliff by the sea at sunset",
    'poster, tulips, headline "Fresh starts"',
    "mountains, a lake, pine trees, night, moon, stars",
    "city skyline with a bridge and two boats, night",
    "a street with a building, a red car, a bicycle, rain",
    "a reading corner: lamp, chair, books, plant, cat",
    "a desk with a laptop and a mug, a person",
    "a sofa, a clock and a cactus, a reader",
    "pattern of leaves and stars",
    "camera icon",
    "icon",
    "rain icon",
    "beach with palm trees, umbrella, a ship",
    "a rocket and a planet in space",
    "four fish underwater",
    "a gift, a key and a heart",
    "winter, a cabin in the snow, river",
    "autumn forest, fog, a dog",
    "hot-air balloons over a meadow, flowers, birds",
    "poster of a bicycle, night",
    "something else entirely",
    "two people at a door",
]


@pytest.mark.parametrize("model", ["sketch-1", "sketch-2"])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_same_request_brings_the_same_clean_svg(prompt: str, model: str) -> None:
    text = svg(prompt, model=model)
    assert text == svg(prompt, model=model)
    elements = set(re.findall(r"<([a-zA-Z]+)", text))
    assert elements <= {"svg", "defs", "g", "path", "clipPath", "linearGradient", "stop"}
    assert not re.search(r"\d\.\d{3}", text), "no more than two decimals"
    assert "nan" not in text
    assert "path" in clean_svg(text)
    assert len(text) < 700_000


def test_another_process_draws_the_same() -> None:
    code = (
        "import hashlib; from tests.plugins.generators.drawing import ask\n"
        f"print(hashlib.sha256(ask({PROMPTS[0]!r}, model='sketch-2', options={{'vector': False}})[0].data)"
        ".hexdigest())"
    )
    runs = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert len(runs) == 1


@pytest.mark.parametrize("size", [(1600, 200), (200, 900), (64, 64), (333, 517)])
@pytest.mark.parametrize("prompt", [PROMPTS[0], PROMPTS[1], PROMPTS[2], PROMPTS[4], PROMPTS[6]])
def test_any_size_is_filled_to_its_edges(prompt: str, size: tuple[int, int]) -> None:
    data = ask(prompt, size=size, options={"vector": False})[0].data
    picture = pixels(data)
    assert picture.shape[:2] == (size[1], size[0])
    assert int(picture[..., 3].min()) == 255


def test_candidates_differ_and_say_their_seed() -> None:
    found = ask("a house and trees", candidates=3, seed=7)
    assert [c.seed for c in found] == [7, 8, 9]
    assert [c.facts["seed"] for c in found] == ["7", "8", "9"]
    looks = [pixels(c.data) for c in found]
    assert all(apart(a, b) > 0.08 for a, b in zip(looks, [*looks[1:], looks[0]], strict=True))
    assert ask("a house and trees", seed=8)[0].data == found[1].data


def test_the_models_draw_visibly_different_pictures() -> None:
    assert apart(seen(PROMPTS[1], model="sketch-1"), seen(PROMPTS[1], model="sketch-2")) > 0.4
    assert svg(PROMPTS[1]) == svg(PROMPTS[1], model="sketch-1")
    names = {info.name: info.deterministic for info in Sketch().models()}
    assert names == {"sketch-1": True, "sketch-2": True}


@pytest.mark.parametrize("pack", ["brand-line", "brand-illustration", "riso", "mono"])
def test_a_pack_goes_in_by_its_weight(pack: str) -> None:
    plain = seen(PROMPTS[0])
    half = seen(PROMPTS[0], lora=(Lora(name=pack, weight=0.4),))
    whole = seen(PROMPTS[0], lora=(Lora(name=pack, weight=1.0),))
    assert svg(PROMPTS[0], lora=(Lora(name=pack, weight=0.0),)) == svg(PROMPTS[0])
    assert 0 < np.abs(plain - half).mean() < np.abs(plain - whole).mean()


def test_times_of_day_keep_the_composition_and_change_the_light() -> None:
    day, night = seen("a house on a hill"), seen("a house on a hill, night")
    assert night[..., :3].mean() < day[..., :3].mean() - 40


def test_the_negative_prompt_takes_things_away() -> None:
    text = "a house on a hill, trees, birds, clouds, sun"
    assert len(svg(text, negative_prompt="tree, bird, cloud, sun")) < len(svg(text)) * 0.6


def test_a_palette_replaces_the_models_colours() -> None:
    colours = ("#101040", "#e02050", "#f8f8ff")
    found = seen("a heart icon", options={"palette": colours, "vector": False})
    solid = found[found[..., 3] == 255][:, :3]
    nearest = np.abs(solid - np.array([0xE0, 0x20, 0x50])).max(axis=1)
    assert (nearest < 8).mean() > 0.4


def test_a_named_colour_is_seen() -> None:
    blue = seen("a blue door, a person", options={"vector": False})[..., :3].reshape(-1, 3)
    green = seen("a green door, a person", options={"vector": False})[..., :3].reshape(-1, 3)

    def strong(rgb: np.ndarray, channel: int) -> int:
        others = [c for c in range(3) if c != channel]
        return int((rgb[:, channel] > rgb[:, others].max(axis=1) + 40).sum())

    assert strong(blue, 2) > 3 * strong(green, 2)


def test_backgrounds() -> None:
    assert seen("a house", options={"background": "none"})[2, 160, 3] == 0
    assert tuple(seen("a house", options={"background": "#123456"})[2, 160, :3]) == (0x12, 0x34, 0x56)
    assert tuple(seen("bell icon", options={"background": "#abc"})[2, 2, :3]) == (0xAA, 0xBB, 0xCC)
    assert seen("bell icon")[2, 2, 3] == 0
    assert seen("a bell, single glyph, black on white")[2, 2].tolist() == [255, 255, 255, 255]


def test_black_on_white_is_line_art() -> None:
    found = seen("a bell, single glyph, black on white", size=(200, 200))[..., :3]
    grey = found.mean(axis=2)
    assert np.ptp(found, axis=2).max() < 12
    assert ((grey < 40) | (grey > 235)).mean() > 0.94


def test_both_backgrounds_give_exact_twins() -> None:
    found = ask("a cup and a plant icon", size=(128, 128), background="both", options={"vector": False})[0]
    assert found.on_black is not None
    white, black = pixels(found.data), pixels(found.on_black)
    alpha = 255 - (white - black)[..., :3].mean(axis=2)
    assert (white[..., 3] == 255).all()
    assert (black[..., 3] == 255).all()
    assert alpha.min() >= 0
    assert alpha[2, 2] == 0
    assert alpha.max() == 255
    truth = seen("a cup and a plant icon", size=(128, 128))[..., 3]
    assert np.abs(alpha - truth).max() <= 2


def test_a_pattern_has_no_seam() -> None:
    tile = seen("pattern of leaves", size=(200, 200), model="sketch-2", options={"vector": False})
    inner = np.abs(np.diff(tile[..., :3], axis=1)).mean()
    assert np.abs(tile[:, -1, :3] - tile[:, 0, :3]).mean() < inner * 2.5 + 2
    assert np.abs(tile[-1, :, :3] - tile[0, :, :3]).mean() < inner * 2.5 + 2


def test_a_headline_is_drawn_as_outlines() -> None:
    bare, lettered = svg("poster, tulips"), svg("poster, tulips", options={"text": "Frischer\\nStart"})
    assert len(lettered) > len(bare)
    assert "<text" not in lettered
    assert svg('poster, tulips, "Frischer Start"') != svg('poster, tulips, "Nouveau départ"')
    assert svg("a lake", options={"text": "Hello"}) != svg("a lake")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"model": "sketch-9"}, "it has sketch-1, sketch-2"),
        ({"lora": (Lora(name="brand-lime"),)}, "it has brand-line, brand-illustration, riso, mono"),
        ({"operation": "upscale"}, "cannot 'upscale'"),
        ({"operation": "image-to-image"}, 'role "init"'),
        ({"operation": "inpaint", "reference": {"a": Reference(role="init", image="x")}}, "needs a region"),
        ({"size": (4, 400)}, "8 x 8"),
    ],
)
def test_what_cannot_be_drawn_is_said(keys: dict[str, object], words: str) -> None:
    request = Request(generator="sketch", prompt="a tree", **keys)  # type: ignore[arg-type]
    sentences = list(Sketch().check(request))
    assert any(words in sentence for sentence in sentences)
    with pytest.raises(StepFailed):
        ask("a tree", **keys)


def test_it_is_free_and_says_what_shapes_its_bytes() -> None:
    request = Request(generator="sketch", prompt="a tree")
    assert list(Sketch().check(request)) == []
    assert Sketch().estimate(request).amount == 0
    assert all(Sketch().fingerprint(SketchParams()).values())
    assert (Sketch.PAID, Sketch.REPEATABLE, Sketch.BACKGROUNDS) == (False, True, True)


@pytest.mark.parametrize("model", ["sketch-1", "sketch-2"])
def test_every_glyph_fits_its_box(model: str) -> None:
    glyphs.find("cat")
    assert len(glyphs.GLYPHS) >= 90
    colours = PALETTES["flat"][0]
    pen = Pen(style_of(model, ()), colours, light_of("day", "", colours), Dice(1))
    for name, kind in glyphs.GLYPHS.items():
        x0, y0, x1, y1 = glyphs.reach(kind, pen)
        assert -kind.width / 2 - 30 < x0 < x1 < kind.width / 2 + 30, name
        assert -kind.height * 1.15 < y0 < y1 < 20, name
        assert y1 > -12, f"{name} does not reach the ground"


@pytest.mark.parametrize("noun", ["lighthouse", "cat", "pencil", "car", "leaf"])
def test_an_icon_is_centred(noun: str) -> None:
    alpha = seen(f"{noun} icon", size=(200, 200))[..., 3] > 20
    rows, columns = np.nonzero(alpha.any(axis=1))[0], np.nonzero(alpha.any(axis=0))[0]
    assert rows[0] + rows[-1] == pytest.approx(199, abs=7)
    assert columns[0] + columns[-1] == pytest.approx(199, abs=7)
    assert max(np.ptp(rows), np.ptp(columns)) == pytest.approx(152, abs=9)
