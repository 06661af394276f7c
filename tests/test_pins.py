from __future__ import annotations

import importlib.util
from pathlib import Path

import tomli

ROOT = Path(__file__).resolve().parent.parent


def test_uv_is_given_the_versions_of_the_constraints_file() -> None:
    spec = importlib.util.spec_from_file_location("pin", ROOT / ".ci/pin.py")
    assert spec
    assert spec.loader
    pin = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pin)
    text = (ROOT / "constraints.txt").read_text()
    listed = tomli.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]["constraint-dependencies"]
    assert listed == pin.pins(text)
    assert text.count("--hash=sha256:") > len(listed)
    needed = tomli.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {each.split("==")[0] for each in listed}
    assert {each.split(">")[0] for each in needed} <= names
