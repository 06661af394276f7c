"""A build that is killed, or refused by the disk, at operation N, for N = 1, 2, 3, ...

After any of them the next build ends well, with the bytes of a clean build, and the one after it does nothing.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import pytest
from tests.faults.disk import FaultyDisk
from tests.faults.press import LINKED, MANY, NIGHTLY, Press, Ran

KILLED = -9


class Loop:
    """Builds to hurt: the first ever, the same with outputs that are links to the store, one after edits, one
    of many targets, and one that only goes back to what was built before; and what they should come to.
    """

    def __init__(self, folder: Path, scenario: str) -> None:
        self.folder = folder
        self.scenario = scenario
        self.start = Press(folder / "start", {"many": MANY, "linked": LINKED}.get(scenario))
        if scenario == "edited":
            assert self.start.build().code == 0
            edit(self.start)
        clean = self.start.copy(folder / "clean")
        assert clean.build().code == 0
        self.outputs = clean.outputs()
        self.old = self.start.outputs() if scenario == "edited" else {}
        if scenario == "switched":
            edited = self.start.copy(folder / "other")
            edit(edited)
            assert edited.build().code == 0
            self.old = edited.outputs()
        self.count = 0
        unhurt, ran = self.hurt(FaultyDisk())
        assert (ran.code, unhurt.outputs()) == (0, self.outputs), ran.err
        self.operations = ran.trace
        self.memory = without_names(unhurt.memory()) | {"fresh", "trees"}
        # What is only put back is not planned: no session was opened.
        assert (scenario == "switched") != any(".gitignore" in line for line in ran.trace)

    def was_over(self, n: int, ran: Ran) -> bool:
        """Whether a run ended before its operation N: it writes no list of signatures where files are too
        young to be trusted, which is some operations less than were counted."""
        return ran.code == 0 and n > len(self.operations) - 8

    def points(self, most: int) -> range:
        """Operations to hurt: all of them at night, `most` spread over the build where time is short."""
        step = 1 if NIGHTLY else max(1, len(self.operations) // most)
        return range(1, len(self.operations) + 1, step)

    def hurt(self, disk: FaultyDisk) -> tuple[Press, Ran]:
        self.count += 1
        press = self.start.clone(self.folder / f"hurt-{self.count}")
        if self.scenario != "switched":
            return press, press.build("-k", disk=disk)
        there_and_back(press)
        return press, press.run("build", disk=disk)

    def heals(self, press: Press, about: str) -> None:
        again = press.build()
        assert (again.code, "Traceback" in again.err) == (0, False), f"{about}\n{again.err}"
        assert press.outputs() == self.outputs, about
        # Twice: the first way asks the records, the second the list of signatures before any of them.
        for third in (press.build(), press.run("build")):
            assert third.out.startswith("nothing to do"), f"{about}\n{third.out}{third.err}"
        assert without_names(press.memory()) <= self.memory, about


def edit(press: Press) -> None:
    """Another token, another label, one asset renamed, one size gone."""
    press.write(
        "tokens/brand.tokens.json", press.read("tokens/brand.tokens.json").replace("0b5fff", "c8102e")
    )
    press.write("specs/icon/house.toml", press.read("specs/icon/home.toml"))
    (press.root / "specs/icon/home.toml").unlink()
    press.write("specs/icon/bell.toml", press.read("specs/icon/bell.toml").replace("[10, ", "["))


def there_and_back(press: Press) -> None:
    """Build, edit and build, and take the edits back. In place: a copy has other inodes, and is planned."""
    before = press.sources()
    # What changed within the last tick of the clock is trusted by nobody.
    sleep(0.05)
    assert press.build().code == 0
    edit(press)
    sleep(0.05)
    assert press.build().code == 0
    for name in press.sources().keys() - before.keys():
        (press.root / name).unlink()
    for name, text in before.items():
        if name not in press.sources() or press.read(name) != text:
            press.write(name, text)
    sleep(0.05)


def without_names(memory: list[str]) -> set[str]:
    """The kinds of files in .tympan: digests and run numbers differ."""
    kinds = (("/cas/", "store/cas"), ("trees/", "trees"))
    return {
        next((kind for part, kind in kinds if part in name), name.split("-")[0])
        for name in memory
        if "log" not in name
    }


@pytest.fixture(scope="module", params=["first", "linked", "edited", "many", "switched"])
def loop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TYMPAN_TRUST", "1")
        yield Loop(tmp_path_factory.mktemp("loop"), request.param)


@pytest.mark.parametrize("how", ["kill-before", "kill-half"])
def test_case_01_killed_at_operation_n(loop: Loop, how: str) -> None:
    for n in loop.points(14):
        if how == "kill-half" and loop.operations[n - 1].split()[0] not in ("create", "append", "copy"):
            continue
        press, ran = loop.hurt(FaultyDisk(n, how))
        about = f"{how} {n}: {loop.operations[n - 1]}"
        if loop.was_over(n, ran):
            break
        assert ran.code == KILLED, about
        loop.heals(press, about)


def test_case_01_killed_twice_and_thrice(loop: Loop) -> None:
    for n in loop.points(8):
        press, _ = loop.hurt(FaultyDisk(n, "kill-after"))
        for later in (5, 9):
            press.build(disk=FaultyDisk(later, "kill-half"))
        loop.heals(press, f"kill-after {n}, then at 5 and 9")


@pytest.mark.parametrize("onwards", [False, True], ids=["once", "onwards"])
@pytest.mark.parametrize("reason", ["ENOSPC", "EIO", "EROFS"])
def test_refused_at_operation_n(loop: Loop, reason: str, onwards: bool) -> None:
    for n in loop.points(6):
        press, ran = loop.hurt(FaultyDisk(n, reason, onwards=onwards))
        about = f"{reason} {n}: {loop.operations[n - 1]}\n{ran.err}{ran.out}"
        assert "Traceback" not in ran.err, about
        if loop.was_over(n, ran):
            break
        # Where nothing is planned, a plan takes over from what the disk refuses once.
        healed = loop.scenario == "switched" and not onwards
        if ran.code != 0 or not (healed or may_fail_silently(loop.operations[n - 1])):
            assert ran.code == 1, about
            lines = [line for line in ran.err.splitlines() if words(reason) in line or "cannot" in line]
            assert lines, about
        for path, data in press.outputs().items():
            if onwards and path.endswith(".tmp"):
                continue  # it could not be deleted either; the next build does it
            assert data in (loop.old.get(path), loop.outputs.get(path)), f"{path}: {about}"
        loop.heals(press, about)


@pytest.mark.parametrize("how", ["power-contents", "power-names"])
def test_cases_34_and_35_power_lost_at_operation_n(loop: Loop, how: str) -> None:
    for n in loop.points(8):
        press, ran = loop.hurt(FaultyDisk(n, how))
        about = f"{how} {n}: {loop.operations[n - 1]}"
        if loop.was_over(n, ran):
            break
        assert ran.code == KILLED, about
        # SQLite's log was not flushed either; of contents, some blocks may have reached the disk.
        for log in (press.root / ".tympan").rglob("*-wal"):
            os.truncate(log, log.stat().st_size // 2 if how == "power-contents" else 0)
        again = press.build()
        assert (again.code, "Traceback" in again.err) == (0, False), f"{about}\n{again.err}"
        # An unlink that was not flushed may come undone after its record was: the old file is back.
        outputs = press.outputs()
        back = {path for path in outputs if how == "power-names" and path not in loop.outputs}
        assert outputs == {**loop.outputs, **{path: loop.old[path] for path in back}}, about
        assert press.build().out.startswith("nothing to do"), about


def may_fail_silently(operation: str) -> bool:
    """What only tidies up, and the log that nobody needs for the next build."""
    return operation.split()[0] in ("rmdir", "unlink") or "/log" in operation


def words(reason: str) -> str:
    return os.strerror(getattr(errno, reason))


def test_what_a_failed_build_wrote_is_ours_until_its_target_is_built(tmp_path: Path) -> None:
    press = Press(tmp_path / "press")
    edit(press)
    press.write("specs/icon/bell.toml", 'subject = "a bell"\n[target.press]\nsizes = [10, 40000]\n')
    only = "^create .*/out/icon/.bell-40000"
    failed = press.build("-k", disk=FaultyDisk(1, "EIO", only=only, onwards=True))
    assert failed.code == 1
    # A build of another asset tidies up, and must not forget whose the first file was.
    assert press.build("icon/house").code == 0
    (press.root / "specs/icon/bell.toml").unlink()
    assert press.build().code == 0
    assert not [name for name in press.outputs() if "bell" in name]
