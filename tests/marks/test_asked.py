"""Marks of pictures that were asked for: which request, and what a chain of requests makes of a picture."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from tests.cli.test_reproduce import paid  # noqa: F401
from tests.cli.test_story import studio  # noqa: F401
from tests.conftest import Project

from tympan.files import Files
from tympan.lock import Locks
from tympan.marks import read_marks
from tympan.model import Params, Reference, Request
from tympan.plan.wanted import _source_type
from tympan.plugin import Generator
from tympan.spec.resolved import SourceUse


class Model(Generator[Params]):
    SOURCE_TYPE: ClassVar[str] = "trainedAlgorithmicMedia"


class Drawn(Generator[Params]):
    SOURCE_TYPE: ClassVar[str] = "algorithmicMedia"


class Foreign(Generator[Params]):
    pass


def made(*classes: type[Generator[Any]], role: str = "") -> str:
    reference = {"look": Reference(role=role, image="refs/a.png")} if role else {}
    request = Request(generator="g", reference=reference)
    use = SourceUse(name="g", params=Params(), key=("source",), request=request)
    return _source_type([(use, cls) for cls in classes])


@pytest.mark.parametrize(
    ("classes", "role", "kind"),
    [
        ((Model,), "", "trainedAlgorithmicMedia"),
        ((Model, Model), "", "trainedAlgorithmicMedia"),
        ((Model, Foreign), "", "trainedAlgorithmicMedia"),
        ((Drawn,), "", "algorithmicMedia"),
        ((Foreign,), "", ""),
        ((Foreign, Model), "", "compositeWithTrainedAlgorithmicMedia"),
        ((Drawn, Model), "", "compositeWithTrainedAlgorithmicMedia"),
        ((Model,), "init", "compositeWithTrainedAlgorithmicMedia"),
        ((Model,), "style", "trainedAlgorithmicMedia"),
    ],
)
def test_what_a_chain_of_requests_makes(classes: Any, role: str, kind: str) -> None:
    assert made(*classes, role=role) == kind


def test_a_paid_picture_names_its_request(paid: Project) -> None:  # noqa: F811
    assert paid.run("build").code == 0
    (request,) = Locks(Files(paid.root), "specs").of("hero").request
    for data in paid.outputs().values():
        found = read_marks(data).marks
        assert (found.asset, found.request) == ("hero", request.key)
        assert found.prompt == ""
