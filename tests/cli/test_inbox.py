"""`tympan todo`, `inbox`, `inbox assign` and `import`, from the spec to the built file."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
import tomli
from PIL import Image
from tests.conftest import Project
from tests.plugins.test_recall import A1111_TEXT, GRAPH, INVOKE
from tests.services.downloads import job_id, midjourney, png, xmp

ROOT = Path(__file__).resolve().parent.parent.parent
FOX = """
[source]
generator = "midjourney"
model = "8.1"
prompt = "a red fox, flat vector"
size = [1536, 1024]
candidates = 6
seed = 7
options.stylize = 250

[source.reference.brand]
role = "style"
image = "refs/brand.png"
strength = 0.3

[[refine]]
operation = "vary-region"
region = "refs/mask.png"
prompt = "a green tail"
candidates = 4

[target.webp]
sizes = [16]
"""
MUG = """
[source]
generator = "inbox"
prompt = "a mug on a table"
candidates = 1
options = { tool = "Firefly", match = "brand-mug" }

[target.webp]
sizes = [16]
"""
PROMPT = "a red fox, flat vector --ar 3:2 --stylize 250 --sref https://cdn.midjourney.com/u/x.png --sw 300"


@pytest.fixture
def shop(project: Project) -> Project:
    project.write("specs/logo/fox.toml", FOX)
    project.write("specs/photo/mug.toml", MUG)
    for name, colour in (("brand", "red"), ("mask", "white")):
        out = io.BytesIO()
        Image.new("RGB", (8, 8), colour).save(out, "PNG")
        (project.root / f"assets/refs/{name}.png").write_bytes(out.getvalue())
    return project


def opened(shop: Project) -> Project:
    ran = shop.run("explore", "logo/fox", "photo/mug", "--budget", "1 USD")
    assert ran.code == 0, ran.err
    return shop


def drop(shop: Project, name: str, data: bytes) -> Path:
    path = shop.root / "inbox" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


def lock(shop: Project, asset: str) -> dict[str, object]:
    return tomli.loads((shop.root / f"specs/{asset}.lock").read_text())


def test_a_job_for_a_person_costs_what_it_says_and_is_opened_once(shop: Project) -> None:
    assert shop.run("explore", "logo/fox").code == 6
    opened(shop)
    assert len(shop.run("jobs").out.splitlines()) == 4
    again = shop.run("explore", "logo/fox", "photo/mug", "--budget", "1 USD")
    assert "0 jobs begun now" in again.out
    assert len(shop.run("jobs").out.splitlines()) == 4


def test_todo_says_what_to_paste_and_where_the_pictures_lie(shop: Project) -> None:
    assert shop.run("todo").out == "nothing to do by hand\n"
    opened(shop)
    text = shop.run("todo").out
    assert "a red fox, flat vector --ar 3:2 --stylize 250 --sw 300 --seed 7 --v 8.1\n" in text
    assert "--seed 8 --v 8.1\n" in text
    assert "drop the picture assets/refs/brand.png (brand) into the prompt bar as Style Reference" in text
    assert "3 jobs to do by hand, about 0.11 USD" in text
    assert "a red fox" not in shop.run("todo", "photo/*").out
    rows = json.loads(shop.run("todo", "--json").out)
    assert [row["wanted"] for row in rows] == [4, 2, 1]
    ran = shop.run("todo", "--html", str(shop.root / "todo.html"))
    assert ran.code == 0, ran.err
    assert "a red fox, flat vector --ar 3:2" in (shop.root / "todo.html").read_text()


def test_a_changed_spec_is_no_longer_to_be_done(shop: Project) -> None:
    opened(shop)
    shop.write("specs/logo/fox.toml", FOX.replace("red fox", "grey fox"))
    assert "red fox" not in shop.run("todo").out


def test_downloads_find_their_jobs_and_go_on_to_a_file(shop: Project) -> None:
    opened(shop)
    for index in (2, 0):
        name = f"peter_a_red_fox_{job_id(1)}_{index}.png"
        drop(shop, name, midjourney(f"{PROMPT} --seed 7 --v 8.1", job_id(1), seed=index))
    drop(shop, "Brand Mug.png", png({}, seed=9))
    drop(shop, "holiday.png", png({}, seed=10))
    drop(shop, "notes.txt", b"x")
    drop(shop, "broken.png", b"not a picture")
    drop(shop, "A brand-mug cut off.png", png({}, seed=9)[:-40])
    ran = shop.run("inbox")
    assert ran.code == 0, ran.err
    assert f"taken      peter_a_red_fox_{job_id(1)}_0.png: candidate 1 of logo/fox" in ran.out
    assert f"taken      peter_a_red_fox_{job_id(1)}_2.png: candidate 2 of logo/fox" in ran.out
    assert "prompt and seed" in ran.out
    assert "'brand-mug' is in its name" in ran.out
    assert "unknown    holiday.png" in ran.out
    assert "refused    broken.png: no picture" in ran.out
    assert "refused    A brand-mug cut off.png: intake" in ran.out
    assert "taken  " not in shop.run("inbox").out
    assert "5 pictures, 3 of them known before; 4 still wanted" in shop.run("inbox").err
    assert "2 of 4 pictures came" in shop.run("todo").out
    assert shop.run("select", "logo/fox", "2", "--why", "calmer").code == 0
    request = lock(shop, "logo/fox")["request"][0]  # type: ignore[index]
    facts = request["candidate"][1]["facts"]
    assert facts["tool_job"] == job_id(1)
    assert facts["index"] == "2"
    assert facts["model"] == "8.1"
    assert facts["seed"] == "7"
    assert facts["text.Author"] == "peter"
    assert facts["text.Creation Time"].startswith("Tue, 24 Nov 2026")
    assert facts["text.Description"].endswith(job_id(1))
    assert facts["matched"] == "prompt and seed"
    assert request["model"] == "8.1"
    assert (shop.root / request["candidate"][1]["master"]).read_bytes() == midjourney(
        f"{PROMPT} --seed 7 --v 8.1", job_id(1), seed=2
    )


def test_a_follow_up_says_where_to_find_its_picture_and_records_the_version_it_ran_on(shop: Project) -> None:
    opened(shop)
    drop(shop, f"p_a_red_fox_{job_id(1)}_3.png", midjourney(f"{PROMPT} --seed 7 --v 8.1", job_id(1)))
    assert shop.run("inbox").code == 0
    assert shop.run("select", "logo/fox", "1").code == 0
    ran = shop.run("refine", "logo/fox", "--budget", "1 USD")
    assert ran.code == 0, ran.err
    text = shop.run("todo").out
    assert f"it starts from assets/masters/logo/fox.source.png, Job ID {job_id(1)}, picture 4" in text
    assert "press Editor" in text
    assert "erase what the mask assets/refs/mask.png shows white" in text
    assert "runs this on V6.1" in text
    seed = next(line.split("--seed ")[1].split()[0] for line in text.splitlines() if "a green tail" in line)
    drop(shop, "edit.png", midjourney(f"a green tail --ar 3:2 --seed {seed} --v 6.1", job_id(5), seed=5))
    ran = shop.run("inbox")
    assert "taken      edit.png" in ran.out, ran.out + ran.err
    assert shop.run("select", "logo/fox", "1", "--step", "refine.1").code == 0
    last = lock(shop, "logo/fox")["request"][-1]  # type: ignore[index]
    assert last["candidate"][0]["facts"]["model"] == "6.1"
    assert last["model"] == "6.1"
    built = shop.run("build", "logo/fox")
    assert built.code == 0, built.err
    assert any(name.startswith("logo/fox") for name in shop.outputs())


def test_what_is_ambiguous_is_listed_and_assigned_by_a_person(shop: Project) -> None:
    opened(shop)
    path = drop(shop, "fox.png", midjourney(f"{PROMPT} --v 8.1", job_id(4)))
    ran = shop.run("inbox")
    assert ran.code == 3
    assert "ambiguous  fox.png: 2 jobs with equal right" in ran.out
    wrong = shop.run("inbox", "assign", str(path), "logo/fox")
    assert wrong.code == 2
    assert "say one of logo/fox#" in wrong.err
    job = shop.run("jobs", "logo/fox").out.splitlines()[1].split()[0]
    assert "candidate 5 of logo/fox" in shop.run("inbox", "assign", "inbox/fox.png", f"logo/fox#{job}").out
    again = shop.run("inbox", "assign", "inbox/fox.png", f"logo/fox#{job}")
    assert again.code == 2
    assert "was taken in before" in again.err
    assert "no asset is called" in shop.run("inbox", "assign", "inbox/fox.png", "logo/dog").err


def test_on_a_terminal_it_asks(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(shop)
    drop(shop, "fox.png", midjourney(f"{PROMPT} --v 8.1", job_id(4)))

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal("2\n"))
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "2")
    ran = shop.run("inbox")
    assert ran.code == 0, ran.out
    assert "candidate 5 of logo/fox" in ran.out
    assert "said by a person" in ran.out


def test_a_job_that_has_its_pictures_takes_no_more(shop: Project) -> None:
    opened(shop)
    for n in (1, 2):
        drop(shop, f"brand-mug-{n}.png", png({}, seed=n))
    ran = shop.run("inbox")
    assert ran.out.count("taken") == 1
    assert "late       brand-mug-2.png" in ran.out


@pytest.mark.parametrize("where", ["elsewhere", "inbox"])
def test_pictures_may_lie_anywhere(shop: Project, tmp_path: Path, where: str) -> None:
    opened(shop)
    place = tmp_path / where
    place.mkdir()
    (place / "brand-mug.webp").write_bytes(_webp())
    assert "taken      brand-mug.webp" in shop.run("inbox", "--from", str(place)).out


def _webp() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 32), "brown").save(out, "WEBP")
    return out.getvalue()


def test_import_midjourney(shop: Project, tmp_path: Path) -> None:
    path = tmp_path / "old fox.png"
    path.write_bytes(midjourney("an {old} fox --ar 3:2 --s 250 --no text --seed 7 --v 7", job_id(8)))
    ran = shop.run("import", str(path), "--as", "logo/old-fox", "--by", "anna")
    assert ran.code == 0, ran.err
    spec = tomli.loads((shop.root / "specs/logo/old-fox.toml").read_text())
    assert spec["source"]["generator"] == "inbox"  # one choice in braces is no prompt of Midjourney's
    path.write_bytes(midjourney("an old fox --ar 3:2 --s 250 --no text --seed 7 --v 7", job_id(8)))
    ran = shop.run("import", str(path), "--as", "logo/older-fox", "--by", "anna")
    spec = tomli.loads((shop.root / "specs/logo/older-fox.toml").read_text())
    assert spec["source"] == {
        "generator": "midjourney", "model": "7", "prompt": "an old fox", "negative_prompt": "text", "seed": 7,
        "candidates": 1, "options": {"ar": "3:2", "stylize": 250, "job_ids": [job_id(8)]},
    }  # fmt: skip
    locked = lock(shop, "logo/older-fox")["request"][0]  # type: ignore[index]
    assert locked["cost"] == "0.00"
    assert locked["candidate"][0]["facts"]["text.Author"] == "peter"
    assert (shop.root / locked["candidate"][0]["master"]).read_bytes() == path.read_bytes()
    decisions = (shop.root / "specs/logo/older-fox.decisions.jsonl").read_text()
    assert '"by":"anna"' in decisions
    assert "logo/older-fox" not in shop.run("todo").out
    assert shop.run("import", str(path), "--as", "logo/older-fox").code == 2


def test_an_imported_picture_is_built(shop: Project, tmp_path: Path) -> None:
    shop.write("specs/hero/_defaults.toml", "[target.webp]\nsizes = [8]\n")
    path = tmp_path / "a.png"
    path.write_bytes(png({"parameters": A1111_TEXT}))
    ran = shop.run("import", str(path), "--as", "hero/a")
    assert ran.code == 0, ran.err
    source = tomli.loads((shop.root / "specs/hero/a.toml").read_text())["source"]
    assert source["prompt"].startswith("a red fox")
    assert (source["generator"], source["seed"], source["size"]) == ("inbox", 1234567890, [832, 1216])
    assert source["options"]["tool"] == "a1111"
    built = shop.run("build", "hero/a")
    assert built.code == 0, built.err
    assert any(name.startswith("hero/a") for name in shop.outputs())


def test_import_of_what_says_nothing(shop: Project, tmp_path: Path) -> None:
    path = tmp_path / "a.webp"
    path.write_bytes(_webp())
    ran = shop.run("import", str(path), "--as", "hero/b")
    assert ran.code == 0, ran.err
    assert "nothing says how it was made" in ran.out
    (tmp_path / "b.png").write_bytes(b"GIF89a")
    assert shop.run("import", str(tmp_path / "b.png"), "--as", "hero/c").code == 1
    assert shop.run("import", str(path), "--as", "../x").code == 2
    assert not (shop.root / "specs/hero/c.toml").exists()


def test_a_name_that_would_act_on_a_terminal_is_shown_without_harm(shop: Project) -> None:
    opened(shop)
    drop(shop, "brand-mug\x1b[2J\u202egnp.png", png({}, seed=1))
    out = shop.run("inbox").out
    assert "taken      brand-mug?[2J?gnp.png" in out
    assert "\x1b" not in out
    (shop.root / "inbox" / b"fox\xff.png".decode("utf-8", "surrogateescape")).write_bytes(png({}, seed=2))
    assert "unknown    fox?.png" in shop.run("inbox").out


@pytest.mark.parametrize("page", ["midjourney", "inbox"])
def test_the_specs_of_the_guides_are_right(shop: Project, page: str) -> None:
    text = (ROOT / f"docs/how-to/{page}.md").read_text()
    for name, spec in re.findall(r"```toml\n# (specs/\S+)\n(.*?)```", text, re.DOTALL):
        shop.write(name, spec)
    ran = shop.run("check")
    assert ran.code == 0, ran.err
    asset = {"midjourney": "logo/fox", "inbox": "photo/mug"}[page]
    assert shop.run("explore", asset, "--budget", "0.20 USD").code == 0
    sheet = shop.run("todo", asset).out
    prompts = [line.strip() for line in text.splitlines() if line.startswith("    a red fox")]
    assert len(prompts) == (page == "midjourney")
    assert all(prompt in sheet for prompt in prompts)


@pytest.mark.parametrize(
    ("texts", "prompt", "tool"),
    [
        ({"parameters": A1111_TEXT}, "a red fox, <lora:flat:0.8>\nsecond line", "a1111"),
        ({"prompt": json.dumps(GRAPH)}, "a red fox", "comfyui"),
        ({"invokeai_metadata": json.dumps(INVOKE)}, "a red fox", "invokeai"),
        ({"xmp": xmp(AISystemUsed="Firefly", AIPromptInformation="a {red} fox")}, "a {{red}} fox", "Firefly"),
        ({"Title": "holiday"}, "", ""),
    ],
)  # fmt: skip
def test_import_of_every_tool_is_a_right_spec_with_a_lock(
    shop: Project, tmp_path: Path, texts: dict[str, str], prompt: str, tool: str
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png(texts, after=True))
    ran = shop.run("import", str(path), "--as", "hero/x")
    assert ran.code == 0, ran.err
    source = tomli.loads((shop.root / "specs/hero/x.toml").read_text())["source"]
    assert source.get("prompt", "") == prompt
    assert shop.run("check").code == 0
    facts = lock(shop, "hero/x")["request"][0]["candidate"][0]["facts"]  # type: ignore[index]
    assert facts.get("tool", "") == tool
    assert facts["text.Software-note"].startswith("synthetic")
    assert shop.run("build", "hero/x").code == 0


def test_the_recaller_of_the_guide_is_asked(
    shop: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    text = (ROOT / "docs/how-to/inbox.md").read_text()
    [(name, code)] = re.findall(r"```python\n# (plugins/\S+)\n(.*?)```", text, re.DOTALL)
    shop.write(name, code)
    exif = Image.Exif()
    exif[0x010E] = "Easel: a blue door"
    Image.new("RGB", (32, 32), "blue").save(tmp_path / "a.jpg", exif=exif.tobytes())
    ran = shop.run("import", str(tmp_path / "a.jpg"), "--as", "hero/door")
    assert ran.out == "specs/hero/door.toml: easel: prompt\n", ran.err
    shop.write(name, code.replace('return Recalled(tool="easel"', 'raise ValueError("no"'))
    ran = shop.run("import", str(tmp_path / "a.jpg"), "--as", "hero/gate")
    assert ran.code == 2
