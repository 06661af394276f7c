"""Every nasty file through a real worker: a good result or one named error, in time and memory, and life goes on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.nasty.case import FOLLOW_UPS, PATIENCE_SECONDS, Case
from tests.nasty.make import CASES, table

from tympan import limits
from tympan.errors import IntakeError, StepCrashed, StepFailed
from tympan.files import Files
from tympan.model import plain
from tympan.plugins import Plugins
from tympan.worker.jobs import Call, Job, Prepare, Write
from tympan.worker.pool import Pool

ROOT = Path(__file__).parent
PARAMS: dict[str, dict[str, Any]] = {"png": {"sizes": [64]}, "svg": {}, "cmyk-tiff": {"upscale": "lanczos"}}
GOOD = Prepare(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"/>', b"", (), {}, {})


@pytest.fixture(scope="module")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Plugins:
    return Plugins(Files(tmp_path_factory.mktemp("empty")), "plugins", trusted=False)


@pytest.fixture(scope="module")
def shared() -> Iterator[Pool]:
    with Pool(1, seconds=PATIENCE_SECONDS) as pool:
        yield pool


def _prepare(data: bytes) -> Prepare:
    return Prepare(data, b"", (), {}, {})


def _write(picture: bytes, name: str, plugins: Plugins) -> Write:
    found = plugins.found("format", name)
    params = plain(msgspec.convert(PARAMS[name], found.cls.Params))
    profiles = {word: plugins.profile(word) for word in ("fogra39-300",) if name == "cmyk-tiff"}
    return Write(picture, Call(found.ref, name, params), (), {}, profiles)


def _ask(pool: Pool, job: Job, words: str) -> dict[str, bytes]:
    """What the job brings; nothing if it fails with just the error that is expected."""
    if not words:
        return pool.ask(job).results
    with pytest.raises((IntakeError, StepFailed, StepCrashed)) as caught:
        pool.ask(job)
    message = str(caught.value)
    assert words in message
    assert "\n" not in message
    assert "Traceback" not in message
    assert len(message) < 600
    if isinstance(job, Prepare):
        assert type(caught.value) is IntakeError
    return {}


def _heavy(case: Case) -> bool:
    return case.seconds != PATIENCE_SECONDS or case.most_mb > 400


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=pytest.mark.slow if _heavy(case) else (), id=name)
        for name, case in CASES.items()
    ],
)
def test_a_nasty_file_is_taken_or_refused_by_name(case: Case, plugins: Plugins, shared: Pool) -> None:
    own = _heavy(case)
    pool = Pool(1, seconds=case.seconds) if own else shared
    try:
        results = _ask(pool, _prepare(case.make()), case.intake)
        for name in FOLLOW_UPS if results else ():
            if name not in case.left_out:
                files = _ask(pool, _write(results["picture"], name, plugins), case.then.get(name, ""))
                assert all(files.values())
        assert pool.ask(GOOD).results, "the next job on the same pool"
        if sys.platform == "linux":
            assert 0 < pool.peak <= case.most_mb * 2**20 < limits.WORKER_MEMORY
    finally:
        if own:
            pool.close()


def test_each_case_is_in_the_readme() -> None:
    assert table() in (ROOT / "README.md").read_text(), "python -m tests.nasty.make prints the table"


def test_memory_beyond_the_limit_is_one_named_error(
    plugins: Plugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TYMPAN_WORKER_MEMORY", str(700 * 2**20))
    with Pool(1) as pool:
        with pytest.raises((IntakeError, StepFailed, StepCrashed), match="memory"):
            pool.ask(_prepare(CASES["png-39mp-16bit"].make()))
        assert pool.ask(GOOD).results


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_project_of_nasty_and_good_inputs(tmp_path: Path, project: Any) -> None:
    nasty = {
        "bomb": ("png", "png-88mp-rgba"),
        "eps": ("png", "eps"),
        "half": ("jpg", "jpeg-half"),
        "deep": ("svg", "svg-groups-400"),
        "reach": ("svg", "svg-absolute"),
        "laughs": ("svg", "svg-laughs"),
    }
    for name, (ending, case) in nasty.items():
        (project.root / f"assets/refs/{name}.{ending}").write_bytes(CASES[case].make())
        project.write(f"specs/icon/{name}.toml", f'source.options.path = "refs/{name}.{ending}"\n')
    ran = project.run("build", "-k", "-j", "2")
    assert ran.code == 1
    assert "Traceback" not in ran.out + ran.err
    failed = [line for line in ran.err.splitlines() if "FAILED" in line]
    assert len(failed) == 6, ran.err
    for name, (_, case) in nasty.items():
        (line,) = [line for line in failed if f"icon/{name}" in line]
        assert CASES[case].intake in ran.err, line
    assert sorted(project.outputs()) == [
        "icon/bell-24.webp", "icon/bell-48.webp", "icon/bell.svg",
        "icon/home-24.webp", "icon/home-48.webp", "icon/home.svg",
    ]  # fmt: skip


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_as_input_does_not_hang(project: Any) -> None:
    (project.root / "assets/refs/home.svg").unlink()
    os.mkfifo(project.root / "assets/refs/home.svg")
    ran = project.run("build", "-k")
    assert ran.code in (1, 2)
    assert "refs/home.svg" in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.skipif(os.name != "posix", reason="a shell script")
def test_no_decoder_starts_ghostscript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "ran"
    for name in ("gs", "gsc", "ghostscript"):
        (tmp_path / name).write_text(f"#!/bin/sh\ntouch {marker}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with Pool(1) as pool:
        for name in ("eps", "eps-dos", "pdf"):
            with pytest.raises(IntakeError):
                pool.ask(_prepare(CASES[name].make()))
    assert not marker.exists()
