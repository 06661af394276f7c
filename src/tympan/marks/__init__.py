"""What files say of themselves: how the picture was made, by what, whose it is, and which asset it is.

Reads nothing. Writes nothing. One packet of XMP in every format: attributes sorted, no date, no random id,
no version of tympan, so that equal marks are equal bytes. The format plugins put it into their files.
Names load when they are first used: whoever reads specs needs no readers of files.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tympan.marks.bare import unmarked
    from tympan.marks.lost import from_facts, losses, to_facts
    from tympan.marks.read import Said, read_marks
    from tympan.marks.said import AI_TYPES, SOURCE_TYPES, Marks, MarksKeys, Wanted, merged
    from tympan.marks.xmp import packet, pdf_metadata, svg_metadata, svg_with_marks

_PARTS = {
    "lost": ("from_facts", "losses", "to_facts"),
    "xmp": ("packet", "pdf_metadata", "svg_metadata", "svg_with_marks"),
    "read": ("Said", "read_marks"),
    "said": ("AI_TYPES", "SOURCE_TYPES", "Marks", "MarksKeys", "Wanted", "merged"),
    "bare": ("unmarked",),
}
_PART_OF = {name: part for part, names in _PARTS.items() for name in names}

__all__ = [
    "AI_TYPES", "SOURCE_TYPES", "Marks", "MarksKeys", "Said", "Wanted", "from_facts", "losses", "merged",
    "packet", "pdf_metadata", "read_marks", "svg_metadata", "svg_with_marks", "to_facts",
    "unmarked",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    part = _PART_OF.get(name)
    if part is None:
        raise AttributeError(f"module 'tympan.marks' has no attribute {name!r}")
    return getattr(import_module(f"tympan.marks.{part}"), name)
