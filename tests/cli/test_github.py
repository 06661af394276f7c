from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import Project

from tympan.cli.github import command
from tympan.errors import Where


@pytest.fixture
def job(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The summary file of a job in which the project is a folder of the checked out repository."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    return tmp_path / "summary.md"


def test_escaping_is_what_the_runner_undoes() -> None:
    where = Where("a,b:c%.toml", 3, 7)
    assert command("error", "50%\r\nof: a, b", where, title="x:y") == (
        "::error file=a%2Cb%3Ac%25.toml,line=3,col=7,title=x%3Ay::50%25%0D%0Aof: a, b"
    )
    assert command("warning", "plain") == "::warning::plain"
    assert command("error", "x\n::set-env name=A::b ##[warning]c") == (
        "::error::x%0A::set-env name=A::b # #[warning]c"
    )
    assert command("error", "x", Where("f.toml")) == "::error file=f.toml::x"


def test_each_mistake_of_a_spec_is_on_its_line(project: Project, job: Path) -> None:
    project.write("specs/icon/home.toml", 'subject = "a house"\n[target.webp]\nqualty = 80\n')
    project.write("specs/icon/bell.toml", "subject = 3\n")
    for verb in ("check", "build", "plan"):
        ran = project.run(verb)
        assert ran.code == 2
        lines = [line for line in ran.err.splitlines() if line.startswith("::")]
        assert lines == [
            "::error file=project/specs/icon/bell.toml,line=1,col=1::subject: expected a string, got an integer",
            "::error file=project/specs/icon/home.toml,line=3,col=1::target.webp.qualty: unknown key"
            ' (did you mean "quality"?)',
        ], verb
        assert ran.out == ""


def test_an_error_without_a_place_is_an_annotation_too(project: Project, job: Path) -> None:
    assert "::error::nothing is called 'icon/hme' (did you mean" in project.run("build", "icon/hme").err
    empty = Project(job.parent, project._capsys)
    assert "::error::no tympan project at or above" in empty.run("plan").err


CHECK = """
from tympan import Check, Finding, hookimpl

class Taste(Check):
    NAME = "taste"
    FORMATS = ("svg",)
    def run(self, file, params, ctx):
        return [Finding("a bit | dull: 50%\\n::error::not us", severity="warning")]

@hookimpl
def tympan_checks():
    return [Taste]
"""


def test_a_failed_task_and_a_warning_are_at_the_table_they_are_about(
    project: Project, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    project.write("plugins/taste.py", CHECK)
    project.write("assets/refs/bell.svg", "<svg><text>no</text></svg>")
    project.write(
        "specs/icon/home.toml", 'subject = "a house"\n\n[target.svg]\nviewbox = 32\n\n[check.taste]\n'
    )
    ran = project.run("build", "-k")
    assert ran.code == 1
    lines = ran.err.splitlines()
    errors = [line for line in lines if line.lstrip().startswith("::error")]
    assert len(errors) == 1
    assert errors[0].startswith(
        "::error file=project/specs/icon/_defaults.toml,line=5,col=2,title=_prepare%3Aicon/bell::intake: "
    )
    assert [line for line in lines if line.startswith("::warning")] == [
        "::warning file=project/specs/icon/home.toml,line=3,col=9,title=icon%3Ahome%3Asvg"
        "::check taste: a bit | dull: 50%25%0A::error::not us"
    ]
    text = job.read_text()
    assert text.startswith("### tympan\n")
    assert "| outputs | computed | restored | removed | failed | warnings |" in text
    assert "| 6 | 3 | 0 | 0 | 1 | 1 |" in text
    assert "| failed | `_prepare:icon/bell` | intake: " in text
    assert "| warning | `icon:home:svg` | check taste: a bit \\| dull: 50%<br>::error::not us |" in text


def test_without_the_runner_nothing_of_it_is_said(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    project.write("assets/refs/bell.svg", "<svg><text>no</text></svg>")
    ran = project.run("build", "-k")
    assert "::" not in "\n".join(line[:2] for line in ran.err.splitlines())


def test_json_on_standard_output_stays_json(project: Project, job: Path) -> None:
    project.write("assets/refs/bell.svg", "<svg><text>no</text></svg>")
    ran = project.run("build", "-k", "--json")
    assert all(line.startswith('{"v":1,') for line in ran.out.splitlines())
    assert "::error file=project/" in ran.err


def test_a_summary_that_cannot_be_written_fails_no_build(
    project: Project, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job.mkdir()
    ran = project.run("build")
    assert ran.code == 0
    assert "no job summary: " in ran.err
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    assert "summary" not in project.run("build").err
