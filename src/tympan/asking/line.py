"""The `CallContext` of one job: every call goes through here, and the paid one through the ledger.

Reads inputs and the store. Writes the ledger, the store, and sockets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tympan import ledger as states
from tympan import limits
from tympan.asking.fetched import is_picture, may_be_cut, shown
from tympan.asking.memory import Memory
from tympan.context import JobContext
from tympan.errors import BadAnswer, CallBlocked, CallFailed, CallUnknown, OverBudget, TaskError, Unreachable
from tympan.ledger import Job, Ledger
from tympan.model import Cost, Picture
from tympan.outside import Answer, Fault
from tympan.plugin import Service, Upload
from tympan.secret import find_secret, redact_bytes
from tympan.store import Store
from tympan.web import Pace, Unsent, Unsure, Web, retried
from tympan.worker.jobs import Take, unpack
from tympan.worker.pool import Pool

# What may be said of a job while it runs: share of the work, and a word.
Say = Callable[[Job, float, str], None]


class Line(JobContext):
    """See `CallContext`."""

    def __init__(
        self,
        job: Job,
        service: Service[Any],
        *,
        url: str,
        web: Web,
        pace: Pace,
        ledger: Ledger,
        store: Store,
        pool: Pool,
        memory: Memory,
        inputs: Callable[[str], bytes],
        say: Say,
        stopped: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._job, self._service = job, service
        self._url = url.rstrip("/")
        self._web, self._pace = web, pace
        self._ledger, self._store, self._memory = ledger, store, memory
        self._find, self._say, self._pool = inputs, say, pool
        self._stopped = stopped
        self._last = b""
        self.cost: Cost | None = None
        self.model = ""
        self.facts: dict[str, str] = {}

    @property
    def job(self) -> str:
        """See `CallContext.job`."""
        return self._job.id

    def input(self, name: str) -> bytes:
        """See `Context.input`."""
        return self._find(name)

    def intake(self, data: bytes) -> Picture:
        """See `Context.intake`; done in a worker, as every first look at a foreign picture."""
        return unpack(self._pool.ask(Take(data)).results["picture"])

    def raster(self, picture: Picture, size: tuple[int, int] | None = None) -> Picture:
        """See `Context.raster`; an SVG is rendered in a worker."""
        if picture.pixels is not None or picture.svg is None:
            return super().raster(picture, size)
        return unpack(self._pool.ask(Take(picture.svg.encode(), size or picture.size)).results["picture"])

    def pay(
        self,
        path: str,
        *,
        json: Any = None,
        fields: Mapping[str, Any] | None = None,
        files: Sequence[tuple[str, Upload]] = (),
    ) -> Answer:
        """See `CallContext.pay`."""
        if (known := self.answer()) is not None:
            return known
        if self._job.did == states.SENDING:
            raise CallUnknown("a call of this job has left, and its answer is not on record")
        headers = {**self._headers(), "idempotency-key": self._job.id}
        body: dict[str, Any] = {"json": json, "fields": fields, "files": files}

        def once() -> Answer:
            self._pace.wait(paid=True)
            if self._stopped():
                raise Unreachable("stopped before it was sent", hint="ask again later")
            self._ledger.add(self._job, states.SENDING)
            try:
                answer = self._web.call("POST", f"{self._url}{path}", headers=headers, once=True, **body)
            except BadAnswer:
                raise
            except (Unsent, CallFailed) as error:
                self._ledger.add(self._job, states.INTENDED, message=str(error))
                raise
            # A service that names a time to come back has not taken it up; other 503s may have.
            if answer.status == 429 or (answer.status == 503 and "retry-after" in answer.headers):
                self._ledger.add(self._job, states.INTENDED, status=answer.status)
            return answer

        try:
            answer = retried(once, paid=True)
        except Unsent as error:
            raise Unreachable(str(error), hint="nothing was sent; ask again later") from None
        except (Unsure, BadAnswer) as error:
            raise self._unknown(str(error)) from None
        return self._taken(answer)

    def _taken(self, answer: Answer) -> Answer:
        if answer.status >= 500 and self._job.did == states.SENDING:
            raise self._unknown(f"the service answered {answer.status}")
        if answer.status >= 500:
            raise Unreachable(f"{self._service.NAME} has no time: {answer.status}", hint="ask again later")
        if answer.status >= 400:
            raise self._refused(answer)
        if answer.status >= 300:
            # Not followed: whoever stands there has not been asked yet, and must not be by itself.
            self._ledger.add(self._job, states.FAILED, status=answer.status, message="sent elsewhere")
            raise CallFailed(f"{self._service.NAME} sends the call elsewhere: {answer.status}")
        self._last = b""
        id = answer.headers.get("x-request-id")
        facts = {"request id": id} if id else {}
        kept = self._kept(redact_bytes(answer.body))
        self._ledger.add(self._job, states.ANSWERED, status=answer.status, facts=facts, **kept)
        return answer

    def _kept(self, body: bytes) -> dict[str, str]:
        """What the ledger's line has of an answer: itself if it is a short text, else its digest."""
        try:
            if len(body) <= limits.SAID:
                return {"said": body.decode()}
        except UnicodeDecodeError:
            pass
        return {"answer": self._store.put(body)}

    def _unknown(self, why: str) -> CallUnknown:
        self._ledger.add(self._job, states.UNKNOWN, message=why)
        return CallUnknown(
            f"{why}: the call may have arrived",
            hint=f"tympan resume --pay-again {self._job.id[:8]} asks once more and may cost twice, "
            f"tympan resume --give-up {self._job.id[:8]} does not",
        )

    def _refused(self, answer: Answer) -> TaskError:
        fault = self._fault(answer)
        if fault.kind == "blocked":
            self._ledger.add(self._job, states.BLOCKED, status=answer.status, message=fault.message)
            return CallBlocked(f"{self._service.NAME} will not draw this: {fault.message}")
        if fault.kind == "quota" or answer.status == 429:
            self._ledger.add(self._job, states.INTENDED, status=answer.status, message=fault.message)
            return OverBudget(
                f"{self._service.NAME}: {fault.message}", hint="nothing was drawn; try again later"
            )
        self._ledger.add(self._job, states.FAILED, status=answer.status, message=fault.message)
        return CallFailed(f"{self._service.NAME}: {fault.message}")

    def _fault(self, answer: Answer) -> Fault:
        try:
            return self._service.fault(answer)
        except Exception:  # a plugin's fault must not hide the service's words
            return Fault("failed", f"{answer.status}: {answer.body[:300].decode(errors='replace')}")

    def answer(self) -> Answer | None:
        """See `CallContext.answer`."""
        if self._job.said is not None:
            return Answer(self._job.status or 200, self._job.said.encode())
        if not self._job.answer:
            return None
        return Answer(self._job.status or 200, self._store.get(self._job.answer))

    def get(self, path: str, *, query: Mapping[str, Any] | None = None) -> Answer:
        """See `CallContext.get`."""
        return self._free("GET", path, query=query)

    def post(
        self,
        path: str,
        *,
        json: Any = None,
        fields: Mapping[str, Any] | None = None,
        files: Sequence[tuple[str, Upload]] = (),
    ) -> Answer:
        """See `CallContext.post`."""
        return self._free("POST", path, json=json, fields=fields, files=files)

    def _free(self, method: str, path: str, **body: Any) -> Answer:
        if not path.startswith("/"):
            raise BadAnswer(f"{path[:60]!r} is no path of the service")
        headers = self._headers()

        def once() -> Answer:
            self._pace.wait()
            return self._web.call(method, f"{self._url}{path}", headers=headers, **body)

        answer = self._repeated(once)
        self._last = answer.body
        if answer.status >= 400:
            fault = self._fault(answer)
            kind = {"blocked": CallBlocked, "quota": OverBudget}.get(fault.kind, Unreachable)
            raise (OverBudget if answer.status == 429 else kind)(f"{self._service.NAME}: {fault.message}")
        return answer

    def put(self, url: str, *, fields: Mapping[str, str], file: Upload) -> Answer:
        """See `CallContext.put`."""
        answer = self._repeated(lambda: self._web.call("POST", url, fields=fields, files=[("file", file)]))
        if answer.status >= 400:
            raise Unreachable(
                f"the upload was refused: {answer.status} {answer.body[:200].decode(errors='replace')}"
            )
        return answer

    def download(self, url: str) -> bytes:
        """See `CallContext.download`."""
        # Only the service's own address is given the key.
        headers, there = (self._headers(), f"{self._url}{url}") if url.startswith("/") else ({}, url)

        def once() -> Answer:
            answer = self._web.call("GET", there, headers=headers, most=limits.PICTURE_BYTES)
            if may_be_cut(answer):
                raise Unsure(f"the picture from {shown(url)} may be cut off")
            return answer

        answer = self._repeated(once)
        self._last = answer.body
        if answer.status == 429:
            raise OverBudget(f"{self._service.NAME} gives no more now: 429", hint="tympan resume, later")
        if answer.status >= 400:
            why = f"the picture cannot be fetched: {answer.status}"
            raise Unreachable(why, hint="tympan resume asks again", status=answer.status)
        if not is_picture(answer.body):
            raise BadAnswer(f"no picture but {answer.body[:16]!r} came from {shown(url)}")
        return answer.body

    def listen(self, path: str, seconds: float) -> Iterator[str | bytes]:
        """See `CallContext.listen`."""
        if not path.startswith("/"):
            raise BadAnswer(f"{path[:60]!r} is no path of the service")
        return self._web.listen(f"{self._url}{path}", seconds, self._headers())

    def _repeated(self, once: Callable[[], Answer]) -> Answer:
        try:
            return retried(once, paid=False)
        except (Unsent, Unsure) as error:
            raise Unreachable(str(error), hint="tympan resume goes on where this ended") from None

    def _headers(self) -> dict[str, str]:
        if not self._service.KEY:
            return {}
        name, form = self._service.KEY_HEADER
        return {name: form.format(key=find_secret(self._service.KEY).reveal())}

    def refuse(self) -> None:
        """Keep the last answer for people to look at: it could not be understood. The job stays as it is."""
        if self._last:
            digest = self._store.put(redact_bytes(self._last))
            self._ledger.add(self._job, self._job.did, refused=digest)

    def recall(self, name: str) -> str | None:
        """See `CallContext.recall`."""
        return self._memory.recall(f"{self._url} {name}")

    def keep(self, name: str, value: str) -> None:
        """See `CallContext.keep`."""
        self._memory.keep(f"{self._url} {name}", value)

    def report(self, *, cost: Cost | None = None, model: str = "", **facts: str) -> None:
        """See `CallContext.report`."""
        self.cost = cost or self.cost
        self.model = model or self.model
        self.facts.update(facts)

    def progress(self, share: float, text: str = "") -> None:
        """See `CallContext.progress`."""
        self._say(self._job, min(1.0, max(0.0, share)), text)
