"""Ideogram, Recraft and OpenAI through the command line: asked, locked, chosen, refined, built; and the how-tos."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PIL import Image
from tests.conftest import Project
from tests.services.fake import Fake
from tests.services.ideogram import FakeIdeogram
from tests.services.lent import KEY
from tests.services.openai import FakeOpenai
from tests.services.recraft import FakeRecraft

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to"
FAKES: dict[str, type[Fake]] = {"ideogram": FakeIdeogram, "openai": FakeOpenai, "recraft": FakeRecraft}
KEYS = ("IDEOGRAM_API_KEY", "OPENAI_API_KEY", "RECRAFT_API_TOKEN")
Made = tuple[Project, dict[str, Fake]]


@pytest.fixture
def made(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """A project that sends all calls to fakes, and the fakes by name."""
    for name in KEYS:
        monkeypatch.setenv(name, KEY)
    with ExitStack() as stack:
        fakes = {name: stack.enter_context(fake()) for name, fake in FAKES.items()}
        lines = ['tokens = ["tokens/brand.tokens.json"]']
        for name, fake in fakes.items():
            lines += [f"[service.{name}]", f'url = "{fake.url}"', "per_minute = 6000"]
        project.write("tympan.toml", "\n".join(lines) + "\n")
        mask, file = Image.new("L", (64, 64)), io.BytesIO()
        mask.paste(255, (0, 0, 32, 64))
        mask.save(file, "PNG")
        for name in ("masks/left.png", "refs/posters/last-year.png", "refs/photos/bicycle.jpg"):
            path = project.root / "assets" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.getvalue())
        yield project, fakes


SPECS = {
    "ideogram": (
        'generator = "ideogram"\nmodel = "3.0"\nprompt = "a blue door"\ncandidates = 2\nseed = 5\n',
        'operation = "inpaint"\nregion = "masks/left.png"\nprompt = "a green door"\n',
    ),
    "openai": (
        'generator = "openai"\nmodel = "gpt-image-2-2026-04-21"\nprompt = "a blue door"\ncandidates = 2\n',
        'operation = "inpaint"\nregion = "masks/left.png"\nprompt = "a green door"\n',
    ),
    "recraft": (
        'generator = "recraft"\nmodel = "recraftv4_1"\nprompt = "a blue door"\ncandidates = 2\nseed = 5\n',
        'operation = "vectorize"\n',
    ),
}


@pytest.mark.parametrize("name", SPECS)
def test_asked_chosen_refined_and_built(made: Made, name: str) -> None:
    project, fakes = made
    source, refine = SPECS[name]
    project.write(
        "specs/door.toml", f"[source]\n{source}\n[[refine]]\n{refine}\n[target.webp]\nsizes = [24]\n"
    )
    assert project.run("check").code == 0
    assert project.run("explore", "door", "--budget", "0.01 USD").code == 6
    assert not fakes[name].seen
    done = project.run("explore", "door", "--budget", "2.00 USD")
    assert done.code == 0, done.err
    assert len(fakes[name].bill) == 2
    assert project.run("explore", "door", "--budget", "2.00 USD").code == 0
    assert len(fakes[name].bill) == 2, "what is paid for is never asked for twice"
    assert project.run("select", "door", "2").code == 0
    done = project.run("refine", "door", "--budget", "2.00 USD")
    assert done.code == 0, done.err
    assert len(fakes[name].bill) == 3
    assert project.run("select", "door", "1").code == 0
    done = project.run("build", "door")
    assert done.code == 0, done.err
    assert [each for each in project.outputs() if each.startswith("door")]
    lock = (project.root / "specs/door.lock").read_text()
    assert f'generator = "{name}"' in lock
    assert "USD" in lock
    everything = b"".join(each.read_bytes() for each in project.root.rglob("*") if each.is_file())
    assert KEY.encode() not in everything
    assert b"sig=" not in lock.encode()


def test_pictures_of_references_and_options_arrive(made: Made) -> None:
    project, fakes = made
    project.write(
        "specs/face.toml",
        '[source]\ngenerator = "ideogram"\nmodel = "3.0"\nprompt = "a courier"\n'
        '[source.reference.her]\nrole = "character"\nimage = "refs/photos/bicycle.jpg"\n'
        '[source.options]\ncharacter_mask = "masks/left.png"\npalette = ["{token.color.brand}"]\n'
        "[target.webp]\nsizes = [24]\n",
    )
    done = project.run("explore", "face", "--budget", "1.00 USD")
    assert done.code == 0, done.err
    fake = fakes["ideogram"]
    assert isinstance(fake, FakeIdeogram)
    (form,) = fake.forms
    assert len(form["character_reference_images"]) == len(form["character_reference_images_mask"]) == 1
    assert form["color_palette"] == {"members": [{"color_hex": "#0B5FFF"}]}


@pytest.mark.parametrize("name", ["openai", "recraft"])
def test_a_service_is_one_room_of_250_lines(name: str) -> None:
    path = Path(__file__).resolve().parents[2] / "plugins/tympan_plugins/generators" / f"{name}.py"
    assert len(path.read_text().splitlines()) <= 250


def test_the_record_says_that_four_takes_no_seed(made: Made) -> None:
    project, _ = made
    project.write(
        "specs/door.toml",
        '[source]\ngenerator = "ideogram"\nmodel = "4.0"\nprompt = "a blue door"\nsize = [2048, 2048]\n'
        "[target.webp]\nsizes = [24]\n",
    )
    assert project.run("explore", "door", "--budget", "1.00 USD").code == 0
    lock = (project.root / "specs/door.lock").read_text()
    assert "Ideogram 4.0 takes no seed" in lock
    assert "a blue door, in great detail" in lock


def test_a_connection_that_is_cut_makes_the_job_unknown_and_nothing_is_asked_twice(made: Made) -> None:
    project, fakes = made
    project.write("specs/door.toml", f"[source]\n{SPECS['ideogram'][0]}[target.webp]\nsizes = [24]\n")
    fakes["ideogram"].trouble("drop", "POST")
    assert project.run("explore", "door", "--budget", "1.00 USD").code == 5
    assert project.run("explore", "door", "--budget", "1.00 USD").code == 5
    assert project.run("resume").code == 5
    assert len(fakes["ideogram"].bill) == 2, "one each of the two candidates"


def test_a_download_that_fails_is_gone_on_with_and_paid_once(made: Made) -> None:
    project, fakes = made
    project.write("specs/door.toml", f"[source]\n{SPECS['ideogram'][0]}[target.webp]\nsizes = [24]\n")
    from tests.services.fake import Reply

    fakes["ideogram"].trouble(Reply(400, b"not now"), "GET", times=2)
    assert project.run("explore", "door", "--budget", "1.00 USD").code == 1
    done = project.run("resume")
    assert done.code == 0, done.err
    assert len(fakes["ideogram"].bill) == 2


def test_an_address_that_has_ended_is_said_and_recorded(made: Made) -> None:
    project, fakes = made
    source = SPECS["ideogram"][0].replace("candidates = 2", "candidates = 1")
    project.write("specs/door.toml", f"[source]\n{source}[target.webp]\nsizes = [24]\n")
    fake = fakes["ideogram"]
    assert isinstance(fake, FakeIdeogram)
    fake.ends_after = -1
    done = project.run("explore", "door", "--budget", "1.00 USD")
    assert done.code == 1
    assert "cannot be fetched" in done.err
    assert "not asked for again by itself" in done.err
    assert project.run("resume").code == 0
    assert fake.count("POST", "") == 1
    assert "cannot be fetched" in project.run("jobs", "--json").out


def test_an_unsafe_picture_is_blocked_for_good(made: Made) -> None:
    project, fakes = made
    fake = fakes["ideogram"]
    assert isinstance(fake, FakeIdeogram)
    fake.unsafe = 1
    project.write("specs/door.toml", f"[source]\n{SPECS['ideogram'][0]}[target.webp]\nsizes = [24]\n")
    assert project.run("explore", "door", "--budget", "1.00 USD").code == 1
    assert "hold" in project.run("explore", "door", "--budget", "1.00 USD").err
    assert fake.count("POST", "") == 2


@pytest.mark.parametrize("name", FAKES)
def test_the_specs_of_the_how_to_are_right_and_can_be_asked(made: Made, name: str) -> None:
    project, fakes = made
    found = re.findall(r"```toml\n# (specs/\S+)\n(.*?)```", (HOW_TO / f"{name}.md").read_text(), re.DOTALL)
    assert found
    (project.root / "specs/icon/_defaults.toml").unlink()
    for path in (project.root / "specs/icon").glob("*.toml"):
        path.unlink()
    for path, text in found:
        project.write(path, text)
    done = project.run("check")
    assert done.code == 0, done.err
    for path, _ in found:
        asset = path.removeprefix("specs/").removesuffix(".toml")
        done = project.run("explore", asset, "--budget", "5.00 USD")
        assert done.code == 0, done.err
    assert fakes[name].bill
