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


def test_what_was_tuned_is_accepted_from_the_page_it_is_shown_on(plants: Project) -> None:  # noqa: F811
    recalibrated(plants, "plant/fern", "plant/oak")
    page = plants.root / "recalibrations/sketch-sketch-2/report.html"
    before = shown_on(page.read_text())
    assert plants.run("tune", "plant/fern", "--background", "none,#aabbcc").code == 0
    after = shown_on(page.read_text())
    # What a person has decided so far is kept in the browser under this id, by the place of the asset.
    assert (after["id"], after["shown"][:2]) == (before["id"], before["shown"])
    swept = after["assets"][0]["swept"]
    assert [row["options"] for row in swept] == [{}, {"background": "#aabbcc"}, {"background": "none"}]
    assert [len(row["new"]) for row in swept] == [2, 2, 2]
    record = json.loads((page.parent / "record.json").read_text())
    file = {**swept[1], "did": "accept", "asset": "plant/fern", "why": "as pale as it was"}
    named = saved(plants, {"record": record}, {"plant/oak": "accept"})
    told = json.loads((plants.root / "decisions.json").read_text())
    told["decisions"].append({**told["decisions"][0], **row_of(file)})
    plants.write("decisions.json", json.dumps(told))
    ran = plants.run("review", "import", named)
    assert ran.code == 0, ran.err
    assert 'background = "#aabbcc"' in text(plants, "fern")
    assert "background" not in text(plants, "oak")
    took = json.loads((plants.root / "specs/plant/fern.decisions.jsonl").read_text().splitlines()[-1])
    assert took["digest"] in next(
        each["new"] for each in record["tuned"] if each["options"] == swept[1]["options"]
    )
    # Options that were not shown with these pictures are not taken.
    told["decisions"][-1]["set"] = {"background": "none"}
    plants.write("decisions.json", json.dumps(told))
    ran = plants.run("review", "import", named)
    assert ran.code == 3
    assert "plant/fern: other pictures have been compared since" in ran.err


def shown_on(html: str) -> dict:
    """What the page was made with."""
    return json.loads(html.partition('id="report">')[2].partition("</script>")[0])


def row_of(row: dict) -> dict:
    """A decision on a row of a sweep, as the page's script writes it."""
    return {
        "did": row["did"],
        "asset": row["asset"],
        "digest": row["digest"],
        "set": row["options"],
        "why": row["why"],
    }


def test_what_was_not_compared_is_refused(plants: Project) -> None:  # noqa: F811
    told = recalibrated(plants)
    ran = plants.run("review", "import", saved(plants, told, {"plant/other": "accept"}))
    assert ran.code == 2
    assert "no recalibration here has compared" in ran.err
    ran = plants.run("review", "import", saved(plants, told, {"plant/fern": "hold", "plant/gone": "accept"}))
    assert ran.code == 3
    assert "plant/gone: other pictures have been compared since" in ran.err
    assert plants.run("review", "import", saved(plants, told, {"plant/fern": "hold"}, by="")).code == 2
