"""Large outputs that have their bytes in common with the store: blocks, or the whole file."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.press import LARGE, LINKED, Press
from tests.test_switch import build, is_planned, there_and_back

pytestmark = pytest.mark.usefixtures("trusted")
BELL = f"assets/out/icon/bell-{LARGE}.txt"
needs_links = pytest.mark.skipif(os.name != "posix", reason="hard links are made on POSIX alone")


@pytest.fixture
def press(tmp_path: Path) -> Press:
    return Press(tmp_path / "project", LINKED)


def blob_of(path: Path) -> Path | None:
    """The file of the store that an output is."""
    blobs = (path.parents[3] / ".tympan/store/cas").rglob("*/*")
    return next((blob for blob in blobs if blob.is_file() and blob.samefile(path)), None)


@needs_links
def test_a_large_output_is_the_file_of_the_store_if_asked_for(press: Press) -> None:
    build(press)
    large, small = press.root / BELL, press.root / "assets/out/icon/bell-10.txt"
    assert blob_of(large)
    assert stat.S_IMODE(large.stat().st_mode) == 0o444
    assert blob_of(small) is None
    assert stat.S_IMODE(small.stat().st_mode) == 0o644
    assert build(press).out.startswith("nothing to do")
    assert build(press).out.startswith("nothing to do")


@needs_links
def test_a_switch_and_a_lost_output_bring_the_link_back(press: Press) -> None:
    before = there_and_back(press)
    ran = build(press)
    assert not is_planned(ran), ran.trace
    assert press.outputs() == before
    assert blob_of(press.root / BELL)
    (press.root / BELL).unlink()
    assert not is_planned(build(press))
    assert blob_of(press.root / BELL)
    assert build(press).out.startswith("nothing to do")


@needs_links
def test_a_second_output_of_the_same_bytes_is_a_copy(press: Press) -> None:
    # Another link would change how the first looks, and each build would look at it again.
    press.write(
        "specs/icon/bell.toml",
        'subject = "a bell"\n'
        + "".join(
            f'[target.{name}]\nformat = "press"\nlabel = "x"\nsizes = [{LARGE}]\n' for name in ("one", "two")
        )
        + '[target.press]\nlabel = "x"\nsizes = [1]\n',
    )
    press.write("tympan.toml", press.read("tympan.toml") + 'output = "{asset}-{target}-{size}.{suffix}"\n')
    build(press)
    folder = press.root / "assets/out/icon"
    twins = [folder / f"bell-{name}-{LARGE}.txt" for name in ("one", "two")]
    assert twins[0].read_bytes() == twins[1].read_bytes()
    assert [bool(blob_of(twin)) for twin in twins].count(True) == 1
    for _ in range(2):
        assert build(press).out.startswith("nothing to do")


@needs_links
def test_what_somebody_wrote_into_a_link_is_not_believed(press: Press) -> None:
    build(press)
    before = press.outputs()
    path = press.root / BELL
    path.chmod(0o644)
    with path.open("r+b") as file:
        file.write(b"mine")
    # The store's bytes are no more what they are named by: they are free, and made again.
    assert "2 computed" in build(press).out
    assert press.outputs() == before
    assert build(press).out.startswith("nothing to do")


@needs_links
def test_a_blob_that_is_not_what_it_is_named_by_is_not_shared(press: Press) -> None:
    build(press)
    blob = blob_of(press.root / BELL)
    assert blob
    # Of the right length, and never read again by a build that makes the bytes anew.
    blob.chmod(0o644)
    blob.write_bytes(b"?" * blob.stat().st_size)
    for folder in (".tympan/store/index.db", ".tympan/store/journal", ".tympan/state.db"):
        (press.root / folder).unlink(missing_ok=True)
    shutil.rmtree(press.root / "assets/out")
    shutil.rmtree(press.root / ".tympan/trees")
    build(press)
    assert (press.root / BELL).read_bytes().endswith(b"." * LARGE)


def shares_blocks(path: Path) -> bool:
    told = subprocess.run(["filefrag", "-v", path], capture_output=True, text=True, check=True).stdout
    return "shared" in told


@pytest.fixture
def cloning() -> Iterator[Path]:
    """A folder on a file system where files can have blocks in common."""
    place = os.environ.get("TYMPAN_REFLINK")
    if not place or not shutil.which("filefrag"):
        pytest.skip("set TYMPAN_REFLINK to a folder on btrfs or XFS; filefrag is in e2fsprogs")
    folder = Path(place, uuid.uuid4().hex)
    yield folder
    shutil.rmtree(folder)


def test_blocks_are_shared_where_the_file_system_can(cloning: Path) -> None:
    press = Press(cloning / "project")
    build(press)
    os.sync()
    assert shares_blocks(press.root / BELL)
    assert blob_of(press.root / BELL) is None
    before = there_and_back(press)
    assert not is_planned(build(press))
    os.sync()
    assert shares_blocks(press.root / BELL)
    assert press.outputs() == before
    # What is written into one is not in the other.
    with (press.root / BELL).open("r+b") as file:
        file.write(b"mine")
    assert "computed" not in build(press).out
    assert press.outputs() == before
