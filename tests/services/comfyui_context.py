"""A small context for a generator's tests: real HTTP to a fake, and a memory of what was paid.

Reads and writes sockets.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from tests.services.comfyui import ComfyFake

from tympan import Answer, CallBlocked, CallFailed, Candidate, Cost, Request, Service, Ticket, Upload
from tympan.context import JobContext
from tympan.errors import CallUnknown, OverBudget
from tympan.web import Hosts, Unsent, Unsure, Web, listen, retried


class Ctx(JobContext):
    """One job of a service. `paid` survives: a context made with it is that of the process after a crash."""

    def __init__(
        self,
        service: Service[Any],
        fake: ComfyFake,
        inputs: dict[str, bytes],
        *,
        job: str = "",
        paid: Any = None,
    ) -> None:
        super().__init__(inputs)
        self.service, self.fake = service, fake
        self.hosts = Hosts([fake.url])
        self.web = Web(self.hosts)
        self.job = job or str(uuid.uuid4())
        self.paid: list[Answer] = paid if paid is not None else []
        self.reported: dict[str, Any] = {}
        self.seen: list[tuple[float, str]] = []
        self.crash_after: str = ""

    def pay(self, path: str, *, json: Any = None, fields: Any = None, files: Any = ()) -> Answer:
        if self.paid:
            return self.paid[0]
        try:
            answer = retried(
                lambda: self.web.call("POST", self.fake.url + path, json=json, once=True), paid=True
            )
        except Unsure as error:
            raise CallUnknown(str(error)) from None
        self._judge(answer)
        self.paid.append(answer)
        return answer

    def answer(self) -> Answer | None:
        return self.paid[0] if self.paid else None

    def get(self, path: str, *, query: Any = None) -> Answer:
        return self._free(lambda: self.web.call("GET", self.fake.url + path, query=query))

    def post(self, path: str, *, json: Any = None, fields: Any = None, files: Any = ()) -> Answer:
        sent = [(name, (each.name, each.data, each.media)) for name, each in files]
        assert all(isinstance(each, Upload) for _, each in files)
        url = self.fake.url + path
        return self._free(lambda: self.web.call("POST", url, json=json, fields=fields, files=sent))

    def download(self, url: str) -> bytes:
        return self._free(lambda: self.web.call("GET", self.fake.url + url if url[0] == "/" else url)).body

    def listen(self, path: str, seconds: float) -> Iterator[str | bytes]:
        return listen(self.hosts, self.fake.url + path, seconds)

    def recall(self, name: str) -> str | None:
        return None

    def keep(self, name: str, value: str) -> None:
        raise AssertionError("comfyui keeps nothing")

    def report(self, *, cost: Cost | None = None, model: str = "", **facts: str) -> None:
        self.reported |= {"cost": cost, "model": model, **facts}

    def progress(self, share: float, text: str = "") -> None:
        self.seen.append((share, text))

    def _free(self, call: Callable[[], Answer]) -> Answer:
        try:
            answer = retried(call, paid=False)
        except (Unsent, Unsure) as error:
            raise CallFailed(str(error)) from None
        self._judge(answer)
        return answer

    def _judge(self, answer: Answer) -> None:
        if answer.status >= 400:
            fault = self.service.fault(answer)
            raise {"failed": CallFailed, "blocked": CallBlocked, "quota": OverBudget}[fault.kind](
                fault.message
            )


def collected(ctx: Ctx, ticket: Ticket, request: Request, seconds: float = 15.0) -> tuple[Candidate, ...]:
    """What a job brings, asked for as often as the service wants."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = ctx.service.collect(ticket, request, ctx)
        if isinstance(found, tuple):
            return found
        time.sleep(found.after)
    raise AssertionError("still pending")
