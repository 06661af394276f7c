"""Versions of installed distributions, for fingerprints.

Reads installed metadata. Writes nothing.
"""

from __future__ import annotations

from functools import cache


@cache
def version_of(distribution: str) -> str:
    """The installed version of a distribution, "" if it is not installed."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
