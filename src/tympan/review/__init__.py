"""The review room: the sheet served to this machine alone, where each decision is on record at once.

Reads the checkout. Writes decisions, locks, masters and .tympan/views.
"""

from __future__ import annotations

from tympan.review.desk import Desk
from tympan.review.server import Server

__all__ = ["Desk", "Server"]
