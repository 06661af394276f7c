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
        scope.found.append(Mistake(("source",), "missing", hint, own=True))
        return None
    found, before = scope.found, len(scope.found)
    resolved = scope.resolve({key: value for key, value in table.items() if key != "options"}, ("source",))
    source = read(resolved, Source, ("source",), found, also=("options",), noted=len(found) > before)
    generator, options = resolved.get("generator"), table.get("options", NOTHING)
    if not isinstance(options, dict):
        found.append(expected(options, "a table", ("source", "options")))
        return None
    if not isinstance(generator, str) or not generator:
        return None
    plugin = run.plugin("generator", generator, ("source", "generator"), found)
    use = run.use("generator", generator, options, ("source", "options"), scope) if plugin else None
    if source is None or use is None:
        return None
    inputs, _ = run.inputs.named_by(source, ("source",), found)
    request = _request(source, scope, options, use, "seed" in table)
    if len(found) > before:
        return None
    if isinstance(plugin, Generator):
        _ask(plugin, request, found)
    return SourceUse(
        name=generator,
        params=use.params,
        key=("source",),
        inputs=tuple(dict.fromkeys((*inputs, *use.inputs))),
        profiles=use.profiles,
        local=use.local,
        request=request,
    )


def _request(source: Source, scope: Scope, options: dict[str, Any], use: Use, seeded: bool) -> Request:
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


def _ask(generator: Generator[Any], request: Request, found: list[Mistake]) -> None:
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
        message = f"there are {source.request.candidates} candidates, not {keys.candidate}"
        scope.found.append(Mistake(("select", "candidate"), message))
    return Select(by=keys.by, candidate=keys.candidate)


def derived_seed(asset: str) -> int:
    """The seed of a spec that names none: 31 bits of the blake3 of its id, so that it never moves."""
    return int(digest(asset.encode())[:8], 16) & 0x7FFFFFFF
