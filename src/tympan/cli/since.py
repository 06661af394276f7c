"""Which assets differ from a revision of git, and why.

Reads the checkout and the repository. Writes old token files to a temporary folder.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tympan.checkout import Checkout
from tympan.cli.git import Revision
from tympan.errors import SpecErrors, TympanError
from tympan.files import Files
from tympan.plan.reasons import shown
from tympan.spec.layers import DEFAULTS
from tympan.spec.project import Project, load_project, project_file
from tympan.spec.resolved import Asset, Use
from tympan.spec.tokens import TokenError, Tokens


def changed_since(checkout: Checkout, name: str, assets: Iterable[Asset]) -> dict[str, list[str]]:
    """For each asset by id what of it differs from a revision: files, tokens with their values, settings.

    An asset is asked for its spec, the defaults above it (deleted ones too), what it extends, its inputs, the
    values of the tokens it reads, and the local plugins it uses; a file that git does not have is new.
    Raises UsageError if there is no git, no repository or no such revision.
    """
    revision = Revision(checkout.files.root, name)
    with tempfile.TemporaryDirectory() as folder:
        comparison = _Comparison(checkout, revision, Files(Path(folder)))
        return {asset.id: list(dict.fromkeys(comparison.reasons(asset))) for asset in assets}


class _Comparison:
    def __init__(self, checkout: Checkout, revision: Revision, old: Files) -> None:
        self._checkout = checkout
        self._revision = revision
        self._now = Tokens(checkout.files, checkout.project.tokens)
        before = self._old_project(old)
        self._settings = list(self._changed_settings(before))
        self._then = Tokens(old, self._old_tokens(before, old))
        self._known: dict[tuple[str, ...], str] = {}

    def reasons(self, asset: Asset) -> Iterator[str]:
        yield from self._settings
        for file in self._files_of(asset):
            if self._revision.differs(file):
                yield f"{file} {'changed' if file in self._revision.files else 'is new'}"
        for file in self._lost_defaults(asset):
            yield f"{file} is gone"
        for path in self._checkout.origins.tokens(asset.id):
            if path not in self._known:
                self._known[path] = self._compare(path)
            if self._known[path]:
                yield self._known[path]

    def _files_of(self, asset: Asset) -> Iterator[str]:
        stack = self._checkout.origins.stack(asset.id)
        for layer in stack.layers if stack else ():
            yield layer.file
        for kind, use in _uses(asset):
            yield from (self._checkout.input_path(path) for path in use.inputs)
            yield from self._plugin_files(kind, use)

    def _plugin_files(self, kind: str, use: Use) -> Iterator[str]:
        plugins = self._checkout.plugins
        if use.local:
            yield use.local
            return
        found = plugins.found(kind, use.name)
        if found.file:
            yield found.origin
        folder = f"{self._checkout.project.plugins}/"
        yield from (who for name in use.profiles if (who := plugins.profile_origin(name)).startswith(folder))

    def _lost_defaults(self, asset: Asset) -> Iterator[str]:
        folder = self._checkout.project.specs
        for part in ("", *asset.id.split("/")[:-1]):
            folder = f"{folder}/{part}" if part else folder
            file = f"{folder}/{DEFAULTS}"
            if file in self._revision.changed and self._checkout.files.sign(file) is None:
                yield file

    def _old_project(self, old: Files) -> Project | None:
        """The project file of the revision, None if it had none that can be read."""
        for file in ("pyproject.toml", "tympan.toml"):
            if (data := self._revision.read(file)) is not None:
                old.write(file, data)
        try:
            return load_project(old)
        except TympanError:
            return None

    def _changed_settings(self, before: Project | None) -> Iterator[str]:
        file, _ = project_file(self._checkout.files)
        if before is None:
            yield f"{file} is new"
            return
        for name in Project.__struct_fields__:
            # Token files are compared token by token.
            was, now = getattr(before, name), getattr(self._checkout.project, name)
            if name != "tokens" and was != now:
                yield f"{file}: {name}: {was} -> {now}"

    def _old_tokens(self, before: Project | None, old: Files) -> tuple[str, ...]:
        names = [name for name in (before.tokens if before else ()) if name in self._revision.files]
        for name in names:
            old.write(name, self._revision.read(name) or b"")
        return tuple(names)

    def _compare(self, path: tuple[str, ...]) -> str:
        now, then = _value(self._now, path), _value(self._then, path)
        if now == then:
            return ""
        was = "new" if then is None else f"{shown(then)} -> {shown(now)}"
        return f"token {'.'.join(path)}: {was}"


def _uses(asset: Asset) -> Iterator[tuple[str, Use]]:
    for variant in asset.variants:
        yield "generator", variant.source
        yield from (("prep_step", use) for use in variant.prep)
        for target in variant.targets:
            yield "format", target
            yield from (("check", use) for use in target.checks)


def _value(tokens: Tokens, path: tuple[str, ...]) -> Any:
    try:
        return tokens.find(path).value
    except (TokenError, SpecErrors):
        return None
