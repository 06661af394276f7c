"""The parts of `sketch` that have a truth of their own: paths, colours, letters.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import pytest

from tympan import Lora
from tympan_plugins.generators.sketch import geometry as g
from tympan_plugins.generators.sketch import lettering, palette
from tympan_plugins.generators.sketch.dice import Dice
from tympan_plugins.generators.sketch.strokes import number, path_data
from tympan_plugins.generators.sketch.style import MODELS, style_of


def test_path_data_is_read_as_svg_reads_it() -> None:
    path = g.parse("M1 2 3 4H5V6Q7 8 9 10C1 1 2 2 3 3Z")
    assert [verb for verb, _ in path] == ["M", "L", "L", "L", "C", "C", "Z"]
    assert path[2][1] == (5, 4)
    assert path[4][1][-2:] == (9, 10)
    assert path_data(path[:2]) == "M1 2L3 4"


def test_numbers_are_short() -> None:
    assert [number(n) for n in (1.0, -0.001, 0.126, 12.5)] == ["1", "0", "0.13", "12.5"]


def test_a_polygon_never_rounds_past_the_middle_of_an_edge() -> None:
    x0, y0, x1, y1 = g.bounds(g.polygon([(0, 0), (10, 0), (10, 10), (0, 10)], 400))
    assert (x0, y0, x1, y1) == pytest.approx((0, 0, 10, 10))


def test_hatching_stays_inside_and_out_of_the_lit_part() -> None:
    shape, lit = g.box(0, 0, 100, 100), g.box(-10, -10, 60, 120)
    strokes = g.hatch(shape, lit, 5, 0.0, Dice(1).unit)
    assert len(strokes) > 20
    assert all(49.9 <= x <= 100.1 and -1 <= y <= 101 for _, (x, y) in strokes)


def test_matrices_multiply_like_svg_groups() -> None:
    move, grow = (1, 0, 0, 1, 5, 7), (2, 0, 0, 2, 0, 0)
    assert g.transform([("M", (1, 1))], g.multiply(move, grow)) == [("M", (7, 9))]


def test_mixing_is_even_and_exact_at_its_ends() -> None:
    assert palette.mix("#3366aa", "#ffcc00", 0) == "#3366aa"
    assert palette.mix("#3366aa", "#ffcc00", 1) == "#ffcc00"
    assert palette.lightness(palette.mix("#000000", "#ffffff", 0.5)) == pytest.approx(0.5, abs=0.01)
    assert palette.full("#AbC") == "#aabbcc"


@pytest.mark.parametrize(
    "colours", [("#ff0000",), ("#111111", "#eeeeee"), ("#0b3d91", "#e4002b", "#fff", "#ffd100")]
)
def test_a_palette_of_any_length_has_every_role(colours: tuple[str, ...]) -> None:
    made = palette.from_colours(colours, palette.PALETTES["flat"][0])
    roles = [made.a, made.b, made.c, made.d]
    assert len(set(roles)) == 4
    assert palette.lightness(made.ink) < palette.lightness(made.paper) - 0.3


def test_packs_lie_over_each_other_and_are_clamped() -> None:
    assert style_of("", [Lora(name="mono", weight=2.0), Lora(name="riso", weight=-1.0)]).mono == 1
    assert style_of("sketch-2", []) == MODELS["sketch-2"][1]


def test_the_font_has_the_letters_of_english_german_and_french() -> None:
    letters = (
        "".join(map(chr, [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)])) + "œŒŸẞ„“”‘’–—…€"
    )
    known = lettering._font().getBestCmap()
    assert [c for c in letters if ord(c) not in known] == []
    plain, accented = (len(lettering._outline(c)[0]) for c in "aà")
    assert accented > plain
    assert lettering.width("AV") < lettering.width("A") + lettering.width("V"), "kerned"


def test_text_is_wrapped_and_fitted() -> None:
    lines, size = lettering.fit("Nouveau départ pour tout le monde", 400, 300)
    assert len(lines) > 1
    assert max(lettering.width(line) for line in lines) * size <= 400.01
    assert len(lines) * size * lettering.LEADING <= 300.01
    assert lettering.wrap("a\\nb\nc", 40) == ["a", "b", "c"]
    assert lettering.fit("", 100, 100)[0] == [""]
    assert lettering.width("\u4e2d") > 0, "a missing letter becomes a box, not an error"


def test_dice_repeat_and_parts_do_not_disturb_each_other() -> None:
    one, other = Dice(3), Dice(3)
    one.unit()
    assert one.named("sky").unit() == other.named("sky").unit()
    assert Dice(3).unit() != Dice(4).unit()
    assert sorted(Dice(1).shuffled("abc")) == ["a", "b", "c"]
