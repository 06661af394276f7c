"""`[explore.grid]`: one request a cell, priced before it is asked, and each candidate knows its cell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import Project
from tests.test_merging import DICE

from tympan.checkout import Checkout
from tympan.plan.grid import axes_of, cell_of
from tympan.sheet.gather import gather

PAID = DICE.replace("class DiceParams(Params, frozen=True):\n    pass", "class DiceParams(Params, frozen=True):\n    stylize: int = 100").replace(
    "    def submit", "    def estimate(self, request):\n        return Cost(0.04 * request.candidates, 'USD')\n    def submit"
).replace("import Candidate,", "import Candidate, Cost,")  # fmt: skip
SPEC = """subject = "a tree"
[source]
generator = "dice"
prompt = "{subject}"
candidates = 2
[explore.grid]
seed = [1, 2]
stylize = [50, 100, 250]
[target.svg]
"""


@pytest.fixture
def garden(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project with a generator that costs money and never draws the same twice."""
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    project.write("plugins/dice.py", PAID)
    project.write("specs/plant/tree.toml", SPEC)
    return project


def _source(project: Project, asset: str = "plant/tree"):
    checkout = Checkout(project.root)
    planner = checkout.planner()
    node = checkout.graph.nodes[f"_source:{asset}"]
    return node, planner.results(node) or {}


def test_every_cell_is_priced_and_asked_once(garden: Project) -> None:
    table = garden.run("explore", "plant/tree", "--dry-run").out.splitlines()
    assert len(table) == 7
    assert table[0].split()[:6] == ["plant/tree", "source", "(seed", "1,", "stylize", "50)"]
    assert table[-1] == "6 jobs, 0.48 USD"
    rows = json.loads(garden.run("explore", "plant/tree", "--dry-run", "--json").out)
    assert rows[4]["cell"] == {"seed": 2, "stylize": 100}
    assert garden.run("explore", "plant/tree", "--budget", "0.40 USD").code == 6
    ran = garden.run("explore", "plant/tree", "--budget", "0.48 USD")
    assert (ran.code, ran.out) == (
        0, "6 requests, 6 jobs begun now; 6 received; 12 candidates; 0.48 USD in all\n"
    )  # fmt: skip
    assert "6 jobs, 0.00" in garden.run("explore", "plant/tree", "--dry-run").out
    # A longer axis asks for what is new, and for nothing else.
    garden.write("specs/plant/tree.toml", SPEC.replace("250]", "250, 500]"))
    assert garden.run("explore", "plant/tree", "-n").out.endswith("8 jobs, 0.16 USD\n")
    # So does a grid around a request that was made without one.
    garden.write(
        "specs/plant/tree.toml",
        SPEC.replace(
            "[explore.grid]\nseed = [1, 2]\nstylize = [50, 100, 250]\n",
            "seed = 1\n[source.options]\nstylize = 250\n",
        ),
    )
    assert garden.run("explore", "plant/tree", "-n").out.endswith("1 jobs, 0.00\n")


def test_a_candidate_knows_its_cell(garden: Project) -> None:
    garden.run("explore", "plant/tree", "--budget", "1 USD")
    node, results = _source(garden)
    assert sorted(results, key=int) == [str(number) for number in range(12)]
    assert axes_of(node) == {"seed": [1, 2], "stylize": [50, 100, 250]}
    assert cell_of(node, "0") == {"seed": 1, "stylize": 50}
    assert cell_of(node, "3") == {"seed": 1, "stylize": 100}
    assert cell_of(node, "11") == {"seed": 2, "stylize": 250}
    assert cell_of(node, "12") == {}
    lock = (garden.root / "specs/plant/tree.lock").read_text()
    assert lock.count("[[request]]") == 6
    assert "cell = { seed = 2, stylize = 100 }" in lock
    assert "source (seed 2, stylize 100): dice" in garden.run("log", "plant/tree").out


def test_the_chosen_one_is_built_here_and_in_a_clone(garden: Project, tmp_path: Path) -> None:
    assert "held" in garden.run("build").out
    garden.run("explore", "plant/tree", "--budget", "1 USD")
    assert "unselected" in garden.run("build").out
    assert garden.run("select", "plant/tree", "11").code == 0
    assert garden.run("select", "plant/tree", "13").code == 2
    assert garden.run("build", "plant/tree").code == 0
    _, results = _source(garden)
    assert (garden.root / "assets/masters/plant/tree.svg").read_bytes()
    other = garden.copy(tmp_path / "clone")
    assert other.run("build", "plant/tree").code == 0
    assert other.outputs()["plant/tree.svg"] == garden.outputs()["plant/tree.svg"]
    assert _source(other)[1] == results
    # More values before and after it: the selection is of a picture, not of a number.
    garden.write("specs/plant/tree.toml", SPEC.replace("[1, 2]", "[7, 1, 2, 8]"))
    assert garden.run("build", "plant/tree").out == "nothing to do: 1 outputs are as their specs say\n"


def test_a_free_generator_draws_all_cells(project: Project) -> None:
    grid = '[source]\ngenerator = "sketch"\n[explore.grid]\nseed = [1, 2, 3]\n[prep]\nsteps = []\n[target.png]\nsizes = [16]\n'
    project.write("specs/plant/tree.toml", f'subject = "a tree"\n{grid}')
    assert "3 candidates, drawn for nothing" in project.run("explore", "plant/tree").out
    assert "unselected" in project.run("plan", "plant/tree").out
    assert project.run("select", "plant/tree", "2").code == 0
    assert project.run("build", "plant/tree").code == 0
    _, results = _source(project)
    assert len(set(results.values())) == 3
    # The cell is what the same request brings alone.
    project.write(
        "specs/plant/alone.toml",
        f'subject = "a tree"\n{grid}'.replace("[explore.grid]\nseed = [1, 2, 3]\n", "seed = 2\n"),
    )
    project.run("explore", "plant/alone")
    assert _source(project, "plant/alone")[1]["0"] == results["1"]
    assert project.run("build", "plant/tree").out == "nothing to do: 1 outputs are as their specs say\n"


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        ("seed = 1", ":7:1: explore.grid.seed: expected an array of values, got an integer"),
        ("seed = []", ":7:1: explore.grid.seed: expected an array of values, got an empty one"),
        ("seed = [1, 1]", ":7:1: explore.grid.seed: a value is there twice"),
        ('seed = [1, "x"]', ":7:12: explore.grid.seed[1]: expected an integer, got a string"),
        ("stylze = [1]", ':7:1: explore.grid.stylze: no key of [source] or [source.options] that can be an axis, did you mean "stylize"?'),
        ("candidates = [1]", ":7:1: explore.grid.candidates: no key of"),
        (f"seed = {list(range(65))}", ":6:10: explore.grid: 65 combinations of 2 candidates each, at most 64 combinations and 256 candidates, take values out"),
        ("seed = [1]\n[explore.gird]", 'explore.gird: unknown key, did you mean "grid"?'),
    ],
)  # fmt: skip
def test_mistakes_are_said_where_they_are(garden: Project, grid: str, said: str) -> None:
    garden.write("specs/plant/tree.toml", SPEC.replace("seed = [1, 2]\nstylize = [50, 100, 250]", grid))
    ran = garden.run("check")
    assert ran.code == 2
    assert said in ran.err
    assert len(ran.err.splitlines()) <= 2


def test_a_grid_that_is_inherited_can_be_dropped(garden: Project) -> None:
    garden.write("specs/plant/_defaults.toml", "[explore.grid]\nseed = [1, 2]\n")
    garden.write("specs/plant/tree.toml", SPEC.replace("[explore.grid]\nseed = [1, 2]\nstylize = [50, 100, 250]\n", "[explore]\ngrid = false\n"))  # fmt: skip
    assert garden.run("explore", "plant/tree", "-n").out.endswith("1 jobs, 0.08 USD\n")


def test_a_sheet_lays_the_grid_out_and_shows_what_is_gated(garden: Project) -> None:
    garden.write(
        "specs/plant/tree.toml", SPEC.replace("[target.svg]", '[target.svg]\nrequires = ["approved"]')
    )
    garden.run("explore", "plant/tree", "--budget", "1 USD")
    garden.run("select", "plant/tree", "3")
    assert "1 gated" in garden.run("build").out
    sheet = gather(Checkout(garden.root), ["plant/tree"])
    (part,) = sheet.parts
    (step,) = part.steps
    assert {axis.name: axis.values for axis in step.axes} == {
        "stylize": ("50", "100", "250"), "seed": ("1", "2")
    }  # fmt: skip
    assert step.pictures[3].cell == {"seed": "1", "stylize": "100"}
    assert [target.target for target in part.targets] == ["svg"]
