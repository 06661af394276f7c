"""Cases 20 to 27: files and clocks are changed by other hands, or go.

The generator keeps a bill here, as a paid one would: whatever can be restored is not asked for again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.faults.cases import TYMPAN, assert_clean, billed, calls, did
from tests.faults.press import Press, Ran

import tympan.clock

PLATE = "assets/refs/plate.txt"
HOME = "icon/home-100.txt"
YEARS = 10 * 365 * 24 * 3600
MEMORY = (".tympan/state.db", ".tympan/store/index.db")


@pytest.fixture
def bill(press: Press) -> Path:
    """The bill of a project that was built."""
    found = billed(press)
    assert press.build().code == 0
    return found


def test_case_20_input_edited_with_size_and_mtime_kept(press: Press, bill: Path) -> None:
    file = press.root / PLATE
    before = file.stat()
    press.write(PLATE, press.read(PLATE).replace("h5", "h7"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = file.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    ran = press.build()
    assert "computed sign:exit:press" in ran.err
    assert b"h7" in press.outputs()["sign/exit-100.txt"]


def test_case_21_touched_only(press: Press, bill: Path) -> None:
    outputs, before = press.outputs(), calls(bill)
    for path in press.root.rglob("*"):
        if path.is_file() and ".tympan" not in path.parts:
            path.touch()
    assert press.build().out.startswith("nothing to do")
    assert (press.outputs(), calls(bill)) == (outputs, before)


def test_case_22_clock_set_back_ten_years_then_forward(press: Press, bill: Path) -> None:
    outputs, before, spec = press.outputs(), calls(bill), press.read("specs/icon/home.toml")
    for nth, seconds in enumerate((-YEARS, YEARS)):
        ran = at_another_time(press, seconds)
        assert ran.out.startswith("nothing to do"), ran
        # What is made at a wrong time is kept, and kept in order: runs are counted, not timed.
        press.write("specs/icon/home.toml", spec.replace("a house", f"a{nth}"))
        made = at_another_time(press, seconds)
        assert (made.code, "computed icon:home:press" in made.err) == (0, True), made.err
        assert press.build().out.startswith("nothing to do")
    press.write("specs/icon/home.toml", spec)
    assert did(press.build("--json")) == {"restored": ["icon:home:press"]}
    assert (press.outputs(), calls(bill)) == (outputs, before)
    with sqlite3.connect(press.root / ".tympan/store/index.db") as base:
        labels = [(used, body) for used, body in base.execute("SELECT used, body FROM action ORDER BY used")]
    base.close()
    order = [name for _, body in labels for name in ("a0", "a1") if f'"label":"{name}"'.encode() in body]
    assert order == ["a0", "a1"]
    assert sorted(path.name for path in (press.root / ".tympan/log").iterdir()) == [
        f"{n}.jsonl" for n in range(1, 5)
    ]


def at_another_time(press: Press, seconds: int) -> Ran:
    """A build by a clock that is wrong."""
    real = tympan.clock.time

    def wrong() -> None:
        tympan.clock.time = SimpleNamespace(  # type: ignore[assignment]
            time_ns=lambda: real.time_ns() + seconds * 10**9,
            gmtime=lambda: real.gmtime(real.time() + seconds),
            strftime=real.strftime,
            monotonic=real.monotonic,
        )

    return press.build(before=wrong)


def test_case_23_all_files_from_the_future(press: Press, bill: Path) -> None:
    outputs, before = press.outputs(), calls(bill)
    soon = 4_000_000_000
    for path in press.root.rglob("*"):
        if path.is_file() and path.suffix != ".db":
            os.utime(path, (soon, soon))
    assert press.build().out.startswith("nothing to do")
    press.write(PLATE, "M1 1h8")
    os.utime(press.root / PLATE, (soon, soon))
    assert "computed sign:exit:press" in press.build().err
    assert press.outputs().keys() == outputs.keys()
    assert calls(bill) == before + 1
    assert press.build().out.startswith("nothing to do")


def test_case_24_output_edited_by_hand(press: Press, bill: Path, clean: dict[str, bytes]) -> None:
    before = calls(bill)
    press.write(f"assets/out/{HOME}", "by hand")
    assert f"assets/out/{HOME}: changed by another hand" in press.run("plan").out
    assert f"assets/out/{HOME}: changed by another hand" in press.run("why", "icon/home").out
    kept = press.build("--keep")
    assert kept.code == 0, kept.err
    assert f"kept assets/out/{HOME}" in kept.err
    assert press.outputs() == {**clean, HOME: b"by hand"}
    assert press.build("--keep").out.startswith("nothing to do")
    assert did(press.build("--json")) == {"restored": ["icon:home:press"]}
    assert calls(bill) == before
    assert_clean(press, clean)


def test_case_25_output_deleted(press: Press, bill: Path, clean: dict[str, bytes]) -> None:
    before = calls(bill)
    shutil.rmtree(press.root / "assets/out")
    assert set(did(press.build("--json"))) == {"restored"}
    assert calls(bill) == before
    assert_clean(press, clean)


def test_case_26_one_record_deleted(press: Press, bill: Path, clean: dict[str, bytes]) -> None:
    before = calls(bill)
    with sqlite3.connect(press.root / ".tympan/state.db") as base:
        assert base.execute("DELETE FROM record WHERE node = 'icon:home:press'").rowcount == 1
    base.close()
    assert did(press.build("--json")) == {"restored": ["icon:home:press"]}
    assert calls(bill) == before
    assert_clean(press, clean)


def test_case_26_all_records_deleted(press: Press, bill: Path, clean: dict[str, bytes]) -> None:
    before = calls(bill)
    for path in (press.root / ".tympan").glob("state.db*"):
        path.unlink()
    assert set(did(press.build("--json"))) == {"restored"}
    assert calls(bill) == before
    assert_clean(press, clean)


def hurt(path: Path, how: str) -> None:
    """Do to a file what disks and people do."""
    whole = path.read_bytes() if path.is_file() else b"{}" * 99
    path.unlink(missing_ok=True)
    for end in ("-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    if how == "folder":
        (path / "inside").mkdir(parents=True)
    elif how != "missing":
        path.write_bytes({"garbage": b"garbage" * 999, "half": whole[: len(whole) // 2], "empty": b""}[how])


HOW = ["garbage", "half", "empty", "missing", "folder"]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("name", MEMORY)
def test_case_27_a_database_is_not_one(
    press: Press, bill: Path, clean: dict[str, bytes], name: str, how: str
) -> None:
    before = calls(bill)
    hurt(press.root / name, how)
    (press.root / ".tympan/fresh").unlink(missing_ok=True)
    ran = press.build()
    assert (ran.code, "Traceback" in ran.err) == (0, False), ran.err
    warnings = [line for line in ran.err.splitlines() if "damaged" in line]
    assert len(warnings) == (how in ("garbage", "half", "folder")), ran.err
    assert press.outputs() == clean
    # The store's index has the results: without it even the free generator is asked again.
    assert calls(bill) == before or name == MEMORY[1]
    assert_clean(press, clean)


@pytest.mark.parametrize("how", HOW)
def test_case_27_doits_own_database(press: Press, bill: Path, clean: dict[str, bytes], how: str) -> None:
    before = calls(bill)
    press.write("dodo.py", "from tympan.cli.dodo import *\n")
    for name in (".doit.db", ".tympan/doit", ".tympan/doit.db"):
        hurt(press.root / name, how)
    (press.root / f"assets/out/{HOME}").unlink()
    ran = doit(press)
    assert (ran.code, ran.err) == (0, f"restored icon:home:press -> assets/out/{HOME} (0.00 s)\n"), ran
    assert calls(bill) == before
    assert_clean(press, clean)


def doit(press: Press) -> Ran:
    """The real `doit` in the project."""
    command = [str(TYMPAN.with_name("doit"))]
    done = subprocess.run(command, cwd=press.root, capture_output=True, text=True)
    return Ran(done.returncode, done.stdout, done.stderr, ())
