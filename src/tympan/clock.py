"""The one room that may ask what time it is.

Reads the system's clocks. Writes nothing.
"""

from __future__ import annotations

import time

# As typing has it: importing that takes half as long as starting Python.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime


def now() -> str:
    """The present moment as RFC 3339 in UTC, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def now_ns() -> int:
    """The present moment in nanoseconds since 1970, to compare with time stamps of files."""
    return time.time_ns()


def monotonic() -> float:
    """Seconds on a clock that only goes forward; for durations and time limits."""
    return time.monotonic()


def wall() -> float:
    """Seconds since 1970, to agree with other processes on; it may jump."""
    return time.time()


def pause(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)


def seconds_until(moment: datetime) -> float:
    """Seconds from now until a moment, 0 if it has passed."""
    return max(0.0, moment.timestamp() - time.time())
