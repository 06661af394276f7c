"""`tympan baseline` and `tympan drift`: the same model name, other pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import Project
from tests.recalibrate.test_accept import plants  # noqa: F401
from tests.recalibrate.test_paid import SPEC, TWO_MODELS
from tests.services.studio import KEY, StudioFake, write_studio

DRIFT = '[drift]\nassets = ["*"]\nseeds = [1, 2, 3]\nprobes = 2\n'


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StudioFake]:
    monkeypatch.setenv("STUDIO_KEY", KEY)
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    with StudioFake() as fake:
        write_studio(tmp_path, fake.url, hero=SPEC, team=SPEC.replace("{name}", "a team"))
        (tmp_path / "plugins/studio.py").write_text(TWO_MODELS)
        with (tmp_path / "tympan.toml").open("a") as file:
            file.write(DRIFT)
        yield fake


def probe(project: Project, *words: str) -> tuple[int, dict]:
    ran = project.run("drift", *words, "--json")
    return ran.code, json.loads(ran.out[ran.out.index("{\n") :])


def test_a_free_model_that_draws_the_same_has_not_drifted(plants: Project) -> None:  # noqa: F811
    plants.write("tympan.toml", (plants.root / "tympan.toml").read_text() + DRIFT.replace('"*"', '"plant/*"'))
    ran = plants.run("baseline")
    assert ran.code == 0, ran.err
    assert "calibration/sketch-sketch-1.json: sketch sketch-1, 4 requests, 12 pictures" in ran.out
    code, told = probe(plants)
    assert code == 0
    (model,) = told["models"]
    assert (model["verdict"], model["differing"]) == ("none", [])
    assert len(model["requests"]) == 2
    # gc keeps what it compares with.
    assert plants.run("gc", "--keep", "0").code == 0
    assert probe(plants, "--occasion", "later")[0] == 0


def test_other_pixels_of_a_deterministic_model_are_a_drift(plants: Project) -> None:  # noqa: F811
    plants.write("tympan.toml", (plants.root / "tympan.toml").read_text() + DRIFT.replace('"*"', '"plant/*"'))
    assert plants.run("baseline").code == 0
    # As if the generator had changed since: the baseline has the pictures of other seeds.
    path = plants.root / "calibration/sketch-sketch-1.json"
    record = json.loads(path.read_text())
    for row in record["requests"]:
        row["pictures"] = dict(zip(row["pictures"], reversed(list(row["pictures"].values())), strict=True))
    path.write_text(json.dumps(record))
    ran = plants.run("drift")
    assert ran.code == 8
    assert "not what the same seed drew then" in ran.out
    assert "seed 1: another picture" in ran.out


def test_a_paid_baseline_is_priced_and_asked_once(studio: StudioFake, tmp_path: Path, capsys) -> None:
    project = Project(tmp_path, capsys)
    assert "6 jobs, 0.12 USD" in project.run("baseline", "-n").out
    assert project.run("baseline").code == 6
    for _ in range(2):
        ran = project.run("baseline", "--budget", "1 USD")
        assert ran.code == 0, ran.err
    assert studio.accepted == 6
    code, told = probe(project, "--occasion", "w1", "--budget", "1 USD")
    assert code == 0
    assert studio.accepted == 10
    assert told["models"][0]["reported"] == ["studio-1.2"]
    # Within one occasion nothing is asked twice.
    probe(project, "--occasion", "w1", "--budget", "1 USD")
    assert studio.accepted == 10


def test_another_model_reported_under_the_same_name_is_a_drift(
    studio: StudioFake, tmp_path: Path, capsys, monkeypatch
) -> None:
    project = Project(tmp_path, capsys)
    project.run("baseline", "--budget", "1 USD")
    project.write("plugins/studio.py", TWO_MODELS.replace("studio-1.2", "studio-1.3"))
    ran = project.run("drift", "--budget", "1 USD")
    assert ran.code == 8
    assert "the service reports studio-1.3, it was studio-1.2" in ran.out


def test_mistakes_are_told(plants: Project) -> None:  # noqa: F811
    assert "no calibration set" in plants.run("baseline").err
    assert "there is no baseline" in plants.run("drift").err
    toml = (plants.root / "tympan.toml").read_text()
    plants.write("tympan.toml", toml + "[drift]\nseeds = [1]\nprobe = 3\ngates = { palette = 0 }\n")
    ran = plants.run("check")
    assert ran.code == 2
    assert 'drift.probe: unknown key, did you mean "probes"?' in ran.err + ran.out
    assert "drift.seeds" in ran.err + ran.out
    assert "drift.gates.palette" in ran.err + ran.out


def test_a_gate_for_what_nobody_measures_is_a_mistake_of_the_project_file(project: Project) -> None:
    text = (project.root / "tympan.toml").read_text()
    project.write("tympan.toml", f"{text}[drift]\ngates = {{ palete = 1 }}\n")
    ran = project.run("check")
    assert ran.code == 2
    assert 'drift.gates.palete: no such aspect, did you mean "palette"?' in ran.err
    assert ran.err.startswith(f"tympan.toml:{len(text.splitlines()) + 2}:")
