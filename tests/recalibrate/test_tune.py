"""`tympan tune`: options swept, one taken, and taken back."""

from __future__ import annotations

import pytest
from tests.conftest import Project
from tests.recalibrate.test_accept import plants, recalibrated, text  # noqa: F401

from tympan.errors import UsageError
from tympan.recalibrate.tune import values_of


def test_values_are_ranges_lists_and_words() -> None:
    assert values_of("150..250/25") == [150, 175, 200, 225, 250]
    assert values_of("0..1/0.25") == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert values_of("scene,none") == ["scene", "none"]
    assert values_of("true,2,-1.5") == [True, 2, -1.5]
    for wrong in ("1..9/0", "9..1/1", "0..1000/1"):
        with pytest.raises(UsageError):
            values_of(wrong)


def test_an_option_is_tried_taken_and_taken_back(plants: Project) -> None:  # noqa: F811
    recalibrated(plants, "plant/fern", "plant/oak")
    before = plants.outputs()
    ran = plants.run("tune", "plant/fern", "--background", "none,scene,#aabbcc")
    assert ran.code == 0, ran.err
    lines = [line for line in ran.out.splitlines() if line.startswith("plant/fern")]
    assert len(lines) == 4, "three values, and the model by itself"
    assert sum("sketch-2 by itself" in line for line in lines) == 1
    assert "was not tried with these" in plants.run("accept", "plant/fern", "--set", "background=#000000").err
    assert text(plants, "fern") == 'subject = "a fern tree" # one\n'
    ran = plants.run("accept", "plant/fern", "--set", "background=#aabbcc")
    assert ran.code == 0, ran.err
    assert 'background = "#aabbcc"' in text(plants, "fern")
    assert 'model = "sketch-2"' in text(plants, "fern")
    assert plants.outputs() != before
    # Named again, alone or with others, it stays as it was accepted; with other options it is refused.
    after = plants.outputs()
    ran = plants.run("accept", "plant/*")
    assert ran.code == 0, ran.err
    assert 'background = "#aabbcc"' in text(plants, "fern")
    assert {name: data for name, data in plants.outputs().items() if "fern" in name} == {
        name: data for name, data in after.items() if "fern" in name
    }
    assert plants.run("rollback", "plant/oak").code == 0
    ran = plants.run("accept", "plant/fern", "--set", "background=none")
    assert ran.code == 2
    assert "accepted with background = #aabbcc already (first: tympan rollback plant/fern)" in ran.err
    assert plants.run("rollback", "plant/fern").code == 0
    assert text(plants, "fern") == 'subject = "a fern tree" # one\n'
    assert plants.outputs() == before


def test_mistakes_are_told(plants: Project) -> None:  # noqa: F811
    recalibrated(plants, "plant/fern")
    ran = plants.run("tune", "plant/fern", "--stylize", "1..3/1")
    assert ran.code == 2
    assert "sketch has no option stylize; it has palette, background" in ran.err
    assert "say what to try" in plants.run("tune", "plant/fern").err
    assert plants.run("tune", "plant/fern", "--soft", "1..99/49").code == 2
    assert plants.run("tune", "plant/oak", "--soft", "1,2").code == 2
