"""The JSON Schema, by its shape and by the two tools that editors use."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.spec.shelf import Shelf

from tympan.spec.schema import spec_schema

SCHEMA = spec_schema(Shelf())
GOOD = """#:schema ../spec.schema.json
subject = "a house"
[source]
generator = "paint"
prompt = "{subject}"
size = [640, 480]
lora = [{ name = "x", weight = 0.5 }]
options = { palette = ["#fff", "{token.color.brand}"] }
reference.mood = { role = "style", image = "refs/mood.png" }
[matrix]
theme = ["light", 2]
[vars]
style = "flat"
[text]
headline = { light = "a", dark = "b" }
[prep]
steps.add = ["tint"]
tint.map = { ink = "{token.color.brand}" }
[target]
old = false
[target.web]
sizes = { light = [24], dark = [48] }
quality = 80
[check.weight]
max_bytes = 3
targets = ["web"]
"""
BAD = {
    "subjct": 'subjct = "a house"\n',
    "pant": '[source]\ngenerator = "pant"\n',
    " 2 ": "[source]\nsize = [640]\n",
    "amonut": "[prep]\ntint.amonut = 3\n",
    "array": '[target.web]\nsizes = "24"\n',
    "qualty": "[target.web]\nqualty = 80\n",
    "red": '[prep]\ntint.map = { ink = "red" }\n',
    "wait": "[check.wait]\n",
}


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for below in schema.values():
            yield from nodes(below)
    elif isinstance(schema, list):
        for below in schema:
            yield from nodes(below)


def test_no_null_no_branches_and_no_references() -> None:
    for node in nodes(SCHEMA):
        assert not node.keys() & {"anyOf", "oneOf", "allOf", "$ref", "required", "prefixItems"}
        assert "null" not in (node.get("type") or ())


def test_what_is_closed_is_closed_and_every_key_says_what_it_is() -> None:
    def check(table: dict[str, Any], key: str) -> None:
        for name, below in table.get("properties", {}).items():
            assert below.get("description") or "properties" in below, f"{key}.{name} says nothing"
            if "properties" in below:
                assert below["additionalProperties"] is False, f"{key}.{name} is open"
            check(below, f"{key}.{name}")

    assert SCHEMA["additionalProperties"] is False
    check(SCHEMA, "")
    check(SCHEMA["properties"]["target"]["additionalProperties"], "target.*")


def test_it_is_the_same_every_time() -> None:
    assert json.dumps(SCHEMA) == json.dumps(spec_schema(Shelf()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "spec.schema.json").write_text(json.dumps(SCHEMA))
    return tmp_path


@pytest.mark.parametrize(
    "command", [["taplo", "lint"], ["tombi", "lint", "--offline"]], ids=["taplo", "tombi"]
)
def test_editors_honour_the_directive(folder: Path, command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed: pip install {command[0]}")

    def lint(text: str) -> tuple[int, str]:
        path = folder / "specs/a.toml"
        path.write_text(text)
        done = subprocess.run([*command, str(path)], cwd=folder, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    code, said = lint(GOOD)
    assert code == 0, said
    assert "arning" not in said, said
    for word, text in BAD.items():
        code, said = lint("#:schema ../spec.schema.json\n" + text)
        assert code == 1, text
        assert word in said.lower(), said
