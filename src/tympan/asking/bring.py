"""Making an asset of a picture that exists already: a spec of what it says, and its place on record.

Reads the checkout. Writes the spec, the ledger, the store, decisions, the lock and the master.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

import msgspec

from tympan import ledger as states
from tympan.asking.brought import receive
from tympan.asking.facts import keep_facts
from tympan.asking.foreign import facts_of
from tympan.asking.requests import Errand, errands_of
from tympan.checkout import Checkout
from tympan.clock import now
from tympan.decisions import SELECT, Decision
from tympan.errors import PathRefused, Problem, SpecErrors, UsageError
from tympan.files import RelPath, digest
from tympan.inbox import Dropped
from tympan.ledger import Entry, job_id
from tympan.lock import toml_key, toml_value
from tympan.marks.read import said_of
from tympan.model import Candidate, Cost, Ticket, plain
from tympan.plan.graph import Node
from tympan.plugins import Plugins

# The generator for pictures of tools that there is no plugin for.
_ANY = "inbox"
_WHY = "imported"
# Every tool that a recaller knows is a generative one.
_MADE = "trainedAlgorithmicMedia"
# What comes of it, where the folder's defaults do not say.
_TARGET = "\n[target.png]\n"


def bring(checkout: Checkout, asset: str, file: Dropped, data: bytes, by: str) -> str:
    """Write the spec of a new asset and make the picture its selected candidate; the spec's path.

    Call it with the build lock held. UsageError if the asset is there, SpecErrors if no spec can be right.
    """
    path = RelPath.parse(f"{checkout.project.specs}/{asset}.toml")
    if "." in asset or any(part.startswith("_") for part in asset.split("/")):
        raise PathRefused(f"{asset!r} is no asset id", hint="letters, digits, - and _, folders with /")
    if checkout.files.sign(path) is not None:
        raise UsageError(f"{path} is already there", hint="import it under another name")
    problems: list[Problem] = []
    for generator, target in product(_generators(checkout.plugins, file), ("", _TARGET)):
        checkout.files.write(path, (spec_of(checkout.plugins, generator, file) + target).encode())
        after = Checkout(checkout.files.root)
        problems = [each for each in after.specs.problems if each.where.file == path]
        if not problems:
            try:
                _record(after, asset, file, data, by)
            except BaseException:
                checkout.files.remove(path)
                raise
            return path
        checkout.files.remove(path)
    raise SpecErrors(problems)


def _generators(plugins: Plugins, file: Dropped) -> Iterable[str]:
    """The tool's own generator if there is one and it knows what was asked, then the one for everything."""
    if plugins.find("generator", file.recalled.tool) and file.recalled.prompt:
        yield file.recalled.tool
    yield _ANY


def spec_of(plugins: Plugins, generator: str, file: Dropped) -> str:
    """A spec with everything that the picture says and the generator has a key for."""
    made = file.recalled
    lines = [f"# Imported from {file.name}.", "[source]"]
    values: dict[str, Any] = {
        "generator": generator,
        "model": made.model,
        "prompt": made.prompt,
        "negative_prompt": made.negative_prompt,
        "size": list(made.size or ()),
        "seed": made.seed if made.seed is not None and 0 <= made.seed < 2**53 else None,
        "candidates": 1,
        "lora": made.options.get("lora"),
    }
    lines += [
        f"{name} = {toml_value(braced(each))}" for name, each in values.items() if each not in ("", [], None)
    ]
    options = dict(_options(plugins, generator, made.options))
    if generator == _ANY:
        options["tool"] = made.tool or "unknown"
        options["notes"] = [f"imported from {file.name}"]
    lines += ["", "[source.options]"] if options else []
    lines += [f"{toml_key(name)} = {toml_value(braced(each))}" for name, each in options.items()]
    # Of its own generator it is known; and what the picture says in a mark is carried on by itself.
    if generator == _ANY and made.tool and not said_of(made.chunks).marks.source_type:
        lines += ["", "[marks]", f'source_type = "{_MADE}"', f"system = {toml_value(braced(made.tool))}"]
    return "\n".join(lines) + "\n"


def _options(plugins: Plugins, generator: str, found: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    cls = plugins.found("generator", generator).cls
    for name, value in sorted(found.items()):
        try:
            msgspec.convert({name: value}, cls.Params)
        except msgspec.ValidationError as error:
            # A key that others are required beside is right by itself.
            if "missing required" not in str(error):
                continue
        yield name, value


def braced(value: Any) -> Any:
    """Braces doubled, because single ones are names in a spec."""
    if isinstance(value, str):
        return value.replace("{", "{{").replace("}", "}}")
    if isinstance(value, list | tuple):
        return [braced(each) for each in value]
    return {name: braced(each) for name, each in value.items()} if isinstance(value, dict) else value


def _record(checkout: Checkout, asset: str, file: Dropped, data: bytes, by: str) -> None:
    nodes = [node for node in checkout.graph.nodes.values() if node.asset == asset and node.kind == "source"]
    planner = checkout.planner()
    found = [each for node in nodes for each in errands_of(checkout, planner, node)]
    for errand in {each.key: each for each in found}.values():
        _receive(checkout, errand, nodes[0], file, data)
    made = Decision(
        did=SELECT, step="source", digest=digest(data), candidate=1, by=by, at=now(), why=_WHY, via="cli"
    )
    checkout.asked.decisions.add(asset, made)
    keep_facts(Checkout(checkout.files.root), [asset])


def _receive(checkout: Checkout, errand: Errand, node: Node, file: Dropped, data: bytes) -> None:
    """A job that cost nothing now, for what was made before."""
    ledger, batch = checkout.asked.ledger, errand.batches[0]
    id = job_id(errand.key, batch.number, 0)
    if any(job.id == id and job.results for job in ledger.jobs()):
        return
    entry = Entry(
        job=id,
        did=states.INTENDED,
        at=now(),
        key=errand.key,
        batch=batch.number,
        first=batch.first,
        asset=node.asset,
        node=node.id,
        generator=errand.request.generator,
        version=type(errand.generator).VERSION,
        request=plain(batch.request),
        cost=Cost(),
    )
    job = ledger.begin(entry)
    ledger.add(job, states.SUBMITTED, ticket=Ticket(file.recalled.job or job.id))
    candidate = Candidate(data=data, seed=file.recalled.seed, facts=facts_of(file, _WHY))
    receive(ledger, checkout.store, job, [candidate], model=file.recalled.model)
