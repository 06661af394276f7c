"""docs/reference/events.md lists exactly what comes."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.conftest import Project

from tympan.build import Event

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/events.md").read_text()


def listed(heading: str) -> list[str]:
    part = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", part, re.M)


def events(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_the_fields_are_those_of_an_event() -> None:
    assert listed("Fields of an event") == ["v", *Event.__struct_fields__]


def test_each_line_has_its_version_and_known_fields(project: Project) -> None:
    lines = events(project.run("build", "--json").out)
    assert {line["v"] for line in lines} == {1}
    project.write("assets/out/icon/bell.svg", "by hand")
    lines += events(project.run("build", "--json", "--keep").out)
    (project.root / "assets/out/icon/bell.svg").unlink()
    (project.root / "specs/icon/home.toml").unlink()
    lines += events(project.run("build", "--json").out)
    project.write("assets/refs/bell.svg", "<svg><text>no</text></svg>")
    lines += events(project.run("build", "--json", "-k").out)
    project.write("specs/icon/bell.toml", 'subject = "a bell"\nrequires = ["approved"]\n')
    project.write("assets/refs/bell.svg", (project.root / "assets/refs/home.svg").read_text())
    lines += events(project.run("build", "--json", "--allow-unapproved").out)
    seen = {str(line["did"]) for line in lines}
    assert seen == set(listed("Values of `did`")) - {"began", "recalibrated"}
    for line in lines:
        fields = listed("The summary") if line["did"] == "summary" else listed("Fields of an event")
        assert line.keys() <= {"v", "did", *fields}
        if line["did"] == "summary":
            assert line.keys() == {"v", "did", *fields}
        else:
            assert {"v", "did", "node"} <= line.keys()


def test_the_head_of_a_run_log_is_as_documented(project: Project) -> None:
    project.run("build", "icon/home", "-j", "1")
    first, *middle, last = events((project.root / ".tympan/log/1.jsonl").read_text())
    assert first.keys() == {"v", "did", *listed("The head of a run log")}
    assert (first["did"], first["v"], first["jobs"]) == ("began", 1, 1)
    assert first["arguments"] == {
        "verb": "build",
        "wanted": ["icon/home"],
        "keep_going": False,
        "force": False,
    }
    assert [line["did"] for line in middle] == ["computed"] * 4
    assert last["did"] == "summary"
