"""Drift: whether new pictures of the same requests differ from the old ones, in what, and how surely.

Reads pictures. Writes descriptions into the store.

`Measurer` describes pictures, aspect by aspect; `judge` compares two sets of descriptions asset by asset;
`report` makes one page of the result.
"""

from __future__ import annotations

from tympan.drift.findings import Drift, DriftOfAsset, Found
from tympan.drift.judge import judge
from tympan.drift.measure import Measurer, describe, text_of
from tympan.drift.page import Shown, Sides, Swept, report, shown_rows, side_for

__all__ = [
    "Drift", "DriftOfAsset", "Found", "Measurer", "Shown", "Sides", "Swept", "describe", "judge", "report",
    "shown_rows", "side_for", "text_of",
]  # fmt: skip
