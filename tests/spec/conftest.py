"""A project on disk to read specs from."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.spec.shelf import Tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A project whose only file is tympan.toml, with one input."""
    return Tree(tmp_path).write({"tympan.toml": "", "assets/refs/mood.png": b"png"})
