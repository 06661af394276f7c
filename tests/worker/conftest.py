"""How workers are started is what is tested here: nothing is lent.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module", autouse=True)
def _own_zygotes(own_zygotes: None) -> None:
    """Each pool has a zygote of its own."""
