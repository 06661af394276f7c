"""Drafts of what is not approved, and proofs of what is printed."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageCms
from tests.conftest import Project

from tympan.marks import read_marks, unmarked

POSTER = """subject = "a courier at a blue door"
requires = ["approved"]
[source]
generator = "sketch"
size = [120, 160]
[target.print]
format = "cmyk-tiff"
size_mm = [30, 40]
ppi = 100
upscale = "lanczos"
[target.svg]
[target.png]
[target.cutout]
format = "webp"
sizes = [60, 120]
lossless = true
"""
FILES = ["poster-120.webp", "poster-60.webp", "poster.png", "poster.svg", "poster.tif"]


@pytest.fixture
def poster(project: Project) -> Project:
    """One asset with a target of each kind, all gated."""
    shutil.rmtree(project.root / "specs/icon")
    project.write("tympan.toml", "tokens = []\n")
    project.write("specs/print/poster.toml", POSTER)
    return project


def _drafts(project: Project) -> dict[str, bytes]:
    below = project.root / "assets/out-draft"
    return {
        path.relative_to(below / "print").as_posix(): path.read_bytes()
        for path in sorted(below.rglob("*"))
        if path.is_file() and path.name != ".gitignore"
    }


def _image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_drafts_are_beside_the_outputs_and_marked(poster: Project) -> None:
    ran = poster.run("build", "--allow-unapproved")
    assert (ran.code, ran.out) == (0, "6 tasks, 5 outputs: 0 changed; 4 gated; 5 drafts\n")
    assert "draft print:poster:svg -> assets/out-draft/print/poster.svg" in ran.err
    assert poster.outputs() == {}
    drafts = _drafts(poster)
    assert list(drafts) == FILES
    assert (poster.root / "assets/out-draft/.gitignore").read_text() == "*\n"
    poster.run("approve", "print/poster")
    ran = poster.run("build", "--allow-unapproved")
    assert ran.out == "4 tasks, 5 outputs: 5 restored\n"
    assert _drafts(poster) == {}
    outputs = {name.removeprefix("print/"): data for name, data in poster.outputs().items()}
    assert list(outputs) == FILES
    for name in ("poster.png", "poster.tif", "poster-120.webp", "poster-60.webp"):
        plain, marked = _image(outputs[name]), _image(drafts[name])
        assert (plain.mode, plain.size, plain.info.get("icc_profile")) == (
            marked.mode, marked.size, marked.info.get("icc_profile")
        )  # fmt: skip
        box = ImageChops.difference(plain.convert("RGB"), marked.convert("RGB")).getbbox()
        assert box is not None
        # From one corner to the other, or nearly so.
        assert box[2] - box[0] > 0.7 * plain.width
        assert box[3] - box[1] > 0.7 * plain.height
    assert drafts["poster.svg"].startswith(unmarked(outputs["poster.svg"])[:-8])
    assert read_marks(drafts["poster.svg"]) == read_marks(outputs["poster.svg"])
    assert drafts["poster.svg"].count(b"<path") == outputs["poster.svg"].count(b"<path") + 10


def test_drafts_are_the_same_bytes_wherever_they_are_made(poster: Project, tmp_path: Path) -> None:
    poster.run("build", "--allow-unapproved")
    other = poster.copy(tmp_path / "other")
    shutil.rmtree(other.root / "assets", ignore_errors=True)
    other.run("build", "--allow-unapproved", "-j", "1")
    assert _drafts(other) == _drafts(poster)
    (poster.root / "assets/out-draft/print/poster.png").write_bytes(b"junk")
    (poster.root / "assets/out-draft/print/poster.svg").unlink()
    ran = poster.run("build", "--allow-unapproved", "print/poster")
    assert ran.code == 0
    assert "computed" not in ran.err
    assert _drafts(other) == _drafts(poster)


def test_drafts_are_no_outputs_to_any_other_verb(poster: Project) -> None:
    poster.run("build", "--allow-unapproved")
    drafts = _drafts(poster)
    poster.write("specs/print/poster.toml", POSTER.replace("blue door", "red door"))
    ran = poster.run("build")
    assert "removed" not in ran.out
    assert _drafts(poster) == drafts
    events = [
        json.loads(line) for line in poster.run("build", "--allow-unapproved", "--json").out.splitlines()
    ]
    made = [event for event in events if event["did"] == "draft"]
    assert sorted(path for event in made for path in event["outputs"]) == [
        f"assets/out-draft/print/{name}" for name in FILES
    ]
    assert events[-1]["drafts"] == 5
    assert poster.run("build", "print/poster").code == 7
    assert "5 outputs removed" in poster.run("clean").err
    assert _drafts(poster) == {}


def test_a_draft_that_cannot_be_made_fails_the_build(poster: Project) -> None:
    (poster.root / "assets").mkdir(exist_ok=True)
    (poster.root / "assets/out-draft").write_text("in the way")
    ran = poster.run("build", "--allow-unapproved")
    assert ran.code == 1
    assert "assets/out-draft" in ran.err
    assert "Traceback" not in ran.err


PROOF = """[target.proof]
format = "png"
proof = "print"
requires = []
"""


def test_a_proof_shows_what_is_printed(poster: Project) -> None:
    flat = Image.new("RGB", (120, 160), (0, 40, 255))
    flat.paste((240, 235, 220), (0, 0, 60, 160))
    (poster.root / "assets/refs").mkdir(parents=True, exist_ok=True)
    flat.save(poster.root / "assets/refs/flat.png")
    spec = 'source = { generator = "file", options = { path = "refs/flat.png" } }\n'
    printed = POSTER[POSTER.index("[target.print]") : POSTER.index("[target.svg]")]
    poster.write("specs/print/poster.toml", spec + printed + PROOF)
    assert poster.run("build").code == 0
    outputs = poster.outputs()
    sheet, proof = _image(outputs["print/poster.tif"]), _image(outputs["print/poster.png"])
    assert proof.size == sheet.size
    profile = ImageCms.ImageCmsProfile(io.BytesIO(sheet.info["icc_profile"]))
    shown = ImageCms.profileToProfile(
        sheet, profile, ImageCms.createProfile("sRGB"), ImageCms.Intent.RELATIVE_COLORIMETRIC, "RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )  # fmt: skip
    assert shown is not None
    for place, source in (((110, 80), (0, 40, 255)), ((10, 80), (240, 235, 220))):
        there, wanted = proof.getpixel(place), shown.getpixel(place)
        assert max(abs(a - b) for a, b in zip(there, wanted, strict=True)) <= 2
        # No press prints this blue, and any prints the cream.
        off = max(abs(a - b) for a, b in zip(there, source, strict=True))
        assert off > 40 if source[2] == 255 else off <= 3


def test_a_proof_is_made_again_with_what_it_is_a_proof_of(poster: Project) -> None:
    spec = POSTER.replace("[target.png]\n", "") + PROOF
    poster.write("specs/print/poster.toml", spec)
    poster.run("build")
    assert list(poster.outputs()) == ["print/poster.png"]
    with _image(poster.outputs()["print/poster.png"]) as shown:
        # The size of the print, at its density; screen colours.
        assert (shown.size, shown.mode) == ((118, 157), "RGB")
    poster.write("specs/print/poster.toml", spec.replace("ppi = 100", "ppi = 90"))
    planned = poster.run("plan", "print:poster:proof").out
    assert "proof.target.ppi: 100.0 -> 90.0" in planned
    assert (
        "target.print.ppi: 100.0 -> 90.0   (specs/print/poster.toml:9:1)"
        in poster.run("why", "print:poster:proof").out
    )
    poster.run("build")
    with _image(poster.outputs()["print/poster.png"]) as shown:
        assert shown.size == (106, 142)


@pytest.mark.parametrize(
    ("proof", "said"),
    [
        (
            "prnt",
            'target.proof.proof: "prnt" is no target, so there is nothing to show, did you mean "print"?',
        ),
        ("proof", 'target.proof.proof: "proof" is a proof itself, so there is nothing to show'),
    ],
)
def test_a_proof_of_nothing_is_a_mistake(poster: Project, proof: str, said: str) -> None:
    spec = POSTER.replace("[target.png]\n", "") + PROOF.replace('"print"', f'"{proof}"')
    poster.write("specs/print/poster.toml", spec)
    ran = poster.run("check")
    assert ran.code == 2
    assert said in ran.err
