"""A third party's distribution brings a generator, a step and a format; nothing in src/ knows of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import Project

MODULE = '''
"""Stripes, a plugin of somebody else."""
from typing import Annotated
from msgspec import Meta
from tympan import Candidate, File, Format, Generator, Params, PrepStep, Ticket, hookimpl

class StripeParams(Params, frozen=True):
    count: Annotated[int, Meta(ge=1, le=50, description="How many stripes.")] = 3

class Stripes(Generator[StripeParams]):
    NAME = "stripes"
    REPEATABLE = True
    Params = StripeParams
    def submit(self, request, ctx):
        return Ticket("now")
    def collect(self, ticket, request, ctx):
        count = request.options.get("count", 3)
        bars = "".join(f'<path d="M{n * 4} 0h2v24h-2z" fill="#123456"/>' for n in range(count))
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">{bars}</svg>'
        return (Candidate(data=svg.encode(), facts={"stripes": str(count)}),)

class Flip(PrepStep[Params]):
    NAME = "flip"
    def run(self, picture, params, ctx):
        from PIL import Image, ImageOps
        return picture.with_image(ImageOps.mirror(ctx.raster(picture).image()))

class Ppm(Format[Params]):
    NAME = "ppm"
    SUFFIX = "ppm"
    def write(self, picture, params, ctx):
        import io
        data = io.BytesIO()
        picture.image().convert("RGB").save(data, "PPM")
        return [File(data.getvalue())]

@hookimpl
def tympan_generators():
    return [Stripes]

@hookimpl
def tympan_prep_steps():
    return [Flip]

@hookimpl
def tympan_formats():
    return [Ppm]
'''


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder as `pip install --target` leaves it."""
    site = tmp_path / "site"
    info = site / "tympan_stripes-1.2.dist-info"
    info.mkdir(parents=True)
    (site / "tympan_stripes.py").write_text(MODULE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: tympan-stripes\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[tympan]\nstripes = tympan_stripes\n")
    (info / "RECORD").write_text("")
    return site


def test_an_installed_distribution_adds_a_generator_a_step_and_a_format(project: Project, site: Path) -> None:
    spec = '[source]\ngenerator = "stripes"\noptions.count = 5\n[prep]\nsteps = ["flip"]\n[target.ppm]\n'
    project.write("specs/pattern/bars.toml", spec)

    def tympan(*arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": str(site)}
        command = [sys.executable, "-c", "from tympan.cli import main; main()", *arguments]
        return subprocess.run(command, cwd=project.root, env=environment, capture_output=True, text=True)

    ran = tympan("build", "pattern/bars")
    assert ran.returncode == 0, ran.stderr
    data = (project.root / "assets/out/pattern/bars.ppm").read_bytes()
    assert data.startswith(b"P6\n24 24\n255\n")
    assert data[-72:].count(bytes([0x12, 0x34, 0x56])) == 10
    assert "stripes          1    tympan-stripes 1.2" in tympan("plugins").stdout
    project.write("specs/pattern/bars.toml", spec.replace("= 5", "= 51").replace("ppm", "pmp"))
    wrong = tympan("check").stderr
    assert 'unknown format "pmp"' in wrong
    assert "specs/pattern/bars.toml:3:" in wrong
    assert "Traceback" not in wrong
