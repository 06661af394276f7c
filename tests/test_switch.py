"""Going back to what was built before, without a plan."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.faults.disk import FaultyDisk
from tests.faults.press import Press, Ran

from tympan.disk import Folder

pytestmark = pytest.mark.usefixtures("trusted")
TOKENS_FILE = "tokens/brand.tokens.json"
RED = ("0b5fff", "c8102e")


@pytest.fixture
def press(tmp_path: Path) -> Press:
    """Built in blue, then in red with another asset; and blue again, but not built."""
    made = Press(tmp_path / "project")
    there_and_back(made)
    return made


def there_and_back(press: Press) -> dict[str, bytes]:
    """Build, then in red with another asset, and be blue again, but not built; what was built first."""
    blue = press.sources()
    build(press)
    outputs = press.outputs()
    red(press)
    build(press)
    back(press, blue)
    return outputs


def red(press: Press) -> None:
    press.write(TOKENS_FILE, press.read(TOKENS_FILE).replace(*RED))
    press.write("specs/extra/_defaults.toml", press.read("specs/icon/_defaults.toml"))
    press.write("specs/extra/one.toml", 'subject = "one"\n')


def back(press: Press, sources: dict[str, str]) -> None:
    for name in press.sources().keys() - sources.keys():
        (press.root / name).unlink()
    shutil.rmtree(press.root / "specs/extra", ignore_errors=True)
    for name, text in sources.items():
        if press.read(name) != text:
            press.write(name, text)
    settle()


def settle() -> None:
    # What changed within the last tick of the clock is trusted by nobody.
    time.sleep(0.05)


def build(press: Press, *words: str) -> Ran:
    settle()
    ran = press.run("build", *words)
    assert ran.code == 0, ran.err
    return ran


def is_planned(ran: Ran) -> bool:
    """Whether a run opened a session, which keeps .tympan out of git."""
    return any(".gitignore" in line for line in ran.trace)


def blue_outputs(press: Press, folder: Path) -> dict[str, bytes]:
    clean = press.copy(folder / "clean")
    assert clean.build().code == 0
    return clean.outputs()


def test_what_was_built_before_is_put_back_without_a_plan(press: Press, tmp_path: Path) -> None:
    ran = build(press)
    assert not is_planned(ran), ran.trace
    assert ran.out == "3 tasks, 4 outputs: 4 restored, 1 removed\n"
    assert "restored icon:home:press -> assets/out/icon/home-100.txt (0.00 s)" in ran.err
    assert "removed assets/out/extra/one-100.txt" in ran.err
    assert press.outputs() == blue_outputs(press, tmp_path)
    assert not (press.root / "assets/out/extra").exists()
    for words in (["build"], ["build", "-j", "1"], ["build"]):
        assert press.run(*words).out == "nothing to do: 4 outputs are as their specs say\n", words
    assert json.loads(press.run("plan", "--json").out)["targets"] == []


def test_to_and_fro_and_on_from_there(press: Press) -> None:
    build(press)
    blue = press.sources()
    for _ in range(2):
        red(press)
        assert (ran := build(press)).out == "4 tasks, 5 outputs: 5 restored\n"
        assert not is_planned(ran)
        assert "extra/one-100.txt" in press.outputs()
        back(press, blue)
        assert (ran := build(press)).out == "3 tasks, 4 outputs: 4 restored, 1 removed\n"
        assert not is_planned(ran)
    press.write("specs/icon/home.toml", press.read("specs/icon/home.toml").replace("a house", "a home"))
    assert build(press).out == "1 tasks, 4 outputs: 1 computed\n"
    assert build(press).out.startswith("nothing to do")


def test_a_branch_without_specs_and_back(press: Press) -> None:
    build(press)
    before = press.outputs()
    away = (press.root / "specs").rename(press.root / "away")
    assert build(press).out == "0 tasks, 0 outputs: 4 removed\n"
    away.rename(press.root / "specs")
    assert (ran := build(press)).out == "3 tasks, 4 outputs: 4 restored\n"
    assert not is_planned(ran)
    assert press.outputs() == before


def test_lost_outputs_are_put_back(press: Press, tmp_path: Path) -> None:
    build(press)
    before = press.outputs()
    shutil.rmtree(press.root / "assets/out")
    ran = build(press)
    assert (is_planned(ran), ran.out) == (False, "3 tasks, 4 outputs: 4 restored\n")
    assert press.outputs() == before


def test_only_where_something_can_be_installed_is_watched(
    press: Press, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As doit and pytest do: the project's own folder is one that modules are looked for in.
    monkeypatch.syspath_prepend(press.root)
    monkeypatch.syspath_prepend(site := tmp_path / "site-packages")
    site.mkdir()
    red(press)
    press.write(TOKENS_FILE, press.read(TOKENS_FILE).replace(RED[1], "00857c"))
    assert is_planned(build(press))
    press.write("notes.txt", "not tympan's")
    assert not is_planned(ran := build(press)), ran.trace
    (site / "another-1.dist-info").mkdir()
    assert is_planned(build(press))


def test_events_are_those_of_a_plan(press: Press) -> None:
    plan = json.loads(press.run("plan", "--json").out)
    events = [json.loads(line) for line in build(press, "--json").out.splitlines()]
    assert {event["node"] for event in events if event["did"] == "restored"} == {
        row["task"] for row in plan["targets"] if row["verdict"] == "restore"
    }
    assert events[-1] == {
        "v": 1, "did": "summary", "outputs": 4, "tasks": 3, "computed": 0, "restored": 4, "removed": 1,
        "drafts": 0,
        "failed": [], "blocked": {},
    }  # fmt: skip
    logs = sorted((press.root / ".tympan/log").iterdir(), key=lambda path: int(path.stem))
    lines = [json.loads(line) for line in logs[-1].read_text().splitlines()]
    assert lines[0]["did"] == "began"
    assert lines[1:] == events


def hurt_blob(press: Press) -> None:
    (blob,) = [p for p in (press.root / ".tympan/store/cas").rglob("*/*") if blue_of(p)]
    blob.write_bytes(b"?" + blob.read_bytes()[1:])


def lose_blob(press: Press) -> None:
    shutil.rmtree(press.root / ".tympan/store/cas")


def blue_of(path: Path) -> bool:
    return RED[0].encode() in path.read_bytes()


def hurt_index(press: Press) -> None:
    (press.root / ".tympan/store/index.db").write_bytes(b"garbage" * 999)


def hurt_trees(press: Press) -> None:
    for path in (press.root / ".tympan/trees").iterdir():
        path.write_bytes(path.read_bytes()[:-20])


def hurt_packs(press: Press) -> None:
    for path in packs(press):
        path.write_bytes(b"?" + path.read_bytes()[1:])


def lose_packs(press: Press) -> None:
    for path in packs(press):
        path.unlink()


def packs(press: Press) -> list[Path]:
    return list((press.root / ".tympan/trees").glob("*.small"))


def lose_trees(press: Press) -> None:
    shutil.rmtree(press.root / ".tympan/trees")


def leave_pid(press: Press) -> None:
    press.write(".tympan/lock.pid", "1")


def touch_state(press: Press) -> None:
    os.utime(press.root / ".tympan/state.db")


def own_journal(press: Press) -> None:
    press.write(".tympan/journal", b"half a note")


def hurt_dropped(press: Press) -> None:
    press.write("assets/out/extra/one-100.txt", "mine now")


@pytest.mark.parametrize(
    "hurt",
    [
        hurt_blob, lose_blob, hurt_trees, lose_trees, leave_pid, touch_state, own_journal,
        hurt_dropped,
    ],
)  # fmt: skip
def test_what_is_not_as_it_was_left_is_planned(
    press: Press, tmp_path: Path, hurt: Callable[[Press], None]
) -> None:
    hurt(press)
    assert is_planned(build(press))
    left = press.outputs()
    mine = left.pop("extra/one-100.txt", b"")
    assert left == blue_outputs(press, tmp_path)
    assert mine == (b"mine now" if hurt is hurt_dropped else b"")
    assert press.run("build").out.startswith("nothing to do")


@pytest.mark.parametrize("hurt", [hurt_index, hurt_packs, lose_packs])
def test_small_outputs_are_in_two_places(press: Press, tmp_path: Path, hurt: Callable[[Press], None]) -> None:
    assert len(packs(press)) == 2
    hurt(press)
    assert not is_planned(build(press))
    assert press.outputs() == blue_outputs(press, tmp_path)
    assert press.run("build").out.startswith("nothing to do")


def test_an_output_that_another_hand_changed_is_written_again(press: Press, tmp_path: Path) -> None:
    press.write("assets/out/icon/home-100.txt", "mine now")
    assert not is_planned(build(press))
    assert press.outputs() == blue_outputs(press, tmp_path)


class EditedMeanwhile(FaultyDisk):
    """An editor saves a file when the first output has its name."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__()
        self._path, self._text = path, text

    def rename(self, folder: Folder, name: str, to_folder: Folder, to: str) -> None:
        super().rename(folder, name, to_folder, to)
        if self._text:
            self._path.write_text(self._text)
            self._text = ""


def test_what_is_edited_meanwhile_is_seen_by_the_next_build(press: Press) -> None:
    spec = press.root / "specs/icon/home.toml"
    settle()
    ran = press.run("build", disk=EditedMeanwhile(spec, spec.read_text().replace("a house", "a home")))
    assert ran.out == "3 tasks, 4 outputs: 4 restored, 1 removed\n"
    assert build(press).out == "1 tasks, 4 outputs: 1 computed\n"
    assert build(press).out.startswith("nothing to do")


def test_what_changed_a_moment_ago_is_not_remembered(press: Press) -> None:
    spec = press.root / "specs/icon/home.toml"
    for _ in range(9):  # a moment may be long on a busy machine
        build(press)
        shutil.rmtree(press.root / "assets/out")
        settle()
        ran = press.run("build", before=lambda: spec.write_text(spec.read_text()))
        assert ran.out == "3 tasks, 4 outputs: 4 restored\n"
        if not (press.root / ".tympan/fresh").exists():
            return
    raise AssertionError("a manifest was written each time")


@pytest.mark.parametrize("where", ["assets/out/icon", "assets/out/icon/home-100.txt"])
def test_nothing_is_written_through_a_link(press: Press, tmp_path: Path, where: str) -> None:
    place = press.root / where
    place.rename(tmp_path / "away")
    place.symlink_to(tmp_path / "away")
    before = sorted((path, path.read_bytes()) for path in tmp_path.glob("away/**/*") if path.is_file())
    settle()
    assert press.run("build").code in (1, 2)
    assert (
        sorted((path, path.read_bytes()) for path in tmp_path.glob("away/**/*") if path.is_file()) == before
    )


def test_another_build_is_waited_for_by_nobody(press: Press) -> None:
    settle()
    with open(press.root / ".tympan/lock") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert press.run("build").code == 75
    assert not is_planned(build(press))


def test_branches_beyond_the_eighth_are_planned(press: Press) -> None:
    build(press)
    first = press.read(TOKENS_FILE)
    for n in range(9):
        press.write(TOKENS_FILE, first.replace(RED[0], f"00000{n}"))
        build(press)
    assert len(list((press.root / ".tympan/trees").iterdir())) == 16
    assert len(packs(press)) == 8
    press.write(TOKENS_FILE, first)
    assert is_planned(build(press))
    press.write(TOKENS_FILE, first.replace(RED[0], "000005"))
    assert not is_planned(build(press))


@pytest.mark.parametrize("is_hurt", [False, True])
def test_much_that_is_large_is_copied_beside_what_is_small(tmp_path: Path, is_hurt: bool) -> None:
    press = Press(tmp_path / "project")
    press.write(
        "specs/icon/bell.toml", 'subject = "a bell"\n[target.press]\nsizes = [10, 1500000, 1500001]\n'
    )
    before = there_and_back(press)
    if is_hurt:
        (blob, *_) = [p for p in (press.root / ".tympan/store/cas").rglob("*/*") if blue_of(p)]
        blob.write_bytes(blob.read_bytes()[:-1] + b"?")
    # What was damaged is seen by the thread that copies it, and made again.
    assert is_planned(build(press)) == is_hurt
    assert press.outputs() == before
    assert not list((press.root / "assets/out").rglob("*.tmp"))


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_who_reads_may_have_enough(press: Press, words: list[str]) -> None:
    """As at `tympan build | head`: first of what is put back, then where nothing is to do."""
    command = [sys.executable, "-u", "-c", "from tympan.start import command; command()"]
    for _ in range(2):
        reads, writes = os.pipe()
        os.close(reads)
        settle()
        ran = subprocess.run(
            [*command, "-C", press.root, "build", *words], stdout=writes, stderr=subprocess.PIPE, text=True
        )
        os.close(writes)
        assert ran.returncode == 0
        assert "Traceback" not in ran.stderr
    assert build(press).out.startswith("nothing to do")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which Linux has")
@pytest.mark.parametrize("verb", ["build", "list"])
def test_a_full_disk_and_a_closed_output_are_no_traceback(press: Press, verb: str) -> None:
    command = f'"{sys.executable}" -c "from tympan.start import command; command()" -C "{press.root}" {verb}'
    for redirect, code, said in ((">/dev/full", 1, "No space left on device"), (">&-", 0, "")):
        # What is put back, what is planned, and where nothing is to do.
        for _ in range(3):
            ran = subprocess.run(
                ["sh", "-c", f"{command} {redirect}"], stderr=subprocess.PIPE, text=True, check=False
            )
            assert "Traceback" not in ran.stderr
            assert (ran.returncode, said in ran.stderr) == (code, True), ran.stderr
            settle()
    assert verb == "list" or build(press).out.startswith("nothing to do")
