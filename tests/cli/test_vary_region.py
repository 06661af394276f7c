"""`tympan vary --region`: the chosen picture with one part drawn anew, from the same candidates."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path

import pytest
import tomli
from PIL import Image, ImageDraw
from tests.cli.test_changed_since import git
from tests.cli.test_reproduce import pay_and_choose
from tests.cli.test_story import studio  # noqa: F401
from tests.conftest import Project
from tests.services.studio import StudioFake

BASE = """[source]
generator = "sketch"
model = "sketch-1"
prompt = "a lighthouse by the sea"
size = [96, 64]
candidates = 3
[prep]
steps = []
[target.png]
sizes = [96]
"""


def mask(path: Path, size: tuple[int, int] = (96, 64), box: tuple[int, ...] = (60, 10, 90, 50)) -> str:
    image = Image.new("L", size, "black")
    ImageDraw.Draw(image).rectangle(box, fill="white")
    image.save(path)
    return str(path)


@pytest.fixture
def hero(project: Project) -> Project:
    """A drawing, the second of three candidates chosen, built and committed."""
    project.write("specs/hero.toml", BASE)
    project.write(".gitignore", "/.tympan/\n/assets/out/\n")
    assert project.run("explore", "hero").code == 0
    assert project.run("select", "hero", "2", "--why", "calm").code == 0
    assert project.run("build", "hero").code == 0
    git(project.root, "init", "-q", "-b", "main")
    git(project.root, "add", ".")
    git(project.root, "commit", "-q", "-m", "first")
    return project


def pixels(project: Project, name: str) -> Image.Image:
    return Image.open(project.root / f"assets/out/{name}").convert("RGB")


def test_only_the_region_is_drawn_anew(hero: Project, tmp_path: Path) -> None:
    ran = hero.run("vary", "hero", "--as", "hero-bell", "-m", "a bell", "--region", mask(tmp_path / "m.png"))
    assert ran.code == 0, ran.err
    assert "next: tympan refine hero-bell -n" in ran.err
    made = tomli.loads((hero.root / "specs/hero-bell.toml").read_text())
    (step,) = made["refine"]
    assert (step["operation"], step["region"], step["prompt"]) == ("inpaint", "masks/hero-bell.png", "a bell")
    assert (step["generator"], step["model"], step["size"]) == ("sketch", "sketch-1", [96, 64])
    assert made["source"]["prompt"] == "a lighthouse by the sea"
    assert (hero.root / "assets/masks/hero-bell.png").exists()
    (line,) = (hero.root / "specs/hero-bell.decisions.jsonl").read_text().splitlines()
    assert (json.loads(line)["candidate"], json.loads(line)["why"]) == (2, "as in hero")
    assert hero.run("refine", "hero-bell").code == 0
    assert hero.run("select", "hero-bell", "1").code == 0
    assert hero.run("build", "hero-bell").code == 0
    before, after = pixels(hero, "hero-96.png"), pixels(hero, "hero-bell-96.png")
    assert before.crop((0, 0, 58, 64)).tobytes() == after.crop((0, 0, 58, 64)).tobytes()
    assert before.crop((60, 10, 90, 50)).tobytes() != after.crop((60, 10, 90, 50)).tobytes()


def test_a_revision_is_varied_though_another_candidate_was_chosen_since(
    hero: Project, tmp_path: Path
) -> None:
    then = pixels(hero, "hero-96.png").tobytes()
    hero.run("select", "hero", "3")
    hero.run("build")
    assert pixels(hero, "hero-96.png").tobytes() != then
    region = mask(tmp_path / "m.png", box=(0, 0, 3, 3))
    assert hero.run("vary", "hero@HEAD", "--as", "old", "-m", "a bell", "--region", region).code == 0
    hero.run("refine", "old")
    hero.run("select", "old", "1")
    assert hero.run("build").code == 0
    assert (
        pixels(hero, "old-96.png").crop((5, 5, 96, 64)).tobytes()
        == Image.frombytes("RGB", (96, 64), then).crop((5, 5, 96, 64)).tobytes()
    )


@pytest.mark.parametrize(
    ("size", "box", "said"),
    [
        ((48, 32), (1, 1, 5, 5), "the mask is 48 x 32 px, the picture that was chosen 96 x 64"),
        ((96, 64), (200, 200, 201, 201), "the mask marks nothing"),
        ((96, 64), (0, 0, 96, 64), "the mask marks all of the picture"),
    ],
)
def test_a_mask_that_does_not_fit_leaves_nothing(
    hero: Project, tmp_path: Path, size: tuple[int, int], box: tuple[int, ...], said: str
) -> None:
    before = sorted(p for p in hero.root.rglob("*") if ".tympan" not in p.parts and ".git" not in p.parts)
    ran = hero.run("vary", "hero", "--as", "new", "-m", "x", "--region", mask(tmp_path / "m.png", size, box))
    assert ran.code == 2
    assert said in ran.err
    after = sorted(p for p in hero.root.rglob("*") if ".tympan" not in p.parts and ".git" not in p.parts)
    assert before == after


def test_who_cannot_do_it_and_what_is_not_chosen_are_refused(hero: Project, tmp_path: Path) -> None:
    region = mask(tmp_path / "m.png")
    ran = hero.run("vary", "hero", "--as", "new", "-m", "x", "--region", region, "--generator", "openai")
    assert ran.code == 2
    assert not (hero.root / "specs/new.toml").exists()
    assert not (hero.root / "assets/masks/new.png").exists()
    hero.write("specs/open.toml", BASE)
    hero.run("explore", "open")
    ran = hero.run("vary", "open", "--as", "new", "-m", "x", "--region", region)
    assert ran.code == 2
    assert "no picture of source is chosen" in ran.err
    assert hero.run("vary", "hero", "--as", "new", "-m", "x", "--model", "m").code == 2
    (tmp_path / "m.jpg").write_bytes(b"")
    Image.new("L", (96, 64)).save(tmp_path / "m.jpg")
    ran = hero.run("vary", "hero", "--as", "new", "-m", "x", "--region", str(tmp_path / "m.jpg"))
    assert "the mask is no PNG" in ran.err


def test_a_paid_picture_is_not_paid_again(
    studio: StudioFake,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = Project(tmp_path / "studio-project", capsys)
    shutil.copytree(tmp_path / "plugins", project.root / "plugins")
    shutil.copy(tmp_path / "tympan.toml", project.root / "tympan.toml")
    pay_and_choose(project)
    (master,) = (project.root / "assets/masters").iterdir()
    size = Image.open(io.BytesIO(master.read_bytes())).size
    region = mask(tmp_path / "m.png", size, (0, 0, 9, 9))
    bill = studio.accepted
    ran = project.run("vary", "hero", "--as", "hero-b", "-m", "green jacket", "--region", region)
    assert ran.code == 0, ran.err
    lock = tomli.loads((project.root / "specs/hero-b.lock").read_text())
    old = tomli.loads((project.root / "specs/hero.lock").read_text())
    assert lock["request"][0]["key"] == old["request"][0]["key"]
    assert sorted(p.name for p in (project.root / "assets/masters").iterdir()) == [
        "hero-b.source.png", "hero.png"
    ]  # fmt: skip
    # A clone has neither ledger nor store.
    shutil.rmtree(project.root / ".tympan")
    assert "hero-b" in project.run("refine", "hero-b", "-n").out
    assert project.run("refine", "hero-b", "--budget", "5 USD").code == 0
    assert studio.accepted == bill + 1
