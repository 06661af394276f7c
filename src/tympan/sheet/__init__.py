"""The sheet room: what a person is shown to choose and approve, as one page, and the answer that comes back.

Reads the checkout. Writes .tympan/views and .tympan/sheets; nothing in git.
"""

from __future__ import annotations

from tympan.sheet.gather import gather
from tympan.sheet.model import Sheet
from tympan.sheet.write import html

__all__ = ["Sheet", "gather", "html"]
