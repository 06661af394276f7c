"""A paid recalibration killed with SIGKILL: it goes on, pays no call twice, and reports the same to the byte.

Reads and writes a project; the studio is a real server in a process of its own, and keeps the bill.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.faults.disk import FaultyDisk
from tests.faults.press import NIGHTLY, Press, Ran
from tests.recalibrate.test_paid import TWO_MODELS
from tests.services.process import StudioProcess
from tests.services.studio import KEY

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="runs are forked to be killed")
KILLED = -9
HARNESS = NIGHTLY or bool(os.environ.get("TYMPAN_HARNESS"))
# Moments at which each verb is killed in the harness, evenly over its run; each takes three runs, some 5 s.
MANY = 60 if NIGHTLY else 8
ASSETS = ("bike", "bus", "van")
FOLDER = "recalibrations/studio-s2"
SPEC = """[source]
generator = "studio"
model = "s1"
prompt = "a {{name}}"
candidates = 4
seed = {seed}
options.reconciles = {reconciles}
[select]
candidate = 1
[target.webp]
sizes = [16]
"""


class Stage(NamedTuple):
    """A project before a verb: what the verb leaves if nothing hurts it, and how many calls it pays."""

    start: Path
    verb: tuple[str, ...]
    report: dict[str, bytes]
    paid: int
    trace: tuple[str, ...]
    bytes: int


@pytest.fixture(scope="module")
def studio() -> Iterator[StudioProcess]:
    process = StudioProcess()
    yield process
    process.close()


@pytest.fixture(scope="module")
def memory() -> Iterator[Path]:
    """A folder in memory where there is such a thing: flushing to a disk is most of the time otherwise."""
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place) as folder:
        yield Path(folder)


@pytest.fixture(scope="module", autouse=True)
def _circumstances(memory: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TYMPAN_TRUST", "1")
        patch.setenv("STUDIO_KEY", KEY)
        patch.setenv("TYMPAN_HOME", str(memory / "home"))
        yield


@pytest.fixture(
    scope="module", params=[False, True][: 1 + HARNESS], ids=["cannot tell", "can tell"][: 1 + HARNESS]
)
def stages(request: pytest.FixtureRequest, studio: StudioProcess, memory: Path) -> dict[str, Stage]:
    """Before the probe, and before the top-up; whether the service can tell what it was asked."""
    can_tell = str(request.param).lower()
    studio.ask("reset")
    press = Press(
        memory / f"start-{can_tell}",
        {
            "tympan.toml": f'[service.studio]\nurl = "{studio.url}"\nconcurrent = 1\nper_minute = 60000\n',
            "plugins/studio.py": TWO_MODELS,
            **{
                f"specs/{name}.toml": SPEC.format(seed=40 * n, reconciles=can_tell)
                for n, name in enumerate(ASSETS, 1)
            },
        },
    )
    assert press.run("explore", *ASSETS, "--budget", "5 USD").code == 0
    assert press.build().code == 0
    verb = ("recalibrate", "--to", "s2", "--budget", "5 USD")
    probe = unhurt(press, studio, verb, memory / f"probed-{can_tell}")
    probed = Press(memory / f"probed-{can_tell}", {})
    told = json.loads(probed.read(f"{FOLDER}/report.json"))
    # Three assets are too few for a verdict of their own: say that one is open.
    told |= {"fired": ["palette"], "undecided": ["bus"]}
    probed.write(f"{FOLDER}/report.json", json.dumps(told))
    more = unhurt(probed, studio, (*verb, "--top-up"), memory / f"topped-{can_tell}")
    return {"probe": probe, "top-up": more}


def unhurt(press: Press, studio: StudioProcess, verb: tuple[str, ...], to: Path) -> Stage:
    """Run a verb in a copy, undisturbed."""
    studio.ask("reset")
    copy = press.clone(to)
    ran = copy.run(*verb)
    assert ran.code == 0, ran.err
    state = studio.ask("state")
    return Stage(press.root, verb, reported(copy), len(state["bill"]), ran.trace, int(state["bytes"]))


def reported(press: Press) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted((press.root / FOLDER).iterdir())}


def facts(press: Press) -> dict[str, bytes]:
    """What only `accept` may change: specs, locks, masters, outputs."""
    found = [
        each for part in ("specs", "assets") for each in (press.root / part).rglob("*") if each.is_file()
    ]
    return {each.relative_to(press.root).as_posix(): each.read_bytes() for each in found}


def killed(
    stage: Stage, studio: StudioProcess, folder: Path, about: str, run: Callable[[Press], Ran]
) -> bool:
    """Kill a run, and go on as a person would; whether it was killed, and not over before."""
    studio.ask("reset")
    start = Press(stage.start, {})
    press = start.clone(folder / about)
    ran = run(press)
    studio.ask("kill", at=0, pid=0)
    assert ran.code in (KILLED, 0), f"{about}\n{ran.err}"
    assert facts(press) == facts(start), about
    before = len(studio.bill)
    assert before <= stage.paid, about
    again = press.run(*stage.verb)
    assert "Traceback" not in again.err, about
    paid, unsure = goes_on(press, stage, studio, again, about)
    # Nothing more is asked, and nothing written otherwise.
    third = press.run(*stage.verb)
    assert (third.code, len(studio.bill)) == (0, paid), f"{about}\n{third.err}"
    same(reported(press), stage.report, unsure, about)
    assert facts(press) == facts(start), about
    return ran.code == KILLED


def goes_on(press: Press, stage: Stage, studio: StudioProcess, again: Ran, about: str) -> tuple[int, bool]:
    """Calls paid in all in the end, and whether one of them was in flight, so that nobody can tell."""
    bill = studio.bill
    assert len(bill) == len(set(bill)), f"{about}: a call was paid twice, {bill}"
    if again.code == 0:
        assert len(bill) == stage.paid, about
        return len(bill), False
    assert again.code == 5, f"{about}\n{again.err}"
    assert "--pay-again" in again.err, about
    # The call in flight: paid or not; all others are paid, once.
    assert len(bill) in (stage.paid, stage.paid - 1), about
    (job,) = json.loads(press.run("jobs", "--open", "--json").out)
    ran = press.run(*stage.verb, "--pay-again", job["id"])
    assert ran.code == 0, f"{about}\n{ran.err}"
    assert len(studio.bill) == len(bill) + 1, about
    return len(bill) + 1, True


def same(found: dict[str, bytes], wanted: dict[str, bytes], unsure: bool, about: str) -> None:
    """The report to the byte; where a call was in flight its price may be in it twice, and nothing else."""
    assert found["report.json"] == wanted["report.json"], about
    if not unsure:
        assert found == wanted, about
        return
    mine, theirs = (json.loads(each["record.json"]) for each in (found, wanted))
    assert float(theirs.pop("cost").split()[0]) <= float(mine.pop("cost").split()[0]), about
    assert mine == theirs, about


def test_killed_with_the_answer_of_a_paid_call_under_way(
    stages: dict[str, Stage], studio: StudioProcess, memory: Path
) -> None:
    stage = stages["top-up"]
    ledger = [n for n, line in enumerate(stage.trace, 1) if line.startswith("append") and "ledger" in line]
    # All are intended first; then, of each: sending, answered, submitted, received. This is the second's answer.
    at = ledger[stage.paid + 5]
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        assert killed(
            stage, studio, Path(folder), "paid", lambda press: press.run(*stage.verb, disk=FaultyDisk(at))
        )
    # Paid, and not known to be: a service that can tell is asked, else a person, and that call alone is twice.
    can_tell = "reconciles = true" in (stage.start / "specs/bus.toml").read_text()
    assert len(studio.bill) == stage.paid + (not can_tell)


@pytest.mark.skipif(not HARNESS, reason="minutes; with TYMPAN_HARNESS=1")
@pytest.mark.parametrize("name", ["probe", "top-up"])
def test_killed_at_a_byte_of_the_wire(
    stages: dict[str, Stage],
    studio: StudioProcess,
    memory: Path,
    name: str,
) -> None:
    stage = stages[name]
    step = max(1, stage.bytes // MANY)
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        hit = [
            killed(
                stage, studio, Path(folder), f"byte-{at}",
                lambda press, at=at: press.run(*stage.verb, before=lambda: studio.ask("kill", at=at, pid=os.getpid())),
            )
            for at in range(step // 2 + 1, stage.bytes, step)
        ]  # fmt: skip
    assert any(hit)


@pytest.mark.skipif(not HARNESS, reason="minutes; with TYMPAN_HARNESS=1")
@pytest.mark.parametrize("name", ["probe", "top-up"])
def test_killed_at_an_operation_of_the_disk(
    stages: dict[str, Stage], studio: StudioProcess, memory: Path, name: str
) -> None:
    stage = stages[name]
    step = max(1, len(stage.trace) // MANY)
    hows = ("kill-before", "kill-half", "kill-after")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        hit = [
            killed(
                stage, studio, Path(folder), f"{hows[n % 3]}-{at}",
                lambda press, at=at, how=hows[n % 3]: press.run(*stage.verb, disk=FaultyDisk(at, how)),
            )
            for n, at in enumerate(range(step // 2 + 1, len(stage.trace), step))
        ]  # fmt: skip
    assert all(hit)
