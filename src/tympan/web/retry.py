"""When a call is tried again: what is free and harmless often, what costs money only if nothing has left.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import email.utils
import random
from collections.abc import Callable

import stamina

from tympan import limits
from tympan.clock import seconds_until
from tympan.outside import Answer

# Answers that say "not now": of them only the last two say that the call was not taken up.
_AGAIN = (408, 425, 429, 500, 502, 503, 504)
_ATTEMPTS = 8
_FIRST, _LONGEST = 0.5, 30.0


class Unsent(Exception):
    """Nothing has left this machine."""


class Unsure(Exception):
    """Something may have left, and no answer came."""


class Refused(Exception):
    """An answer that says to come later; `after` seconds if it says when."""

    def __init__(self, answer: Answer, after: float | None) -> None:
        super().__init__(f"{answer.status}")
        self.answer, self.after = answer, after


def retried(call: Callable[[], Answer], *, paid: bool) -> Answer:
    """The answer of a call, tried again as long as that is right.

    A paid call is tried again only if nothing has left (Unsent), or on 429, or on 503 with Retry-After: then
    the service has refused it. Raises Unsent, Unsure (at once if `paid`), or returns the last refusal.
    """
    attempts = limits.PAID_ATTEMPTS if paid else _ATTEMPTS

    def hook(error: Exception) -> bool | float:
        if isinstance(error, Refused):
            if error.after is not None and error.after > limits.RETRY_AFTER_SECONDS:
                return False
            return random.uniform(0.0, 1.0) + error.after if error.after is not None else True
        return isinstance(error, Unsent) or (not paid and isinstance(error, Unsure))

    def once() -> Answer:
        answer = call()
        after = retry_after(answer)
        refused = answer.status == 429 or (answer.status == 503 and after is not None)
        if refused or (not paid and answer.status in _AGAIN):
            raise Refused(answer, after)
        return answer

    # Most calls need no second try, and stamina's book-keeping costs as much as the call.
    try:
        return once()
    except (Refused, Unsent, Unsure) as error:
        first: Exception | None = error
    try:
        for attempt in stamina.retry_context(
            on=hook, attempts=attempts, timeout=None, wait_initial=_FIRST, wait_max=_LONGEST, wait_jitter=1.0
        ):
            with attempt:
                if first is not None:
                    told, first = first, None
                    raise told
                return once()
    except Refused as refused_for_good:
        return refused_for_good.answer
    raise AssertionError("unreachable")


def retry_after(answer: Answer) -> float | None:
    """Seconds that an answer asks to wait, as RFC 9110 10.2.3 has it; None if it does not."""
    text = answer.headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        when = email.utils.parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    return seconds_until(when) if when.tzinfo else None
