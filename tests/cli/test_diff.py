"""`tympan diff`: what changed since a revision, in numbers, in words, and as a page."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from PIL import Image
from tests.cli.test_changed_since import git
from tests.cli.test_reproduce import paid  # noqa: F401
from tests.cli.test_story import studio  # noqa: F401
from tests.conftest import BELL, DEFAULTS, HOUSE, Project
from tests.services.studio import StudioFake


@pytest.fixture
def kept(project: Project) -> Project:
    """The two icons, built and committed; outputs are not in git."""
    project.write(".gitignore", "/.tympan/\n/assets/out/\n")
    git(project.root, "init", "-q", "-b", "main")
    git(project.root, "add", ".")
    git(project.root, "commit", "-q", "-m", "first")
    assert project.run("build").code == 0
    return project


def rows(project: Project, *words: str) -> dict[str, dict]:
    ran = project.run("diff", *words, "--json")
    assert ran.code == 0, ran.err
    return {each["path"].removeprefix("assets/out/"): each for each in json.loads(ran.out)}


def test_nothing_changed_is_said(kept: Project) -> None:
    assert kept.run("diff").out == "6 same, since HEAD\n"
    assert {each["state"] for each in rows(kept).values()} == {"same"}


def test_what_changed_has_numbers_and_what_did_not_has_none(kept: Project) -> None:
    kept.write("assets/refs/home.svg", HOUSE.replace("v-6h-4v6H4z", "v-4h-4v4H4z"))
    assert kept.run("build").code == 0
    found = rows(kept)
    assert {path for path, each in found.items() if each["state"] == "changed"} == {
        "icon/home.svg", "icon/home-24.webp", "icon/home-48.webp"
    }  # fmt: skip
    icon = found["icon/home-48.webp"]
    assert 0 < icon["difference"]["changed"] < 0.6
    assert 0 < icon["difference"]["mean"] < icon["difference"]["most"]
    assert 0 < icon["difference"]["ssim"] < 1
    assert (icon["before"]["width"], icon["after"]["kind"]) == (48, "webp")
    assert all(size > 0 for size in icon["sizes"])
    assert "rendered at" in found["icon/home.svg"]["notes"][0]
    assert found["icon/bell.svg"]["difference"] is None
    ran = kept.run("diff", "icon/home")
    assert "3 changed, since HEAD" in ran.out
    assert "%" in ran.out


def test_before_is_made_again_if_the_store_has_forgotten_it(kept: Project) -> None:
    kept.write("assets/refs/home.svg", BELL)
    assert kept.run("build").code == 0
    shutil.rmtree(kept.root / ".tympan/store")
    assert kept.run("build", "--force").code == 0
    found = rows(kept, "icon:home:webp")["icon/home-48.webp"]
    assert found["difference"]["changed"] > 0
    assert "what was before is made again, by the versions installed now" in found["notes"]


def test_outputs_that_are_in_git_come_from_git(kept: Project) -> None:
    kept.write(".gitignore", "/.tympan/\n")
    git(kept.root, "add", ".")
    git(kept.root, "commit", "-q", "-m", "outputs")
    shutil.rmtree(kept.root / ".tympan")
    image = Image.new("RGBA", (48, 48), "red")
    image.save(kept.root / "assets/out/icon/bell-48.webp", lossless=True)
    found = rows(kept, "icon/bell")["icon/bell-48.webp"]
    assert found["state"] == "changed"
    assert "made again" not in " ".join(found["notes"])
    assert "not as the specs want it now" in found["notes"][0]


def test_new_and_removed_files_and_other_sizes_and_profiles(kept: Project) -> None:
    (kept.root / "specs/icon/bell.toml").unlink()
    kept.write("specs/icon/lamp.toml", 'source.options.path = "refs/bell.svg"\n')
    kept.write("specs/icon/_defaults.toml", DEFAULTS.replace("[24, 48]", "[24, 48]\nquality = 30"))
    kept.write("specs/icon/home.toml", 'subject = "a house"\n[target.svg]\nviewbox = 32\n')
    assert kept.run("build").code == 0
    found = rows(kept)
    assert found["icon/lamp.svg"]["state"] == "new"
    assert found["icon/bell.svg"]["state"] == "removed"
    assert found["icon/bell.svg"]["sizes"][1] == -1
    assert "size: 24 x 24 -> 32 x 32" in found["icon/home.svg"]["notes"]
    assert set(rows(kept, "icon/bell")) == {"icon/bell.svg", "icon/bell-24.webp", "icon/bell-48.webp"}
    assert kept.run("diff", "icon/nothing").code == 2
    assert kept.run("diff", "--since", "nowhere").code == 2


def test_a_press_profile_that_changes_is_said(kept: Project) -> None:
    target = 'subject = "a house"\n[target.print]\nformat = "cmyk-tiff"\nppi = 72\n'
    kept.write("specs/icon/home.toml", target)
    git(kept.root, "commit", "-qam", "print")
    assert kept.run("build").code == 0
    kept.write("specs/icon/home.toml", target.replace("72", "96"))
    assert kept.run("build").code == 0
    notes = rows(kept, "icon:home:print")["icon/home.tif"]["notes"]
    assert "density: 72 -> 96 ppi" in notes


def test_a_paid_picture_that_is_gone_is_said_to_be_and_nothing_is_asked(
    paid: Project,  # noqa: F811
    studio: StudioFake,  # noqa: F811
) -> None:
    git(paid.root, "init", "-q", "-b", "main")
    paid.write(".gitignore", "/.tympan/\n/assets/out/\n/assets/masters/\n")
    git(paid.root, "add", ".")
    git(paid.root, "commit", "-q", "-m", "first")
    bill = studio.accepted
    assert rows(paid)["hero-32.webp"]["state"] == "same"
    shutil.rmtree(paid.root / "assets/masters")
    shutil.rmtree(paid.root / ".tympan/store")
    found = rows(paid)["hero-32.webp"]
    assert found["state"] == "unknown"
    assert any("what was before cannot be had" in note for note in found["notes"])
    assert studio.accepted == bill


def test_a_gated_version_is_compared_before_it_is_in_place(kept: Project) -> None:
    kept.write("specs/icon/_defaults.toml", f'requires = ["approved"]\n{DEFAULTS}')
    kept.write("assets/refs/home.svg", BELL)
    kept.run("build")
    found = rows(kept, "icon:home:webp")["icon/home-48.webp"]
    assert found["state"] == "changed"
    assert found["notes"][0].startswith("gated: not approved yet")


def test_the_page_has_all_three_pictures_and_asks_for_nothing(kept: Project, tmp_path: Path) -> None:
    kept.write("assets/refs/home.svg", BELL)
    kept.write("specs/icon/lamp.toml", 'source.options.path = "refs/bell.svg"\n')
    kept.run("build")
    ran = kept.run("diff", "--html", str(tmp_path / "review"))
    assert ran.code == 0, ran.err
    text = (tmp_path / "review/index.html").read_text()
    assert text.count("<article") == 6
    assert "default-src 'none'" in text
    assert not re.findall(r'(?:src|href)="(?!data:|#)', text)
    pictures = [base64.b64decode(each) for each in re.findall(r'src="data:image/webp;base64,([^"]+)"', text)]
    assert len(pictures) == 3 * 3 + 3
    assert {Image.open(io.BytesIO(each)).format for each in pictures} == {"WEBP"}
    kept.run("diff", "--html", str(tmp_path / "again"))
    assert (tmp_path / "again/index.html").read_text() == text
