"""Targets that wait for an approval: not placed before, gated again when what they show changes."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from tests.conftest import Project

DODO = Path(__file__).resolve().parent.parent.parent / "dodo.py"
GATED = 'subject = "a photo"\n[source]\noptions.path = "refs/photo.png"\n[prep]\nsteps = []\n[target.svg]\n'
TARGET = '[target.png]\nrequires = ["approved"]\n'


@pytest.fixture
def gated(project: Project) -> Project:
    """One asset, made of a PNG, whose one target is gated."""
    shutil.rmtree(project.root / "specs/icon")
    project.write(
        "specs/photo/hero.toml",
        'source = { generator = "file", options = { path = "refs/photo.png" } }\n' + TARGET,
    )
    _photo(project)
    return project


def _photo(project: Project, *, red: int = 40, level: int = 6) -> None:
    image = Image.new("RGB", (16, 12), (200, 120, 40))
    image.putpixel((3, 4), (red, 120, 40))
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=level)
    (project.root / "assets/refs/photo.png").write_bytes(buffer.getvalue())


def _pixel(project: Project) -> int:
    with Image.open(io.BytesIO(project.outputs()["photo/hero.png"])) as image:
        return int(image.convert("RGB").getpixel((3, 4))[0])  # type: ignore[index]


def test_a_gated_target_is_made_and_not_placed_until_it_is_approved(gated: Project) -> None:
    ran = gated.run("build")
    assert (ran.code, ran.out) == (0, "3 tasks, 1 outputs: 0 changed; 1 gated\n")
    assert "gated photo:hero:png: not approved yet: tympan approve photo:hero:png" in ran.err
    assert gated.outputs() == {}
    again = gated.run("build")
    assert (again.code, again.out) == (0, "nothing to do: 1 outputs are as their specs say; 1 gated\n")
    named = gated.run("build", "photo/hero")
    assert named.code == 7
    assert "tympan approve" in named.err
    assert gated.run("approve", "photo/hero", "--by", "Ada").code == 0
    done = gated.run("build", "photo/hero")
    assert (done.code, done.out) == (0, "1 tasks, 1 outputs: 1 restored\n")
    assert gated.run("plan", "--check").code == 0
    assert list(gated.outputs()) == ["photo/hero.png"]


def test_a_changed_pixel_makes_the_approval_stale_and_the_target_gated(gated: Project) -> None:
    gated.run("build")
    gated.run("approve", "photo/hero")
    gated.run("build")
    assert _pixel(gated) == 40
    _photo(gated, red=41)
    ran = gated.run("build", "photo/hero")
    assert ran.code == 7
    assert "the approval is stale" in ran.err
    # What was approved last stays where it is.
    assert _pixel(gated) == 40
    assert json.loads(gated.run("status", "--json").out)["states"] == {"photo/hero": "stale"}
    _photo(gated)
    assert gated.run("build", "photo/hero").code == 0
    _photo(gated, red=41)
    gated.run("approve", "photo/hero")
    assert gated.run("build", "photo/hero").code == 0
    assert _pixel(gated) == 41


def test_another_container_of_the_same_pixels_is_still_approved_and_built(gated: Project) -> None:
    spec = gated.root / "specs/photo/hero.toml"
    spec.write_text(spec.read_text() + 'format = "webp"\nlossless = true\neffort = 0\n')
    gated.run("build")
    gated.run("approve", "photo/hero")
    assert gated.run("build", "photo/hero").code == 0
    before = gated.outputs()
    spec.write_text(spec.read_text().replace("effort = 0", "effort = 6"))
    ran = gated.run("build", "photo/hero")
    assert (ran.code, ran.out) == (0, "1 tasks, 1 outputs: 1 computed\n")
    assert gated.outputs().keys() == before.keys()
    assert gated.outputs() != before
    # The source packed anew is the same picture, so nothing behind it is made again.
    _photo(gated, level=0)
    ran = gated.run("build", "photo/hero")
    assert (ran.code, "0 changed" in ran.out) == (0, True)


def test_every_verb_knows_the_verdict(gated: Project) -> None:
    assert gated.run("plan", "--check").code == 3
    gated.run("build")
    planned = gated.run("plan", "--check")
    assert planned.code == 7
    assert planned.out.startswith("gated    photo:hero:png -> assets/out/photo/hero.png\n")
    assert "1 targets: 1 gated" in planned.out
    assert gated.run("why", "photo/hero").out.startswith(
        "photo:hero:png: gated\n  because not approved yet: tympan approve photo:hero:png\n"
    )
    assert json.loads(gated.run("status", "--json").out) == {
        "assets": {"photo/hero": {"gated": 1}}, "states": {"photo/hero": "in review"}
    }  # fmt: skip
    assert json.loads(gated.run("list", "--json").out)[0]["state"] == "in review"
    assert '"gated":1' in gated.run("graph", "--format", "json").out.replace(" ", "")
    events = [json.loads(line) for line in gated.run("build", "--json").out.splitlines()]
    assert events[0] == {
        "v": 1, "did": "gated", "node": "photo:hero:png",
        "reasons": ["not approved yet: tympan approve photo:hero:png"],
    }  # fmt: skip
    assert events[-1]["blocked"] == {"gated": 1}


def test_a_gated_target_is_an_annotation(
    gated: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(gated.root))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    ran = gated.run("build")
    where = "file=specs/photo/hero.toml,line=2,col=9,title=photo%3Ahero%3Apng"
    assert f"::warning {where}::gated: not approved yet: tympan approve photo:hero:png" in ran.err
    assert "| gated | `photo:hero:png` | not approved yet" in (tmp_path / "summary.md").read_text()


def test_a_decision_wakes_the_build_and_nothing_else_does(gated: Project) -> None:
    gated.run("build")
    _let_it_settle(gated)
    gated.run("build")
    from tympan import fresh

    assert fresh.nothing_to_do(str(gated.root)) == "nothing to do: 1 outputs are as their specs say; 1 gated"
    gated.run("approve", "photo/hero")
    assert fresh.nothing_to_do(str(gated.root)) is None
    assert gated.run("build").out == "1 tasks, 1 outputs: 1 restored\n"
    _let_it_settle(gated)
    gated.run("build")
    assert fresh.nothing_to_do(str(gated.root)) == "nothing to do: 1 outputs are as their specs say"
    gated.run("hold", "photo/hero", "--why", "legal looks", "--by", "Ada")
    assert fresh.nothing_to_do(str(gated.root)) is None
    ran = gated.run("build", "photo/hero")
    assert ran.code == 7
    assert "on hold (Ada, " in ran.err
    assert ": legal looks)" in ran.err
    assert list(gated.outputs()) == ["photo/hero.png"]


def _let_it_settle(project: Project) -> None:
    """A file that was just written may change again within one tick of the clock: such are not trusted."""
    import time

    from tympan.state import RACY_NS

    time.sleep(RACY_NS / 1e9 + 0.05)


def test_requires_for_all_targets_and_for_none(project: Project) -> None:
    project.write("specs/_defaults.toml", 'requires = ["approved"]\n')
    project.write("specs/icon/home.toml", 'subject = "a house"\n[target.svg]\nrequires = []\n')
    assert project.run("build").out == "8 tasks, 6 outputs: 1 computed; 3 gated\n"
    assert list(project.outputs()) == ["icon/home.svg"]
    project.run("approve", "icon/*")
    project.run("build")
    assert len(project.outputs()) == 6


def test_a_gate_changes_no_key(project: Project) -> None:
    project.run("build")
    before = project.outputs()
    project.write("specs/_defaults.toml", 'requires = ["approved"]\n')
    assert project.run("build").out == "nothing to do: 6 outputs are as their specs say; 4 gated\n"
    assert project.outputs() == before
    project.run("approve", "*")
    assert project.run("build").out == "nothing to do: 6 outputs are as their specs say\n"


def test_changes_requested_gate_the_version_they_are_about_and_the_next(gated: Project) -> None:
    gated.run("build")
    gated.run("request-changes", "photo/hero", "--why", "warmer", "--by", "Bo")
    assert "changes requested (Bo, " in gated.run("plan").out
    _photo(gated, red=90)
    gated.run("build")
    assert (
        "this version is not approved yet, changes to the one before were requested" in gated.run("plan").out
    )
    gated.run("approve", "photo/hero")
    assert gated.run("build", "photo/hero").code == 0


def test_a_word_that_nothing_can_wait_for_is_a_mistake(gated: Project) -> None:
    gated.write("specs/photo/hero.toml", 'requires = ["aproved"]\n' + GATED + TARGET.replace("app", "ap"))
    ran = gated.run("check")
    assert ran.code == 2
    assert ':1:13: requires[0]: expected one of "approved", got "aproved"' in ran.err
    assert 'target.png.requires[0]: expected one of "approved", got "aproved"' in ran.err


def test_doit_leaves_gated_targets_out_too(gated: Project) -> None:
    shutil.copy(DODO, gated.root / "dodo.py")

    def doit(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "doit", *arguments]
        return subprocess.run(command, cwd=gated.root, capture_output=True, text=True, timeout=60)

    ran = doit()
    assert (ran.returncode, ran.stdout) == (0, "3 tasks, 1 outputs: 0 changed; 1 gated\n"), ran.stderr
    again = doit()
    assert again.stdout == "nothing to do: 1 outputs are as their specs say; 1 gated\n"
    gated.write("specs/photo/logo.toml", (gated.root / "specs/photo/hero.toml").read_text())
    assert doit("photo:hero:png").returncode == 7
    gated.run("approve", "photo/hero")
    assert doit("photo:hero:png").returncode == 0
    assert list(gated.outputs()) == ["photo/hero.png"]
