"""Asking generators that cost money or bring another picture each time: never twice for one request.

Reads the ledger. Writes it, the store, locks and masters.
"""

from __future__ import annotations

from tympan.asking.budget import Purse, amounts, check_whole
from tympan.asking.facts import keep_facts
from tympan.asking.jobs import Asking
from tympan.asking.requests import Batch, Errand, errands_of, intended

__all__ = [
    "Asking", "Batch", "Errand", "Purse", "amounts", "check_whole", "errands_of", "intended", "keep_facts",
]  # fmt: skip
