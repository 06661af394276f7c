"""A small real project, and the command line run in this process."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.browser import Browser
from tests.nursery import Nursery

import tympan.worker.pool
from tympan.worker.launch import Launcher

HOUSE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor"
 stroke-width="2"><path d="M4 11l8-7 8 7v9h-6v-6h-4v6H4z"/></svg>"""
BELL = HOUSE.replace("M4 11l8-7 8 7v9h-6v-6h-4v6H4z", "M6 17V10a6 6 0 0 1 12 0v7l2 2H4z")
TOKENS = """{
  "color": {
    "$type": "color",
    "brand": { "$value": "#0b5fff" },
    "ink": { "$value": "{color.brand}" },
    "paper": { "$value": "#fbf7ef" }
  }
}
"""
DEFAULTS = """[source]
generator = "file"
options.path = "refs/{name}.svg"

[prep]
steps = ["trim", "recolour"]
trim.padding = "8%"
recolour.map = { ink = "{token.color.ink}" }

[target.svg]
viewbox = 24

[target.webp]
sizes = [24, 48]
"""

# Thousands of processes import the same modules. Where none may be kept compiled beside its source, as in many
# images, they are kept in pytest's own folder: compiling them anew was most of what short processes did.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(Path(__file__).resolve().parent.parent / ".pytest_cache/compiled")
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix

# Minutes of killing processes and of random edits: CI runs them by themselves, and so does TYMPAN_HARNESS=1.
collect_ignore = [] if os.environ.get("TYMPAN_HARNESS") else ["faults", "props"]


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str


class Project:
    """A project in a folder of its own, and a way to run `tympan` in it."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(self, *arguments: str) -> Ran:
        from tympan.cli import main

        self._capsys.readouterr()
        code = 0
        try:
            main(["-C", str(self.root), *arguments])
        except SystemExit as done:
            code = int(done.code or 0)
        out, err = self._capsys.readouterr()
        return Ran(code, out, err)

    def outputs(self) -> dict[str, bytes]:
        out = self.root / "assets/out"
        return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}

    def copy(self, to: Path) -> Project:
        shutil.copytree(self.root, to, ignore=shutil.ignore_patterns(".tympan", "out"))
        return Project(to, self._capsys)


@pytest.fixture(scope="session", autouse=True)
def _nursery() -> Iterator[None]:
    """Builds in this process have their workers from one zygote."""
    nursery = Nursery()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tympan.worker.pool, "Launcher", nursery)
        yield
    nursery.close()


@pytest.fixture(scope="module")
def own_zygotes() -> Iterator[None]:
    """Each build of these tests starts its own zygote, as builds outside of tests do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tympan.worker.pool, "Launcher", Launcher)
        yield


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plugins may run, as on a person's own machine."""
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


@pytest.fixture
def project(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Project:
    """Two icons, three files each."""
    monkeypatch.setenv("TYMPAN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TYMPAN_TRUST", raising=False)
    made = Project(tmp_path / "project", capsys)
    made.write("tympan.toml", 'tokens = ["tokens/brand.tokens.json"]\n')
    made.write("tokens/brand.tokens.json", TOKENS)
    made.write("specs/icon/_defaults.toml", DEFAULTS)
    made.write("specs/icon/home.toml", 'subject = "a house"\ntags = ["navigation"]\n')
    made.write("specs/icon/bell.toml", 'subject = "a bell"\n')
    made.write("assets/refs/home.svg", HOUSE)
    made.write("assets/refs/bell.svg", BELL)
    return made


Edit = Callable[[str, str, str], None]


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    """A Chromium that has never been anywhere; tests skip where there is none."""
    made = Browser(tmp_path / "profile")
    try:
        yield made
    finally:
        made.close()
