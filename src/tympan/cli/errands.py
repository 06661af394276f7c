"""One run of a verb that asks: lock, prices, budget, asking, what it came to.

Reads the checkout. Writes the ledger, the store, locks and masters.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from tympan import ledger as states
from tympan.asking import Asking, Batch, Errand, Purse, amounts, check_whole, errands_of, keep_facts
from tympan.checkout import Checkout, find_root
from tympan.cli.door import default_jobs
from tympan.cli.session import Session
from tympan.cli.talk import Talk, make_talk
from tympan.cli.words import assets_of, print_json
from tympan.errors import TympanError, UsageError
from tympan.ledger import Job, total
from tympan.model import Cost, Request, read_cost
from tympan.plan.graph import REQUESTS, Node
from tympan.plan.reasons import shown
from tympan.plugin import Manual
from tympan.secret import Blotter


class Run:
    """One run of a verb that asks: holds the build lock from beginning to end."""

    def __init__(self, folder: Path, as_json: bool) -> None:
        # What a plugin prints must not show a key either.
        self._streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = Blotter(sys.stdout), Blotter(sys.stderr)
        self.checkout = Checkout(find_root(folder.absolute()))
        self._as_json = as_json
        self._talk: Talk = make_talk(as_json=as_json)
        self._session = Session(self.checkout, self._talk, jobs=default_jobs(), arguments={"verb": "ask"})
        self._planner = self.checkout.planner()
        self._asking: Asking | None = None

    def __enter__(self) -> Run:
        self._session.lock()
        return self

    @property
    def session(self) -> Session:
        """The build that this run is part of."""
        return self._session

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if self._asking is not None:
                graph = self.checkout.graph.nodes
                done = frozenset(
                    graph[event.node].asset for event in self._asking.events if event.node in graph
                )
                styles = {asset.id for asset in self.checkout.library.assets if asset.is_style}
                # A style that was trained now stands in the requests of others: they are other requests.
                fresh = Checkout(self.checkout.files.root, only=done) if done & styles else self.checkout
                keep_facts(fresh, done)
        finally:
            self._session.close()
            for stream in (sys.stdout, sys.stderr):
                if isinstance(stream, Blotter):
                    stream.end()
            sys.stdout, sys.stderr = self._streams
        if error is None and self._asking is not None and self._asking.exit_code:
            raise click.exceptions.Exit(self._asking.exit_code)

    def nodes(self, wanted: Iterable[str]) -> list[Node]:
        """All nodes of the assets that are meant."""
        assets = assets_of(self.checkout, wanted)
        return [node for node in self.checkout.graph.nodes.values() if node.asset in assets]

    def next_steps(self, nodes: list[Node]) -> list[Node]:
        """Of the refinements of each asset those whose input is chosen already."""
        ready = [node for node in nodes if self._planner.key(node) is not None]
        if not ready:
            errands_of(self.checkout, self._planner, nodes[0])  # says what is missing
        return ready

    def draw(self, nodes: list[Node]) -> None:
        """Let free generators draw."""
        for node in nodes:
            self._session.build.perform(node)
            drawn = self._session.build.planner.results(node) or {}
            count = sum(map(str.isdigit, drawn))
            click.echo(f"{node.variant.id}: {count} candidates, drawn for nothing", err=self._as_json)

    def errands(self, nodes: Iterable[Node]) -> list[Errand]:
        """What is to be asked for these nodes, each request once."""
        found = [each for node in nodes for each in errands_of(self.checkout, self._planner, node)]
        return list({errand.key: errand for errand in found}.values())

    def open_errands(self, assets: set[str]) -> list[Errand]:
        """The requests of these assets that can be asked, and so may have open jobs."""
        found = []
        for node in self.checkout.graph.nodes.values():
            if node.asset in assets and node.asked and node.kind in REQUESTS:
                with suppress(TympanError):
                    found += errands_of(self.checkout, self._planner, node)
        return list({errand.key: errand for errand in found}.values())

    def prices(self, errands: list[Errand]) -> None:
        """The table of what asking would cost now."""
        rows = self._rows(errands)
        if self._as_json:
            print_json([_row(*each) for each in rows])
            return
        for errand, request, did, cost in rows:
            name = f"{errand.node.variant.id} {errand.node.use.step if errand.node.use else ''}"
            if errand.cell:
                cell = ", ".join(f"{axis} {shown(value)}" for axis, value in errand.cell.items())
                name += f" ({cell})"
            what = f"{request.generator} {request.model}".strip()
            click.echo(f"{name:<40} {what:<28} {request.candidates:>3} candidates  {did:<10} {cost}")
        click.echo(f"{len(rows)} jobs, {total(each[3] for each in rows)}")

    def price(self, errands: list[Errand]) -> str:
        """What asking these would cost now."""
        return total(each[3] for each in self._rows(errands))

    def to_ask(self, errands: list[Errand]) -> int:
        """How many jobs of these have not been asked."""
        return sum(each[2] == "to ask" for each in self._rows(errands))

    def _rows(self, errands: list[Errand]) -> list[tuple[Errand, Request, str, Cost]]:
        """Each job: its request, what became of it or "to ask", and what asking it would cost now."""
        rows = []
        for errand in errands:
            jobs = {job.batch: job for job in self.checkout.asked.ledger.of(errand.key)}
            for batch in errand.batches:
                done = self._done(errand, batch, jobs.get(batch.number))
                cost = Cost() if done else errand.cost(batch)
                rows.append((errand, batch.request, done or "to ask", cost))
        return rows

    def _done(self, errand: Errand, batch: Batch, job: Job | None) -> str:
        """What has become of a job already, "" if it would be asked."""
        if job is not None:
            return "" if job.did in (states.INTENDED, states.FAILED, states.LOST) else job.did
        asked, count = self.checkout.asked, batch.request.candidates
        return "locked" if asked.is_locked(errand.node.asset, errand.key, batch.first, count) else ""

    def ask(
        self,
        errands: list[Errand],
        budget: tuple[str, ...],
        *,
        pay_again: tuple[str, ...] = (),
        only_open: bool = False,
    ) -> None:
        """Ask, within the budget of this run; nothing at all if not everything fits into it."""
        if any(errand.policy.generate == "never" for errand in errands) and not only_open:
            raise UsageError('[policy] generate = "never" stands against it')
        allowed = self._allowed(errands, budget)
        if not only_open:
            check_whole([each[3] for each in self._rows(errands)], allowed)
        self._asking = Asking(
            self.checkout,
            self._purse(allowed),
            tell=self._talk.tell,
            pay_again=pay_again,
            only_open=only_open,
        )
        self._asking.ask(errands)

    def _allowed(self, errands: list[Errand], budget: tuple[str, ...]) -> dict[str, float]:
        """What this run may cost, by currency."""
        run = [_amount(text) for text in budget]
        is_auto = bool(errands) and all(errand.policy.generate == "auto" for errand in errands)
        # On a CI machine nobody watches: nothing is spent that was not said on the command line.
        if not run and is_auto and not os.environ.get("CI"):
            run = [read_cost(text) for text in self.checkout.project.budget.run]
        return amounts(run)

    def _purse(self, allowed: dict[str, float]) -> Purse:
        said = self.checkout.project.budget
        limits = {name: amounts(map(read_cost, getattr(said, name))) for name in ("asset", "project")}
        return Purse(self.checkout.asked.ledger, run=allowed, **limits)

    def show(self, errands: list[Errand]) -> None:
        """What the run came to."""
        ledger = self.checkout.asked.ledger
        jobs = [job for errand in errands for job in ledger.of(errand.key)]
        counts = {did: sum(job.did == did for job in jobs) for did in dict.fromkeys(job.did for job in jobs)}
        new = [event for event in (self._asking.events if self._asking else []) if event.did == "asked"]
        results = [self.checkout.asked.results(errand.node.asset, errand.key) for errand in errands]
        candidates = sum(len(each or ()) for each in results)
        words = ", ".join(f"{count} {did}" for did, count in counts.items())
        spent = total(job.cost for job in jobs if job.did in states.SPENT)
        line = f"{len(errands)} requests, {len(new)} jobs begun now; {words or 'nothing asked'}"
        click.echo(f"{line}; {candidates} candidates; {spent} in all", err=self._as_json)


def _row(errand: Errand, request: Any, did: str, cost: Cost) -> dict[str, Any]:
    return {
        "asset": errand.node.asset,
        "step": errand.node.use.step if errand.node.use else "",
        "generator": request.generator,
        "model": request.model,
        **({"cell": errand.cell} if errand.cell else {}),
        "candidates": request.candidates,
        "state": did,
        "cost": {"amount": cost.amount, "currency": cost.currency},
    }


def _amount(text: str) -> Cost:
    try:
        return read_cost(text)
    except ValueError as error:
        raise UsageError(f"--budget: {error}") from None


def is_manual(checkout: Checkout, job: Job) -> bool:
    """Whether a person does a job by hand."""
    found = checkout.plugins.find("generator", job.generator)
    return found is not None and issubclass(found, Manual)
