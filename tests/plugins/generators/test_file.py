"""The generator `file`: hands on the bytes of a tracked picture.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import pytest

from tympan import Request, StepFailed
from tympan.context import JobContext
from tympan_plugins.generators.file import FileSource

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"/>'


def test_the_candidate_is_the_file() -> None:
    request = Request(generator="file", options={"path": "refs/a.svg"})
    ctx = JobContext({"refs/a.svg": SVG})
    source = FileSource()
    assert list(source.check(request)) == []
    (candidate,) = source.collect(source.submit(request, ctx), request, ctx)
    assert candidate.data == SVG


def test_a_file_that_was_not_declared_is_refused() -> None:
    request = Request(generator="file", options={"path": "refs/other.svg"})
    ctx = JobContext({"refs/a.svg": SVG})
    with pytest.raises(StepFailed, match="not declared"):
        FileSource().collect(FileSource().submit(request, ctx), request, ctx)


def test_an_operation_is_refused_in_a_sentence() -> None:
    request = Request(generator="file", operation="inpaint", options={"path": "refs/a.svg"})
    assert list(FileSource().check(request)) == ["file cannot 'inpaint': it only hands on a picture"]
