"""The tutorial from brief to press: every file in it is written, every command run, every answer compared."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import Project

PAGE = Path(__file__).resolve().parent.parent / "docs/tutorial/from-brief-to-press.md"
# A file, with its name in the first line; or a block of commands and what they answer.
_BLOCKS = re.compile(
    r"```(?:toml|python)\n# (?P<name>\S+)\n(?P<text>.*?)```|(?P<talk>(?:^    [^\n]*\n)+)", re.M | re.S
)
GIT = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com"}
GIT |= {"GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com"}


def steps() -> list[tuple[str, str | list[str]]]:
    """The page in order: a name and a text, or a command and the lines it is said to answer."""
    found: list[tuple[str, str | list[str]]] = []
    for block in _BLOCKS.finditer(PAGE.read_text()):
        if block["name"]:
            found.append((block["name"], block["text"]))
            continue
        for part in re.split(r"^    \$ ", block["talk"], flags=re.M)[1:]:
            command, *answers = part.rstrip("\n").split("\n")
            found.append((f"$ {command}", [line.removeprefix("    ") for line in answers]))
    return found


def same(text: str) -> str:
    """A line without what differs from day to day and machine to machine: digests, numbers, folders, names."""
    text = re.sub(r"\S*/dist\b", "dist", text)
    text = re.sub(r"[0-9a-f]{8,}|\d+(\.\d+)?", "0", text)
    return " ".join(re.sub(r"by Ada\b", "by somebody", text).split())


@pytest.mark.slow
def test_the_tutorial_is_what_happens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "ferry"
    root.mkdir()
    monkeypatch.setenv("TYMPAN_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(root)
    for name, value in GIT.items():
        monkeypatch.setenv(name, value)
    project = Project(root, capsys)
    done = []
    for name, text in steps():
        if not name.startswith("$ "):
            assert isinstance(text, str)
            project.write(name, text)
            continue
        verb, *words = shlex.split(name[2:])
        if verb == "tympan":
            ran = project.run(*words)
            assert ran.code == 0, f"{name}\n{ran.err}"
            out = ran.out + ran.err
        else:
            program = sys.executable if verb == "python" else verb
            made = subprocess.run([program, *words], capture_output=True, text=True, cwd=root, env=os.environ)
            assert made.returncode == 0, made.stderr
            out = made.stdout
        if name == "$ git init -q -b main .":
            subprocess.run(["git", "config", "user.name", "Ada"], check=True, cwd=root)
        there = [same(line) for line in out.splitlines()]
        for line in text:
            assert same(line) in there, f"{name}\nsaid\n{out}"
        done.append(verb)
    assert done.count("tympan") > 20
    night, day = (root / f"assets/out/poster/ferry{end}-420.webp" for end in ("-night", ""))
    _check_outside(night, day)


def _check_outside(night: Path, day: Path) -> None:
    """Outside the porthole the two differ by what lossy compression does, inside they differ."""
    import numpy as np
    from PIL import Image

    one, two = (np.asarray(Image.open(path).convert("RGB")).astype(int) for path in (night, day))
    apart = np.abs(one - two).mean(axis=2)
    assert apart[200:, :].mean() < 2
    assert apart[60:150, 260:360].mean() > 20
