"""The pace of a service: places for jobs, turns for calls."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from tympan.web import Pace


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TYMPAN_HOME", str(tmp_path))


def test_two_processes_worth_of_paces_share_their_places() -> None:
    paces = [Pace("service", 3, 6000) for _ in range(2)]
    guard, now, most, done = threading.Lock(), [0], [0], [0]

    def job(pace: Pace) -> None:
        with pace.place():
            with guard:
                now[0] += 1
                most[0] = max(most[0], now[0])
            time.sleep(0.005)
            with guard:
                now[0] -= 1
                done[0] += 1

    threads = [threading.Thread(target=job, args=(paces[n % 2],)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (most[0], done[0]) == (3, 24)


def test_calls_of_many_threads_stay_below_the_limit() -> None:
    """1200 a minute: 120 at once, then one each 57 ms."""
    pace = Pace("service", 10, 1200)
    times: list[float] = []

    def calls() -> None:
        for _ in range(13):
            pace.wait()
            times.append(time.monotonic())

    threads = [threading.Thread(target=calls) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    times.sort()
    assert len(times) == 130
    assert times[-1] - times[0] >= 9 * 60 / (1200 * 0.98 - 120)


def test_a_place_is_free_again_after_an_error() -> None:
    pace = Pace("service", 1, 60)
    for _ in range(3):
        with pytest.raises(ValueError, match="job"), pace.place():
            raise ValueError("a job failed")
