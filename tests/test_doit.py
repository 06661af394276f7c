"""doit itself, as a user types it, in a real process."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import Project

DODO = Path(__file__).resolve().parent.parent / "dodo.py"


@pytest.fixture
def doit(project: Project):
    shutil.copy(DODO, project.root / "dodo.py")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "doit", *arguments]
        return subprocess.run(command, cwd=project.root, capture_output=True, text=True, timeout=60)

    return run


def test_doit_builds_all_and_then_nothing_with_the_bytes_of_tympan_build(
    project: Project, doit, tmp_path: Path
) -> None:
    ran = doit()
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "8 tasks, 6 outputs: 6 computed\n"
    again = doit()
    assert (again.returncode, again.stdout) == (0, "nothing to do: 6 outputs are as their specs say\n")
    assert project.run("build").out == again.stdout
    other = project.copy(tmp_path / "other")
    other.run("build")
    assert other.outputs() == project.outputs()
    assert not (project.root / ".doit.db").exists()


def test_doit_list_names_every_task(doit) -> None:
    names = [line.split()[0] for line in doit("list", "--all").stdout.splitlines()]
    assert names == ["icon", "icon:bell:svg", "icon:bell:webp", "icon:home:svg", "icon:home:webp"]
    status = doit("list", "--all", "--status").stdout
    assert "R icon:home:svg" in status


def test_doit_runs_one_task_a_glob_or_a_target(project: Project, doit) -> None:
    ran = doit("run", "icon:home:svg")
    assert ran.stdout == "3 tasks, 1 outputs: 1 computed\n", ran.stderr
    assert list(project.outputs()) == ["icon/home.svg"]
    assert doit("icon:*:svg").stdout == "3 tasks, 2 outputs: 1 computed\n"
    assert doit("assets/out/icon/home-24.webp").stdout == "1 tasks, 2 outputs: 2 computed\n"


def test_doit_info_and_clean(project: Project, doit) -> None:
    doit()
    assert "up-to-date" in doit("info", "icon:home:svg").stdout
    (project.root / "assets/out/icon/home.svg").write_text("junk")
    info = doit("info", "icon:home:svg").stdout
    assert "assets/out/icon/home.svg: changed by another hand" in info
    cleaned = doit("clean", "icon:bell:svg")
    assert cleaned.returncode == 0
    assert "icon/bell.svg" not in project.outputs()
    doit("clean")
    assert not project.outputs()
    assert doit().stdout == "4 tasks, 6 outputs: 6 restored\n"


def test_doit_ends_on_mistakes_with_their_places_and_code_2(project: Project, doit) -> None:
    project.write("specs/icon/home.toml", 'subject = "a house"\nsubjct = 3\n')
    ran = doit()
    assert ran.returncode == 2
    assert 'specs/icon/home.toml:2:1: subjct: unknown key, did you mean "subject"?' in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (project.root / "assets/out").exists()


def test_doit_reports_a_failed_task_and_goes_on_if_asked(project: Project, doit) -> None:
    project.write("assets/refs/bell.svg", "<svg><text>no</text></svg>")
    ran = doit("--continue")
    assert ran.returncode in (1, 2)
    assert "FAILED _prepare:icon/bell: intake:" in ran.stderr
    assert "icon/home.svg" in project.outputs()
    assert "Traceback" not in ran.stderr


def test_a_target_of_all_variants_has_one_name(project: Project, doit) -> None:
    project.write("specs/icon/home.toml", 'subject = "a house"\n[matrix]\ntheme = ["light", "dark"]\n')
    assert doit("run", "icon:home:svg").stdout == "4 tasks, 2 outputs: 2 computed\n"
    assert sorted(project.outputs()) == ["icon/home-dark.svg", "icon/home-light.svg"]
    assert "nothing to do: 2 outputs" in project.run("build", "icon:home:svg").out
    assert "icon:home:webp" in doit("list", "--all").stdout
