"""One nasty file: how it is made, what it is, and what tympan must say to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

# What is asked of a file after its intake: a small PNG, a drawing, a sheet for print.
FOLLOW_UPS = ("png", "svg", "cmyk-tiff")
LATE = "took too long"
# A worker's limits are minutes; what must run into them is given less here.
PATIENCE_SECONDS = 60.0


class Case(NamedTuple):
    """A file with what is expected of it.

    intake: words of its IntakeError, "" if it is taken. then: follow-up -> words of its error, if it has one.
    left_out: follow-ups that would only cost time. seconds: how long a job may take before it is stopped.
    most_mb: the most memory of the worker.
    """

    name: str
    says: str
    make: Callable[[], bytes]
    intake: str = ""
    then: Mapping[str, str] = MappingProxyType({})
    left_out: tuple[str, ...] = ()
    seconds: float = PATIENCE_SECONDS
    most_mb: int = 400
