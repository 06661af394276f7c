"""`tympan log` and `tympan cost`: what happened and what it cost, from ledger, locks, decisions and git."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.test_changed_since import git
from tests.conftest import Project
from tests.services.studio import KEY, StudioFake, write_studio

REFINED = """[source]
generator = "studio"
prompt = "a courier"
candidates = 4
[[refine]]
operation = "vary"
prompt = "a courier in the rain"
[target.webp]
sizes = [32]
"""


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StudioFake]:
    monkeypatch.setenv("STUDIO_KEY", KEY)
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    with StudioFake() as fake:
        write_studio(tmp_path, fake.url, hero=REFINED)
        yield fake


@pytest.fixture
def asked(studio: StudioFake, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Project:
    """Explored, selected, refined, committed."""
    project = Project(tmp_path, capsys)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "brief")
    assert project.run("explore", "hero", "--budget", "5 USD").code == 0
    assert project.run("select", "hero", "2", "--why", "calm", "--by", "Ada").code == 0
    assert project.run("refine", "hero", "--budget", "5 USD").code == 0
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "the courier")
    return project


def told(project: Project, *words: str) -> list[dict]:
    ran = project.run("log", *words, "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def spent(project: Project, *words: str) -> dict:
    ran = project.run("cost", *words, "--json")
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_everything_is_told_in_order(asked: Project) -> None:
    rows = told(asked, "hero")
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    kinds = [row["did"] for row in rows if row["did"] != "commit"]
    assert kinds == ["request", "decision", "refinement"]
    request = next(row for row in rows if row["did"] == "request")
    assert request["candidates"] == 4
    assert request["cost"] == "0.08 USD"
    assert request["model"] == "studio-1.2"
    decision = next(row for row in rows if row["did"] == "decision")
    assert (decision["candidate"], decision["why"], decision["by"]) == (2, "calm", "Ada")
    commits = [row for row in rows if row["did"] == "commit"]
    assert [row["why"] for row in commits] == ["brief", "the courier"]
    assert commits[1]["files"] == ["specs/hero.decisions.jsonl", "specs/hero.lock"]


def test_a_person_reads_it(asked: Project) -> None:
    ran = asked.run("log", "hero")
    assert "because calm" in ran.out
    assert "refine.1: studio studio-1.2, 1 candidate, 0.02 USD" in ran.out
    assert "the courier   (t@example.org; decisions, lock)" in ran.out
    assert ran.out.endswith("hero: 0.10 USD spent\n")


def test_nothing_is_counted_twice_and_a_clone_knows_the_same(asked: Project) -> None:
    here = spent(asked)
    assert here["total"] == {"USD": 0.1}
    shutil.rmtree(asked.root / ".tympan")
    assert spent(asked) == here
    assert [row["did"] for row in told(asked, "hero")].count("request") == 1


def test_what_the_lock_forgot_git_remembers(asked: Project) -> None:
    asked.write("specs/hero.toml", REFINED.replace("a courier", "a postman"))
    assert asked.run("explore", "hero", "--budget", "5 USD").code == 0
    git(asked.root, "add", ".")
    git(asked.root, "commit", "-q", "-m", "a postman")
    here = spent(asked)
    assert here["total"] == {"USD": 0.18}
    shutil.rmtree(asked.root / ".tympan")
    assert "a courier" not in (asked.root / "specs/hero.lock").read_text()
    assert spent(asked) == here
    prompts = [row["prompt"] for row in told(asked, "hero") if row["did"] == "request"]
    assert prompts == ["a courier", "a postman"]


def test_money_of_another_checkout_counts_beside_ours(asked: Project) -> None:
    lock = asked.root / "specs/hero.lock"
    text = lock.read_text()
    for number in range(1, 9):
        text = text.replace(f'job = "job-{number}"', f'job = "over-there-{number}"')
    lock.write_text(text)
    assert spent(asked)["total"] == {"USD": 0.2}


def test_a_removed_asset_is_still_told_of(asked: Project) -> None:
    (asked.root / "specs/hero.toml").unlink()
    assert any(row["did"] == "request" for row in told(asked, "hero"))
    assert spent(asked, "hero")["total"] == {"USD": 0.1}


def test_by_asset_generator_and_since(asked: Project) -> None:
    rows = spent(asked, "her*")["spent"]
    assert [(row["asset"], row["generator"], row["currency"]) for row in rows] == [("hero", "studio", "USD")]
    assert spent(asked, "--since", "2999-01-01")["spent"] == []
    assert asked.run("cost").out.endswith("0.10 USD spent\n")
    assert asked.run("cost", "--since", "soon").code == 2
    assert asked.run("cost", "nobody").code == 2


def test_a_drawn_asset_costs_nothing_and_an_unknown_one_is_refused(project: Project) -> None:
    rows = told(project, "icon/home")
    assert rows[0]["generator"] == "file"
    assert spent(project) == {"spent": [], "total": {}, "unknown_jobs": 0}
    ran = project.run("log", "icon/nothing")
    assert ran.code == 2
    assert "no asset is called" in ran.err
