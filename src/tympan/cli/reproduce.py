"""`tympan reproduce`: whether an asset's files can be made again, with a verdict in words.

Reads the checkout, and the repository if a revision is named. Writes to a temporary folder only.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import click
import msgspec

from tympan.build import Build
from tympan.checkout import PROJECT_FILES, Checkout, find_root
from tympan.cli.door import default_jobs
from tympan.cli.git import exported, is_pointer
from tympan.cli.words import assets_of, print_json
from tympan.clock import now
from tympan.errors import Damaged, TympanError, UsageError
from tympan.files import Files, digest
from tympan.plan.graph import Node
from tympan.plan.reasons import changes
from tympan.plugin import Generator
from tympan.recalibrate.pixels import apart
from tympan.worker.pool import Pool

IDENTICAL = "byte-identical"
PIXELS = "same pixels"
DRIFTED = "drifted"
REBUILT = "rebuilt, but nothing is on record to compare it with"
NOT = "not reproducible"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one output. drift: root mean square of the difference, 0 to 255; -1 if not measured.

    frozen: whether it starts from a master, because the picture itself cannot be asked for again.
    """

    task: str
    output: str
    verdict: str
    frozen: bool = False
    drift: float = -1.0
    because: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """One sentence."""
        word = self.verdict
        if word == DRIFTED:
            word = f"drifted by {self.drift:.2f} of 255" if self.drift >= 0 else "drifted; not comparable"
        if self.frozen and self.verdict != NOT:
            word = f"rebuilt from the frozen master, {word.removeprefix('rebuilt, ')}"
        why = f" because {'; '.join(self.because)}" if self.because else ""
        notes = f" ({'; '.join(self.notes)})" if self.notes else ""
        return f"{self.output}: {word}{why}{notes}"


@click.command()
@click.argument("wanted", metavar="ASSET[@REV]")
@click.option("--verify", is_flag=True, help="Exit 1 unless all bytes or pixels are as on record.")
@click.option("--json", "as_json", is_flag=True, help="One JSON array on standard output.")
@click.pass_obj
def reproduce(folder: Path, wanted: str, verify: bool, as_json: bool) -> None:
    """Make an asset's files again in a temporary folder, and compare them with those on record.

    With @REV they are made from that revision of git. Nothing is asked of a service, nothing is spent.
    """
    checkout = Checkout(find_root(folder.absolute()))
    asset, _, revision = wanted.partition("@")
    with tempfile.TemporaryDirectory(prefix="tympan-") as place, Pool(default_jobs()) as pool:
        again = _again(checkout, asset, revision, Path(place))
        verdicts = list(Reproduction(checkout, again, pool, is_old=bool(revision)).verdicts())
    if as_json:
        print_json(verdicts)
    for each in verdicts if not as_json else ():
        click.echo(str(each))
    good = all(each.verdict in (IDENTICAL, PIXELS) for each in verdicts)
    raise click.exceptions.Exit(1 if verify and not good else 0)


def _again(checkout: Checkout, asset: str, revision: str, place: Path) -> Checkout:
    """The project, as far as the asset needs it, in a folder with no memory of its own."""
    if revision:
        exported(checkout.files.root, revision, place)
    else:
        assets_of(checkout, [asset])
        files = Files(place)
        for path in dict.fromkeys(_needed(checkout, asset)):
            if checkout.files.sign(path) is not None:
                files.write(path, checkout.files.read(path))
    again = Checkout(place, local_code=checkout.trusted, only=frozenset({asset}))
    if not any(each.id == asset for each in again.library.assets):
        raise UsageError(f"there is no asset {asset!r}" + (f" at {revision}" if revision else ""))
    fill_masters(again, checkout, [asset])
    return again


def fill_masters(again: Checkout, checkout: Checkout, assets: Iterable[str]) -> None:
    """Give another checkout of the project the masters it lacks, as far as they are here."""
    for asset in assets:
        for request in again.asked.locks.of(asset).request:
            for each in request.candidate:
                # Not in git yet, or in Git LFS and not fetched.
                if each.master and _is_lacking(again, each.master) and checkout.asked.has(each.digest):
                    with suppress(Damaged):
                        again.files.write(each.master, checkout.asked.get(each.digest))


def _is_lacking(again: Checkout, path: str) -> bool:
    return again.files.sign(path) is None or is_pointer(again.files.read(path))


def _needed(checkout: Checkout, asset: str) -> Iterator[str]:
    project, files = checkout.project, checkout.files
    yield from PROJECT_FILES
    yield from project.tokens
    yield from files.walk(project.specs)
    yield from files.walk(project.plugins, ".py")
    yield from checkout.asked.files_of(asset)
    for each in checkout.library.assets:
        if each.is_style:
            yield from checkout.asked.files_of(each.id)
        for variant in each.variants if each.id == asset else ():
            checks = (check for target in variant.targets for check in target.checks)
            for use in (*variant.requests, *variant.prep, *variant.targets, *checks):
                yield from map(checkout.input_path, use.inputs)


class Reproduction:
    """Targets made again, and held against what is on record here. is_old: made from an older revision."""

    def __init__(self, checkout: Checkout, again: Checkout, pool: Pool, *, is_old: bool) -> None:
        self._checkout, self._again, self._pool = checkout, again, pool
        self._is_old = is_old
        self._build = Build(again, pool, tell=lambda event: None)

    def verdicts(self) -> Iterator[Verdict]:
        """One for each output, in the order of the spec."""
        wanted = self._again.only or frozenset()
        for node in [each for each in self._again.graph.writes() if each.asset in wanted]:
            asked = [each for each in self._chain(node) if each.asked]
            notes = tuple(filter(None, (_retired(each, self._again) for each in asked)))
            try:
                self._build.perform(node)
            except TympanError as error:
                because = (*self._lost(asked), *notes) or (error.message,)
                for path in node.outputs.values():
                    yield Verdict(task=node.id, output=path, verdict=NOT, because=because)
                continue
            for part, path in node.outputs.items():
                found = self._compared(node, part, path)
                yield msgspec.structs.replace(found, frozen=bool(asked), notes=notes)

    def _chain(self, node: Node) -> list[Node]:
        chain = [node]
        while chain[0].upstream:
            chain.insert(0, self._again.graph.nodes[chain[0].upstream])
        return chain

    def _lost(self, asked: Iterable[Node]) -> Iterator[str]:
        """What is wrong with the masters that the target starts from."""
        for node in asked:
            for request in self._again.asked.locks.of(node.asset).request:
                for each in request.candidate:
                    if not each.master or node.use is None or request.step != node.use.step:
                        continue
                    try:
                        self._again.asked.get(each.digest)
                    except Damaged as error:
                        yield self._what_is_wrong(each.master, each.digest, error)

    def _what_is_wrong(self, master: str, name: str, error: Damaged) -> str:
        files = self._again.files
        if files.sign(master) is None:
            return f"{master} is gone, and the store has no {name[:12]}"
        if is_pointer(files.read(master)):
            return f"{master} is a pointer of Git LFS, which has not been fetched: git lfs fetch --all"
        return f"it was edited: {error.message}"

    def _compared(self, node: Node, part: str, path: str) -> Verdict:
        # Out of the store: what waits for an approval is not in place.
        results = self._build.planner.results(node) or {}
        made = self._again.asked.get(results[part])
        before = self._on_record(node, part, path)
        if before is None:
            return Verdict(task=node.id, output=path, verdict=REBUILT)
        if digest(made) == before:
            return Verdict(task=node.id, output=path, verdict=IDENTICAL)
        because = tuple(self._changed(node))
        old = self._checkout.asked.bytes_of(before, path)
        if old is None:
            because = (*because, f"the store has no {before[:12]} any more")
            return Verdict(task=node.id, output=path, verdict=DRIFTED, because=because)
        drift = apart(self._pool, old, made)
        verdict = PIXELS if drift == 0 else DRIFTED
        return Verdict(task=node.id, output=path, verdict=verdict, drift=drift, because=because)

    def _on_record(self, node: Node, part: str, path: str) -> str | None:
        record = self._checkout.state.record(node.id)
        if record is not None and not self._is_old and path in record.outputs:
            return record.outputs[path]
        # Of another revision only this says anything: the same action, made here before.
        key = self._build.planner.key(node)
        action = self._checkout.store.action(key) if key else None
        return action.results.get(part) if action else None

    def _changed(self, node: Node) -> Iterator[str]:
        """What the target reads that it did not read then: versions of libraries, values of the spec."""
        told: set[str] = set()
        for at in self._chain(node):
            record = self._checkout.state.record(at.id)
            action = self._checkout.store.action(record.key) if record else None
            for each in changes(action.reads, at.reads) if action else ():
                if str(each) not in told:
                    told.add(str(each))
                    yield str(each)


def _retired(node: Node, checkout: Checkout) -> str:
    """Half a sentence if a service has retired the model that was asked."""
    assert node.use is not None
    assert node.request is not None
    cls = checkout.plugins.found("generator", node.use.name).cls
    if not issubclass(cls, Generator):
        return ""
    for model in cls().models():
        day = model.retires
        if model.name == node.request.model and isinstance(day, str) and day <= now()[:10]:
            return f"{node.request.generator} retired the model {model.name} on {day}"
    return ""
