"""Many small targets at once: the same outputs and the same errors as one by one."""

from __future__ import annotations

import json
import sys

import pytest
from tests.conftest import Project

ODD = """
import os
from tympan import File, Format, Params, hookimpl
from tympan.errors import StepFailed

class OddParams(Params, frozen=True):
    do: str = ""

class Odd(Format[OddParams]):
    NAME = "odd"
    SUFFIX = "txt"
    Params = OddParams
    def write(self, picture, params, ctx):
        if params.do == "abort":
            os.abort()
        if params.do == "raise":
            raise RuntimeError("no ink")
        if params.do == "chdir":
            os.chdir("/")
        here = os.getcwd() == "/"
        picture.facts["seen"] = "1"
        text = f"{params.do} {here} {sorted(picture.facts)}".encode()
        return [File(text + b"." * (5_000_000 if params.do == "much" else 0))]

@hookimpl
def tympan_formats():
    return [Odd]
"""
ASSETS = 8


@pytest.fixture
def many(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    project.write("plugins/odd.py", ODD)
    project.write("specs/odd/_defaults.toml", '[source]\ngenerator = "sketch"\nseed = 1\n')
    for n in range(ASSETS):
        write(project, n, "a", "b", "c")
    return project


def write(project: Project, n: int, *words: str) -> None:
    targets = "".join(
        f'[target.{word}]\nformat = "odd"\ndo = "{word}"\noutput = "{{asset}}-{{target}}.txt"\n'
        for word in words
    )
    project.write(f"specs/odd/n{n}.toml", f'[source]\nprompt = "picture {n}"\n{targets}')


def texts(project: Project, n: int) -> dict[str, str]:
    found = {name: data.decode() for name, data in project.outputs().items() if f"n{n}" in name}
    return {text.split()[0]: text.rstrip(".") for text in found.values()}


def build(project: Project, *arguments: str):
    return project.run("build", "-j", "1", *arguments)


def test_the_outputs_are_those_of_one_by_one(many: Project) -> None:
    assert build(many, "odd/*").code == 0
    together = many.outputs()
    assert texts(many, 3) == texts(many, 0)
    assert sorted(texts(many, 3)) == ["a", "b", "c"]
    for path in many.root.glob("assets/out/odd/*"):
        path.unlink()
    assert build(many, "--force", "odd/n0").code == 0
    alone = many.outputs()
    assert alone == {name: data for name, data in together.items() if "n0" in name}


def test_one_that_raises_and_one_that_aborts_fail_by_name_and_the_others_are_built(many: Project) -> None:
    write(many, 1, "a", "raise", "b")
    write(many, 2, "a", "abort", "b")
    ran = build(many, "-k", "odd/*")
    assert ran.code == 1
    assert "FAILED odd:n1:raise: odd raised RuntimeError: no ink" in ran.err
    assert "FAILED odd:n2:abort: its worker was killed by SIGABRT" in ran.err
    assert ran.err.count("FAILED") == 2
    assert sorted(texts(many, 1)) == sorted(texts(many, 2)) == ["a", "b"]


@pytest.mark.skipif(sys.platform == "win32", reason="/ is no folder there")
def test_a_target_that_marks_its_worker_is_not_seen_by_the_next(many: Project) -> None:
    write(many, 1, "a", "chdir", "z")
    assert build(many, "odd/*").code == 0
    found = texts(many, 1)
    assert found["chdir"].startswith("chdir True")
    assert found["z"].startswith("z False")


def test_much_is_answered_in_parts(many: Project) -> None:
    write(many, 1, "a", "much", "z")
    ran = build(many, "--json", "odd/*")
    assert ran.code == 0
    did = [json.loads(line) for line in ran.out.splitlines()]
    assert [each["node"] for each in did if each.get("node", "").startswith("odd:n1")] == [
        "odd:n1:a",
        "odd:n1:much",
        "odd:n1:z",
    ]


def test_a_lost_output_folder_is_restored_at_once(many: Project) -> None:
    assert build(many).code == 0
    before = many.outputs()
    for path in many.root.glob("assets/out/odd/*"):
        path.unlink()
    ran = build(many)
    assert f"{3 * ASSETS} restored" in ran.out
    assert many.outputs() == before
