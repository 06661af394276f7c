"""First-party checks: bytes, ink, resolution.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from typing import Any

from tympan import Check, hookimpl


@hookimpl
def tympan_checks() -> tuple[type[Check[Any]], ...]:
    """bytes, ink, resolution."""
    from tympan_plugins.checks.bytes import Bytes
    from tympan_plugins.checks.ink import Ink
    from tympan_plugins.checks.resolution import Resolution

    return Bytes, Ink, Resolution
