"""Decisions saved from the report, imported."""

from __future__ import annotations

import json

from tests.conftest import Project
from tests.recalibrate.test_accept import plants, recalibrated, text  # noqa: F401

from tympan.files import digest
from tympan.model import canonical


def saved(project: Project, told: dict, marks: dict[str, str], **more: object) -> str:
    """The file that the page's button makes."""
    new = {each["name"]: digest(canonical(sorted(each["new"]))) for each in told["record"]["tried"]}
    rows = [[name, "drift", "", new[name]] for name in sorted(new)]
    at = "2026-11-28T10:00:00Z"
    made = [
        {
            "did": did,
            "asset": name,
            "step": "drift",
            "variant": "",
            "digest": new.get(name, "0"),
            "at": at,
            "why": "so",
        }
        for name, did in marks.items()
    ]
    file = {
        "v": 1,
        "sheet": "0123456789abcdef",
        "by": "Cli",
        "at": at,
        "shown": rows,
        "decisions": made,
        **more,
    }
    project.write("decisions.json", json.dumps(file))
    return str(project.root / "decisions.json")


def test_what_was_decided_on_the_page_is_done(plants: Project) -> None:  # noqa: F811
    told = recalibrated(plants)
    file = saved(plants, told, {"plant/fern": "accept", "plant/oak": "hold", "plant/moss": "tune"})
    ran = plants.run("review", "import", file)
    assert ran.code == 0, ran.err
    assert "plant/fern: sketch-1 -> sketch-2" in ran.out
    assert "plant/oak: stays with sketch-1: so" in ran.out
    assert "tympan tune plant/moss" in ran.out
    assert 'model = "sketch-2"' in text(plants, "fern")
    lines = (plants.root / "specs/plant/fern.decisions.jsonl").read_text()
    assert json.loads(lines)["claimed"] is True
    assert json.loads(lines)["why"] == "so"
    assert "held with sketch-1" in plants.run("recalibrate", "--to", "sketch-2", "-n").out
    # Once more changes nothing.
    assert plants.run("review", "import", file).code == 0
    assert (plants.root / "specs/plant/fern.decisions.jsonl").read_text() == lines


def test_what_was_not_compared_is_refused(plants: Project) -> None:  # noqa: F811
    told = recalibrated(plants)
    ran = plants.run("review", "import", saved(plants, told, {"plant/other": "accept"}))
    assert ran.code == 2
    assert "no recalibration here has compared" in ran.err
    ran = plants.run("review", "import", saved(plants, told, {"plant/fern": "hold", "plant/gone": "accept"}))
    assert ran.code == 3
    assert "plant/gone: other pictures have been compared since" in ran.err
    assert plants.run("review", "import", saved(plants, told, {"plant/fern": "hold"}, by="")).code == 2
