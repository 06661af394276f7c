"""`[explore.also]`: several generators asked for one asset, their candidates in one row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.cli.test_grid import PAID, _source
from tests.conftest import Project

from tympan.plan.grid import axes_of, cell_of

COIN = PAID.replace("class Dice", "class Coin").replace('NAME, VERSION, REPEATABLE, Params = "dice"', 'NAME, VERSION, REPEATABLE, Params = "coin"').replace(
    "DiceParams", "CoinParams").replace("(Dice,)", "(Coin,)").replace("'USD'", "'EUR'").replace("stylize", "edge")  # fmt: skip
SPEC = """subject = "a tree"
[source]
generator = "dice"
prompt = "{subject}"
candidates = 2
options.stylize = 50
[explore.also.coin]
options.edge = 7
[explore.also.slow]
generator = "coin"
prompt = "{subject}, slowly"
candidates = 1
[target.svg]
"""


@pytest.fixture
def garden(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    project.write("plugins/dice.py", PAID)
    project.write("plugins/coin.py", COIN)
    project.write("specs/tree.toml", SPEC)
    return project


def test_all_are_priced_asked_and_chosen_from(garden: Project, tmp_path: Path) -> None:
    table = garden.run("explore", "tree", "-n").out.splitlines()
    assert [line.split()[2:4] for line in table[:3]] == [
        ["(generator", "dice)"], ["(generator", "coin)"], ["(generator", "slow)"]
    ]  # fmt: skip
    assert table[-1] == "3 jobs, 0.12 EUR + 0.08 USD"
    assert garden.run("explore", "tree", "--budget", "0.08 USD").code == 6
    ran = garden.run("explore", "tree", "--budget", "0.08 USD", "--budget", "0.12 EUR")
    assert ran.out == "3 requests, 3 jobs begun now; 3 received; 5 candidates; 0.12 EUR + 0.08 USD in all\n"
    node, results = _source(garden, "tree")
    assert len(results) == 5
    assert axes_of(node) == {"generator": ["dice", "coin", "slow"]}
    assert [cell_of(node, str(n))["generator"] for n in range(5)] == ["dice", "dice", "coin", "coin", "slow"]
    garden.run("select", "tree", "5", "--why", "slow is good")
    assert garden.run("build", "tree").code == 0
    # What a file says of itself names the request that drew it, not another one of the exploration.
    assert node.parts[2].key in garden.outputs()["tree.svg"].decode()
    lock = (garden.root / "specs/tree.lock").read_text()
    assert 'cell = { generator = "slow" }' in lock
    assert lock.count('\ngenerator = "coin"\n') == 4
    assert 'prompt = "a tree, slowly"' in lock
    other = garden.copy(tmp_path / "clone")
    assert other.run("build", "tree").code == 0
    assert other.outputs()["tree.svg"] == garden.outputs()["tree.svg"]
    # Another word for one of them asks that one again, and no other.
    garden.write("specs/tree.toml", SPEC.replace("slowly", "very slowly"))
    assert garden.run("explore", "tree", "-n").out.endswith("3 jobs, 0.04 EUR\n")
    rows = json.loads(garden.run("why", "tree", "--json").out)[0]["reads"]
    assert "explore.also.slow.prompt" in {row["key"] for row in rows}


def test_a_grid_and_another_generator(garden: Project) -> None:
    garden.write("specs/tree.toml", SPEC + "[explore.grid]\nseed = [1, 2]\n")
    assert garden.run("explore", "tree", "-n").out.endswith("4 jobs, 0.12 EUR + 0.16 USD\n")


@pytest.mark.parametrize(
    ("also", "said"),
    [
        (
            "[explore.also.sketch]",
            "explore.also.sketch: sketch draws for nothing, and stands beside no other generator",
        ),
        ("[explore.also.cion]", 'unknown generator "cion", did you mean "coin"?'),
        ("[explore.also.coin]\nprmpt = 1", 'explore.also.coin.prmpt: unknown key, did you mean "prompt"?'),
        ("[explore]\nalso.coin = 3", "explore.also.coin: expected a table, or false, got an integer"),
    ],
)
def test_mistakes(garden: Project, also: str, said: str) -> None:
    garden.write("specs/tree.toml", SPEC[: SPEC.index("[explore")] + also + "\n[target.svg]\n")
    ran = garden.run("check")
    assert ran.code == 2
    assert said in ran.err
