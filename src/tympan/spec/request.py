"""`[source]`, `[[refine]]`, `[train]`: the requests generators are sent, and which candidates go on.

Reads the signatures of input files. Writes nothing.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from tympan.files import digest
from tympan.model import Request, plain, read_cost, with_selected
from tympan.plugin import Generator
from tympan.spec.grid import with_cells, with_others
from tympan.spec.keys import BranchKeys, PolicyKeys, Refine, SelectKeys, Source, Train
from tympan.spec.locate import Key, dotted
from tympan.spec.maps import inputs_of, local_of, read_maps, with_options
from tympan.spec.mistakes import BROKEN, Mistake, expected, read
from tympan.spec.resolved import Branch, Policy, Select, SourceUse, Use
from tympan.spec.scope import Scope
from tympan.spec.uses import NOTHING, Run, table_of

# What a refinement takes from the request before it, if it does not say otherwise.
_HANDED_ON = ("prompt", "size")
# Of a branch: it stands in names of steps and tasks.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def read_source(run: Run, scope: Scope) -> SourceUse | None:
    """`[source]` as a checked request, or None after noting what is wrong with it."""
    table = table_of(scope, "source")
    if scope.table.get("source") is BROKEN:
        return None
    if not table:
        hint = 'say where the picture comes from: generator = "..."'
        scope.found.append(Mistake(("source",), "missing", hint, own="source" not in scope.table))
        return None
    use = _read(run, scope, table, ("source",), Source)
    if use is None or not scope.table.get("explore"):
        return use
    generator = run.plugin("generator", use.name, ("source", "generator"), scope.found)
    use = with_cells(use, table, scope, generator, lambda cell: _read(run, scope, cell, ("source",), Source))
    return with_others(
        use,
        table,
        scope,
        lambda cell, key: _read(run, scope, cell, key, Source, ("source",)),
        lambda name: _is_asked(run.plugin("generator", name, (), [])),
    )


def _is_asked(generator: Any) -> bool:
    return isinstance(generator, Generator) and (generator.PAID or not generator.REPEATABLE)


def read_refine(run: Run, scope: Scope) -> tuple[list[SourceUse], list[Branch]]:
    """`[[refine]]` as checked requests, and each `[branch]` with its own; what is wrong with them is noted.

    What a refinement does not say of prompt, size and, for the same generator, model and negative prompt, the
    one before it says.
    """
    tables, branches = [table_of(scope, "source")], []
    uses = _steps(run, scope, scope.table.get("refine", ()), ("refine",), tables)
    for name, table in table_of(scope, "branch").items():
        key: Key = ("branch", name)
        if table is False:
            continue
        if not NAME.fullmatch(name):
            scope.found.append(Mistake(key, "a name takes letters, digits, - and _"))
            continue
        keys = read(table, BranchKeys, key, scope.found) if isinstance(table, dict) else None
        if keys is None:
            if not isinstance(table, dict):
                scope.found.append(expected(table, "a table, or false", key))
            continue
        fork = int(keys.start.partition(".")[2] or 0)
        if fork >= len(tables):
            message = f"there is no {keys.start}: {len(tables) - 1} [[refine]] are written"
            scope.found.append(Mistake((*key, "from"), message))
            continue
        own = _steps(run, scope, table.get("refine", []), (*key, "refine"), tables[: fork + 1], name)
        branches.append(Branch(name=name, fork=fork, refine=tuple(own)))
    return uses, branches


def _steps(
    run: Run, scope: Scope, given: Any, place: Key, tables: list[dict[str, Any]], branch: str = ""
) -> list[SourceUse]:
    """Refinements, one behind the other. tables: of what comes before them, and what each says is added."""
    uses = []
    for nth, own in enumerate(given if isinstance(given, list) else ()):
        key: Key = (*place, nth)
        if not isinstance(own, dict):
            scope.found.append(expected(own, "a table", key))
            continue
        before, depth = tables[-1], len(tables) - 1
        same = own.get("generator", before.get("generator")) == before.get("generator")
        names = (*_HANDED_ON, *(("generator", "model", "negative_prompt") if same else ()))
        tables.append({**{name: before[name] for name in names if name in before}, **own})
        # The seed of the place in the chain: a branch that becomes the main one asks for the same.
        use = _read(run, scope, tables[-1], key, Refine, ("refine", depth))
        if use:
            select = _select(scope, own.get("select", NOTHING), (*key, "select"), use)
            step = f"{branch}.refine.{nth + 1}" if branch else f"refine.{nth + 1}"
            uses.append(msgspec.structs.replace(use, step=step, select=select or Select(), branch=branch))
    return uses


def _read(
    run: Run, scope: Scope, table: dict[str, Any], key: Key, kind: type[Source], chain: Key | None = None
) -> SourceUse | None:
    found, before = scope.found, len(scope.found)
    own = {name: value for name, value in table.items() if name not in ("options", "select")}
    resolved = scope.resolve(own, key)
    noted = len(found) > before
    use = _options(run, scope, resolved.get("generator"), table.get("options", NOTHING), key)
    chain = chain or key
    cell = (scope.asset, key, resolved, use)
    if run.last_source and cell == run.last_source[0]:
        return run.last_source[1]
    source = read(resolved, kind, key, found, also=("options", "select"), noted=noted)
    if source is None or use is None:
        return None
    inputs, _ = run.inputs.named_by(source, key, found)
    maps = read_maps(run, scope, source.control, key)
    if maps:
        source = msgspec.structs.replace(source, control=with_options(source.control, maps))
    request = _request(source, scope, use, table, key, chain)
    if len(found) == before:
        # Which candidate a refinement starts from is not known yet, only that there will be one.
        whole = with_selected(request, "selected") if kind is Refine else request
        _ask(run.plugin("generator", use.name, (), found), whole, found, key)
    if len(found) > before:
        return None
    made = SourceUse(
        name=use.name,
        params=use.params,
        key=tuple(map(str, key)),
        inputs=tuple(dict.fromkeys((*inputs, *use.inputs, *inputs_of(maps)))),
        profiles=use.profiles,
        local=use.local or local_of(maps),
        request=request,
        maps=maps,
    )
    run.last_source = (cell, made)
    return made


def _options(run: Run, scope: Scope, generator: Any, options: Any, key: Key) -> Use | None:
    """The table of options, checked against the generator's `Params`."""
    if not isinstance(options, dict):
        scope.found.append(expected(options, "a table", (*key, "options")))
    elif isinstance(generator, str) and run.plugin("generator", generator, (*key, "generator"), scope.found):
        return run.use("generator", generator, options, (*key, "options"), scope)
    return None


def _request(source: Source, scope: Scope, use: Use, table: dict[str, Any], key: Key, chain: Key) -> Request:
    options = table.get("options", NOTHING)
    # A refinement has a seed of its own: the one before it already made this very picture.
    seed = derived_seed(scope.asset if chain == ("source",) else f"{scope.asset}#{dotted(chain)}")
    return Request(
        generator=source.generator,
        model=source.model,
        prompt=source.prompt,
        negative_prompt=source.negative_prompt,
        size=source.size,
        candidates=source.candidates,
        seed=source.seed if "seed" in table else seed,
        lora=source.lora,
        reference=source.reference,
        control=source.control,
        operation=source.operation,
        region=source.region,
        options=scope.resolve(options, (*key, "options")) if use.local else plain(use.params),
    )


def _ask(generator: Any, request: Request, found: list[Mistake], key: Key) -> None:
    if not isinstance(generator, Generator):
        return
    try:
        found.extend(Mistake(key, sentence) for sentence in generator.check(request))
    except Exception as error:
        # A plugin's fault must not hide the mistakes of other specs.
        reason = f"{type(error).__name__}: {error}"
        message = f'generator "{request.generator}" failed to check the request: {reason}'
        found.append(Mistake((*key, "generator"), message))


def read_select(scope: Scope, source: SourceUse | None) -> Select | None:
    """`[select]`, or None after noting what is wrong with it."""
    return _select(scope, table_of(scope, "select"), ("select",), source)


def _select(scope: Scope, table: Any, key: Key, source: SourceUse | None) -> Select | None:
    if not isinstance(table, dict):
        scope.found.append(expected(table, "a table", key))
        return None
    if not table:
        return Select()
    before = len(scope.found)
    resolved = scope.resolve(table, key)
    keys = read(resolved, SelectKeys, key, scope.found, noted=len(scope.found) > before)
    if keys is None:
        return None
    if source and keys.candidate > source.count:
        of = "source" if key[0] == "select" else dotted(key[:-1])
        message = f"there is no candidate {keys.candidate}: {of}.candidates is {source.request.candidates}"
        if source.cells:
            message = f"there is no candidate {keys.candidate}: the grid has {source.count}"
        scope.found.append(Mistake((*key, "candidate"), message))
    return Select(by=keys.by, candidate=keys.candidate)


def read_train(run: Run, scope: Scope) -> SourceUse | None:
    """`[train]` as the request of a training, or None after noting what is wrong with it."""
    table, key, found = table_of(scope, "train"), ("train",), scope.found
    before = len(found)
    resolved = scope.resolve({name: value for name, value in table.items() if name != "options"}, key)
    use = _options(run, scope, resolved.get("generator"), table.get("options", NOTHING), key)
    keys = read(resolved, Train, key, found, also=("options",), noted=len(found) > before)
    if keys is None or use is None:
        return None
    paths: list[str] = []
    for nth, pattern in enumerate(keys.dataset):
        here = run.inputs.matching(pattern, ("train", "dataset", nth), found)
        paths += [path for path in here if path not in paths]
    request = Request(
        generator=use.name,
        model=keys.model,
        prompt=keys.trigger,
        operation="train",
        dataset=tuple(paths),
        options=plain(use.params),
    )
    if len(found) == before:
        _ask(run.plugin("generator", use.name, (), found), request, found, key)
    return SourceUse(
        name=use.name,
        params=use.params,
        key=key,
        inputs=tuple(dict.fromkeys((*paths, *use.inputs))),
        local=use.local,
        request=request,
    )


def read_policy(scope: Scope) -> Policy:
    """`[policy]`; what is wrong with it is noted."""
    before = len(scope.found)
    resolved = scope.resolve(table_of(scope, "policy"), ("policy",))
    keys = read(resolved, PolicyKeys, ("policy",), scope.found, noted=len(scope.found) > before)
    if keys is None:
        return Policy()
    try:
        return Policy(keys.generate, read_cost(keys.budget) if keys.budget else None)
    except ValueError as error:
        scope.found.append(Mistake(("policy", "budget"), str(error)))
        return Policy()


def derived_seed(asset: str) -> int:
    """The seed of a spec that names none: 31 bits of the blake3 of its id, so that it never moves."""
    return int(digest(asset.encode())[:8], 16) & 0x7FFFFFFF
