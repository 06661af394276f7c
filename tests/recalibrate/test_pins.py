"""`tympan models` and `hold --model`: what is pinned, what retires, who stays."""

from __future__ import annotations

import json

from tests.conftest import Project

SPEC = """subject = "a tree"
[source]
generator = "sketch"
model = "sketch-1"
prompt = "{subject}"
size = [64, 64]
options.soft = 3
[target.png]
sizes = [16]
"""
SERVICE = """
from tympan import Generator, ModelInfo, hookimpl

class Old(Generator):
    NAME = "old"
    REPEATABLE = True

    def models(self):
        return (ModelInfo(name="o1", deterministic=False, retires="2020-01-31"), ModelInfo(name="o2", deterministic=False))

@hookimpl
def tympan_generators():
    return [Old]
"""


def pins(project: Project, *words: str) -> dict[str, dict]:
    ran = project.run("models", *words, "--json")
    assert ran.code == 0, ran.err
    return {f"{each['generator']} {each['model']}": each for each in json.loads(ran.out)}


def test_pins_say_who_asks_for_what_and_what_was_used(project: Project) -> None:
    project.write("specs/plant/tree.toml", SPEC)
    project.write("specs/plant/fern.toml", SPEC.replace('model = "sketch-1"\n', ""))
    project.run("build")
    found = pins(project)
    assert set(found) == {"sketch ", "sketch sketch-1"}
    assert found["sketch sketch-1"]["assets"] == ["plant/tree"]
    assert found["sketch "]["reported"] == ["sketch-1"]
    told = project.run("models").out
    assert "not pinned: the service decides" in told
    assert "reported as sketch-1" in told


def test_retired_and_unknown_models_are_told(project: Project, monkeypatch) -> None:
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    project.write("plugins/old.py", SERVICE)
    project.write(
        "specs/a.toml",
        SPEC.replace("sketch-1", "o1").replace("sketch", "old").replace("options.soft = 3\n", ""),
    )
    assert pins(project)["old o1"]["retires"] == "2020-01-31"
    ran = project.run("models", "--check")
    assert ran.code == 3
    assert "retired on 2020-01-31; it knows o2" in ran.out
    project.write("specs/a.toml", (project.root / "specs/a.toml").read_text().replace('"o1"', '"o9"'))
    assert "does not know it; it knows o1, o2" in project.run("models").out


def test_an_asset_stays_with_its_model_until_released(project: Project) -> None:
    project.write("specs/plant/tree.toml", SPEC)
    ran = project.run(
        "hold", "plant/*", "--model", "sketch-1", "--until", "2999-03-01", "--why", "faces", "--by", "Ada"
    )
    assert ran.code == 0, ran.err
    assert "plant/tree: stays with sketch-1 until 2999-03-01" in ran.out
    (held,) = pins(project)["sketch sketch-1"]["held"]
    assert held == {"asset": "plant/tree", "until": "2999-03-01", "why": "faces", "by": "Ada"}
    # It is no hold of outputs.
    project.run("build")
    project.run("approve", "plant/tree")
    assert "on hold" not in project.run("status").out
    assert project.run("release", "plant/tree", "--model", "sketch-1").code == 0
    assert pins(project)["sketch sketch-1"]["held"] == []


def test_a_hold_ends_by_itself(project: Project) -> None:
    project.write("specs/plant/tree.toml", SPEC)
    assert project.run("hold", "plant/tree", "--model", "sketch-1", "--until", "2020-01-01").code == 0
    assert pins(project)["sketch sketch-1"]["held"] == []


def test_mistakes_in_holds_are_told(project: Project) -> None:
    project.write("specs/plant/tree.toml", SPEC)
    ran = project.run("hold", "plant/tree", "--model", "sketch-9")
    assert ran.code == 2
    assert "it asks for sketch-1" in ran.err
    assert project.run("hold", "plant/tree", "--until", "2027-01-01").code == 2
    assert "a day such as" in project.run("hold", "plant/tree", "--model", "sketch-1", "--until", "soon").err
    assert not (project.root / "specs/plant/tree.decisions.jsonl").exists()
