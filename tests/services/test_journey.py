"""The two assets that the spec language is made for, from an empty clone to outputs, against the vendors' fakes.

A hero: explored by hand in Midjourney, its structure held by Leonardo with a pose and a trained style, one
region drawn anew. A poster in three languages by Ideogram. Then nothing more is paid or sent, ever.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from tests.conftest import Project, Ran
from tests.services.downloads import job_id, midjourney
from tests.services.ideogram import KEY as IDEOGRAM_KEY
from tests.services.ideogram import FakeIdeogram
from tests.services.leonardo import FakeLeonardo, draw

DEFAULTS = """[vars]
style = "flat geometric, soft corners, no gradients, no text"
[policy]
generate = "ask"
[license]
review = "required"
"""
STYLE = """[train]
generator = "leonardo"
model = "lightning-xl"
dataset = ["refs/line/*.jpg"]
trigger = "brandline"
"""
HERO = """subject = "a courier handing over a parcel at a blue door"

[source]                                  # explore widely
generator = "midjourney"
model = "8.1"
prompt = "{subject}, {style}, morning light"
candidates = 24
size = [1456, 816]
options = { stylize = 150 }
reference.look = { role = "style", image = "refs/brand-a.png" }

[[refine]]                                # then fix the structure
generator = "leonardo"
operation = "image-to-image"
model = "lightning-xl"
prompt = "{subject}, {style}, morning light, brandline"
size = [1472, 832]
candidates = 2
control.pose = { kind = "pose", image = "refs/courier-pose.png", strength = 0.7 }
lora = [{ name = "brand-illustration", weight = 0.85 }]

[[refine]]                                # then one region
generator = "leonardo"
model = "kino-xl"
operation = "inpaint"
region = "masks/parcel.png"
prompt = "parcel with a plain label, no text"

[target.webp]
sizes = [640, 1280]
[target.cutout]
format = "png"
mask = true
[target.print]
format = "cmyk-tiff"
profile = "fogra39-300"
size_mm = [60, 34]
ppi = 150
upscale = "lanczos"              # a fake's pictures are small

[prep]
steps = ["mask"]
mask.method = "key"
mask.allow_touching = true
mask.min_confidence = 0.1
"""
POSTER = """subject = "tulips"

[text]
headline = { en = "Fresh starts", de = "Frischer Start", fr = "Nouveau départ" }
[matrix]
locale = ["en", "de", "fr"]
[source]
generator = "ideogram"                    # the one that can write
model = "3.0"
prompt = 'screen-print poster, tulips, headline "{text.headline}", {style}'
candidates = 4
size = [832, 1248]
[select]
by = "first"
[target.print]
format = "cmyk-tiff"
profile = "fogra39-300"
size_mm = [59, 84]
bleed_mm = 3
ppi = 100
upscale = "lanczos"
[target.proof]
format = "webp"
sizes = [400]
"""


class Journey:
    """A project, its services, and ways to go on."""

    def __init__(self, project: Project, leonardo: FakeLeonardo, ideogram: FakeIdeogram) -> None:
        self.project, self.leonardo, self.ideogram = project, leonardo, ideogram

    def run(self, *words: str, code: int = 0) -> Ran:
        ran = self.project.run(*words)
        assert ran.code == code, f"{' '.join(words)}: {ran.code}\n{ran.out}{ran.err}"
        return ran

    @property
    def calls(self) -> int:
        return len(self.leonardo.seen) + len(self.ideogram.seen)

    @property
    def bill(self) -> int:
        return len(self.leonardo.bill) + len(self.ideogram.bill)

    def download(self) -> None:
        """What a person does: paste each prompt, choose a few pictures, put them into the inbox."""
        jobs = json.loads(self.run("jobs", "--open", "--json").out)
        for n, job in enumerate(jobs):
            text = self.run("todo", "illustration/onboarding-hero").out
            (prompt,) = (
                line.strip() for line in text.splitlines() if f"--seed {job['request']['seed']} " in line
            )
            for index in (0, 2):
                name = f"peter_a_courier_handing_over_{job_id(n + 1)}_{index}.png"
                path = self.project.root / "inbox" / name
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(midjourney(prompt, job_id(n + 1), seed=10 * n + index))
        self.run("inbox")


@pytest.fixture
def journey(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Journey]:
    monkeypatch.setenv("LEONARDO_API_KEY", "test-key-0123456789abcdef")
    monkeypatch.setenv("IDEOGRAM_API_KEY", IDEOGRAM_KEY)
    shutil.rmtree(project.root / "specs")
    with FakeLeonardo(pending=0) as leonardo, FakeIdeogram() as ideogram:
        project.write(
            "tympan.toml",
            f'[service.leonardo]\nurl = "{leonardo.url}"\nper_minute = 6000\n'
            f'[service.ideogram]\nurl = "{ideogram.url}"\nper_minute = 6000\n',
        )
        project.write("specs/_defaults.toml", DEFAULTS)
        project.write("specs/style/brand-illustration.toml", STYLE)
        project.write("specs/illustration/onboarding-hero.toml", HERO)
        project.write("specs/print/spring-poster.toml", POSTER)
        _inputs(project.root / "assets")
        yield Journey(project, leonardo, ideogram)
        assert leonardo.wrong == []


def _inputs(assets: Path) -> None:
    for folder in ("refs/line", "masks"):
        (assets / folder).mkdir(parents=True, exist_ok=True)
    for n in range(4):
        (assets / f"refs/line/{n}.jpg").write_bytes(draw(f"line {n}", (512, 512), "JPEG"))
    for name in ("brand-a", "courier-pose"):
        (assets / f"refs/{name}.png").write_bytes(draw(name, (512, 512), "PNG"))
    mask = Image.new("L", (1472, 832), 0)
    mask.paste(255, (600, 300, 900, 600))
    mask.save(assets / "masks/parcel.png")


def _clone(project: Project, to: Path) -> Path:
    """What git would bring to another machine: no store, no ledger, no outputs, no inbox."""
    shutil.copytree(project.root, to, ignore=shutil.ignore_patterns(".tympan", "out", "inbox"))
    return to


def test_from_an_empty_clone_to_outputs_and_never_again(
    journey: Journey, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hero, poster = "illustration/onboarding-hero", "print/spring-poster"
    assert "held" in journey.run("build").out
    assert journey.calls == 0, "a build asks nobody"
    waits = journey.run("refine", hero, code=2).err
    assert "style/brand-illustration is not trained yet" in waits
    journey.run("train", "style/brand-illustration", "--budget", "10 USD")
    journey.run("explore", hero, "--budget", "2 USD")
    journey.download()
    assert "no candidate of source is selected" in journey.run("refine", hero, code=2).err
    journey.run("select", hero, "5", "--why", "the calmest light")
    journey.run("refine", hero, "--budget", "1 USD")
    journey.run("select", hero, "2", "--why", "the parcel is in both hands")
    journey.run("refine", hero, "--budget", "1 USD")
    journey.run("explore", poster, "--budget", "2 USD")
    journey.run("build")
    _sent_what_the_spec_says(journey)

    outputs = _outputs(journey.project.root)
    assert {name for name in outputs if hero in name} == {
        f"{hero}-640.webp", f"{hero}-1280.webp", f"{hero}.png", f"{hero}.tif"
    }  # fmt: skip
    assert sum(poster in name for name in outputs) == 6
    bill, calls = journey.bill, journey.calls
    assert journey.run("build").out.startswith("nothing to do")
    for verb, asset in (("explore", hero), ("explore", poster), ("refine", hero)):
        assert "0 jobs begun now" in journey.run(verb, asset).out
    assert (journey.bill, journey.calls) == (bill, calls), "a second time costs 0.00 and sends nothing"

    for name in ("LEONARDO_API_KEY", "IDEOGRAM_API_KEY"):
        monkeypatch.delenv(name)
    clone = Project(_clone(journey.project, tmp_path / "clone"), capsys)
    ran = clone.run("build")
    assert ran.code == 0, ran.err
    assert _outputs(clone.root) == outputs, "another machine, the same bytes"
    assert clone.run("build").out.startswith("nothing to do")
    for verb, asset in (("explore", hero), ("explore", poster), ("refine", hero)):
        assert "0 jobs begun now" in clone.run(verb, asset, "--budget", "9 USD").out
    assert (journey.bill, journey.calls) == (bill, calls)


def _sent_what_the_spec_says(journey: Journey) -> None:
    posts = [each for each in journey.leonardo.seen if each.path.endswith("v1/generations") and each.body]
    structure, region = (each.json() for each in posts)
    assert (structure["controlnets"][0]["preprocessorId"], structure["init_strength"]) == (21, 0.6)
    (own,) = structure["userElements"]
    assert own["weight"] == 0.85
    assert region["canvasRequestType"] == "INPAINT"
    prompts = [each for each in journey.ideogram.seen if each.method == "POST"]
    assert len(prompts) == 12
    heads = {re.search(rb'headline "([^"]+)"', each.body).group(1).decode() for each in prompts}  # type: ignore[union-attr]
    assert heads == {"Fresh starts", "Frischer Start", "Nouveau départ"}


def _outputs(root: Path) -> dict[str, bytes]:
    out = root / "assets/out"
    return {
        os.path.relpath(path, out).replace(os.sep, "/"): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }
