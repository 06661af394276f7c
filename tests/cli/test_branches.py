"""Two directions of one asset kept alive, each with its own requests, candidates and choices."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import Project
from tests.test_merging import DICE

from tympan.checkout import Checkout
from tympan.spec.promote import promoted

SPEC = """subject = "a courier"   # who it is about
[source]
generator = "dice"
prompt = "{subject}"
candidates = 3

# Morning: what the brief says.
[[refine]]
prompt = "{subject}, morning"
candidates = 2

[[refine]]            # then the light
prompt = "{subject}, morning, soft light"

# Night: if they are brave.
[branch.night]
from = "source"       # from the same sketch

[[branch.night.refine]]
prompt = "{subject}, night"
candidates = 2

[target.svg]          # the logo
"""
TURNED = """subject = "a courier"   # who it is about
[source]
generator = "dice"
prompt = "{subject}"
candidates = 3

# Morning: what the brief says.
[[branch.former.refine]]
prompt = "{subject}, morning"
candidates = 2

[[branch.former.refine]]            # then the light
prompt = "{subject}, morning, soft light"

# Night: if they are brave.
[branch.former]
from = "source"       # from the same sketch

[[refine]]
prompt = "{subject}, night"
candidates = 2

[target.svg]          # the logo
"""


@pytest.fixture
def hero(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Explored, refined twice in the morning and once at night, all chosen."""
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    project.write("plugins/dice.py", DICE)
    project.write("specs/hero.toml", SPEC)
    for words in (
        ("explore", "hero"),
        ("select", "hero", "2", "--why", "the calm one"),
        ("refine", "hero", "--step", "1"),
        ("select", "hero", "1", "--step", "refine.1"),
        ("refine", "hero", "--step", "2"),
        ("refine", "hero", "--branch", "night"),
        ("shortlist", "hero", "1", "--step", "night"),
        ("select", "hero", "2", "--step", "night", "--by", "Bo", "--why", "brave"),
    ):
        ran = project.run(*words)
        assert ran.code == 0, ran.err
    return project


def _results(project: Project) -> dict[str, dict[str, str]]:
    checkout = Checkout(project.root)
    planner = checkout.planner()
    return {
        node.use.step: dict(planner.results(node) or {})
        for node in checkout.graph.nodes.values()
        if node.asset == "hero" and node.use
    }


def test_two_directions_have_keys_candidates_and_choices_of_their_own(hero: Project) -> None:
    found = _results(hero)
    assert {step: len(each) for step, each in found.items()} == {
        "source": 3, "refine.1": 2, "refine.2": 1, "night.refine.1": 2
    }  # fmt: skip
    assert not set(found["refine.1"].values()) & set(found["night.refine.1"].values())
    asked = Checkout(hero.root).asked
    assert asked.selected("hero", "refine.1", "") == found["refine.1"]["0"]
    assert asked.selected("hero", "night.refine.1", "") == found["night.refine.1"]["1"]
    assert hero.run("build", "hero").code == 0
    masters = sorted(path.name for path in (hero.root / "assets/masters").iterdir())
    assert masters == ["hero.night.refine.1.svg", "hero.refine.1.svg", "hero.source.svg", "hero.svg"]
    assert "night.refine.1: dice" in hero.run("log", "hero").out


def test_changing_step_2_leaves_step_1_and_the_branch_alone(hero: Project) -> None:
    hero.run("build")
    before = _results(hero)
    hero.write("specs/hero.toml", SPEC.replace("soft light", "hard light"))
    after = _results(hero)
    assert after == before | {"refine.2": {}}
    assert "held" in hero.run("plan", "hero").out
    for words in (
        ("explore", "hero"),
        ("refine", "hero", "--step", "1"),
        ("refine", "hero", "--branch", "night"),
    ):
        assert "0 jobs begun now" in hero.run(*words).out
    assert "1 jobs begun now" in hero.run("refine", "hero", "--step", "2").out
    # And the other way round: the branch is nothing that is built.
    hero.run("build")
    hero.write(
        "specs/hero.toml", SPEC.replace("soft light", "hard light").replace('night"', 'a night in June"')
    )
    assert hero.run("build").out.startswith("nothing to do")
    assert _results(hero)["night.refine.1"] == {}


def test_promote_turns_the_spec_round_and_asks_for_nothing(hero: Project) -> None:
    hero.run("build")
    day = hero.outputs()["hero.svg"]
    before = _results(hero)
    ran = hero.run("promote", "hero", "night")
    assert (ran.code, ran.out) == (0, "hero: night is what is built now; what was is the branch former\n")
    assert (hero.root / "specs/hero.toml").read_text() == TURNED
    after = _results(hero)
    assert after == {
        "source": before["source"],
        "refine.1": before["night.refine.1"],
        "former.refine.1": before["refine.1"],
        "former.refine.2": before["refine.2"],
    }
    for verb in (("explore", "hero"), ("refine", "hero"), ("refine", "hero", "--branch", "former")):
        assert hero.run(*verb, "-n").out.endswith(", 0.00\n")
        assert "to ask" not in hero.run(*verb, "-n").out
    assert hero.run("build", "hero").code == 0
    night = hero.outputs()["hero.svg"]
    assert night != day
    lines = [json.loads(line) for line in (hero.root / "specs/hero.decisions.jsonl").read_text().splitlines()]
    carried = [line for line in lines if line["via"] == "promote"]
    assert [(line["did"], line["step"], line["by"]) for line in carried if line["by"] == "Bo"] == [
        ("select", "refine.1", "Bo")
    ]
    assert "hero.former.refine.1.svg" in {path.name for path in (hero.root / "assets/masters").iterdir()}
    # There and back again.
    assert hero.run("promote", "hero", "former", "--as", "night").code == 0
    assert _results(hero) == before
    hero.run("build")
    assert hero.outputs()["hero.svg"] == day


def test_a_clone_has_both_directions(hero: Project, tmp_path: Path) -> None:
    hero.run("build")
    other = hero.copy(tmp_path / "clone")
    assert _results(other) == _results(hero)
    assert other.run("promote", "hero", "night").code == 0
    assert other.run("build", "hero").code == 0
    hero.run("promote", "hero", "night")
    hero.run("build")
    assert other.outputs()["hero.svg"] == hero.outputs()["hero.svg"]


def test_what_both_share_stays() -> None:
    text = SPEC.replace('from = "source" ', 'from = "refine.1"')
    made = promoted(text, "night", "day")
    assert made.count("[[refine]]") == 2
    assert made.index('"{subject}, morning"') < made.index("[[branch.day.refine]]")
    assert '[branch.day]\nfrom = "refine.1"' in made
    alone = "\n".join(text.split("[[refine]]            # then")[0:1]) + text[text.index("# Night") :]
    made = promoted(alone, "night", "day")
    assert made.count("[[refine]]") == 2
    assert "branch" not in made
    assert "# Night: if they are brave.\n" in made


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("hero", "nigt"), "there is no branch 'nigt' in this spec (it has: night)"),
        (("hero", "night", "--as", "a b"), "--as: a name takes letters"),
        (("*", "night"), "'*' means"),
    ],
)
def test_promote_says_what_it_cannot_do(hero: Project, words: tuple[str, ...], said: str) -> None:
    before = (hero.root / "specs/hero.toml").read_text()
    hero.write("specs/other.toml", before)
    ran = hero.run("promote", *words)
    assert ran.code == 2
    assert said in ran.err
    assert (hero.root / "specs/hero.toml").read_text() == before


def test_a_spec_in_other_words_is_left_alone(hero: Project) -> None:
    odd = SPEC[: SPEC.index("# Night")] + 'branch.night = { refine = [{ prompt = "night" }] }\n[target.svg]\n'
    odd = odd.replace(
        "[[refine]]\n", "branch.night.refine = [{ prompt = 'night' }]\n[[refine]]\n", 1
    ).replace('branch.night = { refine = [{ prompt = "night" }] }\n', "")
    odd = 'branch.night.refine = [{ prompt = "night" }]\n' + odd.replace(
        "branch.night.refine = [{ prompt = 'night' }]\n", ""
    )
    hero.write("specs/hero.toml", odd)
    ran = hero.run("promote", "hero", "night")
    assert ran.code == 2
    assert "cannot be turned round (move the [[refine]] tables by hand, then tympan check)" in ran.err
    assert (hero.root / "specs/hero.toml").read_text() == odd


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[branch.night]\nfrom = "refine.3"\n',
            "branch.night.from: there is no refine.3: 2 [[refine]] are written",
        ),
        ('[branch.night]\nfrom = "sauce"\n', "branch.night.from:"),
        ("[branch.night]\nfrm = 1\n", 'branch.night.frm: unknown key, did you mean "from"?'),
        ('[branch."a b"]\n', "a name takes letters, digits, - and _"),
    ],
)
def test_mistakes_of_a_branch(hero: Project, text: str, said: str) -> None:
    spec = SPEC[: SPEC.index("# Night")] + text + "[target.svg]\n"
    hero.write("specs/hero.toml", spec)
    ran = hero.run("check")
    assert ran.code == 2
    assert said in ran.err
