"""A recalibration that costs money: priced, budgeted, resumed, adopted, rolled back; nothing asked twice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomli
from tests.cli.test_changed_since import git
from tests.conftest import Project
from tests.services.studio import KEY, PLUGIN, StudioFake, write_studio

TWO_MODELS = (
    PLUGIN.replace("Absent, CallBlocked", "Absent, ModelInfo, CallBlocked")
    .replace(
        "    def estimate(self",
        '    def models(self):\n        return tuple(ModelInfo(name=n, deterministic=False) for n in ("s1", "s2"))\n\n'
        "    def estimate(self",
    )
    .replace(
        '"seed": request.seed, "ref"', '"seed": request.seed + (500 if request.model == "s2" else 0), "ref"'
    )
)
SPEC = """# a courier
[source]
generator = "studio"
model = "s1" # since spring
prompt = "{name}"
candidates = 4
seed = 40
[target.webp]
sizes = [32]
"""


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StudioFake]:
    monkeypatch.setenv("STUDIO_KEY", KEY)
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    with StudioFake() as fake:
        write_studio(tmp_path, fake.url, hero=SPEC, team=SPEC.replace("40", "80"))
        (tmp_path / "plugins/studio.py").write_text(TWO_MODELS)
        yield fake


@pytest.fixture
def chosen(studio: StudioFake, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Project:
    project = Project(tmp_path, capsys)
    git(tmp_path, "init", "-q", "-b", "main")
    assert project.run("explore", "hero", "team", "--budget", "5 USD").code == 0
    assert project.run("select", "hero", "2").code == 0
    assert project.run("select", "team", "1").code == 0
    assert project.run("build").code == 0
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "the courier")
    return project


def test_prices_come_first_and_without_a_budget_nothing_is_asked(chosen: Project, studio: StudioFake) -> None:
    paid = studio.accepted
    ran = chosen.run("recalibrate", "--to", "s2", "-n", "--json")
    assert json.loads(ran.out)["price"] == "0.08 USD"
    ran = chosen.run("recalibrate", "--to", "s2")
    assert ran.code == 6
    assert "nothing was asked" in ran.err
    assert studio.accepted == paid


def test_a_probe_is_paid_once_and_leaves_the_locks_alone(chosen: Project, studio: StudioFake) -> None:
    paid, lock = studio.accepted, (chosen.root / "specs/hero.lock").read_bytes()
    for _ in range(2):
        ran = chosen.run("recalibrate", "--to", "s2", "--budget", "1 USD")
        assert ran.code == 0, ran.err
    assert studio.accepted == paid + 2
    assert (chosen.root / "specs/hero.lock").read_bytes() == lock
    record = json.loads((chosen.root / "recalibrations/studio-s2/record.json").read_text())
    assert record["cost"] == "0.08 USD"
    assert [len(each["old"]) for each in record["tried"]] == [4, 4]


def test_what_is_accepted_becomes_the_candidates_without_a_call(chosen: Project, studio: StudioFake) -> None:
    chosen.run("recalibrate", "--to", "s2", "--budget", "1 USD")
    before, paid = chosen.outputs(), studio.accepted
    ran = chosen.run("accept", "hero", "--by", "Ada")
    assert ran.code == 0, ran.err
    assert studio.accepted == paid
    assert (chosen.root / "specs/hero.toml").read_text() == SPEC.replace('"s1"', '"s2"')
    lock = tomli.loads((chosen.root / "specs/hero.lock").read_text())["request"][0]
    assert lock["asked"]["model"] == "s2"
    assert lock["facts"]["paid"] == "0.04 USD"
    # The second was chosen before, and so is the second of the new ones.
    (master,) = [each for each in lock["candidate"] if each.get("master")]
    assert (master["number"], master["facts"]["seed"]) == (2, "541")
    assert chosen.outputs()["hero-32.webp"] != before["hero-32.webp"]
    assert chosen.outputs()["team-32.webp"] == before["team-32.webp"]
    assert chosen.run("plan", "--check").code == 0
    # A clone builds it from what is in git.
    git(chosen.root, "add", ".")
    git(chosen.root, "commit", "-q", "-m", "s2 for the courier")


def test_a_clone_builds_the_same_and_rolls_back_from_git(
    chosen: Project,
    studio: StudioFake,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = chosen.outputs()
    chosen.run("recalibrate", "--to", "s2", "--budget", "1 USD")
    chosen.run("accept", "hero", "team")
    git(chosen.root, "add", ".")
    git(chosen.root, "commit", "-q", "-m", "s2")
    place = tmp_path_factory.mktemp("other") / "clone"
    git(chosen.root, "clone", "-q", ".", str(place))
    clone, paid = Project(place, capsys), studio.accepted
    assert clone.run("build").code == 0
    assert clone.outputs() == chosen.outputs()
    ran = clone.run("rollback", "hero")
    assert ran.code == 0, ran.err
    assert clone.outputs() == {**chosen.outputs(), "hero-32.webp": before["hero-32.webp"]}
    git(
        place,
        "diff",
        "--exit-code",
        "HEAD~1",
        "--",
        "specs/hero.toml",
        "specs/hero.lock",
        "assets/masters/hero.png",
    )
    assert studio.accepted == paid


def test_more_is_asked_on_top_of_the_probe(chosen: Project, studio: StudioFake) -> None:
    chosen.run("recalibrate", "--to", "s2", "--budget", "1 USD")
    report = chosen.root / "recalibrations/studio-s2/report.json"
    told = json.loads(report.read_text())
    report.write_text(json.dumps({**told, "fired": ["palette"], "undecided": ["hero"]}))
    ran = chosen.run("recalibrate", "--to", "s2", "--top-up", "-n", "--json")
    rows = {row["name"]: row for row in json.loads(ran.out)["requests"]}
    assert (rows["hero"]["old"], rows["hero"]["new"]) == (8, 8)
    assert (rows["team"]["old"], rows["team"]["new"]) == (4, 2)
    assert json.loads(ran.out)["price"] == "0.20 USD"
    paid = studio.accepted
    assert chosen.run("recalibrate", "--to", "s2", "--top-up", "--budget", "1 USD").code == 0
    assert studio.accepted == paid + 5
    record = json.loads((chosen.root / "recalibrations/studio-s2/record.json").read_text())
    assert [(len(each["old"]), len(each["new"])) for each in record["tried"]] == [(8, 8), (4, 2)]
    # Run without --top-up it goes on where it was.
    assert chosen.run("recalibrate", "--to", "s2").code == 0
    assert studio.accepted == paid + 5


def test_a_call_that_may_have_arrived_is_not_repeated(chosen: Project, studio: StudioFake) -> None:
    shutil.copy(chosen.root / ".tympan/ledger.jsonl", chosen.root / "before.jsonl")
    chosen.run("recalibrate", "hero", "--to", "s2", "--budget", "1 USD")
    lines = (chosen.root / ".tympan/ledger.jsonl").read_bytes().splitlines(keepends=True)
    sending = max(n for n, line in enumerate(lines) if b'"sending"' in line)
    (chosen.root / ".tympan/ledger.jsonl").write_bytes(b"".join(lines[: sending + 1]))
    paid = studio.accepted
    ran = chosen.run("recalibrate", "hero", "--to", "s2", "--budget", "1 USD")
    assert ran.code == 5
    assert studio.accepted == paid
    job = json.loads(chosen.run("jobs", "--open", "--json").out)[0]["id"]
    assert "no spec asks for job" in chosen.run("resume", "--pay-again", job, "--budget", "1 USD").err
    ran = chosen.run("recalibrate", "hero", "--to", "s2", "--budget", "1 USD", "--pay-again", job)
    assert ran.code == 0, ran.err
    assert studio.accepted == paid + 1
