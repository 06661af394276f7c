"""The project file, in both of its places."""

from __future__ import annotations

from pathlib import Path

import pytest

from tympan.errors import SpecErrors, UsageError, Where
from tympan.files import Files
from tympan.spec.project import Project, load_project, place_in_project, project_file


def load(root: Path, **texts: str) -> Project:
    for name, text in texts.items():
        (root / f"{name}.toml").write_text(text)
    return load_project(Files(root))


def test_an_empty_tympan_toml_is_a_project(tmp_path: Path) -> None:
    assert load(tmp_path, tympan="") == Project()


def test_keys_of_pyproject(tmp_path: Path) -> None:
    project = load(
        tmp_path, pyproject='when = 2024-01-01\n[tool.tympan]\nspecs = "design/specs"\ntokens = ["a.json"]\n'
    )
    assert project == Project(specs="design/specs", tokens=("a.json",))
    assert project_file(Files(tmp_path)) == ("pyproject.toml", ("tool", "tympan"))
    assert place_in_project(Files(tmp_path), ("specs",)) == Where("pyproject.toml", 3, 1)
    assert place_in_project(Files(tmp_path), ("out",)) == Where("pyproject.toml", 2, 7)


def test_tympan_toml_beside_a_pyproject_of_others(tmp_path: Path) -> None:
    assert load(tmp_path, pyproject="[tool.other]\n", tympan='out = "dist"\n').out == "dist"


def test_no_project_and_two_projects(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no pyproject.toml with \[tool.tympan\].*\(run: tympan init\)"):
        load(tmp_path)
    with pytest.raises(UsageError, match=r"tympan init"):
        load(tmp_path, pyproject="[tool.other]\n")
    with pytest.raises(UsageError, match=r"both tympan.toml and pyproject.toml"):
        load(tmp_path, pyproject="[tool.tympan]\n", tympan="")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "[tool.tympan]\nspec = 'x'\n",
            ['pyproject.toml:2:1: tool.tympan.spec: unknown key, did you mean "specs"?'],
        ),
        (
            "[tool.tympan]\nout = '../x'\n",
            ["pyproject.toml:2:1: tool.tympan.out: path '../x' must not hold an empty"],
        ),
        (
            "[tool.tympan]\nassets = '/x'\ntokens = ['a.json', '~/b.json']\n",
            [
                "pyproject.toml:2:1: tool.tympan.assets: path '/x' must be relative",
                "pyproject.toml:3:21: tool.tympan.tokens[1]: path '~/b.json' must be relative",
            ],
        ),
        (
            "[tool.tympan]\ntokens = 'x'\n",
            ["pyproject.toml:2:1: tool.tympan.tokens: expected an array, got a string"],
        ),
        ("[tool.tympan]\nout = 2024-01-01\n", ["pyproject.toml:2:1: tool.tympan.out: no key takes a date"]),
        ("tool.tympan = 3\n", ["pyproject.toml: tool.tympan: expected a table"]),
        ("[tool.tympan\n", ["pyproject.toml:1:13: "]),
    ],
)
def test_mistakes_have_their_place(tmp_path: Path, text: str, lines: list[str]) -> None:
    with pytest.raises(SpecErrors) as caught:
        load(tmp_path, pyproject=text)
    assert caught.value.exit_code == 2
    assert len(caught.value.problems) == len(lines)
    for problem, line in zip(caught.value.problems, lines, strict=True):
        assert str(problem).startswith(line)
