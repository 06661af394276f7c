"""One checkout of a project, opened: its plugins, specs, graph, state and store.

Reads the project file, specs, tokens, inputs' signatures, state. Writes nothing by itself.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from tympan.approval import Approvals
from tympan.asked import Asked
from tympan.errors import FilesError, SpecErrors, UsageError
from tympan.files import Files
from tympan.plan.decide import Planner
from tympan.plan.graph import Graph
from tympan.plan.making import make_graph
from tympan.plugins import Plugins
from tympan.spec.library import read_library
from tympan.spec.origin import Origins
from tympan.spec.project import Project, load_project
from tympan.spec.resolved import Library
from tympan.state import Known, State
from tympan.store import Store
from tympan.trust import trusted

PROJECT_FILES = ("pyproject.toml", "tympan.toml")


class Checkout:
    """A project on this disk, or some assets of it. Everything is loaded when it is first asked for."""

    def __init__(
        self, root: Path, *, local_code: bool | None = None, only: frozenset[str] | None = None
    ) -> None:
        self.files = Files(root)
        self.only = only
        self._local_code = local_code

    @cached_property
    def project(self) -> Project:
        """The project file; UsageError if there is none."""
        return load_project(self.files)

    @cached_property
    def trusted(self) -> bool:
        """Whether local plugins may run here."""
        return trusted(self.files.root) if self._local_code is None else self._local_code

    @cached_property
    def plugins(self) -> Plugins:
        """All plugins, local ones only if trusted."""
        return Plugins(self.files, self.project.plugins, trusted=self.trusted)

    @cached_property
    def specs(self) -> Library:
        """All specs, with their problems still in them."""
        return read_library(self.files, self.project, self.plugins, self.only)

    @property
    def library(self) -> Library:
        """All specs; SpecErrors with every mistake if there is any."""
        if self.specs.problems:
            raise SpecErrors(list(self.specs.problems))
        return self.specs

    @cached_property
    def state(self) -> State:
        """This checkout's memory."""
        return State(self.files)

    @cached_property
    def store(self) -> Store:
        """The store."""
        return Store(self.files)

    @cached_property
    def asked(self) -> Asked:
        """What was asked outside, and what people chose."""
        return Asked(self.files, self.project.specs, self.store)

    @cached_property
    def approvals(self) -> Approvals:
        """What people have said of outputs."""
        return Approvals(self.asked.decisions, self.store)

    @cached_property
    def graph(self) -> Graph:
        """Every action of every asset."""
        return make_graph(self.library, self.plugins, self.input_digest, self.asked)

    def planner(self, force: frozenset[str] = frozenset(), *, terse: bool = False) -> Planner:
        """A planner over graph, state and store as they are now; terse: see `Planner`."""
        if self.only is None:
            self.state.load_all()
        known = Known(self.state, self.store, self.asked)
        return Planner(self.graph, known, self.approvals.gate, force=force, terse=terse)

    def where(self, asset: str, key: tuple[str, ...]) -> str:
        """Where a value of an asset is written, as `file:line:column`; "" if no key names it."""
        return str(self.origins(asset, key)) if key else ""

    @cached_property
    def origins(self) -> Origins:
        """Where values of specs and tokens are written."""
        return Origins(self.files, self.project)

    def input_path(self, name: str) -> str:
        """Where an input lies, from the root."""
        return f"{self.project.assets}/{name}"

    def input_digest(self, name: str) -> str:
        """Digest of an input's bytes now; FilesError if it has gone."""
        found = self.state.digest_of(self.input_path(name))
        if found is None:
            raise FilesError(f"{self.input_path(name)} is gone")
        return found


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` with a project file; UsageError if there is none."""
    for folder in (start, *start.parents):
        for name in PROJECT_FILES:
            if (folder / name).is_file():
                return folder
    raise UsageError(f"no tympan project at or above {start}", hint="tympan init makes one here")
