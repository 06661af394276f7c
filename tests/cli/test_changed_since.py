"""`tympan list --changed-since` against a real repository."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.conftest import Project

STEP = """
from tympan import PrepStep, hookimpl

class Soft(PrepStep):
    NAME = "soft"
    def run(self, picture, params, ctx):
        return picture

@hookimpl
def tympan_prep_steps():
    return [Soft]
"""


def git(root: Path, *arguments: str) -> None:
    names = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
    environment = {**os.environ, **dict.fromkeys(names, "t@example.org"), "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *arguments], cwd=root, env=environment, check=True, capture_output=True)


@pytest.fixture
def kept(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project with a third asset and a local step, committed."""
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    project.write("plugins/soft.py", STEP)
    project.write("plugins/other.py", STEP.replace("soft", "hard").replace("Soft", "Hard"))
    project.write("specs/icon/_shape.toml", 'title = "a shape"\n')
    project.write(
        "specs/plant/tree.toml",
        'extends = "icon/_shape"\nsubject = "a tree"\nvars.tint = "{token.color.paper}"\n'
        '[source]\ngenerator = "file"\noptions.path = "refs/bell.svg"\n'
        '[prep]\nsteps = ["soft", "recolour"]\nrecolour.map.ink = "{tint}"\ntrim.unused = "{token.color.brand}"\n'
        "[target.svg]\n",
    )
    project.write(".gitignore", "/.tympan/\n/assets/out/\n")
    git(project.root, "init", "-q", "-b", "main")
    git(project.root, "add", ".")
    git(project.root, "commit", "-q", "-m", "first")
    return project


def changed(project: Project, revision: str = "HEAD") -> dict[str, list[str]]:
    ran = project.run("list", "--changed-since", revision, "--json")
    assert ran.code == 0, ran.err
    return {row["id"]: row["because"] for row in json.loads(ran.out)}


def test_nothing_changed_nothing_listed_though_outputs_are_there(kept: Project) -> None:
    assert kept.run("build").code == 0
    (kept.root / "specs/icon/home.toml").touch()
    assert changed(kept) == {}
    assert kept.run("list", "--changed-since", "main").out == ""


def test_a_spec_its_input_and_a_new_asset(kept: Project) -> None:
    kept.write("specs/icon/home.toml", 'subject = "a home"\n')
    kept.write("assets/refs/bell.svg", (kept.root / "assets/refs/home.svg").read_text())
    kept.write("specs/icon/house.toml", 'subject = "x"\noptions = {}\n'.replace("options = {}\n", ""))
    kept.write("assets/refs/house.svg", (kept.root / "assets/refs/home.svg").read_text())
    assert changed(kept) == {
        "icon/bell": ["assets/refs/bell.svg changed"],
        "icon/home": ["specs/icon/home.toml changed"],
        "icon/house": ["specs/icon/house.toml is new", "assets/refs/house.svg is new"],
        "plant/tree": ["assets/refs/bell.svg changed"],
    }


def test_defaults_touch_what_lies_below_them_new_changed_or_gone(kept: Project) -> None:
    text = (kept.root / "specs/icon/_defaults.toml").read_text()
    kept.write("specs/icon/_defaults.toml", text + "# a comment\n")
    assert list(changed(kept)) == ["icon/bell", "icon/home"]
    kept.write("specs/icon/_defaults.toml", text)
    kept.write("specs/_defaults.toml", 'license.name = "CC0"\n')
    assert list(changed(kept)) == ["icon/bell", "icon/home", "plant/tree"]
    git(kept.root, "add", ".")
    git(kept.root, "commit", "-q", "-m", "defaults for all")
    (kept.root / "specs/_defaults.toml").unlink()
    assert changed(kept)["plant/tree"] == ["specs/_defaults.toml is gone"]


def test_what_a_spec_extends(kept: Project) -> None:
    kept.write("specs/icon/_shape.toml", 'title = "a form"\n')
    assert changed(kept) == {"plant/tree": ["specs/icon/_shape.toml changed"]}


def test_a_token_counts_for_those_who_read_it_and_by_its_value(kept: Project) -> None:
    path = kept.root / "tokens/brand.tokens.json"
    text = path.read_text()
    path.write_text(text.replace("#fbf7ef", "#ffffff"))
    assert changed(kept) == {"plant/tree": ["token color.paper: #fbf7ef -> #ffffff"]}
    # By way of an alias: color.ink is color.brand. What an unused step says does not count.
    path.write_text(text.replace("#0b5fff", "#c8102e"))
    assert list(changed(kept)) == ["icon/bell", "icon/home"]
    path.write_text(text.replace("\n", "\n\n"))
    assert changed(kept) == {}


def test_a_local_plugin_counts_for_those_who_use_it_trusted_or_not(
    kept: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.write("plugins/soft.py", STEP + "# edited\n")
    kept.write("plugins/other.py", STEP.replace("soft", "hard").replace("Soft", "Hard") + "# edited\n")
    assert changed(kept) == {"plant/tree": ["plugins/soft.py changed"]}
    monkeypatch.delenv("TYMPAN_TRUST")
    assert changed(kept) == {"plant/tree": ["plugins/soft.py changed"]}


def test_a_setting_of_the_project_touches_all(kept: Project) -> None:
    kept.write("tympan.toml", 'tokens = ["tokens/brand.tokens.json"]\noutput = "{asset}[-{size}].{suffix}"\n')
    assert len(changed(kept)) == 3
    assert changed(kept)["icon/home"][0].startswith("tympan.toml: output: {asset}[-{variant}]")


def test_ignored_inputs_are_new_and_staged_changes_are_seen(kept: Project) -> None:
    kept.write(".gitignore", "/.tympan/\n/assets/out/\n/assets/refs/house.svg\n")
    kept.write("assets/refs/house.svg", (kept.root / "assets/refs/home.svg").read_text())
    kept.write("specs/icon/house.toml", 'subject = "x"\n')
    git(kept.root, "add", ".")
    git(kept.root, "commit", "-q", "-m", "a house whose drawing git does not have")
    assert changed(kept) == {"icon/house": ["assets/refs/house.svg is new"]}
    assert set(changed(kept, "HEAD~1")) == {"icon/house"}
    kept.write("specs/icon/bell.toml", 'subject = "a gong"\n')
    git(kept.root, "add", ".")
    assert set(changed(kept)) == {"icon/house", "icon/bell"}


def test_a_project_in_a_folder_of_the_repository(project: Project) -> None:
    above = project.root.parent
    (above / "specs").mkdir()
    git(above, "init", "-q")
    git(above, "add", "project")
    git(above, "commit", "-q", "-m", "first")
    assert changed(project) == {}
    text = (project.root / "tokens/brand.tokens.json").read_text()
    project.write("tokens/brand.tokens.json", text.replace("#0b5fff", "#c8102e"))
    project.write("specs/icon/home.toml", 'subject = "a home"\n')
    assert changed(project)["icon/home"] == [
        "specs/icon/home.toml changed",
        "token color.ink: #0b5fff -> #c8102e",
    ]


def test_git_is_asked_about_the_project_even_inside_a_hook(
    kept: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere/.git")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    assert changed(kept) == {}


def test_what_cannot_be_compared_is_said(
    kept: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = kept.run("list", "--changed-since", "no-such-branch")
    assert ran.code == 2
    assert ran.err.startswith("git knows no revision 'no-such-branch' (")
    assert kept.run("list", "--changed-since", "--help").code == 2
    outside = kept.copy(tmp_path / "outside")
    subprocess.run(["rm", "-rf", str(outside.root / ".git")], check=True)
    ran = outside.run("list", "--changed-since", "HEAD")
    assert ran.code == 2
    assert "is not in a git repository" in ran.err
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = kept.run("list", "--changed-since", "HEAD")
    assert ran.code == 2
    assert "there is no git on this machine" in ran.err


def test_a_revision_before_there_was_a_project(project: Project) -> None:
    git(project.root, "init", "-q")
    git(project.root, "commit", "-q", "--allow-empty", "-m", "empty")
    found = changed(project)
    assert found["icon/home"][:2] == ["tympan.toml is new", "specs/icon/_defaults.toml is new"]
    assert "token color.ink: new" in found["icon/home"]
