"""Where a value of an asset is written, for `why`.

Reads specs, tokens and the project file, when asked. Writes nothing.
"""

from __future__ import annotations

from tympan.errors import Where
from tympan.files import Files
from tympan.spec.layers import Layers
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

    def __call__(self, asset: str, key: tuple[str | int, ...]) -> Where:
        """The place of a key; of the spec itself if it cannot be read."""
        if key and key[0] == "token":
            self._tokens = self._tokens or Tokens(self._files, self._project.tokens)
            return self._tokens.where(tuple(map(str, key[1:])))
        self._layers = self._layers or Layers(self._files, self._project.specs)
        stack = self._layers.stack(asset)
        if stack is None:
            return Where(f"{self._project.specs}/{asset}.toml")
        return self._layers.where(stack, key)
