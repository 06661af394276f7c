"""The page room: what every page that tympan writes shares, so that they look and behave alike.

Reads the style and script files of its folder. Writes nothing.
"""

from __future__ import annotations

from tympan.page.document import Block, as_json, document, part

__all__ = ["Block", "as_json", "document", "part"]
