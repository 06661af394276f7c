"""Rounds of review: counted by asset and person, internal ones kept among ourselves."""

from __future__ import annotations

import json

import pytest
from tests.conftest import Project

from tympan.decisions import Decision
from tympan.rounds import rounds_of

BO, ADA = "Bo, Blue Door Ltd", "Ada"


def _said(did: str, digest: str, at: int, by: str = BO, **more: object) -> Decision:
    return Decision(did=did, digest=digest, target="png", by=by, at=f"2026-11-{at:02}T10:00:00Z", **more)  # type: ignore[arg-type]


def test_a_round_ends_with_the_next_version_of_the_same_thing() -> None:
    said = [
        _said("request-changes", "v1", 1, why="warmer"),
        _said("approve", "v1", 1),
        _said("request-changes", "v1", 2, why="warmer"),
        _said("request-changes", "v2", 3, why="not so warm"),
        _said("approve", "v3", 4),
        _said("approve", "v2", 4, by="Cy"),
        _said("hold", "v3", 5),
    ]
    found = rounds_of("poster", said)
    assert [(each.by, each.number, each.word, each.began[8:10], each.ended[8:10]) for each in found] == [
        (BO, 1, "changes requested", "01", "02"),
        (BO, 2, "changes requested", "03", "03"),
        (BO, 3, "approved", "04", "04"),
        ("Cy", 1, "approved", "04", "04"),
    ]
    assert found[0].why == ("warmer",)


def test_rounds_of_one_second_are_in_the_order_they_were_said() -> None:
    said = [_said("approve", "v1", 1), _said("approve", "v1", 1, by="Ada"), _said("approve", "v2", 1)]
    assert [(each.by, each.number) for each in rounds_of("poster", said)] == [(BO, 1), ("Ada", 1), (BO, 2)]


def test_many_targets_in_one_go_are_one_round() -> None:
    said = [
        Decision(did="approve", digest=f"d{n}", target=f"t{n}", by=BO, at=f"2026-11-01T10:{n:02}:00Z")
        for n in range(10)
    ]
    (only,) = rounds_of("poster", said)
    assert (only.approved, only.changes) == (10, 0)


def _versions(project: Project) -> None:
    """A client's two rounds, and one of our own before each."""
    project.write("specs/icon/home.toml", 'subject = "a house"\nrequires = ["approved"]\n')
    home, bell = project.root / "assets/refs/home.svg", (project.root / "assets/refs/bell.svg").read_text()
    project.run("build")
    project.run("approve", "icon/home", "--by", ADA, "--internal")
    project.run("request-changes", "icon/home", "--by", BO, "--why", "rounder")
    home.write_text(bell)
    project.run("build")
    project.run("request-changes", "icon/home", "--by", ADA, "--internal", "--why", "too round")
    project.run("approve", "icon/home", "--by", BO)


def test_rounds_are_counted_by_asset_and_person(project: Project) -> None:
    assert project.run("rounds").out == "0 rounds of review on 0 assets\n"
    _versions(project)
    ran = project.run("rounds")
    lines = ran.out.splitlines()
    assert [line[:32].strip() for line in lines[:2]] == ["icon/home", ""]
    assert "Ada (internal)" in lines[0]
    assert "2 rounds   changes requested" in lines[0]
    assert "because too round" in lines[1]
    assert "Bo, Blue Door Ltd" in lines[2]
    assert "2 rounds   approved" in lines[2]
    assert lines[-1] == "2 rounds of review on 1 asset, 2 internal"
    rows = json.loads(project.run("rounds", "icon/*", "--json").out)
    assert [(row["by"], row["number"], row.get("internal", False)) for row in rows] == [
        (ADA, 1, True), (BO, 1, False), (ADA, 2, True), (BO, 2, False)
    ]  # fmt: skip


def test_the_client_sees_nothing_of_internal_rounds(project: Project) -> None:
    _versions(project)
    for words in (("rounds",), ("rounds", "--json"), ("log", "icon/home"), ("log", "icon/home", "--json")):
        assert "too round" in project.run(*words).out
        shown = project.run(*words, "--for-client").out
        assert ADA not in shown, words
        assert "internal" not in shown
        assert "rounder" in shown or words == ("rounds",)
    assert "spent" not in project.run("log", "icon/home", "--for-client").out
    assert "(internal)" in project.run("log", "icon/home").out


def test_what_is_said_among_ourselves_opens_no_gate(project: Project) -> None:
    project.write("specs/icon/home.toml", 'subject = "a house"\nrequires = ["approved"]\n')
    project.run("build")
    project.run("approve", "icon/home", "--internal")
    assert project.run("build", "icon/home").code == 7
    project.run("approve", "icon/home", "--by", BO)
    assert project.run("build", "icon/home").code == 0
    project.run("request-changes", "icon/home", "--internal")
    assert project.run("build", "icon/home").code == 0


@pytest.mark.parametrize("verb", ["select", "shortlist", "reject"])
def test_a_pattern_that_means_several_assets_is_refused(project: Project, verb: str) -> None:
    ran = project.run(verb, "icon/*", "1")
    assert ran.code == 2
    assert "'icon/*' means 2 assets: icon/bell, icon/home (name one of them)" in ran.err
    assert "no asset is called 'icon/hme'" in project.run(verb, "icon/hme", "1").err
