"""The one ICC profile that the core ships: sRGB, in the public domain (notice beside it).

Reads its own package data. Writes nothing.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def srgb_profile() -> bytes:
    """The bytes of the sRGB profile, the same for ever: a created one would carry the clock in its header."""
    return files(__name__).joinpath("sRGB_icc22.icm").read_bytes()
