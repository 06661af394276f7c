"""`tympan who` and `tympan marks` on files that say themselves what they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from tests.conftest import Project

from tympan.looks import Look
from tympan.marks import Marks, packet, read_marks
from tympan.seen import Found, Near, Place, weighed

SCENE = """[source]
generator = "sketch"
model = "sketch-1"
prompt = "{subject}"
size = [300, 200]
[marks]
rights = "© Studio Fox"
data_mining = "prohibited"
[target.webp]
sizes = [300]
[target.avif]
sizes = [200]
"""


@pytest.fixture
def built(project: Project) -> Project:
    project.write("specs/scene/_defaults.toml", SCENE)
    project.write("specs/scene/sea.toml", 'subject = "a lighthouse by the sea, morning"\n')
    project.write("specs/scene/city.toml", 'subject = "a city at night"\n')
    assert project.run("build").code == 0
    return project


def sea(project: Project) -> Image.Image:
    return Image.open(project.root / "assets/out/scene/sea-300.webp").convert("RGB")


def asked(project: Project, file: Path, code: int = 0) -> tuple[dict[str, object], str]:
    row = json.loads(project.run("who", str(file), "--json").out)[0]
    ran = project.run("who", str(file))
    assert ran.code == code, ran.err
    return row, ran.out


def test_a_cropped_file_that_names_its_asset_is_known(built: Project, tmp_path: Path) -> None:
    said = packet(read_marks((built.root / "assets/out/scene/sea-300.webp").read_bytes()).marks)
    file = tmp_path / "cropped.jpg"
    sea(built).crop((15, 10, 270, 180)).save(file, quality=80, xmp=said)
    row, text = asked(built, file)
    assert (row["verdict"], row["assets"], row["says"]) == ("marked", ["scene/sea"], "scene/sea")
    assert "it says so itself" in text


def test_a_file_that_names_another_asset_than_it_looks_like_is_not_believed(
    built: Project, tmp_path: Path
) -> None:
    file = tmp_path / "liar.jpg"
    sea(built).save(file, quality=80, xmp=packet(Marks(asset="scene/city")))
    row, text = asked(built, file, code=1)
    assert (row["verdict"], row["assets"], row["says"]) == ("contradiction", [], "scene/city")
    assert "says scene/city, looks like scene/sea" in text


def test_a_file_that_names_an_asset_and_looks_like_nothing_is_unknown(built: Project, tmp_path: Path) -> None:
    file = tmp_path / "foreign.png"
    Image.radial_gradient("L").resize((300, 200)).convert("RGB").save(file)
    noise = Image.effect_noise((300, 200), 120).convert("RGB")
    file = tmp_path / "noise.jpg"
    noise.save(file, xmp=packet(Marks(asset="scene/nowhere")))
    row, text = asked(built, file, code=1)
    assert (row["verdict"], row["assets"]) == ("unknown", [])
    assert "it says scene/nowhere, and looks like no picture of that" in text


def test_avif_is_known_by_its_looks(built: Project, tmp_path: Path) -> None:
    image = Image.open(built.root / "assets/out/scene/city-200.avif").convert("RGB")
    file = tmp_path / "city.avif"
    image.resize((120, 80)).save(file, quality=60)
    row, _ = asked(built, file)
    assert (row["verdict"], row["assets"]) == ("same picture", ["scene/city"])


def test_what_is_weighed() -> None:
    near = Near(Place("a", "a.png"), 0, 2.0)
    far = near._replace(distance=80.0)
    assert weighed(Found("same picture", (near,)), "a", near).verdict == "same picture"
    assert weighed(Found("same picture", (near,)), "b", None).verdict == "contradiction"
    assert weighed(Found("unknown", (near,)), "a", near) == Found("marked", (near,), "a")
    assert weighed(Found("unknown", ()), "a", far) == Found("unknown", (), "a")
    assert Look((1, 1), ()).views == ()


def test_marks_in_words(built: Project, tmp_path: Path) -> None:
    file = built.root / "assets/out/scene/sea-300.webp"
    said = built.run("marks", str(file)).out
    assert "made by an algorithm that was not trained on anything" in said
    assert "© Studio Fox" in said
    assert "data mining     prohibited\n" in said
    assert "asset           scene/sea" in said
    bare = tmp_path / "bare.png"
    sea(built).save(bare)
    assert built.run("marks", str(bare)).out == f"{bare}: says nothing of itself\n"
    (row,) = json.loads(built.run("marks", "--json", str(file)).out)
    assert row["source_type"] == "algorithmicMedia"
    assert row["asset"] == "scene/sea"
