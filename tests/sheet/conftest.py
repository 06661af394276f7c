"""The studio's project with three candidates, and what its sheet shows."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.conftest import Project
from tests.sheet.studio import ASSET, studio

from tympan.checkout import Checkout
from tympan.sheet import gather
from tympan.sheet.model import TARGET, Sheet


class Client:
    """Somebody who was sent a sheet, and writes an answer to it."""

    def __init__(self, work: Project) -> None:
        self.work = work
        self.sheet: Sheet = gather(Checkout(work.root), {ASSET, "illustration/gift"})
        rows = self.sheet.shown
        self.candidates = [row for row in rows if not row[1].startswith(TARGET)]
        self.targets = [row for row in rows if row[1].startswith(TARGET)]

    def told(self, did: str, row: list[str], **more: Any) -> dict[str, Any]:
        asset, where, variant, digest = row
        is_target = where.startswith(TARGET)
        place = {"target": where.removeprefix(TARGET)} if is_target else {"step": where}
        common = {"asset": asset, "variant": variant, "digest": digest, "at": "2026-11-28T10:00:00Z"}
        return {"did": did, **common, **place, **more}

    def answer(self, *decisions: dict[str, Any], **more: Any) -> Path:
        """The file, as the page saves it."""
        whole = {
            "v": 1,
            "sheet": self.sheet.id,
            "by": "Mara Lind",
            "at": "2026-11-28T10:00:00Z",
            "shown": self.sheet.shown,
            "decisions": list(decisions),
            **more,
        }
        path = self.work.root.parent / "answer.json"
        path.write_bytes(msgspec.json.encode(whole))
        return path


@pytest.fixture(scope="session")
def explored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with three candidates, and what can be built of it: made once, to be copied."""
    root = tmp_path_factory.mktemp("studio") / "project"
    studio(root, 3)
    verb = [sys.executable, "-c", "from tympan.start import main; main()", "-C", str(root)]
    for words in (["explore", ASSET], ["build"]):
        subprocess.run([*verb, *words], check=True, capture_output=True)
    return root


@pytest.fixture
def work(
    explored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Project:
    monkeypatch.setenv("TYMPAN_HOME", str(tmp_path / "home"))
    shutil.copytree(explored, tmp_path / "project")
    return Project(tmp_path / "project", capsys)


@pytest.fixture
def client(work: Project) -> Client:
    return Client(work)
