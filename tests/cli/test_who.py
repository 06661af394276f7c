"""`tympan who`: from files that went through other hands back to their asset."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.cli.test_reproduce import paid  # noqa: F401
from tests.cli.test_story import studio  # noqa: F401
from tests.conftest import Project

from tympan.looks import OPAQUE, distances, look
from tympan.model import Picture
from tympan.seen import Near, Place, judged

SKETCH = """[source]
generator = "sketch"
model = "sketch-1"
prompt = "{subject}"
size = [300, 200]
[target.webp]
sizes = [300]
[target.svg]
"""
ICON = """subject = "a bell"
[matrix]
theme = ["light", "dark"]
[vars]
ink = { light = "#14213d", dark = "#f2f4ff" }
[source]
generator = "file"
options.path = "refs/bell.svg"
[prep]
steps = ["recolour"]
recolour.map = { ink = "{ink}" }
[target.png]
"""


@pytest.fixture
def built(project: Project) -> Project:
    project.write("specs/scene/_defaults.toml", SKETCH)
    project.write("specs/scene/sea.toml", 'subject = "a lighthouse by the sea, morning"\n')
    project.write("specs/scene/city.toml", 'subject = "a city at night"\n')
    assert project.run("build").code == 0
    return project


def asked(project: Project, *files: Path, code: int = 0) -> list[dict]:
    ran = project.run("who", *map(str, files), "--json")
    assert ran.code == code, ran.err
    return json.loads(ran.out)


def saved(image: Image.Image, path: Path, **options: object) -> Path:
    image.save(path, **options)
    return path


def output(project: Project, name: str) -> Path:
    return project.root / "assets/out" / name


def test_a_renamed_file_is_known_by_its_bytes(built: Project, tmp_path: Path) -> None:
    file = tmp_path / "final_v3 (2).webp"
    file.write_bytes(next(output(built, "scene").glob("sea*.webp")).read_bytes())
    (row,) = asked(built, file)
    assert (row["verdict"], row["assets"]) == ("same bytes", ["scene/sea"])


def test_recompressed_and_halved_files_are_known_by_their_looks(built: Project, tmp_path: Path) -> None:
    files = []
    for name in ("sea", "city"):
        image = Image.open(next(output(built, "scene").glob(f"{name}*.webp"))).convert("RGB")
        files.append(saved(image, tmp_path / f"{name}.jpg", quality=70))
        files.append(saved(image.resize((150, 100)), tmp_path / f"{name}-half.png"))
    rows = asked(built, *files)
    assert [row["verdict"] for row in rows] == ["same picture"] * 4
    assert [row["assets"] for row in rows] == [["scene/sea"]] * 2 + [["scene/city"]] * 2
    assert all(0 <= row["near"][0]["distance"] <= 6 and row["near"][0]["bits"] <= 22 for row in rows)


def test_a_foreign_file_is_unknown_and_ends_with_1(built: Project, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (20, 30, 3), np.uint8)
    file = saved(Image.fromarray(noise).resize((300, 200)), tmp_path / "foreign.png")
    (row,) = asked(built, file, code=1)
    assert (row["verdict"], row["assets"]) == ("unknown", [])
    text = tmp_path / "notes.txt"
    text.write_text("hello")
    (row,) = asked(built, text, code=1)
    assert "unknown kind" in row["problem"]


def test_a_transparent_icon_is_known_on_white_and_both_themes_are_its_asset(
    project: Project, tmp_path: Path
) -> None:
    project.write("specs/icon/bell.toml", ICON)
    assert project.run("build").code == 0
    for name in ("light", "dark"):
        (icon,) = output(project, "icon").glob(f"bell*{name}*.png")
        image = Image.open(icon).convert("RGBA")
        ground = Image.new("RGBA", image.size, "white" if name == "light" else "black")
        flat = Image.alpha_composite(ground, image).convert("RGB")
        row = asked(project, saved(flat, tmp_path / f"{name}.jpg", quality=90))[0]
        assert row["assets"] == ["icon/bell"], row
        assert name in row["near"][0]["what"]


def test_what_was_once_seen_is_known_after_it_changed(built: Project, tmp_path: Path) -> None:
    image = Image.open(next(output(built, "scene").glob("sea*.webp"))).convert("RGB")
    old = saved(image, tmp_path / "old.jpg", quality=80)
    assert "views of pictures are known" in built.run("who").out
    built.write("specs/scene/sea.toml", 'subject = "a desert at noon"\n')
    assert built.run("build").code == 0
    assert asked(built, old)[0]["assets"] == ["scene/sea"]


def test_a_person_reads_it(built: Project, tmp_path: Path) -> None:
    file = next(output(built, "scene").glob("sea*.webp"))
    assert built.run("who", str(file)).out.endswith("same bytes\n")
    image = Image.open(file).convert("RGB")
    said = built.run("who", str(saved(image, tmp_path / "a.jpg", quality=80))).out
    assert "scene/sea" in said
    assert "same picture" in said
    assert "of 64 bits" in said


def test_a_picture_of_one_colour_has_no_look_and_hashes_count_bits() -> None:
    grey = np.full((10, 10, 4), 255, np.uint8)
    assert look(Picture(size=(10, 10), pixels=grey.tobytes())).views == ()
    grey[:, :5, :3] = 0
    (view,) = look(Picture(size=(10, 10), pixels=grey.tobytes())).views
    assert view.ground == OPAQUE
    hashes = np.array([view.phash, view.phash ^ 0b1011, ~view.phash & (2**64 - 1)], np.uint64)
    assert distances(hashes, view.phash).tolist() == [0, 3, 64]


def test_two_assets_that_are_equally_near_are_no_answer() -> None:
    near = [Near(Place("a", "a.png"), 0, 2.0), Near(Place("b", "b.png"), 1, 2.5)]
    assert judged((100, 100), near).verdict == "unknown"
    assert judged((100, 100), near[:1]).verdict == "same picture"


def test_a_candidate_is_known_in_a_clone_by_its_bytes_and_the_master_by_its_looks(
    paid: Project,  # noqa: F811
) -> None:
    (master,) = (paid.root / "assets/masters").iterdir()
    loose = paid.root / "loose.png"
    loose.write_bytes(master.read_bytes())
    large = Image.open(master).convert("RGB").resize((128, 96), Image.Resampling.LANCZOS)
    shutil.rmtree(paid.root / ".tympan")
    shutil.rmtree(paid.root / "assets/out")
    bytes_, looks_ = asked(paid, loose, saved(large, paid.root / "large.jpg", quality=90))
    assert (bytes_["verdict"], bytes_["near"][0]["what"]) == ("same bytes", "candidate 2 of source")
    assert (looks_["verdict"], looks_["assets"]) == ("same picture", ["hero"])
