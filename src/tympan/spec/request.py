"""`[source]` and `[select]`: the request a generator is sent, and which candidate goes on.

Reads the signatures of input files. Writes nothing.
"""

from __future__ import annotations

from typing import Any

from tympan.files import digest
from tympan.model import Request, plain
from tympan.plugin import Generator
from tympan.spec.keys import SelectKeys, Source
from tympan.spec.mistakes import BROKEN, Mistake, expected, read
from tympan.spec.resolved import Select, SourceUse, Use
from tympan.spec.scope import Scope
from tympan.spec.uses import NOTHING, Run, table_of


def read_source(run: Run, scope: Scope) -> SourceUse | None:
    """`[source]` as a checked request, or None after noting what is wrong with it."""
    table = table_of(scope, "source")
    if scope.table.get("source") is BROKEN:
        return None
    if not table:
        hint = 'say where the picture comes from: generator = "..."'
        scope.found.append(Mistake(("source",), "missing", hint, own="source" not in scope.table))
        return None
    found, before = scope.found, len(scope.found)
    resolved = scope.resolve({key: value for key, value in table.items() if key != "options"}, ("source",))
    noted = len(found) > before
    use = _options(run, scope, resolved.get("generator"), table.get("options", NOTHING))
    cell = (scope.asset, resolved, use)
    if run.last_source and cell == run.last_source[0]:
        return run.last_source[1]
    source = read(resolved, Source, ("source",), found, also=("options",), noted=noted)
    if source is None or use is None:
        return None
    inputs, _ = run.inputs.named_by(source, ("source",), found)
    request = _request(source, scope, use, "seed" in table)
    if len(found) == before:
        _ask(run.plugin("generator", use.name, (), found), request, found)
    if len(found) > before:
        return None
    made = SourceUse(
        name=use.name,
        params=use.params,
        key=("source",),
        inputs=tuple(dict.fromkeys((*inputs, *use.inputs))),
        profiles=use.profiles,
        local=use.local,
        request=request,
    )
    run.last_source = (cell, made)
    return made


def _options(run: Run, scope: Scope, generator: Any, options: Any) -> Use | None:
    """`[source.options]`, checked against the generator's `Params`."""
    if not isinstance(options, dict):
        scope.found.append(expected(options, "a table", ("source", "options")))
    elif isinstance(generator, str) and run.plugin(
        "generator", generator, ("source", "generator"), scope.found
    ):
        return run.use("generator", generator, options, ("source", "options"), scope)
    return None


def _request(source: Source, scope: Scope, use: Use, seeded: bool) -> Request:
    options = table_of(scope, "source").get("options", NOTHING)
    return Request(
        generator=source.generator,
        model=source.model,
        prompt=source.prompt,
        negative_prompt=source.negative_prompt,
        size=source.size,
        candidates=source.candidates,
        seed=source.seed if seeded else derived_seed(scope.asset),
        lora=source.lora,
        reference=source.reference,
        control=source.control,
        operation=source.operation,
        region=source.region,
        options=scope.resolve(options, ("source", "options")) if use.local else plain(use.params),
    )


def _ask(generator: Any, request: Request, found: list[Mistake]) -> None:
    if not isinstance(generator, Generator):
        return
    try:
        found.extend(Mistake(("source",), sentence) for sentence in generator.check(request))
    except Exception as error:
        # A plugin's fault must not hide the mistakes of other specs.
        reason = f"{type(error).__name__}: {error}"
        message = f'generator "{request.generator}" failed to check the request: {reason}'
        found.append(Mistake(("source", "generator"), message))


def read_select(scope: Scope, source: SourceUse | None) -> Select | None:
    """`[select]`, or None after noting what is wrong with it."""
    table = table_of(scope, "select")
    if not table:
        return Select()
    before = len(scope.found)
    resolved = scope.resolve(table, ("select",))
    keys = read(resolved, SelectKeys, ("select",), scope.found, noted=len(scope.found) > before)
    if keys is None:
        return None
    if source and keys.candidate > source.request.candidates:
        message = f"there is no candidate {keys.candidate}: source.candidates is {source.request.candidates}"
        scope.found.append(Mistake(("select", "candidate"), message))
    return Select(by=keys.by, candidate=keys.candidate)


def derived_seed(asset: str) -> int:
    """The seed of a spec that names none: 31 bits of the blake3 of its id, so that it never moves."""
    return int(digest(asset.encode())[:8], 16) & 0x7FFFFFFF
