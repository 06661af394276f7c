"""The studio's project, as the tests of the sheet have it, looked at once: views need not be made for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.sheet.conftest import explored
from tests.sheet.studio import ASSET

from tympan.review import Desk

__all__ = ["explored"]


@pytest.fixture(scope="session")
def viewed(explored: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the views of its page, to be copied."""
    root = tmp_path_factory.mktemp("viewed") / "project"
    shutil.copytree(explored, root)
    with Desk(root, [ASSET], by="Jo", jobs=1) as desk:
        desk.page()
    return root
