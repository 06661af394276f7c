"""`tympan vary`: the same request in other words, pinned; nothing is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli
from tests.cli.test_changed_since import git
from tests.cli.test_story import asked, studio  # noqa: F401
from tests.conftest import Project
from tests.services.studio import StudioFake

BASE = """subject = "a {{curly}} courier"
[source]
generator = "sketch"
model = "sketch-1"
prompt = "{subject} at a blue door"
size = [300, 200]
options.background = "none"
[target.webp]
sizes = [100]
"""


def spec(project: Project, name: str) -> dict:
    return tomli.loads((project.root / f"specs/{name}.toml").read_text())


def test_everything_but_the_prompt_is_pinned(project: Project) -> None:
    project.write("specs/hero.toml", BASE)
    ran = project.run("vary", "hero", "--as", "hero-green", "-m", "green jacket")
    assert ran.code == 0, ran.err
    made = spec(project, "hero-green")
    assert made["extends"] == "hero"
    assert made["source"]["prompt"] == "a {{curly}} courier at a blue door, green jacket"
    assert made["source"]["model"] == "sketch-1"
    assert made["source"]["size"] == [300, 200]
    assert made["source"]["seed"] > 0
    assert made["source"]["options"]["background"] == "none"
    assert project.run("build").code == 0
    assert project.run("check").code == 0
    assert list((project.root / "assets/out").glob("hero-green*"))


def test_what_is_pinned_stays_when_the_old_one_changes(project: Project) -> None:
    project.write("specs/hero.toml", BASE)
    assert project.run("vary", "hero", "--as", "green", "-m", "green jacket").code == 0
    project.write("specs/hero.toml", BASE.replace("blue", "red").replace("sketch-1", "sketch-2"))
    ran = project.run("why", "green:webp", "--json")
    assert "a blue door, green jacket" not in ran.err
    assert spec(project, "green")["source"]["model"] == "sketch-1"


def test_a_revision_of_git_is_varied(project: Project) -> None:
    project.write("specs/hero.toml", BASE)
    git(project.root, "init", "-q", "-b", "main")
    git(project.root, "add", ".")
    git(project.root, "commit", "-q", "-m", "first")
    project.write("specs/hero.toml", BASE.replace("blue", "red").replace("sketch-1", "sketch-2"))
    assert project.run("vary", "hero@HEAD", "--as", "green", "-m", "green jacket").code == 0
    assert "blue door" in spec(project, "green")["source"]["prompt"]
    assert spec(project, "green")["source"]["model"] == "sketch-1"
    ran = project.run("vary", "hero@nowhere", "--as", "other", "-m", "x")
    assert ran.code == 2
    assert "no revision" in ran.err


def test_what_a_revision_had_not_is_refused_and_nothing_is_written(project: Project) -> None:
    project.write("specs/hero.toml", BASE.replace('options.background = "none"\n', ""))
    git(project.root, "init", "-q", "-b", "main")
    git(project.root, "add", ".")
    git(project.root, "commit", "-q", "-m", "first")
    project.write("specs/hero.toml", BASE)
    ran = project.run("vary", "hero@HEAD", "--as", "green", "-m", "green jacket")
    assert ran.code == 2
    assert "it would ask for another options.background" in ran.err
    assert not (project.root / "specs/green.toml").exists()


def test_prompts_of_variants_become_a_table(project: Project) -> None:
    text = BASE.replace(
        "[source]", '[matrix]\nlocale = ["en", "de"]\n[text]\ndoor = { en = "red", de = "rot" }\n[source]'
    )
    project.write("specs/hero.toml", text.replace("blue", "{text.door}"))
    ran = project.run("vary", "hero", "--as", "green", "-m", "green jacket")
    assert ran.code == 0, ran.err
    prompts = spec(project, "green")["source"]["prompt"]
    assert prompts["de"] == "a {{curly}} courier at a rot door, green jacket"
    assert project.run("check").code == 0


def test_the_seed_of_the_chosen_candidate_is_taken(asked: Project, studio: StudioFake) -> None:  # noqa: F811
    paid = studio.accepted
    ran = asked.run("vary", "hero", "--as", "hero-green", "-m", "green jacket")
    assert ran.code == 0, ran.err
    made = spec(asked, "hero-green")["source"]
    lock = tomli.loads((asked.root / "specs/hero.lock").read_text())
    (chosen,) = [each for each in lock["request"][0]["candidate"] if each["number"] == 2]
    assert made["seed"] == int(chosen["facts"]["seed"])
    assert (made["candidates"], made["generator"]) == (4, "studio")
    assert studio.accepted == paid
    assert asked.run("explore", "hero-green", "-n").code == 0


@pytest.mark.parametrize(("name", "words"), [("../up", "no asset id|leaves"), ("icon/home", "already there")])
def test_names_are_checked(project: Project, name: str, words: str) -> None:
    project.write("specs/hero.toml", BASE)
    ran = project.run("vary", "hero", "--as", name, "-m", "x")
    assert ran.code == 2
    assert not Path(project.root / "up.toml").exists()
    assert words


def test_a_picture_without_a_prompt_is_refused(project: Project) -> None:
    ran = project.run("vary", "icon/home", "--as", "x", "-m", "green")
    assert ran.code == 2
    assert "not made from a prompt" in ran.err
