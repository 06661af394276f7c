"""Uses of plugins: their tables resolved, checked against `Params`, with the inputs they name.

Reads the signatures of input files. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from tympan.files import Files
from tympan.model import Params
from tympan.plugin import Plugin
from tympan.spec.guess import did_you_mean
from tympan.spec.inputs import Inputs
from tympan.spec.locate import Key
from tympan.spec.matrix import ONE_CELL, Matrix, read_matrix
from tympan.spec.mistakes import Mistake, expected, read
from tympan.spec.outputs import Pattern, PatternError
from tympan.spec.project import Project
from tympan.spec.resolved import Catalogue, SourceUse, Use
from tympan.spec.scope import Scope, is_fixed
from tympan.spec.tokens import Tokens

T = TypeVar("T", bound=msgspec.Struct)

NOTHING: dict[str, Any] = {}
_WORD = {"generator": "generator", "map": "map", "prep_step": "step", "format": "format", "check": "check"}


class Run:
    """One reading of a library: what is looked up or worked out once for all its specs.

    Tables that specs share by inheritance are the same object, so what is fixed in them is done once.
    Every memo keeps its objects alive: their ids would be given away again.
    """

    def __init__(self, files: Files, project: Project, catalogue: Catalogue, tokens: Tokens) -> None:
        self.project = project
        self.catalogue = catalogue
        self.tokens = tokens
        self.inputs = Inputs(files, project.assets, catalogue)
        self.axes: set[str] = set()
        # What the source of the cell before was made from: cells mostly share it.
        self.last_source: tuple[object, SourceUse] | None = None
        self._plugins: dict[tuple[str, str], Plugin[Any] | str | None] = {}
        self._patterns: dict[str, Pattern | str] = {}
        self._matrices: dict[int, tuple[object, Matrix]] = {}
        self._fixed: dict[tuple[int, int], tuple[object, object, bool]] = {}
        self._uses: dict[tuple[str, str, int, int], tuple[object, object, Use]] = {}

    def matrix(self, table: Any, found: list[Mistake]) -> Matrix:
        """The matrix of a table, worked out once if it has no mistakes."""
        if not table or not isinstance(table, dict):
            return ONE_CELL
        known = self._matrices.get(id(table))
        if known:
            return known[1]
        before = len(found)
        matrix = read_matrix(table, found)
        self.axes.update(matrix.axes)
        if len(found) == before:
            self._matrices[id(table)] = (table, matrix)
        return matrix

    def plugin(self, kind: str, name: str, key: Key, found: list[Mistake]) -> Plugin[Any] | str | None:
        """The plugin of a name; the file of an untrusted local one; None after noting a mistake."""
        if (kind, name) not in self._plugins:
            cls = self.catalogue.find(kind, name)
            self._plugins[kind, name] = cls() if cls else self.catalogue.untrusted(kind, name)
        plugin = self._plugins[kind, name]
        if plugin is None:
            hint = did_you_mean(name, self.catalogue.names(kind))
            found.append(Mistake(key, f'unknown {_WORD[kind]} "{name}"', hint))
        return plugin

    def pattern(self, text: str, key: Key, found: list[Mistake]) -> Pattern | None:
        """A pattern of output paths, or None after noting a mistake."""
        if text not in self._patterns:
            try:
                self._patterns[text] = Pattern(text)
            except PatternError as error:
                self._patterns[text] = str(error)
        pattern = self._patterns[text]
        if isinstance(pattern, str):
            found.append(Mistake(key, pattern))
            return None
        return pattern

    def use(
        self, kind: str, name: str, table: dict[str, Any], key: Key, scope: Scope, also: tuple[str, ...] = ()
    ) -> Use | None:
        """One use of a plugin by a table of the spec; `also` are keys of the table that the core reads."""
        memo = (kind, name, id(table), id(scope.matrix))
        if known := self._uses.get(memo):
            return known[2]
        plugin = self.plugin(kind, name, key, scope.found)
        if plugin is None:
            return None
        if isinstance(plugin, str):
            return Use(name=name, params=Params(), key=_words(key), local=plugin)
        before = len(scope.found)
        own = {part: scope.resolve(value, (*key, part)) for part, value in table.items() if part not in also}
        params = read(own, plugin.Params, key, scope.found, also=also, noted=len(scope.found) > before)
        if params is None:
            return None
        inputs, profiles = self.inputs.named_by(params, key, scope.found)
        if len(scope.found) > before:
            return None
        use = Use(name=name, params=params, key=_words(key), inputs=inputs, profiles=profiles)
        if self.is_fixed(table, scope.matrix):
            self._uses[memo] = (table, scope.matrix, use)
        return use

    def is_fixed(self, table: dict[str, Any], matrix: Matrix) -> bool:
        """See `scope.is_fixed`, worked out once for each table."""
        memo = (id(table), id(matrix))
        if memo not in self._fixed:
            self._fixed[memo] = (table, matrix, all(is_fixed(value, matrix) for value in table.values()))
        return self._fixed[memo][2]


def table_of(scope: Scope, name: str) -> dict[str, Any]:
    """A table of the top level, empty if it is not given; what is no table has been noted with the head."""
    table = scope.table.get(name, NOTHING)
    return table if isinstance(table, dict) else NOTHING


def common_keys(scope: Scope, table: dict[str, Any], key: Key, kind: type[T]) -> T | None:
    """The keys of a plugin's table that the core reads itself, as a `kind`."""
    names = kind.__struct_encode_fields__
    before = len(scope.found)
    # Patterns have braces of their own.
    given = {
        name: table[name] if name == "output" else scope.resolve(table[name], (*key, name))
        for name in names
        if name in table
    }
    return read(given, kind, key, scope.found, noted=len(scope.found) > before) if given else kind()


def tables_of(table: dict[str, Any], key: Key, found: list[Mistake]) -> Iterable[tuple[str, dict[str, Any]]]:
    """The named tables of `[target]` and `[check]`; `false` drops an inherited one."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield name, value
        elif value is not False:
            found.append(expected(value, "a table, or false", (*key, name)))


def _words(key: Key) -> tuple[str, ...]:
    return tuple(map(str, key))
