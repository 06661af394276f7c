"""Where a value of an asset is written, for `why`.

Reads specs, tokens and the project file, when asked. Writes nothing.
"""

from __future__ import annotations

from typing import Any

from tympan.errors import Where
from tympan.files import Files
from tympan.spec.layers import Layers, Stack
from tympan.spec.names import tokens_in, tokens_of
from tympan.spec.project import Project
from tympan.spec.tokens import Tokens


class Origins:
    """The `Origin` of a project: file, line and column of a key of an asset, from the strongest layer that
    has it. A value that no layer gives (a default) is where its table is; `("token", "color", "brand")`
    is a design token. Files are read when they are first asked for, and then kept."""

    def __init__(self, files: Files, project: Project) -> None:
        self._files = files
        self._project = project
        self._layers: Layers | None = None
        self._tokens: Tokens | None = None
        self._last: tuple[str, Stack | None] | None = None

    def __call__(self, asset: str, key: tuple[str | int, ...]) -> Where:
        """The place of a key; of the spec itself if it cannot be read."""
        if key and key[0] == "token":
            return self._token_files().where(tuple(map(str, key[1:])))
        stack = self.stack(asset)
        if stack is None:
            return Where(f"{self._project.specs}/{asset}.toml")
        return self._read().where(stack, key)

    def stack(self, asset: str) -> Stack | None:
        """The layers an asset is merged from, weakest first; None if one of them cannot be read."""
        if self._last is None or self._last[0] != asset:
            # Asked for value by value: the merge of one asset is kept.
            self._last = (asset, self._read().stack(asset))
        return self._last[1]

    def is_written(self, asset: str, key: tuple[str | int, ...]) -> bool:
        """Whether a layer says this very key: if none does, its value is a default."""
        stack = self.stack(asset)
        return stack is not None and _at(stack.merged, key) is not None

    def tokens(self, asset: str, key: tuple[str | int, ...] = ()) -> list[tuple[str, ...]]:
        """Paths of the design tokens a key's value comes from; without a key, all that the asset reads."""
        stack = self.stack(asset)
        if stack is None:
            return []
        return sorted(tokens_in(_at(stack.merged, key), stack.merged) if key else tokens_of(stack.merged))

    def _read(self) -> Layers:
        self._layers = self._layers or Layers(self._files, self._project.specs)
        return self._layers

    def _token_files(self) -> Tokens:
        self._tokens = self._tokens or Tokens(self._files, self._project.tokens)
        return self._tokens


def _at(table: Any, key: tuple[str | int, ...]) -> Any:
    for part in key:
        table = table.get(str(part)) if isinstance(table, dict) else None
    return table
