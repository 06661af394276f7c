"""The layers a spec is merged from, the merge, and the way back from a value to its place.

Reads specs and `_defaults.toml` files. Writes nothing.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tympan import limits
from tympan.errors import Problem, SpecErrors, TympanError, Where
from tympan.files import Files
from tympan.spec.guess import did_you_mean
from tympan.spec.locate import Key, Places
from tympan.spec.toml import Table, check_values, parse_toml

DEFAULTS = "_defaults.toml"
# A layer that names another generator does not inherit what only the old one understands.
_GENERATOR_OWN = ("model", "options")


class Layer(NamedTuple):
    """One file's part of a spec."""

    file: str
    table: Table


class Stack(NamedTuple):
    """All layers of a spec, weakest first, and what they merge to."""

    layers: tuple[Layer, ...]
    merged: Table


class Layers:
    """Reads each file of the specs folder once. `problems` has what is wrong with files and `extends`."""

    def __init__(self, files: Files, folder: str) -> None:
        self.problems: list[Problem] = []
        self.folder = folder
        self._files = files
        self._tables: dict[str, Table | None] = {}
        self._folders: dict[str, Stack | None] = {}
        self._places: dict[str, Places] = {}
        self._found: list[str] = []
        if files.inside(folder):
            self._found = list(files.walk(folder, ".toml"))
        else:
            self.problems.append(Problem(Where(folder), "is a link out of the project"))
        self._names = frozenset(self._found)

    def ids(self) -> dict[str, str]:
        """Id -> file of every spec that is built, sorted by file."""
        start = len(self.folder) + 1
        return {name[start:-5]: name for name in self._found if "/_" not in name[start - 1 :]}

    def spare(self) -> list[str]:
        """Files that are never built: defaults, and what specs may extend."""
        built = set(self.ids().values())
        return [name for name in self._found if name not in built]

    def read(self) -> list[str]:
        """Names of all files that were read so far."""
        return list(self._tables)

    def table(self, file: str) -> Table | None:
        """What one file says; None if it cannot be read, with a problem noted once."""
        if file not in self._tables:
            self._tables[file] = None
            try:
                self._tables[file] = self._parse(file)
            except SpecErrors as error:
                self.problems.extend(error.problems)
            except TympanError as error:
                reason = error.message.removeprefix(f"{file} ")
                self.problems.append(Problem(Where(file), reason, error.hint))
        return self._tables[file]

    def stack(self, id: str) -> Stack | None:
        """The layers of a spec; None if one of them cannot be read."""
        folder, _, _ = id.rpartition("/")
        base = self._defaults(folder)
        own = self._chain(f"{self.folder}/{id}.toml")
        if base is None or own is None:
            return None
        merged = base.merged
        for layer in own:
            merged = overlay(merged, layer.table)
        return Stack((*base.layers, *own), merged)

    def where(self, stack: Stack, key: Key) -> Where:
        """The place of a key: in the strongest layer that has it, else of the table around it."""
        for length in range(len(key), 0, -1):
            for layer, written in reversed(_written(stack.layers, key[:length])):
                if _has(layer.table, written):
                    return self.place(layer.file, written)
        return Where(stack.layers[-1].file)

    def place(self, file: str, key: Key) -> Where:
        """The place of a key that one file has."""
        if file not in self._places:
            self._places[file] = Places(self._files.read(file).decode())
        line, column = self._places[file].find(key) or (0, 0)
        return Where(file, line, column)

    def _parse(self, file: str) -> Table:
        # The walk that found it does not follow linked folders, so only the file itself can be a link.
        if self._files.path(file).is_symlink() and not self._files.inside(file):
            raise SpecErrors([Problem(Where(file), "is a link out of the project")])
        data = self._files.read(file, limits.SPEC_BYTES)
        table = parse_toml(file, data)
        check_values(file, table, data)
        return table

    def _defaults(self, folder: str) -> Stack | None:
        if folder in self._folders:
            return self._folders[folder]
        above = self._defaults(folder.rpartition("/")[0]) if folder else Stack((), {})
        file = f"{self.folder}/{folder}/{DEFAULTS}" if folder else f"{self.folder}/{DEFAULTS}"
        stack = above
        if file in self._names:
            table = self.table(file)
            if table is not None and "extends" in table:
                message = f"extends: {DEFAULTS} extends nothing, the folders above are below it already"
                self._note(file, ("extends",), message)
            if above is None or table is None or "extends" in table:
                stack = None
            else:
                stack = Stack((*above.layers, Layer(file, table)), overlay(above.merged, table))
        self._folders[folder] = stack
        return stack

    def _chain(self, file: str) -> list[Layer] | None:
        """A file and all that it extends, the most remote first."""
        chain: list[Layer] = []
        while True:
            table = self.table(file)
            if table is None:
                return None
            chain.insert(0, Layer(file, table))
            if "extends" not in table:
                return chain
            base = self._extended(file, table["extends"], {layer.file for layer in chain})
            if base is None:
                return None
            file = base

    def _extended(self, file: str, id: Any, before: set[str]) -> str | None:
        target = f"{self.folder}/{id}.toml"
        hint = ""
        if not isinstance(id, str):
            message = "extends: expected the id of a spec as a string"
        elif target in before:
            message = f'extends: "{id}" extends itself in the end'
        elif len(before) > limits.CHAIN:
            message = f"extends: a chain of more than {limits.CHAIN}"
        elif target not in self._names or target.endswith(f"/{DEFAULTS}"):
            start = len(self.folder) + 1
            known = [name[start:-5] for name in self._found if name != file and not name.endswith(DEFAULTS)]
            message, hint = f'extends: no spec "{id}"', did_you_mean(id, known)
        else:
            return target
        self._note(file, ("extends",), message, hint)
        return None

    def _note(self, file: str, key: Key, message: str, hint: str = "") -> None:
        self.problems.append(Problem(self.place(file, key), message, hint))


def overlay(base: Table, over: Table) -> Table:
    """Two layers as one: tables merge key by key, anything else replaces; `prep.steps.add` appends."""
    merged = _merge(base, over)
    merged.pop("extends", None)
    prep, source = over.get("prep"), over.get("source")
    if isinstance(prep, dict) and isinstance(prep.get("steps"), dict):
        merged["prep"] = {**merged["prep"], "steps": _steps(_get(base, "prep", "steps"), prep["steps"])}
    before = _get(base, "source", "generator")
    if isinstance(source, dict) and before is not None and source.get("generator", before) != before:
        kept = {key: value for key, value in merged["source"].items() if key not in _GENERATOR_OWN}
        merged["source"] = kept | {key: source[key] for key in _GENERATOR_OWN if key in source}
    return merged


def _merge(base: Table, over: Table) -> Table:
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            merged[key] = _merge(below, value)
        else:
            merged[key] = value
    return merged


def _steps(base: Any, over: Table) -> Any:
    added = over.get("add")
    if over.keys() != {"add"} or not isinstance(added, list):
        return over
    return [*(base if isinstance(base, list) else ()), *added]


def _get(table: Any, *key: str) -> Any:
    for part in key:
        table = table.get(part) if isinstance(table, dict) else None
    return table


def _has(table: Any, key: Key) -> bool:
    for part in key:
        if isinstance(part, int):
            if not (isinstance(table, list) and part < len(table)):
                return False
        elif not (isinstance(table, dict) and part in table):
            return False
        table = table[part]
    return True


def _written(layers: tuple[Layer, ...], key: Key) -> list[tuple[Layer, Key]]:
    """The layers that may say a key's value, and what the key is called there."""
    if key[:2] == ("prep", "steps") and len(key) == 3 and isinstance(key[2], int):
        items: list[tuple[Layer, Key]] = []
        for layer in layers:
            steps = _get(layer.table, "prep", "steps")
            if isinstance(steps, list):
                items = [(layer, ("prep", "steps", nth)) for nth in range(len(steps))]
            elif isinstance(added := _get(steps, "add"), list):
                items += [(layer, ("prep", "steps", "add", nth)) for nth in range(len(added))]
        return items[key[2] : key[2] + 1]
    if len(key) > 1 and key[0] == "source" and key[1] in _GENERATOR_OWN:
        start, before = 0, None
        for nth, layer in enumerate(layers):
            generator = _get(layer.table, "source", "generator")
            if generator is not None and before is not None and generator != before:
                start = nth
            before = before if generator is None else generator
        layers = layers[start:]
    return [(layer, key) for layer in layers]
