"""Running actions: job to the pool, bytes to the store, files in place, record.

Reads inputs, the store, the state. Writes the store, outputs and the state, in this order.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tympan.checkout import Checkout
from tympan.clock import monotonic
from tympan.errors import Damaged, StepCrashed, StepFailed, TympanError, UsageError
from tympan.files import digest
from tympan.maps import Maps
from tympan.model import Profile, plain, with_selected
from tympan.outputs import Outputs
from tympan.placed import Made
from tympan.plan.brought import brought
from tympan.plan.decide import COMPUTE, FRESH, GATED, RESTORE, WAITS
from tympan.plan.graph import REQUESTS, Node
from tympan.plan.wanted import marks_of
from tympan.spec.resolved import Use
from tympan.worker.jobs import Done, Generate, Prepare, Write
from tympan.worker.load import Call
from tympan.worker.pool import Pool

# Signals that the work itself raises.
_FAULTS = ("SIGABRT", "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGTRAP", "SIGXCPU")


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened in a build.

    did: "computed", "restored", "kept", "gated", "failed" or "removed".
    """

    did: str
    node: str
    seconds: float = 0.0
    reasons: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    message: str = ""


class Build:
    """One run over a checkout. Its methods may be called from several threads at once."""

    def __init__(
        self, checkout: Checkout, pool: Pool, *, tell: Callable[[Event], None], force: bool = False
    ) -> None:
        self.checkout = checkout
        self.graph = checkout.graph
        self._forced = force
        self._warned: set[tuple[str, str]] = set()
        self._used: list[str] = []
        forced = frozenset(self.graph.nodes) if force else frozenset()
        self.planner = checkout.planner(forced, terse=True)
        self.pool = pool
        self._tell = tell
        self._stopped = False
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()
        self.outputs = Outputs(
            checkout, lambda path: self._say(Event(did="removed", node="", outputs=(path,)))
        )
        self.events: list[Event] = []
        self.errors: list[TympanError] = []

    @property
    def exit_code(self) -> int:
        """0, or the code of the gravest error: damage before failure."""
        return max((error.exit_code for error in self.errors), default=0)

    def is_done(self, node: Node) -> bool:
        """Whether nothing is left to do for a target, now that what it waited for has run."""
        return self.planner.decide(node).verdict == FRESH

    def perform(self, node: Node) -> None:
        """Bring a node up to date, and first whatever it needs.

        Raises TaskError if its plugins failed, Damaged, FilesError, PathRefused; the event says the same.
        """
        with self._guard:
            if self._stopped:
                raise StepCrashed("the build was stopped")
            lock = self._locks.setdefault(node.id, threading.Lock())
        with lock:
            began = monotonic()
            try:
                self._perform(node, began)
            except TympanError as error:
                self.fail(node, error, began)
                raise

    def fail(self, node: Node, error: TympanError, began: float) -> None:
        """Count and tell a failure, once."""
        if self._stopped or error in self.errors:
            return  # not its fault; or an upstream has said it
        self.errors.append(error)
        self._say(Event(did="failed", node=node.id, message=str(error), seconds=_since(began)))

    def _perform(self, node: Node, began: float) -> None:
        if node.kind != "write":
            if not self._at_hand(node):
                self._compute(node, began, ())
            return
        decision = self.planner.decide(node)
        if decision.verdict == WAITS:
            self.upstream(node)
            decision = self.planner.decide(node)
        if decision.verdict == RESTORE and (made := self.found(node, decision.key)):
            self._place(made)
            self.done("restored", made, began, decision.reasons)
            return
        if decision.verdict in (RESTORE, COMPUTE):
            self._compute(node, began, decision.reasons)
        elif decision.verdict not in (FRESH, GATED):
            raise UsageError(f"{node.id}: {'; '.join(decision.reasons)}")

    def _at_hand(self, node: Node) -> bool:
        results = self.planner.results(node)
        return results is not None and all(self.checkout.store.has(each) for each in results.values())

    def upstream(self, node: Node) -> Mapping[str, bytes]:
        """What a node reads of its upstream: "" -> bytes, ".black" -> their twin; performs it if it must."""
        upstream = self.graph.nodes[node.upstream]
        for attempt in (1, 2):
            if not upstream.asked:
                self.perform(upstream)
            results = self.planner.results(upstream) or {}
            taken = self.planner.taken(node)
            ends = {end: f"{taken}{end}" for end in ("", ".black")}
            try:
                get = self.checkout.asked.get
                return {end: get(results[name]) for end, name in ends.items() if name in results}
            except Damaged:
                # Moved aside by the store: made again once, since free actions can be.
                if attempt == 2 or upstream.asked:
                    raise
        raise AssertionError("unreachable")

    def found(self, node: Node, key: str) -> Made | None:
        """A target as the store has it, verified; None if it has not."""
        results = self.checkout.store.results(key)
        if results is None:
            return None
        try:
            data = {part: self.checkout.store.get(name) for part, name in results.items()}
        except Damaged:
            return None
        return Made(node, key, data, results)

    def _place(self, made: Made) -> None:
        for error in self.outputs.place([made]).values():
            raise error

    def done(
        self, did: str, made: Made, began: float, reasons: tuple[str, ...], warnings: tuple[str, ...] = ()
    ) -> None:
        """Count and tell that an action was "computed" or "restored" since `began`."""
        if did == "restored":
            self._used.append(made.key)
        self.planner.ran(made.node, made.results)
        gated = made.node.target is not None and self.planner.decide(made.node).verdict == GATED
        self._say(
            Event(
                did=did,
                node=made.node.id,
                seconds=_since(began),
                reasons=reasons,
                outputs=() if gated else tuple(made.node.outputs.values()),
                warnings=self._new(made.node.asset, warnings),
            )
        )

    def _new(self, asset: str, warnings: tuple[str, ...]) -> tuple[str, ...]:
        """Warnings without what was said of the same asset already: its targets lose the same marks."""
        with self._guard:
            fresh = [each for each in warnings if (asset, each) not in self._warned]
            self._warned.update((asset, each) for each in fresh if each.startswith("marks:"))
        return tuple(fresh)

    def _compute(self, node: Node, began: float, reasons: tuple[str, ...]) -> None:
        job = self.job(node)
        key = self.planner.key(node)
        assert key is not None
        done = self._ask(job, key)
        results = self.checkout.store.keep(key, node.reads, done.results, done.facts)
        made = Made(node, key, done.results, results)
        if node.kind == "write":
            self._place(made)
        self.done("computed", made, began, reasons, done.warnings)

    def crashed(self, key: str) -> str:
        """How an action once killed its worker, if it is not to be tried again; else ""."""
        return "" if self._forced else self.checkout.store.crash(key)

    def _ask(self, job: Generate | Prepare | Write, key: str) -> Done:
        if how := self.crashed(key):
            raise StepCrashed(how, hint="not tried again until its input or plugin changes; --force tries")
        try:
            return self.pool.ask(job)
        except StepCrashed as error:
            # An abort or a fault comes back; a worker that others killed, or that was slow, may do better.
            if any(name in error.message for name in _FAULTS):
                self.checkout.store.note_crash(key, error.message)
            raise

    def job(self, node: Node) -> Generate | Prepare | Write:
        """What a worker is asked for a node, its upstream performed first."""
        variant = node.variant
        if node.asked:
            raise UsageError(f"held: {node.held}")
        if node.kind in REQUESTS:
            return self._generate(node)
        data = self.upstream(node)
        if node.kind == "prepare":
            steps = tuple(self._call("prep_step", use) for use in variant.prep)
            inputs, profiles = self._inputs(variant.prep), self._profiles(variant.prep)
            return Prepare(data[""], data.get(".black", b""), steps, inputs, profiles)
        assert node.target is not None
        uses, proof = node.target.uses, node.target.proof
        checks = tuple(self._call("check", use) for use in node.target.checks)
        call = self._call("format", node.target)
        of = self._call("format", proof) if proof else None
        inputs, profiles = self._inputs(uses), self._profiles(uses)
        marks, why_not = marks_of(node)
        return Write(data[""], call, checks, inputs, profiles, of, marks=marks, unmarked=why_not)

    def _generate(self, node: Node) -> Generate:
        assert node.use is not None
        assert node.request is not None
        request, inputs = node.request, self._inputs([node.use])
        if node.upstream:
            data = self.upstream(node)[""]
            inputs[digest(data)] = data
            request = with_selected(request, digest(data))
        maps = Maps(self.checkout.plugins, self.checkout.store, self.pool)
        sent = [maps.into(each, inputs) for each in [part.request for part in node.parts] or [request]]
        first, *more = ((self._generator(each.generator), each) for each in sent)
        return Generate(*first, inputs, tuple(more))

    def _generator(self, name: str) -> Call:
        return Call(self.checkout.plugins.found("generator", name).ref, name, {})

    def _call(self, kind: str, use: Use, params: dict[str, Any] | None = None) -> Call:
        ref = self.checkout.plugins.found(kind, use.name).ref
        return Call(ref, use.name, plain(use.params) if params is None else params)

    def _inputs(self, uses: tuple[Use, ...] | list[Any]) -> dict[str, bytes]:
        inputs = {}
        for path in sorted({path for use in uses for path in use.inputs}):
            data = self.checkout.files.read(self.checkout.input_path(path))
            name = digest(data)
            if name != self.checkout.input_digest(path):
                raise StepFailed(f"{path} changed while it was read", hint="build again")
            inputs[path] = inputs[name] = data
        return inputs

    def _profiles(self, uses: tuple[Use, ...]) -> dict[str, Profile]:
        names = sorted({name for use in uses for name in use.profiles})
        return {name: self.checkout.plugins.profile(name) for name in names}

    def stop(self) -> None:
        """From now on nothing begins, and what breaks off is not a failure."""
        self._stopped = True

    def finish(self) -> None:
        """Sweep, and fold what was learnt into the state file."""
        self.outputs.sweep()
        # After a lost state or a branch switch the store knew these: keep them at hand.
        self.checkout.state.adopt(brought(self.planner, self.checkout.state.record))
        self.checkout.store.use(self._used)
        self.checkout.state.save()
        self.checkout.store.close()

    def _say(self, event: Event) -> None:
        with self._guard:
            self.events.append(event)
            self._tell(event)


def _since(began: float) -> float:
    return round(monotonic() - began, 3)
