"""`tympan reproduce`: each verdict, on a fixture that was made for it."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from tests.cli.test_changed_since import git
from tests.cli.test_story import studio  # noqa: F401
from tests.conftest import Project
from tests.services.studio import PLUGIN, StudioFake

FORMAT = '''"""A format that depends on a library, libink."""
import io
from tympan import File, Format, hookimpl

LIBINK, LEVEL, SHIFT = "1.0", 9, 0

class Inky(Format):
    NAME = "inky"
    SUFFIX = "png"

    def fingerprint(self, params):
        return {"libink": LIBINK}

    def write(self, picture, params, ctx):
        image = ctx.raster(picture, (64, 64)).image().point(lambda value: max(0, value - SHIFT))
        file = io.BytesIO()
        image.save(file, "PNG", compress_level=LEVEL)
        return [File(file.getvalue())]

@hookimpl
def tympan_formats():
    return [Inky]
'''
MODELS = """
    def models(self):
        from tympan import ModelInfo
        return (ModelInfo(name="studio-1", deterministic=False, retires="2020-01-31"),)

    def check(self"""


def verdicts(project: Project, wanted: str, code: int = 0) -> list[dict]:
    ran = project.run("reproduce", wanted, "--verify", "--json")
    assert ran.code == code, ran.err + ran.out
    return json.loads(ran.out)


@pytest.fixture
def inky(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    project.write("plugins/inky.py", FORMAT)
    project.write(
        "specs/icon/home.toml",
        'subject = "a house"\ntarget.svg = false\ntarget.webp = false\n[target.inky]\n',
    )
    assert project.run("build").code == 0
    return project


@pytest.fixture
def paid(studio: StudioFake, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Project:  # noqa: F811
    """One paid picture, chosen and built."""
    project = Project(tmp_path, capsys)
    project.write("plugins/studio.py", PLUGIN.replace("\n    def check(self", MODELS))
    pay_and_choose(project)
    assert project.run("build").code == 0
    return project


def pay_and_choose(project: Project) -> None:
    """One request of two pictures, of which the second goes on."""
    project.write(
        "specs/hero.toml",
        '[source]\ngenerator = "studio"\nmodel = "studio-1"\nprompt = "a courier"\ncandidates = 2\n'
        "[target.webp]\nsizes = [32]\n",
    )
    assert project.run("explore", "hero", "--budget", "5 USD").code == 0
    assert project.run("select", "hero", "2").code == 0


def test_what_is_drawn_is_byte_identical(project: Project) -> None:
    assert project.run("build").code == 0
    before = project.outputs()
    rows = verdicts(project, "icon/home")
    assert [row["verdict"] for row in rows] == ["byte-identical"] * 3
    assert project.outputs() == before


def test_nothing_on_record_is_said(project: Project) -> None:
    rows = verdicts(project, "icon/home", code=1)
    assert {row["verdict"] for row in rows} == {"rebuilt, but nothing is on record to compare it with"}


def test_a_library_that_packs_otherwise_leaves_the_same_pixels(inky: Project) -> None:
    inky.write("plugins/inky.py", FORMAT.replace('"1.0", 9, 0', '"1.1", 0, 0'))
    (row,) = verdicts(inky, "icon/home")
    assert row["verdict"] == "same pixels"
    assert "libink 1.0 -> 1.1" in row["because"]


def test_a_library_that_draws_otherwise_is_named(inky: Project) -> None:
    inky.write("plugins/inky.py", FORMAT.replace('"1.0", 9, 0', '"2.0", 9, 8'))
    (row,) = verdicts(inky, "icon/home", code=1)
    assert row["verdict"] == "drifted"
    assert 0 < row["drift"] <= 8
    assert "libink 1.0 -> 2.0" in row["because"]
    said = inky.run("reproduce", "icon/home")
    assert said.code == 0
    assert "drifted by" in said.out


def test_a_revision_is_made_from_git(inky: Project) -> None:
    git(inky.root, "init", "-q", "-b", "main")
    inky.write(".gitignore", "/.tympan/\n/assets/out/\n")
    git(inky.root, "add", ".")
    git(inky.root, "commit", "-q", "-m", "first")
    inky.write(
        "tokens/brand.tokens.json",
        (inky.root / "tokens/brand.tokens.json").read_text().replace("0b5fff", "c8102e"),
    )
    assert inky.run("build").code == 0
    assert [row["verdict"] for row in verdicts(inky, "icon/home@HEAD")] == ["byte-identical"]
    assert inky.run("reproduce", "icon/nothing@HEAD").code == 2
    assert inky.run("reproduce", "icon/home@nowhere").code == 2


def test_a_paid_picture_comes_from_its_master_and_its_model_is_retired(
    paid: Project,
    studio: StudioFake,  # noqa: F811
) -> None:
    bill = studio.accepted
    (row,) = verdicts(paid, "hero")
    assert (row["verdict"], row["frozen"]) == ("byte-identical", True)
    assert row["notes"] == ["studio retired the model studio-1 on 2020-01-31"]
    assert "rebuilt from the frozen master, byte-identical" in paid.run("reproduce", "hero").out
    assert studio.accepted == bill


def test_an_edited_master_is_named(paid: Project) -> None:
    (master,) = (paid.root / "assets/masters").iterdir()
    master.write_bytes(master.read_bytes() + b"x")
    (row,) = verdicts(paid, "hero", code=1)
    assert row["verdict"] == "not reproducible"
    assert "it was edited: assets/masters/hero.png has the digest" in row["because"][0]


def test_a_lost_master_comes_from_the_store_and_if_that_lost_it_too_it_is_said(paid: Project) -> None:
    shutil.rmtree(paid.root / "assets/masters")
    assert verdicts(paid, "hero")[0]["verdict"] == "byte-identical"
    shutil.rmtree(paid.root / ".tympan/store")
    (row,) = verdicts(paid, "hero", code=1)
    assert row["verdict"] == "not reproducible"
    assert "assets/masters/hero.png is gone, and the store has no" in row["because"][0]
    assert row["because"][1] == "studio retired the model studio-1 on 2020-01-31"


def test_a_master_and_a_library_that_changed(paid: Project) -> None:
    paid.write("plugins/inky.py", FORMAT)
    spec = (paid.root / "specs/hero.toml").read_text()
    paid.write("specs/hero.toml", f"{spec}[target.inky]\n")
    assert paid.run("build").code == 0
    paid.write("plugins/inky.py", FORMAT.replace('"1.0", 9, 0', '"1.1", 0, 0'))
    said = paid.run("reproduce", "hero", "--verify")
    assert said.code == 0, said.err
    assert "hero.png: rebuilt from the frozen master, same pixels because" in said.out
    paid.write("plugins/inky.py", FORMAT.replace('"1.0", 9, 0', '"2.0", 9, 8'))
    said = paid.run("reproduce", "hero", "--verify")
    assert said.code == 1
    assert "hero.png: rebuilt from the frozen master, drifted by" in said.out
    assert "libink 1.0 -> 2.0" in said.out
    assert "hero-32.webp: rebuilt from the frozen master, byte-identical" in said.out


def test_an_output_that_the_store_has_lost_is_compared_with_the_file_or_not_at_all(inky: Project) -> None:
    inky.write("plugins/inky.py", FORMAT.replace('"1.0", 9, 0', '"2.0", 9, 8'))
    # Small bytes lie in the index: without it the store has lost them.
    shutil.rmtree(inky.root / ".tympan/store")
    (row,) = verdicts(inky, "icon/home", code=1)
    assert row["drift"] > 0
    (inky.root / "assets/out/icon/home.png").unlink()
    (row,) = verdicts(inky, "icon/home", code=1)
    assert (row["verdict"], row["drift"]) == ("drifted", -1.0)
    assert "the store has no" in row["because"][-1]
    assert "drifted; not comparable because" in inky.run("reproduce", "icon/home").out


def test_a_drawing_is_compared_as_pixels(project: Project) -> None:
    assert project.run("build").code == 0
    project.write("specs/icon/home.toml", 'subject = "a house"\nprep.trim.padding = "9%"\n')
    rows = {row["output"]: row for row in verdicts(project, "icon/home", code=1)}
    icon = rows["assets/out/icon/home.svg"]
    assert icon["verdict"] == "drifted"
    assert icon["drift"] > 0
    assert any("padding" in each for each in icon["because"])


def test_what_waits_for_an_approval_is_made_again_all_the_same(inky: Project) -> None:
    spec = (inky.root / "specs/icon/home.toml").read_text()
    inky.write("specs/icon/home.toml", f'{spec}requires = ["approved"]\n')
    (row,) = verdicts(inky, "icon/home")
    assert row["verdict"] == "byte-identical"


def test_a_master_in_git_lfs(paid: Project) -> None:
    (master,) = (paid.root / "assets/masters").iterdir()
    data = master.read_bytes()
    oid = hashlib.sha256(data).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(data)}\n"
    git(paid.root, "init", "-q", "-b", "main")
    paid.write(".gitignore", "/.tympan/\n/assets/out/\n")
    master.write_text(pointer)
    git(paid.root, "add", ".")
    git(paid.root, "commit", "-q", "-m", "first")
    assert verdicts(paid, "hero@HEAD")[0]["verdict"] == "byte-identical"  # the store has it
    shutil.rmtree(paid.root / ".tympan/store")
    (row,) = verdicts(paid, "hero@HEAD", code=1)
    assert "is a pointer of Git LFS, which has not been fetched: git lfs fetch --all" in row["because"][0]
    place = paid.root / f".git/lfs/objects/{oid[:2]}/{oid[2:4]}/{oid}"
    place.parent.mkdir(parents=True)
    place.write_bytes(data)
    (row,) = verdicts(paid, "hero@HEAD", code=1)
    assert row["verdict"] == "rebuilt, but nothing is on record to compare it with"


def test_an_input_that_is_gone_then_is_named(inky: Project) -> None:
    git(inky.root, "init", "-q", "-b", "main")
    inky.write(".gitignore", "/.tympan/\n/assets/\n")
    git(inky.root, "add", ".")
    git(inky.root, "commit", "-q", "-m", "the drawing is not in git")
    ran = inky.run("reproduce", "icon/home@HEAD", "--verify")
    assert ran.code == 2
    assert "refs/home.svg" in ran.err
