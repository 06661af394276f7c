from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.conftest import Project


def logs(project: Project) -> dict[int, str]:
    folder = project.root / ".tympan/log"
    return (
        {int(path.stem): path.read_text() for path in sorted(folder.glob("*.jsonl"))}
        if folder.exists()
        else {}
    )


def test_a_build_leaves_a_log_and_one_with_nothing_to_do_leaves_none(project: Project) -> None:
    project.run("build")
    project.run("build")
    assert list(logs(project)) == [1]
    (project.root / "assets/out/icon/bell.svg").unlink()
    project.run("build")
    assert list(logs(project)) == [1, 2]
    did = [json.loads(line)["did"] for line in logs(project)[2].splitlines()]
    assert did == ["began", "restored", "summary"]


def test_the_last_twenty_are_kept_and_numbers_go_on(project: Project) -> None:
    folder = project.root / ".tympan/log"
    folder.mkdir(parents=True)
    for number in range(7, 40):
        (folder / f"{number}.jsonl").write_text("{}\n")
    (folder / "notes.txt").write_text("mine")
    project.run("build", "icon/home")
    assert sorted(logs(project)) == list(range(21, 41))
    assert '"began"' in logs(project)[40]
    assert (folder / "notes.txt").exists()


def test_a_failure_is_in_the_log(project: Project) -> None:
    project.write("assets/refs/bell.svg", "<svg><text>no</text></svg>")
    assert project.run("build", "-k").code == 1
    lines = [json.loads(line) for line in logs(project)[1].splitlines()]
    assert [line["node"] for line in lines if line["did"] == "failed"] == ["_prepare:icon/bell"]
    assert lines[-1]["failed"] == ["_prepare:icon/bell"]


def test_values_of_secret_variables_are_never_written(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = 'canary-"quoted"-4711'
    monkeypatch.setenv("SOME_API_KEY", canary)
    monkeypatch.setenv("MY_TOKEN", "short")
    project.write("plugins/leak.py", LEAK)
    spec = f"[prep]\nsteps = ['leak']\nleak.word = '{canary}'\n"
    project.write("specs/icon/home.toml", spec)
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    ran = project.run("build", "-k", "--force")
    assert ran.code == 1
    text = logs(project)[1]
    assert "canary" not in text
    assert "said ***" in text


LEAK = """
from tympan import Params, PrepStep, hookimpl

class LeakParams(Params):
    word: str = ""

class Leak(PrepStep):
    NAME = "leak"
    Params = LeakParams
    def run(self, picture, params, ctx):
        raise ValueError("said " + params.word)

@hookimpl
def tympan_prep_steps():
    return [Leak]
"""


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_a_log_that_cannot_be_written_fails_no_build(project: Project, tmp_path: Path) -> None:
    (project.root / ".tympan").mkdir()
    (project.root / ".tympan/log").write_text("a file where the folder should be")
    ran = project.run("build")
    assert (ran.code, ran.out) == (0, "8 tasks, 6 outputs: 6 computed\n"), ran.err
