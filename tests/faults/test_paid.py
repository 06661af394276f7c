"""Builds and explorations with a generator that keeps a bill: killed anywhere, it never grows twice for one job.

Reads and writes a project; the studio is a real server in a process of its own.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.faults.disk import KILLS, POWER, FaultyDisk
from tests.faults.press import NIGHTLY, Press, Ran
from tests.services.process import StudioProcess
from tests.services.studio import KEY, PLUGIN

KILLED = -9
JOBS = 6
SPEC = """[source]
generator = "studio"
prompt = "a courier"
candidates = 12
options.reconciles = {reconciles}
[select]
by = "first"
[target.webp]
sizes = [16]
"""


@pytest.fixture(scope="module")
def studio() -> Iterator[StudioProcess]:
    process = StudioProcess()
    yield process
    process.close()


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder in memory where there is such a thing: flushing to a disk is most of the time otherwise."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def _circumstances(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, studio: StudioProcess) -> None:
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    monkeypatch.setenv("STUDIO_KEY", KEY)
    monkeypatch.setenv("TYMPAN_HOME", str(tmp_path / "home"))
    studio.ask("reset")


def press_of(folder: Path, studio: StudioProcess, *, reconciles: bool = False) -> Press:
    return Press(
        folder,
        {
            "tympan.toml": f'[service.studio]\nurl = "{studio.url}"\nconcurrent = 1\nper_minute = 60000\n',
            "plugins/studio.py": PLUGIN,
            "specs/hero.toml": SPEC.format(reconciles=str(reconciles).lower()),
        },
    )


def explore(press: Press, disk: FaultyDisk | None = None, before: Callable[[], None] = lambda: None) -> Ran:
    return press.run("explore", "hero", "--budget", "5 USD", disk=disk, before=before)


def check_bill(studio: StudioProcess, about: str) -> int:
    """No job was paid for twice; how many were paid for."""
    bill = studio.bill
    assert len(bill) == len(set(bill)) <= JOBS, f"{about}: {bill}"
    return len(bill)


def heals(press: Press, studio: StudioProcess, about: str, *, builds: bool = True) -> None:
    """Ask again, as a person would: what is unknown stays so, everything else comes, and builds."""
    again = explore(press)
    assert again.code in (0, 5), f"{about}\n{again.err}"
    assert "Traceback" not in again.err, about
    paid = check_bill(studio, about)
    if again.code == 0:
        assert paid == JOBS, about
    else:
        assert "--pay-again" in again.err, about
        assert paid in (JOBS, JOBS - 1), about
    if not builds:
        return
    # Once more: nothing is asked that has been.
    calls = check_bill(studio, about)
    third = explore(press)
    assert (third.code, check_bill(studio, about)) == (again.code, calls), f"{about}\n{third.err}"
    built = press.build()
    assert built.code == 0, f"{about}\n{built.err}"
    assert list(press.outputs()) == ["hero-16.webp"], about
    assert press.run("build").out.startswith("nothing to do"), about
    assert check_bill(studio, about) == calls, f"{about}: a build paid"


@pytest.mark.parametrize("how", [*KILLS, *POWER])
def test_cases_01_and_03_to_06_killed_at_operation_n(studio: StudioProcess, tmp_path: Path, how: str) -> None:
    trace = explore(press_of(tmp_path / "unhurt", studio)).trace
    assert len(trace) > 60
    step = 1 if NIGHTLY else {"kill-before": 7, "kill-half": 13}.get(how, 17)
    for n in range(1, len(trace) + 1, step):
        if how == "kill-half" and trace[n - 1].split()[0] not in ("create", "append"):
            continue
        studio.ask("reset")
        press = press_of(tmp_path / f"{how}-{n}", studio)
        ran = explore(press, FaultyDisk(n, how))
        if ran.code == 0:
            break
        about = f"{how} {n}: {trace[n - 1]}"
        assert ran.code == KILLED, f"{about}\n{ran.err}"
        heals(press, studio, about)


@pytest.mark.parametrize("reason", ["ENOSPC", "EIO"])
def test_case_14_refused_by_the_disk_no_call_is_made_or_none_is_lost(
    studio: StudioProcess, tmp_path: Path, reason: str
) -> None:
    trace = explore(press_of(tmp_path / "unhurt", studio)).trace
    ledger = [n for n, line in enumerate(trace, 1) if line.startswith("append") and "ledger" in line]
    assert len(ledger) >= 5 * JOBS
    # The first line of a job cannot be written: nothing is sent at all.
    studio.ask("reset")
    press = press_of(tmp_path / "first", studio)
    ran = explore(press, FaultyDisk(ledger[0], reason, onwards=True))
    assert (ran.code, check_bill(studio, reason)) == (1, 0), ran.err
    heals(press, studio, reason)
    for n in ledger[:: 1 if NIGHTLY else 9]:
        studio.ask("reset")
        press = press_of(tmp_path / f"{reason}-{n}", studio)
        ran = explore(press, FaultyDisk(n, reason))
        assert "Traceback" not in ran.err, ran.err
        heals(press, studio, f"{reason} {n}")


@pytest.mark.parametrize("reconciles", [False, True], ids=["cannot tell", "can tell"])
def test_killed_at_every_byte_of_the_wire(studio: StudioProcess, tmp_path: Path, reconciles: bool) -> None:
    whole = press_of(tmp_path / "unhurt", studio, reconciles=reconciles)
    assert explore(whole).code == 0
    count = int(studio.ask("state")["bytes"])
    # Real kills at some; what a kill at every byte leaves, the next test looks at.
    step = max(1, count // (200 if NIGHTLY else 30))
    unknown = 0
    for at in range(1, count + 1, step):
        studio.ask("reset")
        press = press_of(tmp_path / f"at-{at}", studio, reconciles=reconciles)
        ran = explore(press, before=lambda at=at: studio.ask("kill", at=at, pid=os.getpid()))
        assert ran.code in (KILLED, 0), ran.err
        studio.ask("kill", at=0, pid=0)
        heals(press, studio, f"byte {at}", builds=at % 5 == 0)
        unknown += "unknown" in press.run("jobs").out
    if reconciles:
        assert not unknown, "a service that can tell leaves nothing unknown"


@pytest.mark.skipif(
    not os.path.exists("/proc/self/stat"), reason="looks at a frozen process as Linux shows it"
)
@pytest.mark.parametrize("reconciles", [False, True], ids=["cannot tell", "can tell"])
def test_what_a_kill_at_every_byte_leaves_heals(
    studio: StudioProcess, tmp_path: Path, reconciles: bool
) -> None:
    """One exploration, frozen after each of its bytes, either way. Each different state goes on from there.

    Most bytes leave what the byte before them left; 15 000 explorations would look at 30 states.
    """
    watched, states = press_of(tmp_path / "watched", studio, reconciles=reconciles), tmp_path / "states"
    told = {"root": str(watched.root), "into": str(states)}
    ran = explore(watched, before=lambda: studio.ask("watch", pid=os.getpid(), **told))
    count = int(studio.ask("watched")["bytes"])
    assert (ran.code, len(studio.bill)) == (0, JOBS), ran.err
    found = sorted(states.iterdir())
    assert count > 1000 * JOBS
    assert len(found) >= 4 * JOBS
    unknown = 0
    for n, state in enumerate(found):
        studio.ask("restore", path=str(state / "service.json"))
        press = Press(state / "project", {})
        heals(press, studio, f"byte {state.name}", builds=NIGHTLY or n % 10 == 0)
        unknown += "unknown" in press.run("jobs").out
    # Only while a paid call is under way is there anything that cannot be known.
    assert unknown == 0 if reconciles else unknown >= JOBS


def test_case_06_unknown_is_never_asked_again_by_itself(studio: StudioProcess, tmp_path: Path) -> None:
    press = press_of(tmp_path / "one", studio)
    studio.ask("trouble", how="drop", path="POST /jobs")
    ran = explore(press)
    assert ran.code == 5
    assert "--pay-again" in ran.err
    assert "--give-up" in ran.err
    assert len(studio.bill) == JOBS  # it was accepted, and the answer was lost
    assert press.run("resume").code == 5
    assert explore(press).code == 5
    assert len(studio.bill) == JOBS
    (job,) = [line.split()[0] for line in press.run("jobs", "--open").out.splitlines() if " unknown " in line]
    build = press.build()
    assert build.code == 0, "other candidates go on"
    paid = press.run("resume", "--pay-again", job, "--budget", "1 USD")
    assert paid.code == 0, paid.err
    assert len(studio.bill) == JOBS + 1
    assert press.run("jobs", "--open").out.startswith("0 jobs")


def test_an_unknown_job_can_be_given_up(studio: StudioProcess, tmp_path: Path) -> None:
    press = press_of(tmp_path / "one", studio)
    studio.ask("trouble", how="drop", path="POST /jobs")
    explore(press)
    (job,) = [line.split()[0] for line in press.run("jobs", "--open").out.splitlines() if " unknown " in line]
    assert press.run("resume", "--give-up", job).code == 0
    assert press.run("jobs", "--open").out.startswith("0 jobs")
    assert len(studio.bill) == JOBS


def test_case_07_a_job_with_an_id_is_polled_and_not_paid_for_again(
    studio: StudioProcess, tmp_path: Path
) -> None:
    press = press_of(tmp_path / "one", studio)
    studio.ask("trouble", how="cut", path="GET /jobs/", times=2 * JOBS)
    ran = press.run("explore", "hero", "--budget", "5 USD", before=_no_patience)
    assert ran.code == 1
    assert "tympan resume" in ran.err
    assert " submitted " in press.run("jobs", "--open").out
    assert len(studio.bill) == JOBS
    assert press.run("resume").code == 0
    assert press.run("jobs", "--open").out.startswith("0 jobs")
    assert len(studio.bill) == JOBS


def _no_patience() -> None:
    import stamina

    stamina.set_testing(True, attempts=2)


def test_cases_28_and_29_the_ledger_cut_anywhere_loads(studio: StudioProcess, tmp_path: Path) -> None:
    from tympan.files import Files
    from tympan.ledger import LEDGER, Ledger

    press = press_of(tmp_path / "one", studio)
    assert explore(press).code == 0
    data = (press.root / LEDGER).read_bytes()
    whole = Ledger(Files(press.root))
    jobs = [job.id for job in whole.jobs()]
    for size in range(len(data) + 1):
        press.write(LEDGER, data[:size])
        cut = Ledger(Files(press.root))
        assert [job.id for job in cut.jobs()] == jobs[: len(cut.jobs())]
        assert cut.damaged <= 1
    press.write(LEDGER, data + b"\0" * 4096)
    nul = Ledger(Files(press.root))
    assert ([job.id for job in nul.jobs()], nul.damaged) == (jobs, 0)
    nul.add(nul.jobs()[0], "received")
    assert Ledger(Files(press.root)).damaged == 0


def test_a_damaged_line_of_the_ledger_hides_no_other(studio: StudioProcess, tmp_path: Path) -> None:
    from tympan.files import Files
    from tympan.ledger import LEDGER, Ledger

    press = press_of(tmp_path / "one", studio)
    explore(press)
    lines = (press.root / LEDGER).read_bytes().splitlines(keepends=True)
    lines[7] = lines[7].replace(b"a", b"b", 1)
    press.write(LEDGER, b"".join(lines))
    ledger = Ledger(Files(press.root))
    assert (ledger.damaged, len(ledger.jobs())) == (1, JOBS)
    assert explore(press).code in (0, 5)
    check_bill(studio, "a damaged line")


def test_case_30_a_damaged_lock_is_never_made_anew_silently(studio: StudioProcess, tmp_path: Path) -> None:
    press = press_of(tmp_path / "one", studio)
    assert explore(press).code == 0
    lock = (press.root / "specs/hero.lock").read_bytes()
    from tympan.errors import Damaged
    from tympan.files import Files
    from tympan.lock import Locks

    for size in range(1, len(lock)):
        press.write("specs/hero.lock", lock[:size])
        with pytest.raises(Damaged, match=r"git checkout specs/hero\.lock"):
            Locks(Files(press.root), "specs").of("hero")
    press.write("specs/hero.lock", lock[:100])
    ran = press.build()
    assert ran.code == 4
    assert "relock hero" in ran.err
    assert press.run("relock", "hero").code == 0
    assert (press.root / "specs/hero.lock").read_bytes() == lock


def test_case_31_a_paid_picture_that_is_damaged_is_refused_by_name(
    studio: StudioProcess, tmp_path: Path
) -> None:
    press = press_of(tmp_path / "one", studio)
    assert explore(press).code == 0
    master = next((press.root / "assets/masters").iterdir())
    for path in (press.root / ".tympan/store/cas").rglob("*"):
        if path.is_file() and path.read_bytes() == master.read_bytes():
            path.write_bytes(b"x" + path.read_bytes()[1:])
    assert press.build().code == 0, "the master has the same bytes"
    master.write_bytes(b"x" + master.read_bytes()[1:])
    for name in ("state.db", "fresh"):
        (press.root / ".tympan" / name).unlink(missing_ok=True)
    (press.root / "assets/out/hero-16.webp").unlink()
    (press.root / ".tympan/store/index.db").unlink()
    ran = press.build()
    assert ran.code == 4, ran.out + ran.err
    assert "assets/masters/hero.png" in ran.err
    assert len(studio.bill) == JOBS


def test_a_clone_with_lock_and_masters_builds_for_nothing(studio: StudioProcess, tmp_path: Path) -> None:
    press = press_of(tmp_path / "one", studio)
    assert explore(press).code == 0
    assert press.build().code == 0
    calls = studio.ask("state")["calls"]
    clone = press.copy(tmp_path / "clone")
    assert clone.build().code == 0
    assert clone.outputs() == press.outputs()
    again = explore(clone)
    assert (again.code, "0 jobs begun now" in again.out) == (0, True), again.out + again.err
    assert studio.ask("state")["calls"] == calls
