"""`tympan watch` as a process of its own."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from tests.conftest import Project

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals")
NOTHING = "nothing to do: 6 outputs are as their specs say"
PATIENCE = 60


class Watching:
    """A running `tympan watch`, and what it has said."""

    def __init__(self, root: Path, *arguments: str) -> None:
        command = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        command += "from tympan.cli import main; main(sys.argv[1:])"
        self.process = subprocess.Popen(
            [sys.executable, "-c", command, "-C", str(root), "watch", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "TYMPAN_TRUST": "1"},
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put("")

    def until(self, text: str) -> list[str]:
        """All lines up to the one that begins like this."""
        said = []
        while True:
            try:
                said.append(self._lines.get(timeout=PATIENCE))
            except queue.Empty:
                pytest.fail(f"no {text!r} after {said}")
            if said[-1].startswith(text):
                return said
            if not said[-1] and self.process.poll() is not None:
                pytest.fail(f"ended before {text!r}: {said}")

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


@pytest.fixture
def watching(project: Project) -> Iterator[Watching]:
    running = Watching(project.root)
    yield running
    running.process.kill()
    running.process.wait()


def test_an_edit_is_rebuilt_and_said_line_by_line(project: Project, watching: Watching) -> None:
    said = watching.until("watching")
    assert [line.split(" (")[0] for line in said if line.startswith("computed")] != []
    assert "8 tasks, 6 outputs: 6 computed" in said
    tokens = (project.root / "tokens/brand.tokens.json").read_text()
    project.write("specs/icon/home.toml", 'subject = "a house"\ntarget.svg.viewbox = 32\n')
    said = watching.until("watching")
    assert said[0] == "changed: specs/icon/home.toml"
    assert said[1].startswith("computed assets/out/icon/home.svg (")
    assert said[2] == "1 tasks, 6 outputs: 1 computed"
    assert b'viewBox="0 0 32 32"' in project.outputs()["icon/home.svg"]
    project.write("tokens/brand.tokens.json", tokens.replace("#0b5fff", "#c8102e"))
    said = watching.until("watching")
    assert said[0] == "changed: tokens/brand.tokens.json"
    assert sum(line.startswith("computed assets/out/icon/") for line in said) == 6
    assert watching.end(signal.SIGINT) == 130
    assert watching.until("stopped watching")
    assert project.run("build").out == f"{NOTHING}\n"


def test_new_folders_new_assets_local_plugins_and_inputs_are_seen(
    project: Project, watching: Watching
) -> None:
    watching.until("watching")
    project.write("assets/refs/deep/er/tree.svg", (project.root / "assets/refs/home.svg").read_text())
    project.write(
        "specs/plant/tree.toml",
        '[source]\ngenerator = "file"\noptions.path = "refs/deep/er/tree.svg"\n[target.svg]\n',
    )
    said = watching.until("computed assets/out/plant/tree.svg")
    watching.until("watching")
    project.write("assets/refs/deep/er/tree.svg", (project.root / "assets/refs/bell.svg").read_text())
    said = watching.until("watching")
    assert said[0] == "changed: assets/refs/deep/er/tree.svg"
    assert said[1].startswith("computed assets/out/plant/tree.svg")
    project.write("plugins/soft.py", STEP)
    watching.until("watching")
    project.write("specs/plant/tree.toml", (project.root / "specs/plant/tree.toml").read_text() + SOFT)
    said = watching.until("watching")
    assert said[0] == "changed: specs/plant/tree.toml"
    project.write("plugins/soft.py", STEP.replace("0", "1"))
    assert watching.until("watching")[0] == "changed: plugins/soft.py"
    (project.root / "specs/plant/tree.toml").unlink()
    said = watching.until("watching")
    assert "removed assets/out/plant/tree.svg" in said
    assert watching.end(signal.SIGTERM) == 143


SOFT = '[prep]\nsteps = ["soft"]\n'
STEP = """
from tympan import PrepStep, hookimpl

class Soft(PrepStep):
    NAME = "soft"
    VERSION = "0"
    def run(self, picture, params, ctx):
        return picture

@hookimpl
def tympan_prep_steps():
    return [Soft]
"""


def test_mistakes_are_shown_and_waited_out(project: Project) -> None:
    project.write("specs/icon/home.toml", 'subject = "a house"\n[target.webp]\nqualty = 80\n')
    watching = Watching(project.root)
    said = watching.until("watching")
    assert said[0].startswith("specs/icon/home.toml:3:1: target.webp.qualty: unknown key")
    project.write("specs/icon/home.toml", 'subject = "a house"\n')
    assert "8 tasks, 6 outputs: 6 computed" in watching.until("watching")
    project.write("tympan.toml", "tokens = 3\n")
    assert watching.until("watching")[1].startswith("tympan.toml:1:1: tokens:")
    project.write("assets/refs/bell.svg", "<svg><text>no</text></svg>")
    project.write("tympan.toml", 'tokens = ["tokens/brand.tokens.json"]\n')
    said = watching.until("watching")
    said += watching.until("watching") if not any("FAILED" in line for line in said) else []
    assert any(line.startswith("FAILED _prepare:icon/bell") for line in said)
    assert watching.end(signal.SIGINT) == 130


def test_outputs_and_hidden_files_are_not_watched(project: Project, watching: Watching) -> None:
    watching.until("watching")
    for name in (
        "assets/out/icon/home.svg",
        "assets/out/icon/new/x.svg",
        "specs/icon/.home.toml.swp",
        ".x",
        "y.txt",
    ):
        project.write(name, "x")
    project.write("specs/icon/home.toml~", "x")
    time.sleep(1)
    project.write("specs/icon/bell.toml", 'subject = "a gong"\n')
    assert watching.until("changed")[-1] == "changed: specs/icon/bell.toml"
    assert watching.end(signal.SIGTERM) == 143


def test_the_lock_is_free_between_builds_and_waited_for(project: Project, watching: Watching) -> None:
    watching.until("watching")
    assert project.run("build").out == f"{NOTHING}\n"
    with FileLock(project.root / ".tympan/lock"):
        project.write("specs/icon/home.toml", 'subject = "a house"\ntarget.svg.viewbox = 32\n')
        assert "another build is running here" in watching.until("another")[-1]
    assert "1 tasks, 6 outputs: 1 computed" in watching.until("watching")
    assert watching.end(signal.SIGTERM) == 143


def test_one_asset_as_json(project: Project) -> None:
    watching = Watching(project.root, "icon/home", "--json")
    said = [json.loads(line) for line in watching.until("watching") if line.startswith("{")]
    assert said[-1]["did"] == "summary"
    assert said[-1]["outputs"] == 3
    project.write("specs/icon/bell.toml", 'subject = "a gong"\n')
    assert watching.until("watching")[-2].startswith('{"v":1,"did":"summary","outputs":3,"tasks":0')
    assert watching.end(signal.SIGINT) == 130


def test_a_signal_while_it_builds_ends_it_and_keeps_what_was_done(project: Project, tmp_path: Path) -> None:
    marker = tmp_path / "begun"
    slow = f"open({str(marker)!r}, 'w').close(); __import__('time').sleep(60)"
    project.write("plugins/slow.py", STEP.replace("soft", "slow").replace("return picture", slow))
    project.write("specs/icon/home.toml", 'subject = "a house"\n[prep]\nsteps.add = ["slow"]\n')
    watching = Watching(project.root, "-j", "1")
    while not marker.exists() and watching.process.poll() is None:
        time.sleep(0.05)
    began = time.monotonic()
    assert watching.end(signal.SIGTERM) == 143
    assert time.monotonic() - began < 20
    assert not (project.root / "assets/out/icon/home.svg").exists()
    assert not list(project.root.rglob("*.tmp"))
    project.write("specs/icon/home.toml", 'subject = "a house"\n')
    assert project.run("build").code == 0


def test_a_wrong_call_ends_at_once(project: Project, tmp_path: Path) -> None:
    ran = project.run("watch", "icon/hme")
    assert (ran.code, ran.err) == (2, "nothing is called 'icon/hme' (did you mean \"icon/home\"?)\n")
    assert Project(tmp_path, project._capsys).run("watch").code == 2
