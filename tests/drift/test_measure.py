"""Pictures described in a real worker, and remembered by what they show."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tympan.drift import Measurer
from tympan.errors import TaskError
from tympan.files import Files
from tympan.plugins import Plugins
from tympan.store import Store
from tympan.worker.pool import Pool


@pytest.fixture
def measurer(tmp_path: Path) -> Iterator[Measurer]:
    files = Files(tmp_path)
    store, pool = Store(files), Pool(1)
    yield Measurer(Plugins(files, "plugins", trusted=False), store, pool)
    pool.close()
    store.close()


def drawn(kind: str = "PNG", **options: int) -> bytes:
    image = Image.new("RGB", (160, 120), "#fbf7ef")
    ImageDraw.Draw(image).ellipse([40, 20, 110, 90], fill="#f4a259", outline="#14213d", width=4)
    held = io.BytesIO()
    image.save(held, kind, **options)
    return held.getvalue()


def test_a_picture_is_measured_once_whatever_its_container(
    measurer: Measurer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = measurer.describe(drawn())
    assert {"palette", "contrast", "line", "texture", "sharpness", "composition", "cut-out"} <= set(first)
    asked = []
    ask = measurer._pool.ask
    monkeypatch.setattr(measurer._pool, "ask", lambda job: (asked.append(type(job).__name__), ask(job))[1])
    assert measurer.describe(drawn(compress_level=1)) == first
    assert asked == ["See"]


def test_a_view_is_small_and_kept(measurer: Measurer) -> None:
    view = measurer.view(drawn(), 80)
    assert Image.open(io.BytesIO(view)).size == (80, 60)
    assert measurer.view(drawn(), 80) == view


def test_what_is_no_picture_is_an_error(measurer: Measurer) -> None:
    with pytest.raises(TaskError):
        measurer.describe(b"no picture")


def test_what_cannot_be_measured_says_why(measurer: Measurer) -> None:
    assert set(measurer.absent) <= {"text"}
    assert all("tympan[ocr]" in why for why in measurer.absent.values())
