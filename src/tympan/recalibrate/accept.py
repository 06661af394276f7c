"""Accepting what a new model made of assets: its name in their specs, its pictures chosen.

Reads the checkout and a record. Writes specs, the record, the store, the ledger, decisions, locks, masters.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from tympan.asking import keep_facts
from tympan.build import Build
from tympan.checkout import Checkout
from tympan.decisions import ACCEPT, ROLL_BACK, SELECT, Decision
from tympan.errors import FilesError, SpecErrors, TympanError, UsageError
from tympan.plan.graph import Node
from tympan.recalibrate.adopt import adopt
from tympan.recalibrate.pins import held
from tympan.recalibrate.record import Accepted, Record, Tried, load_all, save
from tympan.recalibrate.repin import Wish, repinned
from tympan.spec.locate import Key


def record_of(checkout: Checkout, assets: Iterable[str], to: str = "") -> Record:
    """The recalibration that has tried all these assets. UsageError if there is none, or several."""
    wanted = set(assets)
    records = [
        each for each in load_all(checkout.files) if to in ("", each.to, f"{each.generator}:{each.to}")
    ]
    found = [each for each in records if wanted <= {row.asset for row in each.tried}]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(each.to for each in found)
        raise UsageError(f"several recalibrations have tried them: {names}", hint="--to says which")
    tried = {row.asset for each in records for row in each.tried}
    missing = ", ".join(sorted(wanted - tried)) or "these together"
    raise UsageError(
        f"no recalibration{f' to {to}' if to else ''} has tried {missing}",
        hint="tympan recalibrate --to MODEL ASSET",
    )


def key_of(row: Tried) -> Key:
    """Where the model of a request stands in its spec."""
    if row.step == "source":
        return ("source", "model")
    return ("refine", int(row.step.rpartition(".")[2]) - 1, "model")


def node_of(checkout: Checkout, row: Tried) -> Node:
    """The action of a request as the specs are now. UsageError if it has gone."""
    name = f"{row.asset}.{row.variant}" if row.variant else row.asset
    node = checkout.graph.nodes.get(f"_{row.step}:{name}")
    if node is None or node.request is None:
        raise UsageError(f"{row.name}: its request is no more as it was tried", hint="recalibrate it again")
    return node


def repin(
    checkout: Checkout,
    record: Record,
    assets: Sequence[str],
    today: str,
    options: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> tuple[Record, list[str]]:
    """Put the new model, and options of the generator by asset, into the specs of these assets.

    The record then, with the pictures to go on with as the new ones, and who else says its model itself now.
    What was accepted with options before, and is named without any, goes on with those.

    Locks, masters and decisions stay as they are: `settle` is what follows. What was there before is kept in
    the store, and named in the record, first. UsageError, and nothing written, if one cannot be accepted.
    """
    wishes, accepted, going = [], dict(record.accepted), record
    options = {asset: _options(checkout, record, asset, options.get(asset, {})) for asset in assets}
    for asset in assets:
        going = _with_options(going, asset, options[asset])
        for row in record.of(asset):
            wishes += _wish(checkout, record, row, today, options[asset])
    made = repinned(checkout, wishes)
    for asset in assets:
        if asset not in accepted:
            accepted[asset] = _as_it_was(checkout, record.of(asset), made.texts, options[asset])
    record = msgspec.structs.replace(record, accepted=accepted)
    save(checkout.files, record)
    write_specs(checkout, made.texts)
    return msgspec.structs.replace(record, tried=going.tried), list(made.pinned)


def _options(checkout: Checkout, record: Record, asset: str, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an asset is accepted with: what is wanted, or what it was accepted with already."""
    then = record.accepted.get(asset)
    requests = [node_of(checkout, row).request for row in record.of(asset)]
    if then is None or any(each is None or each.model != record.to for each in requests):
        return wanted
    if wanted and wanted != then.set:
        words = ", ".join(f"{name} = {value}" for name, value in then.set.items()) or "no options"
        hint = f"first: tympan rollback {asset}"
        raise UsageError(f"{asset} has been accepted with {words} already", hint=hint)
    return then.set


def write_specs(checkout: Checkout, texts: dict[str, str]) -> None:
    """Put texts of specs in place; as they were if the specs are wrong then."""
    before = {file: checkout.files.read(file) for file in texts}
    for file, text in texts.items():
        checkout.files.write(file, text.encode())
    try:
        problems = Checkout(checkout.files.root).specs.problems
        if problems:
            raise SpecErrors(list(problems))
    except TympanError:
        for file, data in before.items():
            checkout.files.write(file, data)
        raise


def _with_options(record: Record, asset: str, options: Mapping[str, Any]) -> Record:
    """The record with the pictures that were drawn with these options as the new ones. UsageError if none."""
    if not options:
        return record
    rows = []
    for row in record.tried:
        if row.asset == asset:
            made = [each for each in record.tuned if each.name == row.name and each.options == options]
            if not made:
                words = " ".join(f"--{name} {shlex.quote(str(value))}" for name, value in options.items())
                raise UsageError(f"{row.name} was not tried with these", hint=f"tympan tune {asset} {words}")
            row = msgspec.structs.replace(row, new=made[-1].new)
        rows.append(row)
    return msgspec.structs.replace(record, tried=tuple(rows))


def _wish(
    checkout: Checkout, record: Record, row: Tried, today: str, options: Mapping[str, Any]
) -> list[Wish]:
    node = node_of(checkout, row)
    assert node.request is not None
    if node.request.model == record.to:
        return []  # broken off, and gone on with
    if node.request.model != row.before:
        raise UsageError(
            f"{row.name} asks for {node.request.model!r} now, {row.before!r} was compared",
            hint=f"tympan recalibrate --to {record.to} {row.asset}",
        )
    if hold := held(checkout, row.asset, row.before, today):
        until = f" until {hold.until}" if hold.until else ""
        hint = f"tympan release {row.asset} --model {row.before}"
        raise UsageError(
            f"{row.asset} is held with {row.before}{until}: {hold.why or 'no reason given'}", hint=hint
        )
    if not row.new:
        raise UsageError(f"{row.name} has no picture of {record.to}", hint="recalibrate it first")
    more = [Wish(asset=row.asset, key=option_key(row, name), value=each) for name, each in options.items()]
    return [Wish(asset=row.asset, key=key_of(row), value=record.to), *more]


def option_key(row: Tried, name: str) -> Key:
    """Where an option of a request stands in its spec."""
    return (*key_of(row)[:-1], "options", name)


def _as_it_was(
    checkout: Checkout, rows: Sequence[Tried], texts: dict[str, str], options: Mapping[str, Any]
) -> Accepted:
    """What an asset is now, its files' bytes kept in the store."""
    asset, asked = rows[0].asset, checkout.asked
    masters = [each.master for request in asked.locks.of(asset).request for each in request.candidate]
    files = {}
    for path in sorted({*texts, asked.locks.file(asset), *filter(None, masters)}):
        try:
            files[path] = checkout.store.put(checkout.files.read(path))
        except FilesError:
            files[path] = ""
    requests = {row.step: node_of(checkout, row).request for row in rows}
    before = {
        step: {name: request.options.get(name) for name in options}
        for step, request in requests.items()
        if request
    }
    return Accepted(
        options=before if options else {},
        set=dict(options),
        models={row.step: row.before for row in rows},
        files=files,
        selected={row.name: row.chosen for row in rows},
    )


def settle(
    checkout: Checkout, build: Build, record: Record, assets: Iterable[str], said: Decision, number: int = 0
) -> None:
    """Choose the new pictures of assets whose specs ask for the new model, and take it down.

    number: which of the new pictures, from 1; 0: the one whose place the chosen one has. said: by whom, when,
    why. UsageError if there is no such picture.
    """
    for asset in assets:
        for row in record.of(asset):
            node = node_of(checkout, row)
            name = _wanted(row, number)
            if node.asked:
                adopt(checkout, row, node, name)
            else:
                build.perform(node)
            choose(checkout, node, name, said)
            took = msgspec.structs.replace(
                said, did=ACCEPT, step=row.step, variant=row.variant, digest=name, model=record.to
            )
            if not _is_said(checkout, asset, took):
                checkout.asked.decisions.add(asset, took)
        keep_facts(Checkout(checkout.files.root), [asset])


def _is_said(checkout: Checkout, asset: str, took: Decision) -> bool:
    """Whether the last word on a request is this acceptance: a verb broken off does not repeat it."""
    last = None
    for each in checkout.asked.decisions.of(asset):
        if each.did in (ACCEPT, ROLL_BACK) and (each.step, each.variant) == (took.step, took.variant):
            last = (each.did, each.digest, each.model)
    return last == (took.did, took.digest, took.model)


def _wanted(row: Tried, number: int) -> str:
    if number > len(row.new):
        raise UsageError(f"{row.name} has no new picture {number}", hint=f"there are {len(row.new)}")
    return row.new[number - 1] if number else row.like


def choose(checkout: Checkout, node: Node, name: str, said: Decision) -> None:
    """Have a picture go on from a request, by a decision if that is needed."""
    planner = checkout.planner()
    assert node.use is not None
    readers = [each for each in checkout.graph.nodes.values() if each.upstream == node.id]
    results = planner.results(node) or {}
    other = [each for each in readers if results.get(planner.taken(each) or "") != name]
    if not other:
        return
    if name not in results.values():
        raise UsageError(
            f"{node.variant.id}: its spec asks for no picture that is {name[:12]}", hint="raise candidates"
        )
    if any(each.take.isdigit() for each in other):
        number = next(int(at) + 1 for at, each in results.items() if each == name)
        raise UsageError(f"{node.asset}: [select] says another candidate", hint=f"write candidate = {number}")
    number = next(int(at) + 1 for at, each in results.items() if each == name and at.isdigit())
    mine = sorted({each.variant.name for each in readers})
    asset = next(each for each in checkout.library.assets if each.id == node.asset)
    for variant in [""] if mine == sorted(each.name for each in asset.variants) else mine:
        made = msgspec.structs.replace(
            said, did=SELECT, step=node.use.step, variant=variant, digest=name, candidate=number
        )
        checkout.asked.decisions.add(node.asset, made)
