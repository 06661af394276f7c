from __future__ import annotations

import itertools
import json
import re
import xml.etree.ElementTree as ET

import pytest
import resvg_py
from tests.conftest import Project

from tympan.plan.chart import KINDS, VERDICTS, Arrow, Box, Chart, gathered
from tympan.plan.draw import COLOURS, as_json, dot, mermaid
from tympan.plan.poster import svg

SVG = "{http://www.w3.org/2000/svg}"
ODD = [
    'a"b',
    "x;y#z",
    "<script>",
    "`md`",
    "[x]{y}|w",
    "%%{init}%%",
    "naïve 日本",
    "back\\slash",
    "a\nb",
    "&amp;",
]


def odd() -> Chart:
    boxes = tuple(
        Box(id=text, kind=KINDS[n % 5], label=text, about=text, verdicts={VERDICTS[n % 6]: 1})
        for n, text in enumerate(ODD)
    )
    return Chart(boxes, (Arrow(ODD[0], ODD[1]),))


def test_json_has_every_thing_from_input_to_output(project: Project) -> None:
    project.run("build", "icon/home")
    found = json.loads(project.run("graph", "--format", "json").out)
    boxes = {box["id"]: box for box in found["boxes"]}
    arrows = [(arrow["from"], arrow["to"]) for arrow in found["arrows"]]
    assert {box["kind"] for box in boxes.values()} == set(KINDS)
    assert len(boxes) == 16
    way = [
        "assets/refs/home.svg",
        "_source:icon/home",
        "_prepare:icon/home",
        "icon:home:svg",
        "assets/out/icon/home.svg",
    ]
    assert set(itertools.pairwise(way)) <= set(arrows)
    assert [boxes[name]["verdict"] for name in way] == ["", "fresh", "fresh", "fresh", "fresh"]
    assert boxes["_source:icon/bell"]["verdict"] == "compute"
    assert boxes["icon:bell:svg"]["verdict"] == "waits"
    assert boxes["_prepare:icon/home"]["label"] == "trim, recolour"


def test_verdicts_are_those_of_the_plan(project: Project) -> None:
    project.run("build")
    (project.root / "assets/out/icon/bell.svg").unlink()
    project.write("specs/icon/home.toml", 'subject = "a house"\ntarget.svg.viewbox = 32\n')
    rows = {row["task"]: row["verdict"] for row in json.loads(project.run("plan", "--json").out)["targets"]}
    boxes = {
        box["id"]: box["verdict"] for box in json.loads(project.run("graph", "--format", "json").out)["boxes"]
    }
    assert rows == {"icon:bell:svg": "restore", "icon:home:svg": "compute"}
    assert rows.items() <= boxes.items()
    assert boxes["icon:bell:webp"] == "fresh"


def test_only_what_an_asset_is_made_of(project: Project) -> None:
    text = project.run("graph", "icon/home").out
    assert "bell" not in text
    assert text.startswith("flowchart LR\n")
    assert 'n0[/"refs/home.svg"/]:::input' in text
    assert "n0 --> n1" in text
    assert project.run("graph", "icon/hme").code == 2


@pytest.mark.parametrize("form", ["mermaid", "dot", "json", "svg"])
def test_the_same_graph_gives_the_same_bytes(project: Project, form: str) -> None:
    first = project.run("graph", "--format", form)
    assert (first.code, first.err) == (0, "")
    assert project.run("graph", "--format", form).out == first.out


def test_names_cannot_break_out_of_mermaid() -> None:
    for line in mermaid(odd()).splitlines():
        if line.startswith("  n") and "-->" not in line:
            text = re.fullmatch(r'  n\d+\W+"(.*)"\W+:::\w+', line)
            assert text, line
            assert not re.search(r'["<>`{}|%\[\]\\&]|#(?!\d+;)', text.group(1).replace("<br/>", "")), line


def test_names_cannot_break_out_of_dot() -> None:
    for line in dot(odd()).splitlines():
        # Outside of quoted strings there are only words of the language.
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", line)
        assert '"' not in bare, line
        assert re.fullmatch(r"[\w\s\[\]{}=,;>-]*", bare), line


def test_names_cannot_break_out_of_svg() -> None:
    root = ET.fromstring(svg(odd()))
    titles = [title.text for title in root.iter(f"{SVG}title")]
    assert [" ".join((title or "").split()) for title in titles] == [" ".join(text.split()) for text in ODD]
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
        "svg", "rect", "text", "circle", "g", "path", "title",
    }  # fmt: skip


def test_json_of_odd_names_is_json() -> None:
    assert [box["id"] for box in json.loads(as_json(odd()))["boxes"]] == ODD


def test_the_picture_can_be_drawn_and_nothing_lies_outside(project: Project) -> None:
    text = project.run("graph", "--format", "svg").out
    root = ET.fromstring(text)
    width, height = float(root.get("width") or 0), float(root.get("height") or 0)
    boxes = [rect for group in root.iter(f"{SVG}g") for rect in group.findall(f"{SVG}rect")]
    assert len(boxes) == 16
    for rect in boxes:
        x, y, w, h = (float(rect.get(name) or 0) for name in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + w <= width
        assert y + h <= height
    assert bytes(resvg_py.svg_to_bytes(svg_string=text)).startswith(b"\x89PNG")


def test_every_ink_can_be_read_on_its_ground() -> None:
    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        lines = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * lines[0] + 0.7152 * lines[1] + 0.0722 * lines[2]

    for ground, _, ink in COLOURS.values():
        assert (light(ground) + 0.05) / (light(ink) + 0.05) >= 4.5


def test_a_large_graph_draws_variants_then_folders_as_one_and_says_so(project: Project) -> None:
    matrix = "[matrix]\ntheme = [" + ", ".join(f'"t{n}"' for n in range(40)) + "]\n"
    project.write("specs/icon/home.toml", matrix)
    ran = project.run("graph", "--format", "svg")
    assert ran.err == "variants of an asset are drawn as one\n"
    assert "40 × svg" in ran.out
    assert "variants of an asset are drawn as one" in ran.out
    for n in range(40):
        project.write(f"specs/icon/copy{n}.toml", f'source.options.path = "refs/home.svg"\nsubject = "{n}"\n')
    ran = project.run("graph")
    assert ran.err == "assets of a folder are drawn as one; name some to see them\n"
    assert "icon/* · 81 waits" not in ran.out
    assert "81 × svg<br/>icon/* · waits" in ran.out
    assert len(ran.out.splitlines()) < 30
    assert project.run("graph", "icon/bell").err == ""
    assert len(json.loads(project.run("graph", "--format", "json").out)["boxes"]) > 400


def test_what_cannot_be_gathered_is_said() -> None:
    boxes = tuple(
        Box(id=f"s{n}", kind="source", label="x", asset=f"f{n}/a", verdicts={"fresh": 1}) for n in range(9)
    )
    chart = gathered(Chart(boxes, ()), most=5)
    assert len(chart.boxes) == 9
    assert chart.note == "9 boxes: name assets to see fewer"
    two = (
        Box(id="a", kind="target", label="svg", asset="i/a", target="svg", verdicts={"fresh": 2}, of=2),
    ) * 1
    assert gathered(Chart(two, ()), most=5).boxes == two


def test_a_gathered_box_counts_its_verdicts_and_shows_the_gravest() -> None:
    boxes = tuple(
        Box(id=f"i:a.{n}:svg", kind="target", label="svg", asset="i/a", target="svg", verdicts={word: 1})
        for n, word in enumerate(["fresh", "compute", "fresh"])
    )
    (one,) = gathered(Chart(boxes, ()), most=1).boxes
    assert (one.of, one.verdict, one.standing) == (3, "compute", "1 compute, 2 fresh")


def test_an_arrow_over_several_columns_goes_between_the_boxes() -> None:
    boxes = (
        Box(id="in", kind="input", label="shared.png"),
        Box(id="s", kind="source", label="file", verdicts={"fresh": 1}),
        Box(id="p", kind="prepare", label="mask", verdicts={"fresh": 1}),
        Box(id="t", kind="target", label="png", verdicts={"fresh": 1}),
    )
    arrows = tuple(Arrow(*each) for each in [("in", "s"), ("s", "p"), ("p", "t"), ("in", "t"), ("in", "p")])
    root = ET.fromstring(svg(Chart(boxes, arrows)))
    bends = [path.get("d") or "" for path in root.iter(f"{SVG}path") if "H" in (path.get("d") or "")]
    assert len(bends) == 2
    for bend in bends:
        for x, y in re.findall(r"([\d.]+) ([\d.]+)H", bend):
            for group in root.iter(f"{SVG}g"):
                for rect in group.findall(f"{SVG}rect"):
                    left, top, width = (float(rect.get(name) or 0) for name in ("x", "y", "width"))
                    beside = not left <= float(x) <= left + width
                    assert beside or not top <= float(y) <= top + 42, bend
