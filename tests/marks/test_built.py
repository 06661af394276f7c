"""Marks in what a build writes: the same bytes twice, read back by us and by exiftool, in the key, carried on."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image
from tests.conftest import Project
from tests.test_chunks import manifest

from tympan.appearance import appearance
from tympan.marks import Marks, read_marks

TARGETS = """
[target.svg]
[target.png]
sizes = [32]
[target.webp]
sizes = [32]
[target.jpeg]
matte = "#ffffff"
[target.avif]
[target.pdf]
[target.print]
format = "cmyk-tiff"
size_mm = [10, 10]
ppi = 100
"""
DRAWN = """[source]
generator = "sketch"
model = "sketch-1"
prompt = "a fox"
size = [128, 128]
"""
EXIFTOOL = shutil.which("exiftool")


@pytest.fixture
def drawn(project: Project) -> Project:
    """One drawing in every format."""
    shutil.rmtree(project.root / "specs")
    project.write("specs/fox.toml", DRAWN + TARGETS)
    project.write(
        "tympan.toml", '[marks]\nrights = "© 2026 Studio Fox"\ndata_mining = "prohibited-aimltraining"\n'
    )
    return project


def photo(**more: Any) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").save(out, "JPEG", quality=95, **more)
    return out.getvalue()


def of_file(project: Project, data: bytes, marks: str = "", name: str = "fox.jpg") -> Project:
    """An asset of a picture that somebody else made."""
    shutil.rmtree(project.root / "specs")
    (project.root / f"assets/refs/{name}").write_bytes(data)
    project.write(
        "specs/fox.toml",
        f'[source]\ngenerator = "file"\noptions.path = "refs/{name}"\n{marks}\n[target.png]\n[target.webp]\n',
    )
    return project


def test_every_format_says_what_it_is(drawn: Project) -> None:
    assert drawn.run("build").code == 0
    said = {name: read_marks(data).marks for name, data in drawn.outputs().items()}
    assert len(said) == 7
    expected = Marks(
        source_type="algorithmicMedia",
        rights="© 2026 Studio Fox",
        data_mining="prohibited-aimltraining",
        asset="fox",
    )
    assert said == dict.fromkeys(said, expected)


def test_the_same_bytes_in_another_place(drawn: Project, tmp_path: Path) -> None:
    assert drawn.run("build").code == 0
    again = drawn.copy(tmp_path / "elsewhere")
    assert again.run("build").code == 0
    assert again.outputs() == drawn.outputs()


@pytest.mark.skipif(not EXIFTOOL, reason="needs exiftool: apt install libimage-exiftool-perl")
def test_exiftool_reads_the_marks(drawn: Project) -> None:
    assert EXIFTOOL
    assert drawn.run("build").code == 0
    files = [drawn.root / "assets/out" / name for name in drawn.outputs()]
    out = subprocess.run(
        [EXIFTOOL, "-j", "-XMP:all", *map(str, files)], capture_output=True, check=True
    ).stdout
    rows = msgspec.json.decode(out)
    assert len(rows) == len(files)
    for row in rows:
        # Old versions of exiftool show the address, newer ones the term's name.
        assert "lgorithmic" in row["DigitalSourceType"], row
        assert "DMI-PROHIBITED-AIMLTRAINING" in row["DataMining"] or "Prohibited" in row["DataMining"], row
        assert row["Rights"] == "© 2026 Studio Fox", row
        assert row["Asset"] == "fox", row


def test_marks_are_part_of_the_key_of_writing_alone(drawn: Project) -> None:
    assert drawn.run("build").code == 0
    before = drawn.outputs()
    assert "nothing to do" in drawn.run("build").out
    project = (drawn.root / "tympan.toml").read_text()
    drawn.write("tympan.toml", project.replace("2026", "2027"))
    told = drawn.run("build")
    assert "_prepare" not in told.err
    assert "_source" not in told.err
    assert "2027" in drawn.run("why", "fox").out
    assert all(before[name] != data for name, data in drawn.outputs().items())
    assert {name: appearance(data) for name, data in before.items()} == {
        name: appearance(data) for name, data in drawn.outputs().items()
    }
    drawn.write("tympan.toml", project)
    assert "restored" in drawn.run("build").err
    assert drawn.outputs() == before


def test_marks_void_no_approval(drawn: Project) -> None:
    assert drawn.run("build").code == 0
    assert drawn.run("approve", "fox", "--by", "ann").code == 0
    drawn.write("tympan.toml", '[marks]\nrights = "somebody else"\n')
    assert drawn.run("build").code == 0
    assert "stale" not in drawn.run("status").out
    drawn.write("tympan.toml", "[marks]\nxmp = false\n")
    assert drawn.run("build").code == 0
    assert all(not read_marks(data).marks for data in drawn.outputs().values())
    assert "approved" in drawn.run("status").out
    assert "stale" not in drawn.run("status").out


def test_one_target_without_marks(drawn: Project) -> None:
    spec = (drawn.root / "specs/fox.toml").read_text()
    drawn.write("specs/fox.toml", spec.replace("[target.svg]", "[target.svg]\nmarks = false"))
    assert drawn.run("build").code == 0
    bare = [name for name, data in drawn.outputs().items() if not read_marks(data).marks]
    assert bare == ["fox.svg"]


def test_a_mistake_in_marks_has_a_place_and_a_hint(drawn: Project) -> None:
    drawn.write("specs/fox.toml", DRAWN + '[marks]\nsource_typ = "print"\ndata_mining = "never"\n' + TARGETS)
    ran = drawn.run("check")
    assert ran.code == 2
    assert 'specs/fox.toml:7:1: marks.source_typ: unknown key, did you mean "source_type"?' in ran.err
    assert "specs/fox.toml:8:" in ran.err


def test_the_prompt_is_told_only_if_asked_for(drawn: Project) -> None:
    assert drawn.run("build").code == 0
    assert not any(b"a fox" in data for data in drawn.outputs().values())
    drawn.write("tympan.toml", "[marks]\nprompt = true\n")
    assert drawn.run("build").code == 0
    assert all(read_marks(data).marks.prompt == "a fox" for data in drawn.outputs().values())


def test_what_a_photograph_says_is_carried_on(project: Project) -> None:
    exif = Image.Exif()
    exif[0x8298], exif[0x013B] = "(c) Ann", "Ann"
    made = of_file(project, photo(exif=exif))
    assert made.run("build").code == 0
    for data in made.outputs().values():
        found = read_marks(data).marks
        assert (found.rights, found.creator, found.source_type) == ("(c) Ann", "Ann", "")


def test_a_file_is_ai_if_its_marks_say_so(project: Project) -> None:
    made = of_file(project, _with_manifest())
    ran = made.run("build")
    assert ran.code == 0
    assert ran.err.count("its source has a C2PA manifest of Adobe_Firefly") == 1
    for data in made.outputs().values():
        found = read_marks(data).marks
        assert (found.source_type, found.system) == ("trainedAlgorithmicMedia", "Firefly 5")
    assert "C2PA manifest of Adobe_Firefly" in made.run("why", "fox").out
    checked = made.run("check")
    assert checked.code == 0
    assert checked.err.count("C2PA manifest of Adobe_Firefly") == 1


def test_a_spec_that_says_otherwise_is_warned_about(project: Project) -> None:
    made = of_file(project, _with_manifest(), '[marks]\nsource_type = "digitalArt"')
    ran = made.run("build")
    assert "its source says trainedAlgorithmicMedia, its spec digitalArt" in ran.err
    assert read_marks(made.outputs()["fox.png"]).marks.source_type == "digitalArt"


def test_marks_that_are_switched_off_are_a_loss(project: Project) -> None:
    made = of_file(project, _with_manifest(), "[marks]\nxmp = false")
    ran = made.run("build")
    assert ran.err.count("its files do not: [marks] xmp = false") == 1


def test_a_text_without_a_place_is_a_loss_unless_the_spec_knows(project: Project) -> None:
    from PIL import PngImagePlugin

    info, out = PngImagePlugin.PngInfo(), io.BytesIO()
    info.add_text("parameters", "a fox\nSteps: 20, Sampler: Euler a, Seed: 7")
    Image.new("RGB", (64, 64), "red").save(out, "PNG", pnginfo=info)
    made = of_file(project, out.getvalue(), name="fox.png")
    assert "says how it was made (parameters)" in made.run("build").err
    assert not any(b"Euler" in data for data in made.outputs().values())
    made = of_file(made, out.getvalue(), '[marks]\nsource_type = "trainedAlgorithmicMedia"', "fox.png")
    assert "warning" not in made.run("build").err


def _with_manifest() -> bytes:
    data, whole = photo(), manifest()
    piece = b"JP\0\1" + (1).to_bytes(4, "big") + whole
    return data[:2] + b"\xff\xeb" + (len(piece) + 2).to_bytes(2, "big") + piece + data[2:]
