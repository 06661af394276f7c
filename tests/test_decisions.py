"""Decisions: the latest counts, and git merges those of two branches line by line."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tympan.decisions import SELECT, Decision, Decisions
from tympan.errors import SpecErrors
from tympan.files import Files


def chosen(digest: str, at: str, *, by: str = "ada", step: str = "source", variant: str = "") -> Decision:
    return Decision(
        did=SELECT, step=step, digest=digest, by=by, at=f"2026-11-24T{at}Z", variant=variant, via="cli"
    )


def of(root: Path) -> Decisions:
    return Decisions(Files(root), "specs")


def test_the_latest_on_a_matter_counts(tmp_path: Path) -> None:
    decisions = of(tmp_path)
    assert decisions.selected("hero", "source", "") == ""
    for each in (
        chosen("a", "10:00:00"),
        chosen("b", "11:00:00", variant="dark"),
        chosen("c", "12:00:00", step="refine.1"),
    ):
        decisions.add("hero", each)
    assert decisions.selected("hero", "source", "") == "a"
    assert decisions.selected("hero", "source", "light") == "a"
    assert decisions.selected("hero", "source", "dark") == "b"
    assert decisions.selected("hero", "refine.1", "") == "c"
    decisions.add("hero", chosen("d", "13:00:00"))
    assert decisions.selected("hero", "source", "dark") == "d"
    assert of(tmp_path).of("hero") == decisions.of("hero")


@settings(max_examples=30, deadline=None)
@given(texts=st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_whatever_people_say_is_one_line(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    root = tmp_path_factory.mktemp("decisions")
    made = [
        Decision(did=SELECT, step="source", digest="d", by=text, why=text, at=f"{n:02}")
        for n, text in enumerate(texts)
    ]
    for each in made:
        of(root).add("hero", each)
    assert of(root).of("hero") == made
    assert (root / "specs/hero.decisions.jsonl").read_bytes().count(b"\n") == len(texts)


def test_a_last_line_without_its_end_is_kept_apart(tmp_path: Path) -> None:
    of(tmp_path).add("hero", chosen("a", "10:00:00"))
    path = tmp_path / "specs/hero.decisions.jsonl"
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    of(tmp_path).add("hero", chosen("b", "11:00:00"))
    assert len(of(tmp_path).of("hero")) == 2


def test_a_line_that_is_no_decision_is_named(tmp_path: Path) -> None:
    of(tmp_path).add("hero", chosen("a", "10:00:00"))
    path = tmp_path / "specs/hero.decisions.jsonl"
    path.write_bytes(path.read_bytes() + b"<<<<<<< HEAD\n" + b"[" * 100_000 + b'\n{"did":"select"}\n')
    with pytest.raises(SpecErrors) as wrong:
        of(tmp_path).of("hero")
    assert [problem.where.line for problem in wrong.value.problems] == [2, 3, 4]


def git(root: Path, *words: str) -> str:
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    done = subprocess.run(["git", *who, *words], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("turn", [("one", "two"), ("two", "one")])
def test_two_branches_merge_without_a_conflict_and_lose_nothing(
    tmp_path: Path, turn: tuple[str, str]
) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / ".gitattributes").write_text("*.decisions.jsonl merge=union\n")
    of(tmp_path).add("hero", chosen("a", "09:00:00"))
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "Begin")
    branches = {
        "one": [chosen("b", "10:00:00", by="ada"), chosen("e", "13:00:00", by="ada")],
        "two": [chosen("c", "11:00:00", by="bob"), chosen("d", "12:00:00", by="bob")],
    }
    for name, made in branches.items():
        git(tmp_path, "switch", "-qc", name, "main")
        for each in made:
            of(tmp_path).add("hero", each)
        git(tmp_path, "commit", "-qam", name)
    git(tmp_path, "switch", "-q", "main")
    for name in turn:
        git(tmp_path, "merge", "-q", "--no-edit", name)
    found = of(tmp_path).of("hero")
    assert [each.digest for each in found] == ["a", "b", "c", "d", "e"]
    assert of(tmp_path).selected("hero", "source", "") == "e", "the latest, whatever was merged last"
