"""What the core lends a service, small: real calls to a fake, a ledger in memory that outlives a crash.

Reads the pictures it is given. Writes nothing but to the fake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tympan.context import JobContext
from tympan.errors import CallBlocked, CallFailed, OverBudget, Unreachable
from tympan.model import Candidate, Cost, Pending, Request
from tympan.outside import Answer
from tympan.plugin import Service, Upload
from tympan.web import Hosts, Web

KEY = "test-key-0123456789abcdef"
_FIRST = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"<svg", b"<?xml")


class Lent(JobContext):
    """A `CallContext` for one job. paid: the answer on record; hand it to the next one for a replay."""

    def __init__(self, service: Service[Any], url: str, inputs: Mapping[str, bytes] | None = None) -> None:
        super().__init__(inputs)
        self.service, self.url = service, url
        self.web = Web(Hosts([url]))
        self.job = "0b5a7f0e-6f4e-4d0a-9f43-2f7c6f3f3d11"
        self.paid: Answer | None = None
        self.reports: list[dict[str, Any]] = []

    def _headers(self) -> dict[str, str]:
        name, form = self.service.KEY_HEADER
        return {name: form.format(key=KEY), "idempotency-key": self.job}

    def _checked(self, answer: Answer) -> Answer:
        if answer.status < 400:
            return answer
        fault = self.service.fault(answer)
        raise {"blocked": CallBlocked, "quota": OverBudget}.get(fault.kind, CallFailed)(fault.message)

    def pay(
        self,
        path: str,
        *,
        json: Any = None,
        fields: Mapping[str, Any] | None = None,
        files: Sequence[tuple[str, Upload]] = (),
    ) -> Answer:
        if self.paid is None:
            sent = [(name, (each.name, each.data, each.media)) for name, each in files]
            self.paid = self._checked(
                self.web.call(
                    "POST",
                    self.url + path,
                    headers=self._headers(),
                    json=json,
                    fields=fields,
                    files=sent,
                    once=True,
                )
            )
        return self.paid

    def answer(self) -> Answer | None:
        return self.paid

    def download(self, url: str) -> bytes:
        answer = self.web.call("GET", url)
        if answer.status >= 400:
            raise Unreachable(f"the picture cannot be fetched: {answer.status}", status=answer.status)
        data = answer.body
        if not data.startswith(_FIRST):
            raise CallFailed("not a picture")
        return data

    def report(self, *, cost: Cost | None = None, model: str = "", **facts: str) -> None:
        self.reports.append({"cost": cost, "model": model, **facts})

    def progress(self, share: float, text: str = "") -> None:
        pass


def ask(ctx: Lent, request: Request) -> tuple[Candidate, ...]:
    """One job from its call to its candidates."""
    problems = list(ctx.service.check(request))
    assert not problems, problems
    brought = ctx.service.collect(ctx.service.submit(request, ctx), request, ctx)
    assert not isinstance(brought, Pending)
    return brought
