"""A small `CallContext` over real calls to the fake: a ledger of one job and a memory, both in the test's hands.

Reads and writes sockets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.services.leonardo import FakeLeonardo

from tympan import Answer, BadAnswer, CallBlocked, CallFailed, Candidate, Cost, Pending, Request, Upload
from tympan.context import JobContext
from tympan.errors import OverBudget
from tympan.web import Hosts, Web, retried
from tympan_plugins.generators.leonardo.generator import Leonardo

JOB = "0b5a7f0e-6f4e-4d0a-9f43-2f7c6f3f3d11"
KEY = "test-key-0123456789abcdef"
SERVICE = Leonardo()


class Line(JobContext):
    """One job. paid: its answer on record; memory: what `keep` was given. Hand both to the next one for a replay."""

    def __init__(
        self,
        fake: FakeLeonardo,
        inputs: Mapping[str, bytes] | None = None,
        memory: dict[str, str] | None = None,
        job: str = JOB,
    ) -> None:
        super().__init__(inputs or {})
        self.job, self.url, self.web = job, fake.url, Web(Hosts([fake.url]))
        self.memory = {} if memory is None else memory
        self.paid: Answer | None = None
        self.cost: Cost | None = None
        self.model = ""
        self.facts: dict[str, str] = {}

    def _call(self, method: str, path: str, **more: Any) -> Answer:
        headers = {"authorization": f"Bearer {KEY}"}
        return self.web.call(method, self.url + path, headers=headers, **more)

    def _checked(self, answer: Answer) -> Answer:
        if answer.status < 400:
            return answer
        fault = SERVICE.fault(answer)
        raise {"blocked": CallBlocked, "quota": OverBudget}.get(fault.kind, CallFailed)(fault.message)

    def pay(self, path: str, *, json: Any = None, fields: Any = None, files: Sequence[Any] = ()) -> Answer:
        if self.paid is None:
            self.paid = self._checked(self._call("POST", path, json=json, once=True))
        return self.paid

    def answer(self) -> Answer | None:
        return self.paid

    def get(self, path: str, *, query: Mapping[str, Any] | None = None) -> Answer:
        return self._checked(retried(lambda: self._call("GET", path, query=query), paid=False))

    def post(self, path: str, *, json: Any = None, fields: Any = None, files: Sequence[Any] = ()) -> Answer:
        return self._checked(retried(lambda: self._call("POST", path, json=json), paid=False))

    def put(self, url: str, *, fields: Mapping[str, str], file: Upload) -> Answer:
        return self._checked(self.web.call("POST", url, fields=fields, files=[("file", file)]))

    def download(self, url: str) -> bytes:
        answer = self.web.call("GET", url)
        if answer.status >= 400:
            raise CallFailed(f"the picture cannot be fetched: {answer.status}")
        if not answer.body.startswith((b"\x89PNG", b"\xff\xd8\xff")):
            raise BadAnswer("no picture")
        return answer.body

    def recall(self, name: str) -> str | None:
        return self.memory.get(name)

    def keep(self, name: str, value: str) -> None:
        self.memory[name] = value

    def report(self, *, cost: Cost | None = None, model: str = "", **facts: str) -> None:
        self.cost, self.model = cost or self.cost, model or self.model
        self.facts.update(facts)

    def progress(self, share: float, text: str = "") -> None:
        pass


def ask(line: Line, request: Request) -> tuple[Candidate, ...]:
    """One job from its check to what it brings; `Pending` is not waited for."""
    assert list(SERVICE.check(request)) == []
    ticket = SERVICE.submit(request, line)
    while isinstance(found := SERVICE.collect(ticket, request, line), Pending):
        assert found.after > 0
    return found
