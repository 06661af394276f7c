"""Leonardo through the command line: a style is trained, pictures are made with it, one is refined and built."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import Project
from tests.services.fake import Reply
from tests.services.leonardo import FakeLeonardo, draw

ROOT = Path(__file__).resolve().parents[2]
STYLE = """
[train]
generator = "leonardo"
model = "flux-dev"
dataset = ["refs/ink/*"]
trigger = "inkhouse"
"""
KITE = """
[source]
generator = "leonardo"
model = "flux-dev"
prompt = "a red kite over dunes, inkhouse"
size = [1024, 1024]
candidates = 6
lora = [{ name = "style/ink", weight = 0.8 }]

[source.reference.look]
role = "style"
image = "refs/ink/0.jpg"

[[refine]]
generator = "leonardo"
operation = "universal-upscale"
prompt = ""
select.by = "first"
options.ultra_upscaler = "ARTISTIC"

[target.webp]
sizes = [64]
"""


@pytest.fixture
def fake(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLeonardo]:
    monkeypatch.setenv("LEONARDO_API_KEY", "test-key-0123456789abcdef")
    with FakeLeonardo(pending=0) as service:
        project.write("tympan.toml", f'[service.leonardo]\nurl = "{service.url}"\nper_minute = 6000\n')
        for name in ("icon/_defaults.toml", "icon/home.toml", "icon/bell.toml"):
            (project.root / "specs" / name).unlink()
        project.write("specs/style/ink.toml", STYLE)
        project.write("specs/art/kite.toml", KITE)
        folder = project.root / "assets/refs/ink"
        folder.mkdir(parents=True)
        for n in range(3):
            (folder / f"{n}.jpg").write_bytes(draw(f"ink {n}", (512, 512), "JPEG"))
        yield service
        assert service.wrong == []


def test_a_style_from_its_training_to_the_output(project: Project, fake: FakeLeonardo) -> None:
    trained = project.run("train", "style/ink", "--budget", "5 USD")
    assert trained.code == 0, trained
    explored = project.run("explore", "art/kite", "--budget", "2 USD")
    assert explored.code == 0, explored
    bodies = [
        each.json() for each in fake.seen if each.method == "POST" and each.path.endswith("v1/generations")
    ]
    assert sorted(body["num_images"] for body in bodies) == [2, 4]
    assert len({body["seed"] for body in bodies}) == 2
    assert bodies[0]["userElements"] == [{"userLoraId": 123456, "weight": 0.8}]
    assert project.run("select", "art/kite", "2", "--why", "calm").code == 0
    refined = project.run("refine", "art/kite", "--budget", "1 USD")
    assert refined.code == 0, refined
    upscale = next(each.json() for each in fake.seen if each.path.endswith("universal-upscaler"))
    made = {image["id"] for row in fake.rows.values() for image in row["generated_images"]}
    assert upscale["generatedImageId"] in made
    built = project.run("build")
    assert built.code == 0, built
    assert set(project.outputs()) == {"art/kite-64.webp"}
    # Everything again: nothing is asked, nothing is paid.
    bill = list(fake.bill)
    for verb in ("explore", "refine"):
        assert project.run(verb, "art/kite", "--budget", "9 USD").code == 0
    project.run("train", "style/ink", "--budget", "9 USD")
    assert fake.bill == bill
    assert len(bill) == 4
    jobs = json.loads(project.run("jobs", "--json").out)
    text = json.dumps(jobs)
    assert "USD" in text
    assert "test-key" not in text


def test_the_specs_of_the_manual_are_right(project: Project, fake: FakeLeonardo) -> None:
    page = (ROOT / "docs/how-to/leonardo.md").read_text()
    specs = re.findall(r"```toml\n# (specs/\S+)\n(.*?)```", page, re.DOTALL)
    assert [name for name, _ in specs] == ["specs/art/courier.toml", "specs/style/ink.toml"]
    for name, text in specs:
        project.write(name, text)
    for name in ("house-style", "cyclist"):
        (project.root / f"assets/refs/{name}.jpg").write_bytes(draw(name, (512, 512), "JPEG"))
    checked = project.run("check")
    assert checked.code == 0, checked
    assert project.run("explore", "art/courier", "--budget", "1.00 USD").code == 0
    assert len(fake.bill) == 2


def test_a_budget_stops_before_anything_is_sent(project: Project, fake: FakeLeonardo) -> None:
    refused = project.run("train", "style/ink", "--budget", "0.10 USD")
    assert refused.code == 6, refused
    assert fake.seen == []


def test_a_mistake_is_found_when_the_spec_is_read(project: Project, fake: FakeLeonardo) -> None:
    text = KITE.replace(
        "[source.reference.look]",
        '[source.control.p]\nkind = "pose"\nimage = "refs/ink/0.jpg"\n\n[source.reference.look]',
    )
    project.write("specs/art/kite.toml", text.replace("inkhouse", "in ink"))
    checked = project.run("check")
    assert checked.code == 2
    assert "flux-dev takes no pose" in checked.out + checked.err
    assert fake.seen == []


def test_a_refusal_for_now_is_tried_again_and_a_fault_over_there_is_not(
    project: Project, fake: FakeLeonardo
) -> None:
    project.run("train", "style/ink", "--budget", "5 USD")
    fake.trouble(Reply(429, {"error": "rate limit"}, {"retry-after": "0"}), "POST .*/v1/generations")
    assert project.run("explore", "art/kite", "--budget", "2 USD").code == 0
    assert len(fake.bill) == 3
    project.write(
        "specs/art/kite.toml", KITE.replace("dunes", "hills").replace("candidates = 6", "candidates = 1")
    )
    fake.trouble(
        Reply(500, {"error": "Internal", "path": "$", "code": "unexpected"}), "POST .*/v1/generations"
    )
    assert project.run("explore", "art/kite", "--budget", "2 USD").code == 5
    # Whether it arrived, the listing will say for sure only in a minute.
    assert project.run("resume").code == 5
    assert len(fake.bill) == 3


def test_a_dropped_answer_is_found_again_and_not_paid_twice(project: Project, fake: FakeLeonardo) -> None:
    project.run("train", "style/ink", "--budget", "5 USD")
    fake.trouble("drop", "POST .*/v1/generations")
    lost = project.run("explore", "art/kite", "--budget", "2 USD")
    assert lost.code != 0
    assert sum(what == "generations" for what, _ in fake.bill) == 2
    resumed = project.run("resume")
    assert resumed.code == 0, resumed
    assert sum(what == "generations" for what, _ in fake.bill) == 2
    assert project.run("select", "art/kite", "6").code == 0
