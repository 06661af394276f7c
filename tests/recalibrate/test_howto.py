"""The how-to of recalibration, command by command, as it stands: twenty accepted, three held, one taken back.

The sample library has ten assets by `sketch`, so the page makes one of twenty-four.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs/how-to/recalibrate-after-a-model-update.md"


def commands(text: str) -> list[str]:
    """What follows a prompt, with its continuation lines."""
    found: list[str] = []
    for line in text.splitlines():
        if line.startswith("    $ "):
            found.append(line[6:])
        elif line.startswith("    > ") and found:
            found[-1] += "\n" + line[6:]
    return found


def outputs(root: Path) -> dict[str, bytes]:
    out = root / "assets/out"
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("TYMPAN_HARNESS"), reason="two minutes; with TYMPAN_HARNESS=1")
def test_the_page_takes_a_library_through_an_update(tmp_path: Path) -> None:
    root = tmp_path / "first"
    root.mkdir()
    names = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
    environment = {
        **os.environ,
        **dict.fromkeys(names, "t@example.org"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "TYMPAN_HOME": str(tmp_path / "home"),
    }
    said: dict[str, str] = {}
    before: dict[str, bytes] = {}
    for command in commands(PAGE.read_text()):
        if command.startswith("tympan accept") and not before:
            before = outputs(root)
        ran = subprocess.run(
            ["bash", "-ec", command], cwd=root, env=environment, capture_output=True, text=True
        )
        assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
        said[command] = ran.stdout
    assert len(before) == 24

    models = json.loads(tympan(root, environment, "models", "--json"))
    asked = {each["model"]: set(each["assets"]) for each in models}
    assert len(asked["sketch-2"]) == 20
    assert asked["sketch-1"] == {"scene/cat", "scene/rabbit", "scene/fish", "scene/tent"}
    assert {each["asset"] for each in models[0]["held"]} == {"scene/cat", "scene/rabbit", "scene/fish"}

    after = outputs(root)
    changed = {name for name in after if after[name] != before[name]}
    assert len(changed) == 20
    # One commit, a line or two a spec, and the record.
    stat = said["git show --stat HEAD"]
    files = re.findall(r"^ (\S+) +\|", stat, re.M)
    assert {name.split("/")[0] for name in files} == {"recalibrations", "specs"}
    assert sum(name.endswith(".toml") for name in files) == 20
    assert "specs/scene/tent.toml" not in files
    # The second machine, to the byte.
    assert outputs(tmp_path / "second") == after


def tympan(root: Path, environment: dict[str, str], *words: str) -> str:
    command = ["tympan", *words]
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=True
    ).stdout
