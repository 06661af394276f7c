"""The project file: `[tool.tympan]` of pyproject.toml, or tympan.toml where there is no pyproject.

Reads pyproject.toml or tympan.toml. Writes nothing.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta


class Project(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of the project file."""

    specs: Annotated[str, Meta(description="Folder of the specs.")] = "specs"
    assets: Annotated[str, Meta(description="Folder that input paths are relative to.")] = "assets"
    out: Annotated[str, Meta(description="Folder of the outputs.")] = "assets/out"
    plugins: Annotated[str, Meta(description="Folder of local plugins.")] = "plugins"
    tokens: Annotated[tuple[str, ...], Meta(description="Token files (DTCG JSON), later ones win.")] = ()
    output: Annotated[str, Meta(description="Pattern of output paths below `out`.")] = (
        "{asset}[-{variant}][-{size}].{suffix}"
    )
