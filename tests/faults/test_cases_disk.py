"""Cases 12, 13, 15, 16, 17, 18, 19: the disk is full, broken, read-only, or has something else there.

Case 14 is about paid calls. What needs a small or read-only disk mounts one; test_kill_loop.py refuses
every operation through the seam, which needs no root.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from tests.faults.cases import (
    Unreadable,
    assert_clean,
    billed,
    blobs,
    calls,
    did,
    fragments,
    mounted,
    remount,
)
from tests.faults.disk import FaultyDisk
from tests.faults.press import LARGE, Press

MIB = 1024 * 1024


def grow(press: Press) -> None:
    """Ask for more bytes than a small disk has."""
    press.write("specs/icon/bell.toml", press.read("specs/icon/bell.toml").replace(str(LARGE), str(2 * MIB)))


def test_case_12_no_space_in_a_store_write(press: Press, tmp_path: Path) -> None:
    grow(press)
    expected = press.copy(tmp_path / "clean")
    assert expected.build().code == 0
    with mounted(press.root / ".tympan/store") as store:
        ran = press.build("-k")
        assert (ran.code, "Traceback" in ran.err) == (1, False), ran.err
        (line,) = [line for line in ran.err.splitlines() if line.startswith("FAILED")]
        assert "cannot write .tympan/store/cas/" in line
        assert "No space left on device" in line
        assert "bytes are free" in line
        assert fragments(press.root) == []
        assert "icon/bell-10.txt" not in press.outputs()
        assert "icon/home-100.txt" in press.outputs()
        remount(store, "size=16m")
        assert_clean(press, expected.outputs())
        assert len(blobs(press)) == 1


def test_case_13_no_space_in_an_output_write_leaves_the_old_one(built: Press) -> None:
    out = built.root / "assets/out"
    old = built.outputs()
    with mounted(out):
        for path, data in old.items():
            built.write(f"assets/out/{path}", data)
        assert built.build().code == 0
        press = built.read("plugins/press.py").replace('VERSION = "1"', 'VERSION = "2"')
        # A bare name: the size is the same part, so the old file is the one to be replaced.
        built.write("plugins/press.py", press.replace('b"." * size', 'b"." * size * 50'))
        ran = built.build("-k")
        assert (ran.code, "Traceback" in ran.err) == (1, False), ran.err
        assert f"cannot write assets/out/icon/bell-{LARGE}.txt: No space left on device" in ran.err
        assert built.outputs()[f"icon/bell-{LARGE}.txt"] == old[f"icon/bell-{LARGE}.txt"]
        assert fragments(built.root) == []
        remount(out, "size=16m")
        again = built.build("--json")
        assert (again.code, did(again)) == (0, {"restored": ["icon:bell:press"]})
        assert built.build().out.startswith("nothing to do")


def test_case_15_doit_has_no_database_to_fill(press: Press, clean: dict[str, bytes]) -> None:
    press.write("dodo.py", "from tympan.cli.dodo import *\n")
    assert press.build().code == 0
    assert not [name for name in press.memory() if "doit" in name]
    assert not list(press.root.rglob("*doit*"))


@pytest.mark.parametrize("at", [1, 2])
def test_case_15_no_space_when_our_databases_are_written(
    press: Press, clean: dict[str, bytes], at: int
) -> None:
    bill = billed(press)
    ran = press.build(disk=FaultyDisk(at, "ENOSPC", only="^commit"))
    assert (ran.code, "Traceback" in ran.err) == (1, False), ran.err
    assert "No space left on device" in ran.err
    before = calls(bill)
    # The journals still have what the databases could not take: not even free steps are repeated.
    assert_clean(press, clean)
    assert calls(bill) == before


def test_case_16_an_object_that_cannot_be_read_is_made_again(built: Press, clean: dict[str, bytes]) -> None:
    (blob,) = blobs(built)
    path = f"icon/bell-{LARGE}.txt"
    (built.root / "assets/out" / path).unlink()
    ran = built.build("--json", disk=Unreadable(blob.name))
    assert (ran.code, did(ran)["computed"]) == (0, ["icon:bell:press"]), ran
    assert_clean(built, clean)
    # What took its place can be read: nothing is computed when the output goes once more.
    (built.root / "assets/out" / path).unlink()
    assert did(built.build("--json")) == {"restored": ["icon:bell:press"]}
    assert_clean(built, clean)


def test_case_16_so_is_one_that_a_step_needs(press: Press) -> None:
    """A prepared picture that is large enough to be an object of its own."""
    # Steps that bring much: these numbers do not compress to what the store keeps in its index.
    fill = "".join(f"L{random.Random(n).random()} {n}" for n in range(LARGE // 10))
    plot = press.read("plugins/plot.py").replace(
        'viewBox="0 0 9 9">', f'viewBox="0 0 9 9"><path d="M0 0{fill}"/>'
    )
    press.write("plugins/plot.py", plot)
    assert press.build().code == 0
    expected = press.outputs()
    assert len(blobs(press)) == 10  # three sources, three prepared pictures, four outputs
    plugin = press.read("plugins/press.py").replace('VERSION = "1"', 'VERSION = "2"')
    press.write("plugins/press.py", plugin)
    ran = press.build(disk=Unreadable("/cas/"))
    assert ran.code == 0, ran.err
    press.write("plugins/press.py", plugin.replace('VERSION = "2"', 'VERSION = "1"'))
    assert_clean(press, expected)


@pytest.mark.parametrize("what", ["folder", "fifo", "link"])
def test_case_16_something_else_has_the_place_of_an_object(
    built: Press, clean: dict[str, bytes], tmp_path: Path, what: str
) -> None:
    (blob,) = blobs(built)
    blob.unlink()
    put(blob, what, tmp_path)
    (built.root / f"assets/out/icon/bell-{LARGE}.txt").unlink()
    assert_clean(built, clean)


def test_case_17_a_read_only_output_folder(built: Press) -> None:
    bill = billed(built)
    with mounted(built.root / "assets/out") as out:
        remount(out, "ro")
        ran = built.build("-k")
        assert (ran.code, "Traceback" in ran.err) == (1, False), ran.err
        lines = [line for line in ran.err.splitlines() if line.startswith("FAILED")]
        assert lines
        assert all("assets/out/" in line and "Read-only file system" in line for line in lines)
        before = calls(bill)
        remount(out, "rw")
        again = built.build("--json")
        assert (again.code, set(did(again))) == (0, {"restored"}), again
        assert calls(bill) == before


@pytest.mark.parametrize("store", ["empty", "full"])
def test_case_18_a_read_only_store(press: Press, clean: dict[str, bytes], store: str) -> None:
    with mounted(press.root / ".tympan/store", size="8m") as folder:
        if store == "full":
            assert press.build("icon/home").code == 0
        remount(folder, "ro")
        ran = press.build("--json")
        assert (ran.code, "Traceback" in ran.err) == (0, False), ran.err
        assert "not stored: .tympan/store may only be read" in ran.err
        assert press.outputs() == clean
        remount(folder, "rw")
        assert_clean(press, clean)


@pytest.mark.parametrize("what", ["folder", "link", "link to the same bytes", "dead link", "fifo"])
def test_case_19_something_else_has_the_place_of_an_output(
    built: Press, clean: dict[str, bytes], tmp_path: Path, what: str
) -> None:
    place = built.root / "assets/out/icon/home-100.txt"
    precious = tmp_path / "precious"
    precious.write_bytes(clean["icon/home-100.txt"] if "same" in what else b"precious")
    before = precious.read_bytes()
    place.unlink()
    put(place, what, precious)
    mode = os.lstat(place).st_mode
    for ran in (built.build("-k"), built.run("build", "-k"), built.run("build", "-k", "-B")):
        assert (ran.code, "Traceback" in ran.err) == (1, False), ran
        assert "assets/out/icon/home-100.txt is a folder or a link" in ran.err
    assert os.lstat(place).st_mode == mode
    assert precious.read_bytes() == before
    place.rmdir() if what == "folder" else place.unlink()
    assert_clean(built, clean)


def put(place: Path, what: str, target: Path) -> None:
    """Make something at a place that is no regular file."""
    if what == "folder":
        place.mkdir()
    elif what == "fifo":
        os.mkfifo(place)
    else:
        place.symlink_to(target.with_name("nobody") if what == "dead link" else target)
