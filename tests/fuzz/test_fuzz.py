"""The fuzz targets on their seeds in every run; with `-m fuzz` and atheris installed, a minute on anything else."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
from tests.fuzz.run import TARGETS

RUN = Path(__file__).with_name("run.py")


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_hold(name: str) -> None:
    target = importlib.import_module(f"tests.fuzz.{name}")
    assert target.SEEDS
    for seed in target.SEEDS:
        target.one(seed)
        target.one(seed[: len(seed) // 2])
        target.one(seed[:1] + seed[:0:-1])


@pytest.mark.fuzz
@pytest.mark.parametrize("name", TARGETS)
def test_a_minute_finds_nothing(name: str, tmp_path: Path) -> None:
    pytest.importorskip("atheris")
    command = [sys.executable, str(RUN), "--seconds", "60", "--only", name, "--corpus", str(tmp_path)]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout
