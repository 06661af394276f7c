"""What `sketch` understands of a prompt.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import pytest

from tympan_plugins.generators.sketch import lexicon
from tympan_plugins.generators.sketch.glyphs import find
from tympan_plugins.generators.sketch.scene import composition
from tympan_plugins.generators.sketch.words import understand


def nouns(prompt: str, negative: str = "") -> list[tuple[str, int]]:
    return [(s.noun, s.count) for s in understand(prompt, negative).subjects]


@pytest.mark.parametrize(
    ("prompt", "wanted"),
    [
        ("three trees", [("tree", 3)]),
        ("a cottage and 4 boats", [("house", 1), ("boat", 4)]),
        ("pine trees", [("pine", 3)]),
        ("two palm trees", [("palm", 2)]),
        ("hot air balloons", [("balloon", 3)]),
        ("leaves, foxes, zyzzyva", [("leaf", 3)]),
        ("people with a bookshelf", [("person", 2), ("shelf", 1)]),
        ("a house, a house", [("house", 1)]),
        ("", []),
    ],
)
def test_nouns_synonyms_plurals_and_counts(prompt: str, wanted: list[tuple[str, int]]) -> None:
    assert nouns(prompt) == wanted


def test_adjectives_belong_to_the_next_noun() -> None:
    house, tree = understand("a small red house, a huge tree").subjects
    assert (house.colour, house.scale) == (lexicon.COLOURS["red"], lexicon.SIZES["small"])
    assert (tree.colour, tree.scale) == ("", lexicon.SIZES["huge"])


def test_time_weather_season_and_kind() -> None:
    wish = understand("poster: a harbour in the rain, autumn evening")
    assert (wish.time, wish.weather, wish.season, wish.kind) == ("sunset", "rain", "autumn", "poster")
    assert "sea" in wish.places


def test_morning_light_is_no_lamp() -> None:
    assert nouns("a door in morning light") == [("door", 1)]


def test_quoted_words_are_text_and_nothing_else() -> None:
    wish = understand('poster, tulips, headline "A house by night"')
    assert wish.text == "A house by night"
    assert [s.noun for s in wish.subjects] == ["tulip"]
    assert wish.time == "day"


def test_what_is_not_wanted_is_not_there() -> None:
    assert nouns("a house and a cat, no trees, a boat", "cats") == [("house", 1), ("boat", 1)]
    assert understand("a house, no trees").banned == {"tree"}


def test_colours_and_letters_do_not_move_the_composition() -> None:
    one = understand('a red house by a lake "Hello"')
    assert one.key == understand('a blue house by a lake at night "Adieu"').key
    assert one.key != understand("a red house by a river").key


def test_every_noun_has_a_glyph() -> None:
    assert len(lexicon.NOUNS) >= 40
    for noun in [*lexicon.NOUNS, *lexicon.PLACE_GLYPH.values()]:
        kind = find(noun)
        assert kind.width > 0
        assert kind.height > 0


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("a courier at a blue door", "doorstep"),
        ("a lighthouse on a cliff", "sea"),
        ("city skyline with a bridge", "city"),
        ("a reading corner: lamp, chair, cat", "room"),
        ("mountains and a lake", "land"),
        ("a rocket", "space"),
        ("two fish", "under"),
        ("a key and a bell", "things"),
        ("a bell icon", "icon"),
        ("pattern of leaves", "pattern"),
        ("quarterly synergy", "abstract"),
    ],
)
def test_words_choose_the_scene(prompt: str, name: str) -> None:
    assert composition(understand(prompt), "auto").__name__ == name


def test_the_kind_of_the_options_wins() -> None:
    assert composition(understand("a bell icon"), "poster").__name__ == "poster"
    assert composition(understand("a bell icon"), "scene").__name__ == "things"
