"""A small project, and the same one built: what most cases begin with.

Reads nothing. Writes into pytest's folders.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.press import Press


@pytest.fixture(autouse=True)
def _trusted(trusted: None) -> None:
    """The plugins of all these projects may run."""


@pytest.fixture
def press(tmp_path: Path) -> Press:
    """A project that was never built."""
    return Press(tmp_path / "project")


@pytest.fixture(scope="session")
def _built_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Press]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TYMPAN_TRUST", "1")
        made = Press(tmp_path_factory.mktemp("built") / "project")
        assert made.build().code == 0
        yield made


@pytest.fixture
def clean(_built_once: Press) -> dict[str, bytes]:
    """The outputs of a clean build."""
    return _built_once.outputs()


@pytest.fixture
def built(tmp_path: Path) -> Press:
    """A project with everything built."""
    made = Press(tmp_path / "project")
    ran = made.build()
    assert ran.code == 0, ran.err
    return made
