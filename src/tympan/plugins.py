"""Loading plugins: built-in and installed ones by entry point, local ones from the project's folder.

Reads entry points of installed distributions and plugins/*.py of the project. Writes nothing.
"""

from __future__ import annotations

import ast
import difflib
import sys
from collections.abc import Iterable
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import Any

import msgspec
import pluggy

from tympan import hookspecs
from tympan.descriptor import Descriptor
from tympan.errors import FilesError, NameClash, PluginError
from tympan.files import Files, digest
from tympan.model import Profile
from tympan.plugin import Check, ControlMap, Format, Generator, Plugin, PrepStep, Recaller

HOOKS = {
    "generator": ("tympan_generators", Generator),
    "map": ("tympan_maps", ControlMap),
    "prep_step": ("tympan_prep_steps", PrepStep),
    "format": ("tympan_formats", Format),
    "check": ("tympan_checks", Check),
    "recaller": ("tympan_recallers", Recaller),
    "descriptor": ("tympan_descriptors", Descriptor),
}
_BASES = {base.__name__: kind for kind, (_, base) in HOOKS.items()} | dict.fromkeys(
    ("Service", "Manual"), "generator"
)


class Ref(msgspec.Struct, frozen=True):
    """Where a worker finds a plugin class: module and name, and the file and its digest if it is local."""

    module: str
    name: str
    file: str = ""
    code: str = ""


class Found(msgspec.Struct, frozen=True):
    """One loaded plugin class, and who brought it."""

    kind: str
    cls: type[Plugin[Any]]
    origin: str
    file: str = ""
    code: str = ""

    @property
    def ref(self) -> Ref:
        """How a worker finds it again."""
        return Ref(self.cls.__module__, self.cls.__qualname__, self.file, self.code)


class Plugins:
    """All plugins of a project: the `Catalogue` of the spec room."""

    def __init__(self, files: Files, folder: str, *, trusted: bool) -> None:
        self._manager = pluggy.PluginManager("tympan")
        self._manager.add_hookspecs(hookspecs)
        self._found: dict[tuple[str, str], Found] = {}
        self._untrusted: dict[tuple[str, str], str] = {}
        self._profiles: dict[str, tuple[Profile, str]] = {}
        # Module name -> file and digest. A module may come from an equal file of another checkout.
        self._local: dict[str, tuple[str, str]] = {}
        self.origins: dict[str, str] = {}
        self._load_installed()
        local = [name for name in files.walk(folder, ".py") if "/" not in name[len(folder) + 1 :]]
        for name in local:
            if trusted:
                self._load_local(files, name)
            else:
                self._untrusted.update(dict.fromkeys(_declared(files, name), name))
        self._check_hooks()
        for kind in HOOKS:
            self._collect(kind)
        self._collect_profiles()

    def find(self, kind: str, name: str) -> type[Plugin[Any]] | None:
        """See `Catalogue.find`."""
        found = self._found.get((kind, name))
        return found.cls if found else None

    def found(self, kind: str, name: str) -> Found:
        """The loaded plugin of a name; PluginError if there is none."""
        try:
            return self._found[kind, name]
        except KeyError:
            raise PluginError(f"no {kind.replace('_', ' ')} is called {name!r}") from None

    def all(self) -> list[Found]:
        """Every plugin, sorted by kind and name."""
        return [self._found[key] for key in sorted(self._found)]

    def names(self, kind: str) -> Iterable[str]:
        """See `Catalogue.names`."""
        return sorted(name for of, name in self._found if of == kind)

    def untrusted(self, kind: str, name: str) -> str | None:
        """See `Catalogue.untrusted`."""
        return self._untrusted.get((kind, name))

    def has_profile(self, name: str) -> bool:
        """See `Catalogue.has_profile`."""
        return name in self._profiles

    def profile_names(self) -> Iterable[str]:
        """See `Catalogue.profile_names`."""
        return sorted(self._profiles)

    def profile_origin(self, name: str) -> str:
        """Who brings a profile."""
        return self._profiles[name][1]

    def all_untrusted(self) -> list[tuple[tuple[str, str], str]]:
        """What untrusted local files say they would bring: (kind, name) and the file."""
        return sorted(self._untrusted.items())

    def profile(self, name: str) -> Profile:
        """The profile of a name; PluginError if there is none."""
        try:
            return self._profiles[name][0]
        except KeyError:
            raise PluginError(f"no profile is called {name!r}") from None

    def _load_installed(self) -> None:
        from importlib.metadata import entry_points

        for point in sorted(entry_points(group="tympan"), key=lambda point: point.name):
            origin = f"{point.dist.name} {point.dist.version}" if point.dist else point.value
            try:
                module = point.load()
            except Exception as error:
                raise PluginError(
                    f"plugin {point.name!r} of {origin} does not load: {type(error).__name__}: {error}",
                    hint="uninstall it, or ask who made it",
                ) from error
            self._register(module, origin)

    def _load_local(self, files: Files, name: str) -> None:
        code = digest(files.read(name))
        module = local_module(str(files.path(name)), code)
        self._local[module.__name__] = (str(files.path(name)), code)
        self._register(module, name)

    def _register(self, module: ModuleType, origin: str) -> None:
        if self._manager.is_registered(module):
            return
        self._manager.register(module, name=module.__name__)
        self.origins[module.__name__] = origin

    def _check_hooks(self) -> None:
        known = [name for name in vars(hookspecs) if name.startswith("tympan_")]
        for module in self._manager.get_plugins():
            for name in vars(module):
                if not name.startswith("tympan_"):
                    continue
                origin = self.origins[module.__name__]
                if name not in known:
                    near = difflib.get_close_matches(name, known, 1)
                    hint = f'did you mean "{near[0]}"?' if near else f"known are {', '.join(known)}"
                    raise PluginError(f"{origin}: there is no hook {name!r}", hint=hint)
                if callable(vars(module)[name]) and not hasattr(vars(module)[name], "tympan_impl"):
                    raise PluginError(f"{origin}: {name} is not marked", hint="put @tympan.hookimpl above it")
        self._manager.check_pending()

    def _answers(self, hook: str) -> Iterable[tuple[str, ModuleType, Any]]:
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            origin = self.origins[implementation.plugin_name]
            try:
                yield from ((origin, implementation.plugin, each) for each in implementation.function())
            except Exception as error:
                raise PluginError(f"{origin}: {hook} raised {type(error).__name__}: {error}") from error

    def _collect(self, kind: str) -> None:
        hook, base = HOOKS[kind]
        for origin, module, cls in self._answers(hook):
            name = getattr(cls, "NAME", "")
            if not (isinstance(cls, type) and issubclass(cls, base) and name):
                raise PluginError(f"{origin}: {hook} gave {cls!r}, no {base.__name__} class with a NAME")
            if other := self._found.get((kind, name)):
                word = kind.replace("_", " ")
                raise NameClash(f"two plugins claim the {word} {name!r}: {other.origin} and {origin}")
            file, code = self._local.get(module.__name__, ("", ""))
            self._found[kind, name] = Found(kind, cls, origin, file, code)

    def _collect_profiles(self) -> None:
        for origin, _, profile in self._answers("tympan_profiles"):
            if other := self._profiles.get(profile.name):
                raise NameClash(f"two plugins claim the profile {profile.name!r}: {other[1]} and {origin}")
            self._profiles[profile.name] = (profile, origin)


def local_module(file: str, code: str) -> ModuleType:
    """Import one local plugin file; the same file with the same digest is imported once a process."""
    name = f"tympan_local_{code[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    # Not through import: Python would take its compiled file for this one if size and second are alike.
    data = SourceFileLoader(name, file).get_data(file)
    if digest(data) != code:
        raise PluginError(f"{file} changed while it was used", hint="build again")
    module = ModuleType(name)
    module.__file__ = file
    sys.modules[name] = module
    try:
        exec(compile(data, file, "exec", dont_inherit=True), module.__dict__)
    except BaseException as error:
        del sys.modules[name]
        if isinstance(error, KeyboardInterrupt):
            raise
        raise PluginError(f"{file} does not load: {type(error).__name__}: {error}") from error
    return module


def _declared(files: Files, name: str) -> Iterable[tuple[str, str]]:
    # Read, not run: an untrusted file only tells which names it would bring.
    try:
        tree = ast.parse(files.read(name, 1_000_000))
    except (SyntaxError, ValueError, RecursionError, FilesError):
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef):
            continue
        kinds = [_BASES[word] for base in node.bases if (word := _last_word(base)) in _BASES]
        for line in node.body:
            if isinstance(line, ast.AnnAssign):
                targets: list[ast.expr] = [line.target]
            elif isinstance(line, ast.Assign):
                targets = line.targets
            else:
                continue
            is_name = any(isinstance(target, ast.Name) and target.id == "NAME" for target in targets)
            if is_name and isinstance(line.value, ast.Constant) and isinstance(line.value.value, str):
                yield from ((kind, line.value.value) for kind in kinds)


def _last_word(base: ast.expr) -> str:
    if isinstance(base, ast.Subscript):
        base = base.value
    return base.attr if isinstance(base, ast.Attribute) else base.id if isinstance(base, ast.Name) else ""
