"""The to-do sheet: what people are to do by hand, as text and as one page with copy buttons.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from tympan.todo.page import page
from tympan.todo.sheet import Todo, sheet

__all__ = ["Todo", "page", "sheet"]
