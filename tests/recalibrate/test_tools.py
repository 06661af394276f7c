"""`tympan recalibrate --tools`: what another version of a plugin makes of the outputs."""

from __future__ import annotations

import json

import pytest
from tests.conftest import Project

STEP = """
from tympan import Params, PrepStep, hookimpl

class Soft(PrepStep):
    NAME = "soft"
    VERSION = "1"

    def run(self, picture, params, ctx):
        picture = ctx.raster(picture)
        pixels = picture.array().copy()
        pixels[..., 0] = pixels[..., 0] // 2
        return picture.with_array(pixels)

@hookimpl
def tympan_prep_steps():
    return [Soft]
"""


@pytest.fixture
def softened(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    project.write("plugins/soft.py", STEP)
    project.write(
        "specs/icon/soft.toml",
        'subject = "soft"\n[source]\ngenerator = "sketch"\nprompt = "a house"\nsize = [64, 64]\n'
        '[prep]\nsteps = ["soft"]\n[target]\nsvg = false\n[target.png]\nsizes = [16, 32]\n[target.webp]\nsizes = [24]\n',
    )
    assert project.run("build").code == 0
    return project


def compared(project: Project) -> dict:
    ran = project.run("recalibrate", "--tools", "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_without_an_update_there_is_nothing_to_compare(softened: Project) -> None:
    assert "no output is stale" in softened.run("recalibrate", "--tools").out
    assert not (softened.root / "recalibrations").exists()


def test_a_version_that_draws_otherwise_is_told_before_it_is_built(softened: Project) -> None:
    before = softened.outputs()
    softened.write("plugins/soft.py", STEP.replace("// 2", "// 3").replace('VERSION = "1"', 'VERSION = "2"'))
    told = compared(softened)
    assert told["counts"] == {"differs": 3}
    assert {row["output"] for row in told["outputs"]} == {
        "assets/out/icon/soft-16.png", "assets/out/icon/soft-32.png", "assets/out/icon/soft-24.webp",
    }  # fmt: skip
    assert all(0 < row["difference"]["mean"] < 40 for row in told["outputs"])
    assert "soft 1 -> 2" in told["because"]
    assert softened.outputs() == before
    report = softened.root / "recalibrations/tools/report.json"
    assert json.loads(report.read_text()) == told
    page = (softened.root / "recalibrations/tools/report.html").read_text()
    assert page.count("<article") == 3
    assert page.count('<figure class="heat">') == 3
    # Until it is built, it is told again, and so is the reason.
    assert compared(softened) == told
    assert "soft 1 -> 2" in softened.run("why", "icon:soft:png").out
    assert (softened.root / "recalibrations/tools/report.html").read_text() == page
    # What was made for the comparison is what the build puts in place.
    ran = softened.run("build")
    assert "3 restored" in ran.out
    assert softened.outputs() != before


def test_a_version_that_draws_the_same_is_told_to_be_identical(softened: Project) -> None:
    softened.write("plugins/soft.py", STEP.replace('VERSION = "1"', 'VERSION = "1.1"'))
    assert compared(softened)["counts"] == {"byte-identical": 3}


def test_what_a_spec_changed_is_no_matter_of_tools(softened: Project) -> None:
    softened.write("plugins/soft.py", STEP.replace("// 2", "// 3").replace('VERSION = "1"', 'VERSION = "2"'))
    spec = softened.root / "specs/icon/soft.toml"
    spec.write_text(spec.read_text().replace("a house", "a boat"))
    assert "no output is stale" in softened.run("recalibrate", "--tools").out


def test_a_tool_that_fails_is_told_with_its_outputs(softened: Project) -> None:
    broken = STEP.replace('VERSION = "1"', 'VERSION = "2"').replace(
        "        picture = ctx", '        raise ValueError("no")\n        picture = ctx'
    )
    softened.write("plugins/soft.py", broken)
    ran = softened.run("recalibrate", "--tools")
    assert ran.code == 1
    assert "3 failed" in ran.out
    assert "--to MODEL, or --tools" in softened.run("recalibrate").err
