"""When a call is tried again, case by case; nothing sleeps, what would have been slept is noted.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tympan import limits
from tympan.outside import Answer
from tympan.web import Unsent, Unsure, retried
from tympan.web.retry import retry_after

FREE, PAID = 8, limits.PAID_ATTEMPTS


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What would have been waited, in seconds."""
    found: list[float] = []
    monkeypatch.setattr(time, "sleep", found.append)
    return found


def trying(*outcomes: Answer | Exception, paid: bool) -> tuple[object, int]:
    """The result of calls that turn out like this, the last one for ever; and how many there were."""
    count = 0

    def call() -> Answer:
        nonlocal count
        outcome = outcomes[min(count, len(outcomes) - 1)]
        count += 1
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    try:
        return retried(call, paid=paid), count
    except (Unsent, Unsure) as error:
        return type(error), count


def said(status: int, after: str | None = None) -> Answer:
    return Answer(status, b"", {} if after is None else {"retry-after": after})


# Outcome, then how often a free and a paid call is made if it stays so.
MATRIX = [
    (Unsent("no connection"), FREE, PAID),
    (Unsure("connection lost"), FREE, 1),
    (said(408), FREE, 1),
    (said(425), FREE, 1),
    (said(429), FREE, PAID),
    (said(429, "1"), FREE, PAID),
    (said(500), FREE, 1),
    (said(502), FREE, 1),
    (said(503), FREE, 1),
    (said(503, "1"), FREE, PAID),
    (said(504), FREE, 1),
    (said(500, "1"), FREE, 1),
    (said(429, "3600"), 1, 1),
    (said(503, "3600"), 1, 1),
    *(
        (said(status), 1, 1)
        for status in (200, 201, 202, 204, 301, 307, 400, 401, 402, 403, 404, 409, 410, 413)
    ),
    *((said(status), 1, 1) for status in (415, 422, 451, 501, 505, 511)),
]


@pytest.mark.parametrize(
    ("outcome", "free", "paid"),
    MATRIX,
    ids=[f"{getattr(each[0], 'status', type(each[0]).__name__)}-{n}" for n, each in enumerate(MATRIX)],
)
def test_the_matrix(outcome: Answer | Exception, free: int, paid: int, slept: list[float]) -> None:
    for count, is_paid in ((free, False), (paid, True)):
        result, calls = trying(outcome, paid=is_paid)
        assert calls == count
        assert result == (type(outcome) if isinstance(outcome, Exception) else outcome)
    assert len(slept) == free - 1 + paid - 1


@pytest.mark.parametrize("paid", [False, True])
def test_what_is_well_at_last_is_well(paid: bool, slept: list[float]) -> None:
    result, calls = trying(Unsent("x"), said(429), said(503, "2"), said(200), paid=paid)
    assert (result, calls) == (said(200), 4)
    assert 2.0 <= slept[2] <= 3.0


def test_a_paid_call_that_may_have_left_ends_the_trying(slept: list[float]) -> None:
    assert trying(Unsent("x"), said(429), Unsure("x"), said(200), paid=True) == (Unsure, 3)
    assert trying(said(429), said(500), said(200), paid=True) == (said(500), 2)


def test_waiting_grows_is_bounded_and_differs(slept: list[float]) -> None:
    trying(Unsent("x"), paid=False)
    first = list(slept)
    slept.clear()
    trying(Unsent("x"), paid=False)
    assert first != slept, "no jitter: all clients would come back at once"
    for waits in (first, slept):
        assert len(waits) == FREE - 1
        assert all(0.5 * 2**n <= wait <= 31.0 for n, wait in enumerate(waits[:5]))
        assert max(waits) <= 31.0
        assert sum(waits) > 45


def test_what_the_service_asks_for_is_waited_and_a_little_more(slept: list[float]) -> None:
    trying(said(429, "7"), paid=True)
    assert len(slept) == PAID - 1
    assert all(7.0 <= wait <= 8.0 for wait in slept)
    assert len(set(slept)) > 1


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", None), ("0", 0), ("17", 17), (" 17 ", 17), ("120", 120), ("1.5", None), ("-3", None), ("soon", None),
        ("²", None), ("٣", None), ("9" * 400, float("inf")), ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None), ("Wed, 21 Oct 2015 07:28:00", None),
    ],
)  # fmt: skip
def test_retry_after(text: str, seconds: float | None) -> None:
    assert retry_after(said(429, text)) == seconds


def test_retry_after_as_a_date() -> None:
    when = datetime.now(UTC) + timedelta(seconds=90)
    found = retry_after(said(429, format_datetime(when, usegmt=True)))
    assert found is not None
    assert 85 < found <= 90
