"""bytes, ink and resolution on real files."""

from __future__ import annotations

import io
from typing import Any

import msgspec
import pytest
from PIL import Image

from tympan import File, Finding, StepFailed
from tympan.context import JobContext
from tympan_plugins.checks import tympan_checks

CHECKS = {kind.NAME: kind for kind in tympan_checks()}


def run(name: str, file: File, **params: Any) -> list[Finding]:
    kind = CHECKS[name]
    return list(kind().run(file, msgspec.convert(params, kind.Params), JobContext()))


def separation(*inks: tuple[int, int, int, int], ppi: int = 300) -> bytes:
    image = Image.new("CMYK", (len(inks), 1))
    image.putdata(list(inks))
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", dpi=(ppi, ppi))
    return buffer.getvalue()


def test_names() -> None:
    assert set(CHECKS) == {"bytes", "ink", "resolution"}
    assert CHECKS["ink"].FORMATS == CHECKS["resolution"].FORMATS == ("cmyk-tiff",)
    assert CHECKS["bytes"].FORMATS == ()


def test_bytes() -> None:
    assert not run("bytes", File(bytes(100)), max=100)
    (finding,) = run("bytes", File(bytes(250)), max=100)
    assert finding.severity == "error"
    assert "250 bytes" in finding.message
    assert "2.5 times" in finding.message
    with pytest.raises(msgspec.ValidationError):
        run("bytes", File(b""))


def test_ink() -> None:
    assert not run("ink", File(separation((255, 255, 255, 2), (0, 0, 0, 0))))
    (finding,) = run("ink", File(separation((255, 255, 255, 4), (0, 0, 0, 0), (0, 0, 0, 9), (0, 0, 0, 0))))
    assert "301.6 %" in finding.message
    assert "25.00%" in finding.message
    assert run("ink", File(separation((200, 200, 200, 0))), limit=220, tolerance=0)
    for data in (b"no picture", b""):
        with pytest.raises(StepFailed, match="not a TIFF"):
            run("ink", File(data))
    buffer = io.BytesIO()
    Image.new("RGB", (1, 1)).save(buffer, "TIFF")
    with pytest.raises(StepFailed, match="not CMYK"):
        run("ink", File(buffer.getvalue()))


@pytest.mark.parametrize(
    ("noted", "severity"),
    [("vector", ""), ("300.0", ""), ("225.0", ""), ("200.0", "warning"), ("149.9", "error")],
)
def test_resolution_from_facts(noted: str, severity: str) -> None:
    findings = run("resolution", File(b"", facts={"effective_ppi": noted}))
    assert [finding.severity for finding in findings] == ([severity] if severity else [])


def test_resolution_from_the_file() -> None:
    assert not run("resolution", File(separation((0, 0, 0, 0))))
    (finding,) = run("resolution", File(separation((0, 0, 0, 0), ppi=72)))
    assert "72 px per inch" in finding.message
