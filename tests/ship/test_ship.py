"""`tympan ship`: what may leave, what lies in the folder then, and whether it is still so."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from tests.conftest import Project

from tympan import disk as seam
from tympan.disk import Disk

PRINT = 'subject = "a house"\n[license]\nowner = "Acme"\n[target.print]\nformat = "cmyk-tiff"\nppi = 72\n'


@pytest.fixture
def built(project: Project) -> Project:
    """Two icons, built and approved; one has a file for print, too."""
    project.write("specs/icon/home.toml", PRINT)
    assert project.run("build").code == 0
    assert project.run("approve", "*", "--by", "Ada").code == 0
    return project


def manifest(folder: Path) -> dict[str, dict]:
    return {each["path"]: each for each in json.loads((folder / "manifest.json").read_text())["files"]}


def test_what_is_approved_lies_there_with_digests_sizes_profiles_and_notices(built: Project) -> None:
    to = built.root / "dist"
    ran = built.run("ship", str(to))
    assert ran.code == 0, ran.err
    assert "7 files of 2 assets" in ran.out
    files = manifest(to)
    for path, entry in files.items():
        data = (to / path).read_bytes()
        assert data == (built.root / "assets/out" / path).read_bytes()
        assert (entry["bytes"], entry["blake3"]) == (len(data), blake3(data).hexdigest())
        assert entry["sha256"] == hashlib.sha256(data).hexdigest()
        assert entry["approved"]["by"] == "Ada"
        assert entry["made"] == [{"step": "source", "generator": "file"}]
    assert list(files) == sorted(files)
    tiff = files["icon/home.tif"]
    assert (tiff["width"], tiff["height"], tiff["mode"]) == (21, 21, "CMYK")
    assert tiff["profile"] == "ISO Coated v2 300% (basICColor)"
    assert tiff["license"] == {"owner": "Acme"}
    assert (files["icon/bell-48.webp"]["width"], files["icon/bell.svg"]["height"]) == (48, 24)
    notices = (to / "LICENSES").read_text()
    assert "Copyright (c) 2007-2010, basICColor GmbH" in notices
    assert "owner: Acme" in notices


def test_the_manifest_has_the_same_bytes_whenever_and_wherever_it_is_written(
    built: Project, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        assert built.run("ship", str(tmp_path / name)).code == 0
    assert (tmp_path / "one/manifest.json").read_bytes() == (tmp_path / "two/manifest.json").read_bytes()
    assert (tmp_path / "one/LICENSES").read_bytes() == (tmp_path / "two/LICENSES").read_bytes()


def test_without_an_approval_nothing_leaves(project: Project, tmp_path: Path) -> None:
    to = tmp_path / "dist"
    assert project.run("ship", str(to)).code == 3
    project.run("build")
    ran = project.run("ship", str(to))
    assert ran.code == 7
    assert "icon:home:svg: not approved" in ran.err
    assert not to.exists()
    project.run("approve", "icon/home")
    project.run("hold", "icon:home:svg")
    ran = project.run("ship", str(to), "icon/home")
    assert ran.code == 7
    assert "icon:home:svg: on hold" in ran.err
    ran = project.run("ship", str(to), "--leave-out")
    assert ran.code == 0
    assert "left out: icon:home:svg (on hold)" in ran.out
    assert sorted(manifest(to)) == ["icon/home-24.webp", "icon/home-48.webp"]


def test_another_picture_makes_the_approval_stale_and_stays_here(built: Project, tmp_path: Path) -> None:
    built.write("assets/refs/home.svg", (built.root / "assets/refs/bell.svg").read_text())
    assert built.run("ship", str(tmp_path / "dist"), "icon/home").code == 3
    built.run("build")
    ran = built.run("ship", str(tmp_path / "dist"), "icon/home")
    assert ran.code == 7
    assert "icon:home:svg: stale" in ran.err
    assert built.run("ship", str(tmp_path / "dist"), "icon/home", "--ungated").code == 7


def test_what_nobody_judged_goes_if_that_is_said(project: Project, tmp_path: Path) -> None:
    project.run("build")
    assert project.run("ship", str(tmp_path / "dist"), "--ungated").code == 0
    assert "approved" not in manifest(tmp_path / "dist")["icon/home.svg"]


def test_what_a_spec_wants_approved_stays_here_until_it_is(project: Project, tmp_path: Path) -> None:
    project.write("specs/icon/home.toml", 'subject = "a house"\ntarget.svg.requires = ["approved"]\n')
    project.run("build")
    ran = project.run("ship", str(tmp_path / "dist"), "--ungated")
    assert ran.code == 7
    assert "1 of 4 targets" in ran.err
    assert project.run("ship", str(tmp_path / "dist"), "--ungated", "--leave-out").code == 0
    assert "icon/home.svg" not in manifest(tmp_path / "dist")
    project.run("approve", "icon:home:svg")
    project.run("build")
    assert project.run("ship", str(tmp_path / "dist"), "--ungated").code == 0
    assert "icon/home.svg" in manifest(tmp_path / "dist")


def test_a_folder_is_checked_without_a_project(built: Project, tmp_path: Path) -> None:
    to = tmp_path / "dist"
    built.run("ship", str(to))
    away = Project(tmp_path / "nowhere", built._capsys)
    assert away.run("ship", str(to), "--check").code == 0
    (to / "icon/home.svg").unlink()
    (to / "icon/bell.svg").write_bytes(b"<svg/>")
    (to / "notes.txt").write_text("hello")
    ran = away.run("ship", str(to), "--check")
    assert ran.code == 4
    for line in ("missing: icon/home.svg", "changed: icon/bell.svg", "extra: notes.txt"):
        assert line in ran.err
    (to / "manifest.json").write_text('{"schema": 1, "tympan": "", "files": 3}')
    assert away.run("ship", str(to), "--check").code == 4
    assert away.run("ship", str(tmp_path / "empty"), "--check").code == 2


def test_a_manifest_cannot_lead_out_of_its_folder(built: Project, tmp_path: Path) -> None:
    to = tmp_path / "dist"
    built.run("ship", str(to))
    text = (to / "manifest.json").read_text().replace("icon/home.svg", "../secret")
    (to / "manifest.json").write_text(text)
    ran = built.run("ship", str(to), "--check")
    assert ran.code == 4
    assert "leaves its folder" in ran.err


def test_the_folder_holds_what_was_shipped_last_and_nobody_elses_files_go(
    built: Project, tmp_path: Path
) -> None:
    to = tmp_path / "dist"
    built.run("ship", str(to))
    (to / "icon/home.tif").write_bytes(b"retouched by hand")
    ran = built.run("ship", str(to), "icon/bell")
    assert ran.code == 0
    assert "0 of them written" in ran.out
    left = sorted(p.relative_to(to).as_posix() for p in to.rglob("*") if p.is_file())
    assert left == [
        "icon/bell-24.webp",
        "icon/bell-48.webp",
        "icon/bell.svg",
        "icon/home.tif",
        "manifest.json",
    ]
    (tmp_path / "full").mkdir()
    (tmp_path / "full/letter.txt").write_text("x")
    assert built.run("ship", str(tmp_path / "full")).code == 2
    for own in ("assets/out", "specs/x", "."):
        assert built.run("ship", str(built.root / own)).code == 2


def test_a_disk_that_says_no_leaves_the_folder_as_it_was(
    built: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "dist"
    built.run("ship", str(to), "icon/bell")
    before = {p: p.read_bytes() for p in to.rglob("*") if p.is_file()}

    class Full(Disk):
        def create(self, folder: object, name: str, data: bytes, **how: Any) -> None:
            if "home.tif" in name and str(to) in folder.path:  # type: ignore[attr-defined]
                raise OSError(28, "No space left on device")
            super().create(folder, name, data, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(seam, "DISK", Full())
    ran = built.run("ship", str(to))
    assert ran.code == 1
    assert "No space left" in ran.err
    assert {p: p.read_bytes() for p in to.rglob("*") if p.is_file()} == before


def test_what_was_shipped_is_told_once_by_log_and_who(built: Project, tmp_path: Path) -> None:
    to = tmp_path / "dist"
    built.run("ship", str(to), "-m", "spring campaign", "--by", "Eve")
    built.run("ship", str(to), "-m", "again")
    told = [
        each for each in json.loads(built.run("log", "icon/home", "--json").out) if each["did"] == "shipment"
    ]
    assert [(each["target"], each["by"], each["why"]) for each in told] == [
        (name, "Eve", "spring campaign") for name in ("svg", "webp", "print")
    ]
    assert "shipped webp" in built.run("log", "icon/home").out
    ran = built.run("who", str(to / "icon/home-48.webp"))
    assert "by Eve, spring campaign" in ran.out
    assert built.run("ship", str(tmp_path / "other")).code == 0
    assert built.run("status", "icon/home").out.count("approved") == 1
