"""Two people decide and ask on forty assets at once, in two clones; git merges, and nothing is lost."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.conftest import Project

from tympan.files import Files
from tympan.lock import Locks

COUNT = 40
ASSETS = [f"icon/n{number:02}" for number in range(COUNT)]
DICE = '''"""Never the same twice."""
import random
from tympan import Candidate, Generator, Params, Ticket, hookimpl

class DiceParams(Params, frozen=True):
    pass

class Dice(Generator):
    NAME, VERSION, REPEATABLE, Params = "dice", "1", False, DiceParams
    def submit(self, request, ctx):
        return Ticket("dice")
    def collect(self, ticket, request, ctx):
        def svg():
            width = random.randrange(1, 10**6)
            return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M0 0h{width / 10**5}v9z"/></svg>'
        return tuple(Candidate(data=svg().encode()) for _ in range(request.candidates))

@hookimpl
def tympan_generators():
    return (Dice,)
'''
SPEC = 'subject = "{subject}"\n'
DEFAULTS = '[source]\ngenerator = "dice"\nprompt = "{subject}"\ncandidates = 2\n[target.svg]\nrequires = ["approved"]\n'


def git(root: Path, *words: str) -> str:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *words], cwd=root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def origin(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A repository as `tympan init` makes it, with forty assets that have been asked for and chosen once."""
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    made = Project(tmp_path / "origin", project._capsys)
    made.root.mkdir()
    assert made.run("init").code == 0
    (made.root / "specs/illustration/hello.toml").unlink()
    made.write("specs/_defaults.toml", DEFAULTS)
    made.write("plugins/dice.py", DICE)
    for asset in ASSETS:
        made.write(f"specs/{asset}.toml", SPEC.format(subject=asset))
    ran = made.run("explore", "icon/*")
    assert ran.code == 0, ran.err
    for asset in ASSETS:
        made.run("select", asset, "1", "--by", "Origin")
    git(made.root, "init", "-q", "-b", "main")
    git(made.root, "add", "-A")
    git(made.root, "commit", "-q", "-m", "Forty icons")
    return made


def _work(project: Project, who: str, own: list[str]) -> None:
    """One person: new requests and choices for half of the assets, decisions on all of them."""
    for asset in own:
        project.write(f"specs/{asset}.toml", SPEC.format(subject=f"{asset} as {who} wants it"))
    assert project.run("explore", *own).code == 0
    for asset in own:
        assert project.run("select", asset, "2", "--by", who, "--why", f"{who} likes it").code == 0
    assert project.run("build").code == 0
    for did in ("approve", "hold", "release"):
        assert project.run(did, "icon/*", "--by", who, "--why", f"{who} says {did}").code == 0
    git(project.root, "add", "-A")
    git(project.root, "commit", "-q", "-m", f"{who} decides")


def _lines(project: Project, asset: str) -> list[dict[str, str]]:
    text = (project.root / f"specs/{asset}.decisions.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_two_branches_of_decisions_and_requests_merge_and_lose_nothing(
    origin: Project, tmp_path: Path
) -> None:
    people: dict[str, Project] = {}
    for who, own in (("Ada", ASSETS[::2]), ("Bo", ASSETS[1::2])):
        git(tmp_path, "clone", "-q", str(origin.root), who)
        people[who] = Project(tmp_path / who, origin._capsys)
        _work(people[who], who, own)
    ada, bo = people["Ada"], people["Bo"]
    theirs = {
        who: {asset: [line for line in _lines(each, asset) if line["by"] == who] for asset in ASSETS}
        for who, each in people.items()
    }
    git(ada.root, "pull", "-q", "--no-rebase", "--no-edit", str(bo.root), "main")
    assert git(ada.root, "status", "--porcelain") == ""
    locks = Locks(Files(ada.root), "specs")
    for number, asset in enumerate(ASSETS):
        lines = _lines(ada, asset)
        for who in people:
            mine = [line for line in lines if line["by"] == who]
            assert mine == theirs[who][asset], asset
            assert [line["did"] for line in mine][-3:] == ["approve", "hold", "release"]
        assert len(lines) == len({json.dumps(line) for line in lines}) == 1 + 3 + 4
        (request,) = locks.of(asset).request
        assert request.asked["prompt"] == f"{asset} as {'Bo' if number % 2 else 'Ada'} wants it"
        assert [each.number for each in request.candidate if each.master] == [2]
        assert (ada.root / request.candidate[1].master).is_file()
    assert ada.run("check").code == 0
    # What either of them approved is what both see, so that every gate is open, and nobody is asked again.
    ran = ada.run("build")
    assert (ran.code, "gated" in ran.out, "held" in ran.out) == (0, False, False), ran.out
    assert len(ada.outputs()) == COUNT
    assert set(json.loads(ada.run("status", "--json").out)["states"].values()) == {"approved"}
