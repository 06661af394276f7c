"""Jobs that people do: which there are, what is to be done for them, and taking in what they bring.

Reads the ledger, the plan and what the plugins say. Writes the ledger and the store.
"""

from __future__ import annotations

import re
from functools import cached_property

import msgspec

from tympan import inbox
from tympan import ledger as states
from tympan.asking.brought import receive
from tympan.asking.foreign import facts_of
from tympan.checkout import Checkout
from tympan.errors import PluginError, UsageError
from tympan.inbox import Dropped, Match
from tympan.ledger import Job
from tympan.model import Candidate, Request
from tympan.outside import Claim
from tympan.plan.graph import REQUESTS
from tympan.plugin import Manual
from tympan.todo import Todo

_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


class ByHand:
    """The manual jobs of a checkout. `take` needs the build lock."""

    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout
        self._ledger, self._store = checkout.asked.ledger, checkout.store

    @cached_property
    def jobs(self) -> dict[str, Job]:
        """The last attempts of all manual jobs that a person may have worked on, by id."""
        keys = dict.fromkeys(job.key for job in self._ledger.jobs())
        found = [job for key in keys for job in self._ledger.of(key)]
        done = (states.SUBMITTED, states.RECEIVED)
        return {job.id: job for job in found if job.did in done and self._generator(job.generator)}

    @property
    def open(self) -> list[Job]:
        """The jobs that want more pictures."""
        return [job for job in self.jobs.values() if self.missing(job) > 0]

    def missing(self, job: Job) -> int:
        """How many pictures a job still wants."""
        return self._request(job).candidates - len(self._came(job))

    def todos(self, assets: set[str]) -> list[Todo]:
        """What is to be done for these assets, as the specs are now: what no spec asks for is left out."""
        planner = self._checkout.planner()
        nodes = [node for node in self._checkout.graph.nodes.values() if node.kind in REQUESTS and node.asked]
        wanted = {planner.key(node) for node in nodes}
        jobs = [job for job in self.open if job.asset in assets and job.key in wanted]
        return [self._todo(job) for job in sorted(jobs, key=lambda job: (job.asset, job.begun, job.batch))]

    def match(self, files: list[Dropped]) -> list[Match]:
        """Which file is of which job."""
        taken = {
            digest: job.id for job in self._ledger.jobs() for digest in job.results.values() if job.results
        }
        jobs = [
            inbox.Job(
                id=job.id,
                generator=job.generator,
                asset=job.asset,
                request=self._request(job),
                open=self.missing(job) > 0,
                there=tuple(text for name, text in job.facts.items() if name.endswith(".tool_job")),
            )
            for job in self.jobs.values()
        ]
        return inbox.match(files, jobs, self._claim, taken)

    def take(self, job: Job, file: Dropped, data: bytes, why: str) -> int:
        """Make a file the next candidate of a job; its number within the request, from 1."""
        came = len(self._came(job))
        if self.missing(job) <= 0:
            wants = self._request(job).candidates
            raise UsageError(f"job {job.id[:8]} of {job.asset} wants {wants} pictures and has them")
        candidate = Candidate(data=data, seed=file.recalled.seed, facts=facts_of(file, why))
        receive(self._ledger, self._store, job, [candidate], first=came, model=file.recalled.model)
        return job.first + came + 1

    def named(self, asset: str, job: str) -> Job:
        """The one open job of an asset whose id begins so. UsageError if there is none, or are several."""
        found = [each for each in self.open if each.asset == asset and each.id.startswith(job)]
        if len(found) != 1:
            names = ", ".join(f"{asset}#{each.id[:8]}" for each in found)
            hint = (
                f"say one of {names}"
                if found
                else f"tympan todo lists them; tympan explore {asset} opens one"
            )
            raise UsageError(f"{asset} has {len(found)} open jobs{f' #{job}' if job else ''}", hint=hint)
        return found[0]

    def _claim(self, file: Dropped, job: inbox.Job) -> Claim | None:
        generator = self._generator(job.generator)
        assert generator is not None
        try:
            return generator.claim(file.recalled, file.name.rpartition("/")[2], job.request, job.id)
        except Exception as error:
            raise PluginError(
                f"{job.generator} cannot say whether {file.name} is its own: {error!r}"
            ) from error

    def _generator(self, name: str) -> Manual[msgspec.Struct] | None:  # type: ignore[type-var]
        cls = self._checkout.plugins.find("generator", name)
        return cls() if cls is not None and issubclass(cls, Manual) else None

    @staticmethod
    def _request(job: Job) -> Request:
        return msgspec.convert(job.request, Request)

    @staticmethod
    def _came(job: Job) -> list[str]:
        return [name for name in job.results if name.isdigit()]

    def _todo(self, job: Job) -> Todo:
        generator = self._generator(job.generator)
        assert generator is not None
        request = self._request(job)
        try:
            told = generator.instruct(request, job.id)
        except Exception as error:
            raise PluginError(f"{job.generator} cannot say what is to be done: {error!r}") from error
        paths = self._paths(job, request)
        notes = [_DIGEST.sub(lambda m: paths.get(m[0], m[0][:12]), note) for note in told.notes]
        if selected := request.reference.get("selected"):
            notes.insert(0, self._where_from(job.asset, selected.image, paths))
        return Todo(
            asset=job.asset,
            job=job.id[:8],
            generator=job.generator,
            instruction=msgspec.structs.replace(told, notes=tuple(notes)),
            wanted=request.candidates,
            came=len(self._came(job)),
            cost=job.cost,
        )

    def _paths(self, job: Job, request: Request) -> dict[str, str]:
        """Where the pictures of a request lie, by digest."""
        found: dict[str, str] = {}
        for locked in self._checkout.asked.locks.of(job.asset).request:
            found.update({each.digest: each.master for each in locked.candidate if each.master})
        for node in self._checkout.graph.nodes.values():
            for path in node.use.inputs if node.asset == job.asset and node.use else ():
                found[self._checkout.input_digest(path)] = self._checkout.input_path(path)
        return found

    def _where_from(self, asset: str, digest: str, paths: dict[str, str]) -> str:
        """Which picture a refinement starts from, with everything that helps to find it at the tool."""
        words = [f"it starts from {paths.get(digest, digest[:12])}"]
        for locked in self._checkout.asked.locks.of(asset).request:
            for each in locked.candidate:
                if each.digest == digest:
                    facts = each.facts
                    words += [f"Job ID {facts['tool_job']}"] if "tool_job" in facts else []
                    words += (
                        [f"picture {int(facts['index']) + 1}"] if facts.get("index", "").isdigit() else []
                    )
                    words += [f"file {facts['file']}"] if "file" in facts else []
                    return ", ".join(words)
        return words[0]
