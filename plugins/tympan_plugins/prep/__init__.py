"""First-party prep steps: mask, trim, recolour, resize.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tympan import PrepStep, hookimpl
from tympan_plugins.prep.mask import Mask
from tympan_plugins.prep.recolour import Recolour
from tympan_plugins.prep.resize import Resize
from tympan_plugins.prep.trim import Trim


@hookimpl
def tympan_prep_steps() -> Iterable[type[PrepStep[Any]]]:
    """The steps of this room."""
    return (Mask, Trim, Recolour, Resize)
