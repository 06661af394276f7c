"""One pool of workers for all builds of a test: starting them would take most of the time.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.faults.press import SharedPool

import tympan.cli.session
from tympan.worker.pool import Pool


@pytest.fixture
def shared_pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    with Pool(2) as pool:
        monkeypatch.setattr(tympan.cli.session, "Pool", SharedPool(pool))
        yield
