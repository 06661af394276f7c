"""Decisions from the command line: each a line beside the spec, and the word it makes of the asset."""

from __future__ import annotations

import json

from tests.conftest import Project

TREE = """subject = "a tree"
source = { generator = "sketch", candidates = 4 }
prep.steps = []
[target.png]
sizes = [16]
"""


def _tree(project: Project) -> str:
    project.write("specs/plant/tree.toml", TREE)
    assert project.run("explore", "plant/tree").code == 0
    return "plant/tree"


def _state(project: Project, asset: str) -> str:
    rows = json.loads(project.run("list", asset, "--json").out)
    assert json.loads(project.run("status", asset, "--json").out)["states"].get(asset, "") == rows[0]["state"]
    return str(rows[0]["state"])


def _lines(project: Project, asset: str) -> list[dict[str, str]]:
    text = (project.root / f"specs/{asset}.decisions.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_candidates_go_from_candidate_to_selected(project: Project) -> None:
    tree = _tree(project)
    assert _state(project, tree) == "candidate"
    ran = project.run("shortlist", tree, "1", "3", "--why", "quiet", "--by", "Ada")
    assert ran.code == 0
    assert "candidate 3 of source" in ran.out
    assert _state(project, tree) == "shortlisted"
    first, second = _lines(project, tree)
    assert (first["did"], first["by"], first["why"], first["via"], first["step"]) == (
        "shortlist", "Ada", "quiet", "cli", "source"
    )  # fmt: skip
    assert first["digest"] != second["digest"]
    assert project.run("select", tree, "3").code == 0
    assert _state(project, tree) == "selected"
    assert "selected" in project.run("status").out


def test_rejecting_the_selected_one_takes_the_selection_back(project: Project) -> None:
    tree = _tree(project)
    project.run("select", tree, "2")
    assert project.run("reject", tree, "2", "--why", "too sad").code == 0
    assert _state(project, tree) == "candidate"
    assert "unselected" in project.run("plan", tree).out
    project.run("reject", tree, "1", "2", "3", "4")
    assert _state(project, tree) == "rejected"
    project.run("select", tree, "2")
    assert _state(project, tree) == "selected"


def test_a_number_that_is_not_there_takes_nothing_down(project: Project) -> None:
    tree = _tree(project)
    ran = project.run("shortlist", tree, "1", "9")
    assert ran.code == 2
    assert "no candidate 9" in ran.err
    assert not (project.root / "specs/plant/tree.decisions.jsonl").exists()


def test_outputs_are_approved_held_and_sent_back(project: Project) -> None:
    assert project.run("approve", "icon/home").code == 2
    project.run("build")
    assert _state(project, "icon/home") == ""
    ran = project.run("approve", "icon/home", "--by", "Ada")
    assert ran.code == 0
    assert ran.out.count("is approved") == 2
    assert _state(project, "icon/home") == "approved"
    assert {(line["target"], line["did"]) for line in _lines(project, "icon/home")} == {
        ("svg", "approve"), ("webp", "approve")
    }  # fmt: skip
    project.run("hold", "icon:home:svg", "--why", "legal looks")
    assert _state(project, "icon/home") == "on hold"
    project.run("release", "icon:home:svg")
    assert _state(project, "icon/home") == "approved"
    project.run("request-changes", "icon:home:webp", "--why", "rounder")
    assert _state(project, "icon/home") == "changes requested"
    assert _state(project, "icon/bell") == ""


def test_an_approval_is_of_what_was_seen(project: Project) -> None:
    project.run("build")
    project.run("approve", "icon:home:webp")
    # Other bytes, the same pixels: a lossless file is written with another effort.
    project.write("specs/icon/home.toml", 'subject = "a house"\n[target.webp]\nlossless = true\neffort = 0\n')
    project.run("build")
    project.run("approve", "icon:home:webp")
    before = project.outputs()
    project.write("specs/icon/home.toml", 'subject = "a house"\n[target.webp]\nlossless = true\neffort = 6\n')
    project.run("build")
    assert project.outputs() != before
    assert _state(project, "icon/home") == "approved"
    project.write("assets/refs/home.svg", (project.root / "assets/refs/bell.svg").read_text())
    assert _state(project, "icon/home") == "stale"
    project.run("build")
    assert _state(project, "icon/home") == "stale"
