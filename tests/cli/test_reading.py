from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import Project

STEP = """
from tympan import PrepStep, hookimpl
open({marker!r}, "w").close()

class Blur(PrepStep):
    NAME = "blur"
    def run(self, picture, params, ctx):
        return picture

@hookimpl
def tympan_prep_steps():
    return [Blur]
"""


def test_plan_says_what_would_run_and_check_exits_3(project: Project) -> None:
    ran = project.run("plan")
    assert "waits    icon:home:svg -> assets/out/icon/home.svg" in ran.out
    assert "compute  _source:icon/home" in ran.out
    assert ran.out.endswith("4 targets: 4 waits; 4 actions before them\n")
    assert project.run("plan", "--check").code == 3
    project.run("build")
    ran = project.run("plan", "--check")
    assert (ran.code, ran.out) == (0, "4 targets: 4 fresh; 0 actions before them\n")


def test_plan_as_json(project: Project) -> None:
    found = json.loads(project.run("plan", "--json").out)
    assert found["counts"] == {"waits": 4}
    assert {each["task"] for each in found["actions"]} >= {"_source:icon/home", "_prepare:icon/bell"}


def test_status_names_what_is_not_fresh(project: Project) -> None:
    project.run("build")
    (project.root / "assets/out/icon/bell.svg").unlink()
    ran = project.run("status")
    assert ran.out.splitlines() == [f"{'icon/bell':<36} 1 fresh, 1 restore", "1 of 2 assets are fresh"]
    assert json.loads(project.run("status", "--json").out)["assets"]["icon/home"] == {"fresh": 2}


def test_list_by_pattern_and_tag(project: Project) -> None:
    assert [line.split()[0] for line in project.run("list").out.splitlines()] == ["icon/bell", "icon/home"]
    assert [line.split()[0] for line in project.run("list", "--tag", "navigation").out.splitlines()] == [
        "icon/home"
    ]
    rows = json.loads(project.run("list", "icon/b*", "--json").out)
    assert rows[0]["outputs"] == [f"assets/out/icon/bell{end}" for end in (".svg", "-24.webp", "-48.webp")]


def test_check_reports_all_mistakes_of_all_files(project: Project) -> None:
    assert project.run("check").out == "2 specs are right\n"
    project.write("specs/icon/home.toml", 'subject = "a house"\n[target.webp]\nqualty = 80\n')
    project.write("specs/icon/bell.toml", "subject = 3\n")
    ran = project.run("check")
    assert ran.code == 2
    assert ran.err.splitlines()[0].startswith("specs/icon/bell.toml:1:")
    assert 'specs/icon/home.toml:3:1: target.webp.qualty: unknown key, did you mean "quality"?' in ran.err
    assert len(json.loads(project.run("check", "--json").out)["problems"]) == 2
    build = project.run("build")
    assert build.code == 2
    assert not (project.root / "assets/out").exists()
    assert not (project.root / ".tympan").exists()


def test_untrusted_local_code_is_not_run_by_reading_verbs(project: Project, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    project.write("plugins/blur.py", STEP.format(marker=str(marker)))
    project.write("specs/icon/home.toml", 'subject = "a house"\n[prep]\nsteps.add = ["blur"]\n')
    for verb in (["check"], ["plan"], ["status"], ["why", "icon/home"], ["list"], ["plugins"]):
        assert project.run(*verb).code == 0, verb
    assert "untrusted" in project.run("plan").out
    ran = project.run("build")
    assert ran.out == "4 tasks, 6 outputs: 3 computed; 2 untrusted\n"
    assert not marker.exists()
    assert "now trusted" in project.run("trust").out
    assert project.run("build").code == 0
    assert marker.exists()
    assert len(project.outputs()) == 6
    assert "no longer trusted" in project.run("trust", "--revoke").out


def test_plugins_says_who_brings_what(project: Project) -> None:
    assert "tympan 0.1.0" in project.run("plugins").out
    rows = json.loads(project.run("plugins", "--json").out)
    assert {"kind": "profile", "name": "fogra39-300"}.items() <= next(
        row for row in rows if row["name"] == "fogra39-300"
    ).items()


def test_schema_is_printed_or_written(project: Project) -> None:
    schema = json.loads(project.run("schema").out)
    assert "target" in schema["properties"]
    assert project.run("schema", "--write").out == ".tympan/spec.schema.json\n"
    assert json.loads((project.root / ".tympan/spec.schema.json").read_text()) == schema


def test_doctor_runs_inside_and_outside_a_project(project: Project, tmp_path: Path) -> None:
    assert "specs       right" in project.run("doctor").out
    (tmp_path / "nowhere").mkdir()
    outside = Project(tmp_path / "nowhere", project._capsys).run("doctor")
    assert outside.code == 0
    assert "no tympan project" in outside.out


def test_no_project_is_one_line_with_a_hint(tmp_path: Path, project: Project) -> None:
    ran = Project(tmp_path, project._capsys).run("plan")
    assert ran.code == 2
    assert "no tympan project at or above" in ran.err
    assert "tympan init" in ran.err


def test_init_new_build_from_an_empty_folder(tmp_path: Path, project: Project) -> None:
    here = Project(tmp_path / "mine", project._capsys)
    here.root.mkdir()
    assert "wrote tympan.toml" in here.run("init").out
    assert "kept  tympan.toml" in here.run("init").out or "kept  dodo.py" in here.run("init").out
    ran = here.run("new", "icon/cup", "--subject", "a cup")
    assert ran.out == "specs/icon/cup.toml\n"
    assert here.run("new", "icon/cup").code == 2
    assert here.run("new", "icon/_x").code == 2
    assert here.run("new", "../x").code == 2
    assert here.run("check").out == "2 specs are right\n"
    ran = here.run("build", "illustration/hello")
    assert ran.code == 0, ran.err
    assert len(here.outputs()) == 3


def test_init_adds_its_table_to_a_pyproject(tmp_path: Path, project: Project) -> None:
    here = Project(tmp_path / "mine", project._capsys)
    here.write("pyproject.toml", '[project]\nname = "x"\n')
    assert "added [tool.tympan]" in here.run("init").out
    assert here.run("check").out == "1 specs are right\n"


def test_an_unknown_verb_is_guessed(project: Project) -> None:
    ran = project.run("biuld")
    assert ran.code == 2
    assert 'did you mean "build"?' in ran.err


def test_help_loads_neither_pillow_nor_doit() -> None:
    code = (
        "import sys\nfrom tympan.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'PIL', 'doit', 'numpy', 'pluggy', 'msgspec', 'importlib.metadata'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "why" in ran.stdout


@pytest.mark.parametrize(
    "verb", ["build", "plan", "status", "why", "list", "clean", "new", "schema", "trust"]
)
def test_each_verb_has_help(project: Project, verb: str) -> None:
    ran = project.run(verb, "--help")
    assert ran.code == 0
    assert "Usage: tympan" in ran.out
