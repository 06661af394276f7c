"""The project file: `[tool.tympan]` of pyproject.toml, or tympan.toml where there is no pyproject.

Reads pyproject.toml or tympan.toml. Writes nothing.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from tympan.errors import PathRefused, Problem, SpecErrors, UsageError, Where
from tympan.files import Files, RelPath
from tympan.marks import MarksKeys
from tympan.model import read_cost
from tympan.spec.locate import Key, Places, dotted
from tympan.spec.mistakes import Mistake, read
from tympan.spec.toml import Table, check_values, parse_toml

_PYPROJECT = "pyproject.toml"
_OWN = "tympan.toml"


class ServiceKeys(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[tool.tympan.service.NAME]`: where and how fast a generator's service is asked from this project."""

    url: Annotated[str, Meta(pattern="^https?://", description="Address, instead of the service's own.")] = ""
    hosts: Annotated[tuple[str, ...], Meta(description="Further hosts that results may come from.")] = ()
    concurrent: Annotated[int, Meta(ge=0, description="Jobs at once; 0: as the plugin says.")] = 0
    per_minute: Annotated[int, Meta(ge=0, description="Calls a minute; 0: as the plugin says.")] = 0
    paid_per_minute: Annotated[
        int, Meta(ge=0, description="Paid calls a minute; 0: as `per_minute`, or as the plugin says.")
    ] = 0


class BudgetKeys(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[tool.tympan.budget]`: amounts such as "5.00 USD", one for each currency that may be spent."""

    run: Annotated[tuple[str, ...], Meta(description="What one run may cost where `policy` is `auto`.")] = ()
    asset: Annotated[tuple[str, ...], Meta(description="What one asset may cost in all.")] = ()
    project: Annotated[tuple[str, ...], Meta(description="What all assets may cost in all.")] = ()


class DriftKeys(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[tool.tympan.drift]`: how it is noticed that a model draws otherwise."""

    assets: Annotated[tuple[str, ...], Meta(description="The calibration set: ids or patterns.")] = ()
    seeds: Annotated[
        tuple[Annotated[int, Meta(ge=0, lt=2**53)], ...],
        Meta(description="Seeds of a baseline, at least two.", min_length=2),
    ] = (11, 22, 33, 44)
    probes: Annotated[int, Meta(ge=1, description="How many requests `tympan drift` asks once more.")] = 3
    gates: Annotated[
        dict[str, Annotated[float, Meta(gt=0)]],
        Meta(description="The effect from which on there is a drift, by aspect."),
    ] = {}


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
    hard_links: Annotated[
        bool, Meta(description="Whether large outputs are links to what the store has, read-only.")
    ] = False
    service: Annotated[dict[str, ServiceKeys], Meta(description="Services by generator.")] = {}
    budget: Annotated[BudgetKeys, Meta(description="What generators may cost.")] = BudgetKeys()
    drift: Annotated[DriftKeys, Meta(description="How drift is noticed.")] = DriftKeys()
    marks: Annotated[MarksKeys, Meta(description="What files say of themselves.")] = MarksKeys()


def load_project(files: Files) -> Project:
    """The project of a folder. Raises UsageError if there is none, SpecErrors with all its mistakes."""
    file, below = project_file(files)
    data = files.read(file)
    table = _table(file, data, below)
    check_values(file, table, data, below)
    found: list[Mistake] = []
    project = read(table, Project, (), found)
    if project:
        for name in ("specs", "assets", "out", "plugins"):
            _check_path(getattr(project, name), (name,), found)
        for nth, path in enumerate(project.tokens):
            _check_path(path, ("tokens", nth), found)
        for name in ("run", "asset", "project"):
            for nth, text in enumerate(getattr(project.budget, name)):
                _check_cost(text, ("budget", name, nth), found)
    if found or project is None:
        raise SpecErrors([_problem(file, data, below, mistake) for mistake in found])
    return project


def project_file(files: Files) -> tuple[str, Key]:
    """The file that makes a folder a project, and the table in it that is ours."""
    own = files.sign(_OWN) is not None
    if files.sign(_PYPROJECT) is not None:
        data = files.read(_PYPROJECT)
        # Other tools' tables may be larger than anything of ours: parsed only if it names us.
        if b"tympan" in data and _table(_PYPROJECT, data, ("tool",)).get("tympan") is not None:
            if own:
                raise UsageError(f"both {_OWN} and {_PYPROJECT} configure tympan", hint="keep one of them")
            return _PYPROJECT, ("tool", "tympan")
    if own:
        return _OWN, ()
    raise UsageError(f"no {_PYPROJECT} with [tool.tympan] and no {_OWN} here", hint="run: tympan init")


def place_in_project(files: Files, key: Key) -> Where:
    """Where a key of the project file stands."""
    file, below = project_file(files)
    return _place(file, files.read(file), below, key)


def _table(file: str, data: bytes, below: Key) -> Table:
    table = parse_toml(file, data)
    for part in below:
        table = table.get(str(part), {})
        if not isinstance(table, dict):
            raise SpecErrors([Problem(Where(file), f"{dotted(below)}: expected a table")])
    return table


def _check_path(path: str, key: Key, found: list[Mistake]) -> None:
    try:
        RelPath.parse(path)
    except PathRefused as error:
        found.append(Mistake(key, error.message))


def _check_cost(text: str, key: Key, found: list[Mistake]) -> None:
    try:
        read_cost(text)
    except ValueError as error:
        found.append(Mistake(key, str(error)))


def _problem(file: str, data: bytes, below: Key, mistake: Mistake) -> Problem:
    message = f"{dotted((*below, *mistake.key))}: {mistake.message}"
    return Problem(_place(file, data, below, mistake.key), message, mistake.hint)


def _place(file: str, data: bytes, below: Key, key: Key) -> Where:
    places, full = Places(data.decode()), (*below, *key)
    for length in range(len(full), 0, -1):
        if place := places.find(full[:length]):
            return Where(file, *place)
    return Where(file)
