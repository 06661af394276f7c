"""Cases 2, 4, 8, 10, 11: a process is killed, or told to end.

Case 1 is in test_kill_loop.py; 3, 5, 6, 7 and 9 are about paid calls.
"""

from __future__ import annotations

import os
import signal

import pytest
from tests.faults.cases import (
    SignalDisk,
    assert_clean,
    billed,
    calls,
    did,
    ended,
    fragments,
    gated,
    started,
    wait_for,
)
from tests.faults.disk import FaultyDisk
from tests.faults.press import NIGHTLY, Press

pytestmark = pytest.mark.usefixtures("own_zygotes")

KILLED = -9
HOUSE, BELL = "M1 2h3", "M0 0h9"


def test_case_02_sigkill_while_writing_a_store_temporary_file(press: Press, clean: dict[str, bytes]) -> None:
    assert press.build(disk=FaultyDisk(1, "kill-half", only=r"^create .*/cas/")).code == KILLED
    (left,) = fragments(press.root)
    assert left.stat().st_size > 0
    assert_clean(press, clean)
    # Not after 24 hours but at once: the lock says that nobody is writing it any more.
    assert fragments(press.root) == []


def test_case_04_sigkill_between_output_rename_and_record(press: Press, clean: dict[str, bytes]) -> None:
    bill = billed(press)
    disk = FaultyDisk(1, "kill-after", only=r"^rename .*/out/icon/home-100.txt")
    assert press.build("icon/home", disk=disk).code == KILLED
    assert "icon/home-100.txt" in press.outputs()
    paid = calls(bill)
    again = did(press.build("icon/home", "--json"))
    assert again == {"restored": ["icon:home:press"]}
    assert calls(bill) == paid
    assert_clean(press, clean)


def test_case_08_sigterm_keeps_what_is_done(press: Press, clean: dict[str, bytes]) -> None:
    began, go = gated(press, HOUSE)
    with started(press, "build", "-j", "1") as process:
        wait_for(began)
        process.send_signal(signal.SIGTERM)
        ran = ended(process)
    assert (ran.code, ran.err.splitlines()[-1]) == (143, "terminated; what was finished is kept")
    assert "Traceback" not in ran.err
    before = {line.split(" ")[1] for line in ran.err.splitlines() if line.startswith("computed")}
    assert before
    go.touch()
    again = did(press.build("--json"))
    assert not before & set(again["computed"])
    assert_clean(press, clean)


def test_case_08_sigterm_at_operation_n(press: Press, clean: dict[str, bytes]) -> None:
    count = len(press.clone(press.root.with_name("unhurt")).build().trace)
    for n in range(1, count + 1, 1 if NIGHTLY else count // 8):
        hurt = press.clone(press.root.with_name(f"hurt-{n}"))
        ran = hurt.build(disk=SignalDisk(n, signal.SIGTERM))
        # Before it holds the lock it just ends: a shell calls that 143 as well.
        assert ran.code in (143, -15, 0), f"{n}: {ran}"
        assert "Traceback" not in ran.err, f"{n}: {ran.err}"
        assert_clean(hurt, clean)


def test_case_10_ctrl_c_twice_ends_at_once(press: Press, clean: dict[str, bytes]) -> None:
    count = len(press.clone(press.root.with_name("unhurt")).build().trace)
    for n in range(8, count - 8, 1 if NIGHTLY else count // 6):
        for later in (1, 3):
            hurt = press.clone(press.root.with_name(f"hurt-{n}-{later}"))
            ran = hurt.build(disk=SignalDisk(n, signal.SIGINT, later))
            assert (ran.code, "Traceback" in ran.err) == (130, False), f"{n}, {later}: {ran}"
            assert_clean(hurt, clean)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_case_11_worker_killed_as_the_oom_killer_does(
    press: Press, clean: dict[str, bytes], jobs: str
) -> None:
    began, go = gated(press, HOUSE)
    with started(press, "build", "-k", "-j", jobs) as process:
        os.kill(int(wait_for(began)), signal.SIGKILL)
        ran = ended(process)
    assert (ran.code, "Traceback" in ran.err) == (1, False), ran.err
    assert "FAILED _source:icon/home: its worker was killed by SIGKILL" in ran.err
    assert press.outputs() == {path: data for path, data in clean.items() if "home" not in path}
    go.touch()
    assert_clean(press, clean)
