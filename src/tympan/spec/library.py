"""Every spec of a project, merged, resolved and checked; every mistake of every file in one run.

Reads specs, tokens, and the signatures of inputs. Writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from tympan import limits
from tympan.errors import PathRefused, Problem, UsageError, Where
from tympan.files import Files, RelPath
from tympan.spec.guess import did_you_mean
from tympan.spec.keys import Head
from tympan.spec.layers import Layers, Stack
from tympan.spec.locate import dotted
from tympan.spec.mistakes import BROKEN, Mistake, read
from tympan.spec.outputs import NAMES, Claim, Claims
from tympan.spec.project import Project, place_in_project, project_file
from tympan.spec.request import read_policy
from tympan.spec.resolved import Asset, Catalogue, Library
from tympan.spec.scope import Scope
from tympan.spec.tokens import Tokens
from tympan.spec.uses import Run
from tympan.spec.variant import read_style, read_variant

_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_TABLES = frozenset(
    {"vars", "text", "matrix", "source", "explore", "train", "policy", "select", "marks", "prep"}
    | {"branch", "target", "check"}
)
_TEXTS = frozenset({"subject", "title", "description"})
# A var of this name could never be read as {name}.
_BUILT_IN = (*sorted(_TEXTS), "asset", "name")


def read_library(
    files: Files, project: Project, catalogue: Catalogue, only: Collection[str] | None = None
) -> Library:
    """All assets of a project, or those of the ids in `only`; mistakes are in `problems`, never raised.

    Raises UsageError for an id in `only` that is no spec. With `only`, two assets that would write one
    path are noticed only if both are read.
    """
    layers = Layers(files, project.specs)
    tokens = Tokens(files, project.tokens)
    reading = _Reading(layers, Run(files, project, catalogue, tokens))
    ids = layers.ids()
    wanted = sorted(ids if only is None else _known(only, ids))
    assets = [asset for id in wanted if (asset := reading.asset(id, ids[id]))]
    if only is not None:
        more = sorted(styles_of(assets, ids) - set(wanted))
        assets += [asset for id in more if (asset := reading.asset(id, ids[id])) and asset.is_style]
    if only is None:
        for file in layers.spare():
            layers.table(file)
    assets = reading.without_clashes(assets, set(ids.values()))
    if only is None and assets:
        reading.check_pattern(files)
    problems = {*reading.problems, *layers.problems, *tokens.problems}
    return Library(
        assets=tuple(assets),
        problems=tuple(sorted(problems)),
        files=tuple(sorted({*layers.read(), *project.tokens, project_file(files)[0]})),
    )


def styles_of(assets: Iterable[Asset], ids: Collection[str]) -> set[str]:
    """Ids that the LoRAs of these assets' requests may mean: a whole id, or its last part."""
    names = {
        lora.name
        for asset in assets
        for variant in asset.variants
        for use in variant.requests
        for lora in use.request.lora
    }
    return {id for id in ids if id in names or id.rpartition("/")[2] in names} if names else set()


class _Reading:
    def __init__(self, layers: Layers, run: Run) -> None:
        self.problems: list[Problem] = []
        self._layers = layers
        self._run = run

    def asset(self, id: str, file: str) -> Asset | None:
        """One asset, or None after adding what is wrong with it to `problems`."""
        if reason := _bad_id(id):
            self.problems.append(Problem(Where(file), reason))
            return None
        stack = self._layers.stack(id)
        if stack is None:
            return None
        found: list[Mistake] = []
        asset = self._build(id, file, _head(stack.merged, found), stack.layers[-1].table, found)
        if found:
            self._note(stack, file, found)
            return None
        return asset

    def _build(
        self, id: str, file: str, table: dict[str, Any], own: dict[str, Any], found: list[Mistake]
    ) -> Asset:
        run, is_style = self._run, bool(table.get("train"))
        matrix = run.matrix(None if is_style else table.get("matrix"), found)
        scopes = [Scope(id, table, matrix, cell, run.tokens, found) for cell in matrix.cells.values()]
        first = scopes[0]
        if is_style:
            variants = [read_style(run, first, own)]
        else:
            variants = [read_variant(run, *one) for one in zip(scopes, matrix.cells, strict=True)]
        tags, rights = table.get("tags"), first.resolve(table.get("license"), ("license",))
        return Asset(
            id=id,
            file=file,
            title=first.head("title"),
            description=first.head("description"),
            subject=first.head("subject"),
            tags=tuple(tags) if isinstance(tags, list) else (),
            license=rights if isinstance(rights, dict) else {},
            variants=tuple(filter(None, variants)),
            policy=read_policy(first),
            is_style=is_style,
        )

    def _note(self, stack: Stack, file: str, found: Iterable[Mistake]) -> None:
        for mistake in found:
            key = mistake.key
            if key and key[0] == "token":
                where = self._run.tokens.where(tuple(map(str, key[1:])))
            elif mistake.own:
                where = Where(file)
            else:
                where = self._layers.where(stack, key)
            text = f"{dotted(key)}: {mistake.message}" if key else mistake.message
            self.problems.append(Problem(where, text, mistake.hint))

    def without_clashes(self, assets: list[Asset], specs: set[str]) -> list[Asset]:
        """The assets whose outputs nobody else writes; the others become problems."""
        reserved = dict.fromkeys(self._run.inputs.seen.values(), "an input")
        if any(path.lower().endswith(".toml") for asset in assets for path in _outputs(asset)):
            reserved |= {RelPath(file).twin: "a spec" for file in specs}
        claims, good = Claims(reserved), []
        for asset in assets:
            found = []
            for variant in asset.variants:
                for target in variant.targets:
                    for path in target.outputs.values():
                        if reason := claims.add(Claim(path, asset.id, variant.name, target.target)):
                            found.append(Mistake(target.key, reason))
            if found and (stack := self._layers.stack(asset.id)):
                self._note(stack, asset.file, found)
            else:
                good.append(asset)
        return good

    def check_pattern(self, files: Files) -> None:
        """A name in the project's pattern that is no axis of any asset is a typing mistake."""
        pattern = self._run.pattern(self._run.project.output, ("output",), [])
        known = {*NAMES, *self._run.axes}
        for name in sorted(pattern.names - known) if pattern else ():
            where = place_in_project(files, ("output",))
            message = f'output: unknown name "{{{name}}}"'
            self.problems.append(Problem(where, message, did_you_mean(name, known)))


def _outputs(asset: Asset) -> Iterator[str]:
    for variant in asset.variants:
        for target in variant.targets:
            yield from target.outputs.values()


def _head(table: dict[str, Any], found: list[Mistake]) -> dict[str, Any]:
    """The table itself if its top level is well formed, else a copy with BROKEN in wrong places."""
    before = len(found)
    if not all(_well_formed(name, value) for name, value in table.items()):
        read(table, Head, (), found)
    own = table.get("vars")
    for name in _BUILT_IN:
        if isinstance(own, dict) and name in own:
            found.append(Mistake(("vars", name), f"taken: {{{name}}} has a meaning of its own"))
    wrong = {mistake.key[0] for mistake in found[before:] if len(mistake.key) == 1}
    return {name: BROKEN if name in wrong else value for name, value in table.items()} if wrong else table


def _well_formed(name: str, value: Any) -> bool:
    if name in _TEXTS:
        return type(value) is str
    if name == "tags":
        return type(value) is list and all(type(tag) is str for tag in value)
    if name == "requires":
        return type(value) is list and all(word == "approved" for word in value)
    if name == "license":
        return type(value) is dict and all(type(text) is str for text in value.values())
    if name == "refine":
        return type(value) is list and all(type(each) is dict for each in value)
    return name in _TABLES and type(value) is dict


def _bad_id(id: str) -> str:
    parts = id.split("/")
    for part in parts:
        if not _PART.fullmatch(part):
            rule = "letters, digits, - and _, beginning with a letter or digit"
            return f'"{part}" cannot be part of an asset\'s id, which takes {rule}'
    if len(parts) > limits.CHAIN:
        return f"lies below more than {limits.CHAIN} folders"
    try:
        RelPath.parse(id)
    except PathRefused as error:
        return error.message
    return ""


def _known(only: Collection[str], ids: Collection[str]) -> list[str]:
    for id in sorted(set(only).difference(ids)):
        raise UsageError(f'no asset "{id}"', hint=did_you_mean(id, ids))
    return list(only)
