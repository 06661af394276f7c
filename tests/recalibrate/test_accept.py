"""Accepting a new model in specs, and the way back, with the free generator."""

from __future__ import annotations

import json

import pytest
from tests.cli.test_changed_since import git
from tests.conftest import Project

DEFAULTS = """# what all share
[source]
generator = "sketch"
model = "sketch-1" # pinned in spring
prompt = "{subject}"
size = [96, 64]
[target.png]
sizes = [32]
"""
PLANTS = ("fern", "moss", "oak", "rose")


@pytest.fixture
def plants(project: Project) -> Project:
    project.write("specs/plant/_defaults.toml", DEFAULTS)
    for name in PLANTS:
        project.write(f"specs/plant/{name}.toml", f'subject = "a {name} tree" # one\n')
    project.write(".gitignore", "/.tympan/\n/assets/out/\n")
    assert project.run("build").code == 0
    git(project.root, "init", "-q", "-b", "main")
    git(project.root, "add", ".")
    git(project.root, "commit", "-q", "-m", "first")
    return project


def text(project: Project, name: str) -> str:
    return (project.root / f"specs/plant/{name}.toml").read_text()


def changed(project: Project) -> set[str]:
    import subprocess

    command = ["git", "status", "--porcelain", "-uall"]
    told = subprocess.run(command, cwd=project.root, capture_output=True, text=True, check=True).stdout
    return {line[3:] for line in told.splitlines()}


def recalibrated(project: Project, *words: str) -> dict:
    ran = project.run("recalibrate", *words, "--to", "sketch-2", "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out.splitlines()[-1])


def test_a_plan_writes_nothing_and_names_what_is_left_out(plants: Project) -> None:
    plants.run("hold", "plant/oak", "--model", "sketch-1", "--why", "faces", "--until", "2999-01-01")
    git(plants.root, "add", ".")
    git(plants.root, "commit", "-q", "-m", "held")
    ran = plants.run("recalibrate", "--to", "sketch-2", "-n")
    assert ran.code == 0, ran.err
    assert "left out: plant/oak: held with sketch-1 until 2999-01-01: faces" in ran.out
    assert "3 requests, 6 new pictures, 0 jobs" in ran.out
    assert not changed(plants)


def test_a_probe_touches_no_spec_and_no_output(plants: Project) -> None:
    before = plants.outputs()
    told = recalibrated(plants)
    assert [each["name"] for each in told["record"]["tried"]] == [f"plant/{name}" for name in PLANTS]
    assert all(len(each["old"]) == 2 == len(each["new"]) for each in told["record"]["tried"])
    folder = "recalibrations/sketch-sketch-2"
    assert {f"{folder}/record.json", f"{folder}/report.json"} <= changed(plants)
    assert {path for path in changed(plants) if not path.startswith(folder)} == set()
    assert plants.outputs() == before


def test_again_is_the_same_to_the_byte(plants: Project) -> None:
    recalibrated(plants)
    folder = plants.root / "recalibrations/sketch-sketch-2"
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    recalibrated(plants)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first


def test_one_of_several_says_its_model_itself(plants: Project) -> None:
    recalibrated(plants)
    before = plants.outputs()
    ran = plants.run("accept", "plant/fern", "--why", "calmer", "--by", "Ada")
    assert ran.code == 0, ran.err
    assert "plant/fern: sketch-1 -> sketch-2" in ran.out
    assert text(plants, "fern") == 'subject = "a fern tree" # one\n\n[source]\nmodel = "sketch-2"\n'
    assert text(plants, "_defaults") == DEFAULTS
    differing = {name for name, data in plants.outputs().items() if before[name] != data}
    assert differing == {"plant/fern-32.png"}
    (said,) = [json.loads(line) for line in text_of(plants, "fern")]
    assert (said["did"], said["model"], said["why"], said["by"]) == ("accept", "sketch-2", "calmer", "Ada")


def text_of(project: Project, name: str) -> list[str]:
    return (project.root / f"specs/plant/{name}.decisions.jsonl").read_text().splitlines()


def test_where_all_accept_the_one_line_they_share_changes(plants: Project) -> None:
    recalibrated(plants)
    assert plants.run("accept", "plant/*").code == 0
    assert text(plants, "_defaults") == DEFAULTS.replace('"sketch-1"', '"sketch-2"')
    assert all("source" not in text(plants, name) for name in PLANTS)
    assert plants.run("plan", "--check").code == 0
    # One of them goes back: the shared line stays, it says the old model itself.
    assert plants.run("rollback", "plant/oak").code == 0
    assert text(plants, "_defaults") == DEFAULTS.replace('"sketch-1"', '"sketch-2"')
    assert 'model = "sketch-1"' in text(plants, "oak")


def test_the_way_back_is_to_the_byte_and_draws_nothing(plants: Project) -> None:
    recalibrated(plants)
    before = plants.outputs()
    plants.run("approve", "plant/fern")
    assert plants.run("accept", "plant/fern", "plant/oak").code == 0
    assert "stale" in plants.run("status").out
    ran = plants.run("rollback", "plant/fern")
    assert ran.code == 0, ran.err
    assert "computed" not in ran.err
    assert "1 restored" in ran.out
    assert text(plants, "fern") == 'subject = "a fern tree" # one\n'
    assert plants.outputs()["plant/fern-32.png"] == before["plant/fern-32.png"]
    assert plants.outputs()["plant/oak-32.png"] != before["plant/oak-32.png"]
    assert "approved" in plants.run("status", "plant/fern").out
    assert plants.run("rollback", "plant/fern").code == 2


def test_an_edit_made_since_stays_when_an_asset_goes_back(plants: Project) -> None:
    recalibrated(plants)
    plants.run("accept", "plant/fern")
    plants.write("specs/plant/fern.toml", text(plants, "fern") + 'negative_prompt = "rain"\n')
    assert plants.run("rollback", "plant/fern").code == 0
    assert 'negative_prompt = "rain"' in text(plants, "fern")
    assert 'model = "sketch-1"' in text(plants, "fern")


def test_who_extends_an_accepted_spec_keeps_the_old_model(plants: Project) -> None:
    plants.write("specs/plant/fern.toml", 'subject = "a fern"\n[source]\nmodel = "sketch-1"\n')
    plants.write("specs/plant/oak.toml", 'extends = "plant/fern"\nsubject = "an oak tree"\n')
    recalibrated(plants)
    ran = plants.run("accept", "plant/fern")
    assert ran.code == 0, ran.err
    assert "plant/oak: inherited its model" in ran.err
    assert 'model = "sketch-1"' in text(plants, "oak")
    assert 'model = "sketch-2"' in text(plants, "fern")


def test_a_held_asset_is_refused_by_name_and_left_out_of_a_pattern(plants: Project) -> None:
    recalibrated(plants)
    plants.run("hold", "plant/oak", "--model", "sketch-1", "--why", "faces")
    ran = plants.run("accept", "plant/oak")
    assert ran.code == 2
    assert "plant/oak is held with sketch-1: faces" in ran.err
    ran = plants.run("accept", "plant/*")
    assert ran.code == 0
    assert "left out: plant/oak: held" in ran.err
    assert 'model = "sketch-1" # pinned' in text(plants, "_defaults")


def test_mistakes_are_told(plants: Project) -> None:
    assert "no recalibration has tried plant/oak" in plants.run("accept", "plant/oak").err
    ran = plants.run("recalibrate", "--to", "sketch-3")
    assert ran.code == 2
    assert "no generator of these specs has a model 'sketch-3'" in ran.err
    assert "there is no report to top up" in plants.run("recalibrate", "--to", "sketch-2", "--top-up").err
    recalibrated(plants, "plant/fern")
    assert "no new picture 9" in plants.run("accept", "plant/fern", "--candidate", "9").err
    plants.write("specs/plant/moss.toml", 'subject = "moss"\nsource.model = { en = "sketch-1" }\n')
    assert plants.run("recalibrate", "--to", "sketch-2").code == 2


def test_what_the_new_model_ignores_is_said(plants: Project) -> None:
    plants.write("specs/plant/fern.toml", 'subject = "a fern"\nsource.options.soft = 4\n')
    ran = plants.run("recalibrate", "--to", "sketch-2", "-n")
    assert "sketch-2 ignores options.soft" in ran.out


def test_a_canary_is_taken_evenly_over_tags(plants: Project) -> None:
    for n in range(4):
        plants.write(f"specs/plant/leaf{n}.toml", f'subject = "a leaf {n}"\ntags = ["leaf"]\n')
    told = recalibrated(plants, "--canary", "4")
    names = [each["asset"] for each in told["record"]["tried"]]
    assert len([name for name in names if "leaf" in name]) == 2
    assert len(names) == 4


def test_gc_keeps_what_was_compared(plants: Project) -> None:
    recalibrated(plants)
    plants.run("accept", "plant/*")
    assert plants.run("gc", "--keep", "0").code == 0
    ran = plants.run("rollback", "plant/fern")
    assert ran.code == 0, ran.err
