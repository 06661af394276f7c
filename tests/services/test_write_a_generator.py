"""docs/how-to/write-a-generator.md: its plugin and its spec work as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.conftest import Project
from tests.services.studio import KEY, StudioFake

PAGE = (Path(__file__).parents[2] / "docs/how-to/write-a-generator.md").read_text()
FILES = {
    re.match(r"# (\S+)\n", text).group(1): text  # type: ignore[union-attr]
    for text in re.findall(r"^```(?:python|toml)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
}


def test_the_page_is_a_working_generator(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_KEY", KEY)
    with StudioFake() as fake:
        project.write("tympan.toml", f'[service.studio]\nurl = "{fake.url}"\n')
        for name in ("icon/_defaults.toml", "icon/home.toml", "icon/bell.toml"):
            (project.root / "specs" / name).unlink()
        for name, text in FILES.items():
            project.write(name, text)
        assert project.run("trust").code == 0
        assert "2 jobs, 0.06 USD" in project.run("explore", "hero", "--dry-run").out
        fake.trouble("drop", "POST /jobs")
        ran = project.run("explore", "hero", "--budget", "0.10 USD")
        assert ran.code == 5, "the answer of one job was lost"
        ran = project.run("explore", "hero", "--budget", "0.10 USD")
        assert ran.code == 0, "and was found again: the studio can tell"
        assert fake.accepted == 2
        assert project.run("select", "hero", "2", "--why", "the door is blue").code == 0
        assert project.run("build").code == 0
        assert (project.root / "assets/out/hero-320.webp").is_file()


def test_what_is_wrong_is_said_before_anything_is_sent(project: Project) -> None:
    for name, text in FILES.items():
        project.write(name, text)
    project.write("specs/hero.toml", FILES["specs/hero.toml"].replace('"a courier at a blue door"', '""'))
    project.run("trust")
    ran = project.run("check")
    assert ran.code == 2
    assert "specs/hero.toml:2:2: source: studio wants a prompt" in ran.out + ran.err
