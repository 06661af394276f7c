"""What the spec room hands on: assets and their variants, every value resolved and checked.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import msgspec

from tympan.errors import Problem, Where
from tympan.marks import MarksKeys
from tympan.model import Cost, Params, Request
from tympan.plugin import Plugin

KINDS = ("generator", "map", "prep_step", "format", "check")


class Catalogue(Protocol):
    """What the spec room needs to know of plugins. `kind` is one of KINDS."""

    def find(self, kind: str, name: str) -> type[Plugin[Any]] | None:
        """The class that claims a name, None if there is none that may be used."""

    def names(self, kind: str) -> Iterable[str]:
        """All names of a kind, for did-you-mean and the schema."""

    def untrusted(self, kind: str, name: str) -> str | None:
        """The local file that defines a name but may not be imported here, else None."""

    def has_profile(self, name: str) -> bool:
        """Whether an ICC profile of this name is known."""

    def profile_names(self) -> Iterable[str]:
        """All profile names."""


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """One use of a plugin by a spec: its checked params, and which files and profiles they name.

    key: the table in the spec, such as ("prep", "trim"), for `why` and for errors.
    local: the file of an untrusted local plugin; then `params` is not checked and nothing may run.
    """

    name: str
    params: Params
    key: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    local: str = ""


class Select(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[select]`: which candidate goes on. by: "person" (none chosen yet) or "first"; candidate: from 1."""

    by: str = "person"
    candidate: int = 0


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One cell of a grid: its values by axis, and the source that has them."""

    values: dict[str, Any]
    use: SourceUse


class SourceUse(Use, frozen=True, kw_only=True):
    """The source of a variant. `request` still names pictures by path; the plan puts digests in.

    `params` are the checked `[source.options]`; `inputs` has every path of request, options and maps.
    step: "source", or "refine.1", "refine.2", ...; select: which of its candidates goes on.
    maps: the use that draws each control map, by the control's name; none for those that are maps already.
    branch: the direction that it belongs to, "" for the one that is built; its step is "name.refine.1" then.
    cells: of `[explore.grid]`, if there is one; then these are asked instead of `request`.
    """

    request: Request
    step: str = "source"
    select: Select = Select()
    maps: dict[str, Use] = {}
    cells: tuple[Cell, ...] = ()
    branch: str = ""

    @property
    def count(self) -> int:
        """How many candidates come in all."""
        return sum(cell.use.request.candidates for cell in self.cells) or self.request.candidates


class TargetUse(Use, frozen=True, kw_only=True):
    """One entry of `[target.*]`: `name` is the format's, `target` the entry's key.

    outputs: part name -> path relative to the project root, in the order of `Format.parts`.
    checks: the checks that judge this target's files. proof: the target whose file is shown instead of the
    picture. requires: what they wait for before they go in place. marks: whether they say what they are.
    """

    target: str
    outputs: dict[str, str]
    checks: tuple[Use, ...] = ()
    marks: bool = True
    requires: tuple[str, ...] = ()
    proof: TargetUse | None = None

    @property
    def uses(self) -> tuple[Use, ...]:
        """Every use of a plugin that these files come from or are judged by."""
        return (self, *((self.proof,) if self.proof else ()), *self.checks)


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """One cell of an asset's matrix. cell: axis -> value; name: the values joined with "-".

    marks: what its files are to say of themselves, the project's keys and the spec's together.
    """

    asset: str
    name: str
    cell: dict[str, str]
    source: SourceUse
    refine: tuple[SourceUse, ...] = ()
    prep: tuple[Use, ...]
    targets: tuple[TargetUse, ...]
    marks: MarksKeys = MarksKeys()
    branches: tuple[Branch, ...] = ()

    @property
    def requests(self) -> tuple[SourceUse, ...]:
        """The source and its refinements, in order."""
        return (self.source, *self.refine)

    @property
    def id(self) -> str:
        """`icon/home` or `icon/home.dark`."""
        return f"{self.asset}.{self.name}" if self.name else self.asset


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """Another direction of a variant. fork: how many refinements of the main one it shares."""

    name: str
    fork: int
    refine: tuple[SourceUse, ...]


class Policy(msgspec.Struct, frozen=True):
    """`[policy]`. generate: "never", "ask" or "auto". budget: what the asset may cost; None: no limit."""

    generate: str = "ask"
    budget: Cost | None = None


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """What the design system has a name for. id: path below specs/; file: the spec, from the root.

    is_style: `[train]` makes a style of it; then its one variant has a source, the training, and no targets.
    """

    id: str
    file: str
    title: str
    description: str
    subject: str
    tags: tuple[str, ...]
    license: dict[str, Any]
    variants: tuple[Variant, ...]
    policy: Policy = Policy()
    is_style: bool = False


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """All assets of a project, sorted by id, and all mistakes found on the way.

    files: every file that was read for it, from the root: specs, defaults, tokens, project file.
    """

    assets: tuple[Asset, ...]
    problems: tuple[Problem, ...]
    files: tuple[str, ...]


class Origin(Protocol):
    """Finds where a value of an asset comes from."""

    def __call__(self, asset: str, key: tuple[str, ...]) -> Where: ...
