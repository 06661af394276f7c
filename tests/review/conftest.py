"""The studio's project, as the tests of the sheet have it."""

from __future__ import annotations

from tests.sheet.conftest import explored

__all__ = ["explored"]
