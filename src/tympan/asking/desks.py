"""What the jobs of one service share: its address, its web, its pace.

Reads the project file. Writes nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from tympan.asking.line import Line, Say
from tympan.asking.memory import Memory
from tympan.asking.requests import Errand
from tympan.checkout import Checkout
from tympan.errors import StepFailed
from tympan.files import digest
from tympan.ledger import Job, Ledger
from tympan.plugin import Generator, Service
from tympan.secret import find_secret
from tympan.spec.project import ServiceKeys
from tympan.web import Hosts, Pace, Web
from tympan.worker.pool import Pool


class Desk:
    """The desk of one service."""

    def __init__(self, checkout: Checkout, service: Service[Any], memory: Memory) -> None:
        said = checkout.project.service.get(service.NAME, ServiceKeys())
        self._checkout, self._memory = checkout, memory
        self.service = service
        self.url = said.url or service.URL
        # The address that the project or the plugin names may be a private one; others must be public.
        self.web = Web(Hosts([self.url], [*service.HOSTS, *said.hosts]))
        calls = said.per_minute or service.PER_MINUTE
        paid = said.paid_per_minute or said.per_minute or service.PAID_PER_MINUTE or calls
        self.pace = Pace(service.NAME, said.concurrent or service.CONCURRENT, calls, paid)
        if service.KEY:
            find_secret(service.KEY)

    def line(
        self,
        job: Job,
        errand: Errand,
        ledger: Ledger,
        pool: Pool,
        say: Say,
        stopped: Callable[[], bool],
    ) -> Line:
        """The context of one job."""
        return Line(
            job,
            self.service,
            url=self.url,
            web=self.web,
            pace=self.pace,
            ledger=ledger,
            store=self._checkout.store,
            pool=pool,
            memory=self._memory,
            inputs=self._inputs(errand),
            say=say,
            stopped=stopped,
        )

    def _inputs(self, errand: Errand) -> Callable[[str], bytes]:
        assert errand.node.use is not None
        paths = {self._checkout.input_digest(path): path for path in errand.node.use.inputs}

        def find(name: str) -> bytes:
            path = paths.get(name)
            if path is None:
                return self._checkout.asked.get(name)
            data = self._checkout.files.read(self._checkout.input_path(path))
            if digest(data) != name:
                raise StepFailed(f"{path} changed while it was read", hint="ask again")
            return data

        return find


class Desks:
    """The desks of all services that a run asks; each is opened when it is first needed."""

    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout
        self._memory = Memory(checkout.files)
        self._open: dict[str, Desk] = {}
        self._lock = threading.Lock()

    def of(self, generator: Generator[Any]) -> Desk:
        """The desk of a generator. UsageError if its key is missing."""
        with self._lock:
            if generator.NAME not in self._open:
                self._open[generator.NAME] = Desk(self._checkout, as_service(generator), self._memory)
            return self._open[generator.NAME]

    def close(self) -> None:
        """Let all connections go."""
        with self._lock:
            for desk in self._open.values():
                desk.web.close()
            self._open = {}


def as_service(generator: Generator[Any]) -> Service[Any]:
    """The generator itself if it is a service; else one that has no address and no key."""
    return generator if isinstance(generator, Service) else _Wrapped(generator)


class _Wrapped(Service[Any]):
    """A generator that makes no calls through us, such as a local program: only the ledger is for it."""

    URL = "https://localhost.invalid"

    def __init__(self, generator: Generator[Any]) -> None:
        self.NAME = generator.NAME  # type: ignore[misc]
