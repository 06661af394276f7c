"""The jobs of requests, from intended to received, several at once; each can be gone on with after a kill.

Reads inputs and the store. Writes the ledger and the store.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import msgspec

from tympan import ledger as states
from tympan import limits
from tympan.asking.brought import kept, receive
from tympan.asking.budget import Purse
from tympan.asking.desks import Desks
from tympan.asking.line import Line
from tympan.asking.requests import Batch, Errand, intended
from tympan.asking.telling import Telling
from tympan.build import Event
from tympan.checkout import Checkout
from tympan.clock import monotonic
from tympan.errors import (
    BadAnswer,
    CallBlocked,
    CallFailed,
    CallUnknown,
    StepFailed,
    TympanError,
    Unreachable,
)
from tympan.ledger import Job
from tympan.maps import Maps
from tympan.model import Candidate, Pending, Ticket
from tympan.outside import Absent
from tympan.plugin import Manual
from tympan.worker.pool import Pool

# Threads that wait for services; each service's own limit is below it.
_THREADS = 32
# After a signal, calls under way have so long to come to their end.
_GRACE_SECONDS = 10.0


class Asking(Telling):
    """One run of asking. tell: called for each event, from several threads, one at a time.

    pay_again: beginnings of the ids of jobs that may be asked once more although they may have arrived.
    only_open: begin nothing, only go on with what has begun.
    """

    def __init__(
        self,
        checkout: Checkout,
        purse: Purse,
        *,
        tell: Callable[[Event], None],
        pay_again: tuple[str, ...] = (),
        only_open: bool = False,
    ) -> None:
        super().__init__(tell)
        self._checkout, self._purse = checkout, purse
        self._pay_again, self._only_open = pay_again, only_open
        self._ledger, self._store = checkout.asked.ledger, checkout.store
        self._pool = Pool(1)
        self._stop = threading.Event()

    @cached_property
    def _desks(self) -> Desks:
        return Desks(self._checkout)

    def ask(self, errands: Iterable[Errand]) -> None:
        """Bring every job of these requests as far as it goes. What fails is told and kept in `errors`."""
        work: queue.SimpleQueue[tuple[Errand, Batch, Job]] = queue.SimpleQueue()
        for errand in errands:
            for batch in errand.batches:
                try:
                    job = self._job(errand, batch)
                except TympanError as error:
                    self.fail(errand, error)
                    continue
                if job is not None:
                    work.put((errand, batch, job))
        count = min(_THREADS, work.qsize())
        threads = [threading.Thread(target=self._work, args=(work,), daemon=True) for _ in range(count)]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(0.2)
        finally:
            # After a signal: what is under way is waited for, nothing new begins.
            self._stop.set()
            until = monotonic() + _GRACE_SECONDS
            for thread in threads:
                thread.join(max(0.0, until - monotonic()))
            self._desks.close()
            self._pool.close()

    def _work(self, work: queue.SimpleQueue[tuple[Errand, Batch, Job]]) -> None:
        while not self._stop.is_set():
            try:
                errand, batch, job = work.get_nowait()
            except queue.Empty:
                return
            try:
                self._perform(errand, batch, job)
            except TympanError as error:
                self._settle(job)
                self.fail(errand, error)
            except Exception as error:
                self.fail(errand, StepFailed(f"{errand.request.generator} raised {error!r}"))

    def _settle(self, job: Job) -> None:
        """What a job that broke off costs this run: its price if its call may have arrived."""
        if job.did in states.SPENT:
            self._purse.pay(job.id, job.cost)
        else:
            self._purse.free(job.id)

    def _job(self, errand: Errand, batch: Batch) -> Job | None:
        """The job to go on with, a new one if need be; None if there is nothing to do for it."""
        known = next((job for job in self._ledger.of(errand.key) if job.batch == batch.number), None)
        asked, count = self._checkout.asked, batch.request.candidates
        if known is None and asked.is_locked(errand.node.asset, errand.key, batch.first, count):
            return None  # another checkout asked
        paid_again = known is not None and self._is_to_be_paid_again(known)
        if known is not None and known.did == states.FAILED and known.charged and not paid_again:
            raise CallFailed(f"was paid for, and brought nothing: {known.message}", hint=_again(known))
        if known is None or known.did in (states.FAILED, states.LOST):
            if self._only_open and not paid_again:
                return None
            return self._begin(errand, batch, 0 if known is None else known.attempt + 1)
        if known.did == states.RECEIVED:
            return None
        if known.did == states.BLOCKED:
            raise CallBlocked(
                f"{errand.request.generator} did not draw this: {known.message}", hint="change it"
            )
        if known.did == states.INTENDED:
            if self._only_open:
                return None
            self._hold(errand, batch, known.id)
        if known.did in (states.SENDING, states.UNKNOWN) and paid_again:
            self._hold(errand, batch, known.id)
            self._ledger.add(known, states.LOST, message="asked once more")
            return self._begin(errand, batch, known.attempt + 1)
        return None if isinstance(errand.generator, Manual) else known

    def _is_to_be_paid_again(self, job: Job) -> bool:
        return any(job.id.startswith(each) for each in self._pay_again)

    def _hold(self, errand: Errand, batch: Batch, job: str) -> None:
        self._purse.hold(job, errand.node.asset, errand.cost(batch), errand.policy.budget)

    def _begin(self, errand: Errand, batch: Batch, attempt: int) -> Job | None:
        entry = intended(errand, batch, attempt, errand.cost(batch))
        self._hold(errand, batch, entry.job)
        job = self._ledger.begin(entry)
        if not isinstance(errand.generator, Manual):
            return job
        self._ledger.add(job, states.SUBMITTED, ticket=Ticket(job.id))
        self.say("todo", errand.node.id, job)
        return None

    def _perform(self, errand: Errand, batch: Batch, job: Job) -> None:
        desk = self._desks.of(errand.generator)
        line = desk.line(job, errand, self._ledger, self._pool, self.progress, self._stop.is_set)
        batch = self._with_maps(batch, line)
        with desk.pace.place():
            if self._stop.is_set():
                return
            if job.did in (states.SENDING, states.UNKNOWN) and not self._reconcile(errand, batch, job, line):
                return
            if job.ticket is None:
                self._submit(errand, batch, job, line)
            brought = self._collect(errand, batch, job, line)
        if brought is not None:
            locked = self._checkout.asked.locked(job.asset, job.key)
            known = {str(each.number - 1): each.digest for each in locked.candidate} if locked else {}
            receive(self._ledger, self._store, job, brought, line, locked=known)
            self.say("received", errand.node.id, job)

    def _with_maps(self, batch: Batch, line: Line) -> Batch:
        """The batch as it is sent: with control maps in place of what they are drawn from."""
        sent = Maps(self._checkout.plugins, self._store, self._pool, line.input).draw(batch.request)
        for name, control in sent.control.items():
            if control != batch.request.control[name]:
                line.report(**{f"map.{name}": control.image})  # type: ignore[arg-type]
        return msgspec.structs.replace(batch, request=sent)

    def _reconcile(self, errand: Errand, batch: Batch, job: Job, line: Line) -> bool:
        """After a crash between a call and its answer: ask the service, if it can tell."""
        found = errand.generator.reconcile(batch.request, job.sent, line)
        if isinstance(found, Ticket):
            self._ledger.add(job, states.SUBMITTED, ticket=found, message="found again over there")
            return True
        if isinstance(found, Absent):
            self._ledger.add(job, states.INTENDED, message="the service does not have it")
            if self._only_open:
                raise Unreachable("the call never arrived", hint="ask again: tympan explore or refine")
            self._hold(errand, batch, job.id)
            return True
        if job.did != states.UNKNOWN:
            self._ledger.add(job, states.UNKNOWN, message="broken off between the call and its answer")
        raise CallUnknown(
            f"{errand.request.generator}: whether job {job.id[:8]} arrived cannot be known",
            hint=f"tympan resume --pay-again {job.id[:8]} asks once more and may cost twice, "
            f"tympan resume --give-up {job.id[:8]} does not",
        )

    def _submit(self, errand: Errand, batch: Batch, job: Job, line: Line) -> None:
        try:
            ticket = errand.generator.submit(batch.request, line)
        except CallFailed as error:
            self._ended(job, error, line)
            raise
        except TympanError:
            raise
        except Exception as error:
            line.refuse()
            raise BadAnswer(
                f"{job.generator} raised {type(error).__name__}: {error}", hint=kept(job)
            ) from error
        cost = line.cost or job.cost
        self._ledger.add(
            job, states.SUBMITTED, ticket=ticket, cost=line.cost, model=line.model, facts=line.facts
        )
        self._purse.pay(job.id, cost)
        self.say("asked", errand.node.id, job)

    def _collect(self, errand: Errand, batch: Batch, job: Job, line: Line) -> tuple[Candidate, ...] | None:
        assert job.ticket is not None
        until = monotonic() + limits.JOB_SECONDS
        while True:
            try:
                brought = errand.generator.collect(job.ticket, batch.request, line)
            except CallFailed as error:
                self._ended(job, error, line)
                raise
            except TympanError:
                raise
            except Exception as error:
                line.refuse()
                why = f"{job.generator} raised {type(error).__name__}: {error}"
                raise BadAnswer(why, hint=kept(job)) from error
            if not isinstance(brought, Pending):
                return brought
            if self._stop.wait(max(0.02, brought.after)) or monotonic() > until:
                self.say("open", errand.node.id, job)
                return None

    def _ended(self, job: Job, error: CallFailed, line: Line) -> None:
        """Write down that a service ended a job without pictures; what may pass leaves it as it is."""
        if isinstance(error, BadAnswer):
            line.refuse()
            error.hint = error.hint or kept(job)
        if job.did not in (states.ANSWERED, states.SUBMITTED):
            return
        more: dict[str, Any] = {"message": str(error), "cost": line.cost, "facts": line.facts}
        if isinstance(error, CallBlocked):
            self._ledger.add(job, states.BLOCKED, **more)
        elif type(error) is CallFailed:
            self._ledger.add(job, states.FAILED, **more)


def _again(job: Job) -> str:
    return f"tympan resume --pay-again {job.id[:8]} asks once more, and costs once more"
