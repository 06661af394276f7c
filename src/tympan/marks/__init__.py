"""What files say of themselves: how the picture was made, by what, whose it is, and which asset it is.

Reads nothing. Writes nothing. One packet of XMP in every format: attributes sorted, no date, no random id,
no version of tympan, so that equal marks are equal bytes. The format plugins put it into their files.
"""

from __future__ import annotations

from tympan.marks.losses import from_facts, losses, to_facts
from tympan.marks.packet import packet, pdf_metadata, svg_metadata
from tympan.marks.read import Said, read_marks
from tympan.marks.said import AI_TYPES, SOURCE_TYPES, Marks, MarksKeys, Wanted, merged
from tympan.marks.unmarked import unmarked

__all__ = [
    "AI_TYPES",
    "SOURCE_TYPES",
    "Marks",
    "MarksKeys",
    "Said",
    "Wanted",
    "from_facts",
    "losses",
    "merged",
    "packet",
    "pdf_metadata",
    "read_marks",
    "svg_metadata",
    "to_facts",
    "unmarked",
]
