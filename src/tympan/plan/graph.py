"""Specs as a graph of actions: source -> prepare -> write, equal ones shared.

Reads what the library and the plugins say. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from tympan.errors import PluginError
from tympan.files import digest
from tympan.model import Request, canonical, plain
from tympan.plugin import Generator, Plugin, PrepStep
from tympan.plugins import Plugins
from tympan.spec.resolved import Asset, Library, TargetUse, Use, Variant
from tympan.versions import version_of

# Goes up when intake, rendering or the shape of pictures changes what the same spec builds.
CORE = "2"


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One action. id: doit's task name. kind: "source", "prepare" or "write".

    reads: everything the key covers but the upstream's result, by name. take: which of the upstream's
    results is read. request: what a source sends. blocked: why it may not run, "" if it may.
    """

    id: str
    kind: str
    asset: str
    variant: Variant
    reads: dict[str, Any]
    upstream: str = ""
    take: str = ""
    request: Request | None = None
    target: TargetUse | None = None
    blocked: str = ""
    held: str = ""

    def key(self, upstream: str) -> str:
        """The action key, once the upstream's result is known."""
        return digest(canonical([1, self.kind, self.reads, upstream]))

    @property
    def group(self) -> str:
        """The name that stands for this target of all variants: `icon:home:svg`; a target's own without."""
        assert self.target is not None
        return _task(self.asset, self.target.target)

    def place(self, name: str) -> tuple[str, ...]:
        """The key in the spec that a dotted name of `reads` comes from, () if from no key."""
        words = tuple(name.split("."))
        if self.kind == "source":
            return words if words[0] == "source" else ()
        if self.kind == "prepare":
            return (*words[:2], *words[3:]) if words[0] == "prep" and words[2:3] == ("params",) else ()
        assert self.target is not None
        if words[0] == "target":
            return ("target", self.target.target, *words[1:])
        if words[0] == "checks" and words[2:3] == ("params",):
            return ("check", words[1], *words[3:])
        return ()

    @property
    def outputs(self) -> dict[str, str]:
        """Part name -> path from the root; empty but for "write"."""
        return self.target.outputs if self.target else {}


class Graph(msgspec.Struct, frozen=True):
    """All actions of a library by id, upstream before downstream."""

    nodes: dict[str, Node]

    def writes(self) -> Iterable[Node]:
        """The actions that end in files: the targets."""
        return (node for node in self.nodes.values() if node.kind == "write")


def make_graph(library: Library, plugins: Plugins, digest_of: Callable[[str], str]) -> Graph:
    """The graph of all assets. `digest_of` names the bytes of an input path (below the assets folder)."""
    maker = _Maker(plugins, digest_of)
    for asset in library.assets:
        for variant in asset.variants:
            maker.add(asset, variant)
    return Graph(maker.nodes)


class _Maker:
    def __init__(self, plugins: Plugins, digest_of: Callable[[str], str]) -> None:
        self.nodes: dict[str, Node] = {}
        self._plugins = plugins
        self._digest_of = digest_of
        self._same: dict[tuple[str, str, str, str], str] = {}
        self._profiles: dict[str, str] = {}
        self._made: dict[tuple[str, str], Plugin[Any]] = {}

    def add(self, asset: Asset, variant: Variant) -> None:
        source = self._source(asset, variant)
        prepare = self._prepare(asset, variant, source)
        for target in variant.targets:
            self._write(asset, variant, target, prepare)

    def _add(self, node: Node) -> str:
        same = (node.kind, node.upstream, node.take, digest(canonical(node.reads)) + node.blocked)
        if node.kind != "write":
            if same in self._same:
                return self._same[same]
            self._same[same] = node.id
        self.nodes[node.id] = node
        return node.id

    def _source(self, asset: Asset, variant: Variant) -> str:
        use = variant.source
        digests = {path: self._digest_of(path) for path in use.inputs}
        request = _with_digests(use.request, digests)
        if self._wants_backgrounds(variant):
            request = msgspec.structs.replace(request, background="both")
        reads = {"source": plain(request), "plugin": self._identity("generator", use), "core": self._core()}
        return self._add(
            Node(
                id=f"_source:{variant.id}",
                kind="source",
                asset=asset.id,
                variant=variant,
                reads=reads,
                request=request,
                blocked=_untrusted([use]),
                held=self._held(use),
            )
        )

    def _prepare(self, asset: Asset, variant: Variant, source: str) -> str:
        steps = [
            {"step": use.name, **self._identity("prep_step", use), "params": self._params(use)}
            for use in variant.prep
        ]
        chosen = _chosen(variant)
        return self._add(
            Node(
                id=f"_prepare:{variant.id}",
                kind="prepare",
                asset=asset.id,
                variant=variant,
                upstream=source,
                take=chosen,
                reads={"prep": steps, "core": self._core()},
                blocked=_untrusted(variant.prep) or ("" if chosen else "unselected"),
            )
        )

    def _write(self, asset: Asset, variant: Variant, target: TargetUse, prepare: str) -> None:
        profiles = {name: self._profile(name) for name in target.profiles}
        checks = [
            {"check": use.name, **self._identity("check", use), "params": self._params(use)}
            for use in target.checks
        ]
        reads = {
            "target": self._params(target),
            "plugin": self._identity("format", target),
            "profiles": profiles,
            "checks": checks,
            "core": self._core(),
        }
        self._add(
            Node(
                id=_task(variant.id, target.target),
                kind="write",
                asset=asset.id,
                variant=variant,
                upstream=prepare,
                take="picture",
                reads=reads,
                target=target,
                blocked=_untrusted([target, *target.checks]),
            )
        )

    def _profile(self, name: str) -> str:
        if name not in self._profiles:
            self._profiles[name] = digest(self._plugins.profile(name).data)
        return self._profiles[name]

    def _held(self, use: Use) -> str:
        generator = self._plugins.find("generator", use.name)
        if generator is None or not issubclass(generator, Generator):
            return ""
        if generator.PAID:
            return f"{use.name} costs money, and a build never spends any"
        # What cannot be made again must be kept first: the ledger for that is not in this version.
        return "" if generator.REPEATABLE else f"{use.name} brings another picture each time it is asked"

    def _wants_backgrounds(self, variant: Variant) -> bool:
        # Two renderings on known grounds give exact alpha; only some generators can.
        generator = self._plugins.find("generator", variant.source.name)
        if generator is None or not (issubclass(generator, Generator) and generator.BACKGROUNDS):
            return False
        for use in variant.prep:
            step = self._plugins.find("prep_step", use.name)
            if step and issubclass(step, PrepStep) and step().wants_backgrounds(use.params):
                return True
        return False

    def _params(self, use: Use) -> Any:
        digests = {path: self._digest_of(path) for path in use.inputs}
        return _replaced(plain(use.params), digests) if digests else plain(use.params)

    def _identity(self, kind: str, use: Use) -> dict[str, Any]:
        if use.local:
            return {"local": use.local}
        found = self._plugins.found(kind, use.name)
        if (kind, use.name) not in self._made:
            self._made[kind, use.name] = found.cls()
        try:
            shaped_by = self._made[kind, use.name].fingerprint(use.params)
        except Exception as error:
            raise PluginError(f"{found.origin}: fingerprint of {use.name!r} raised {error!r}") from error
        identity: dict[str, Any] = {"name": use.name, "version": found.cls.VERSION}
        identity.update({f"with {name}": text for name, text in sorted(shaped_by.items())})
        return identity | ({"code": found.code} if found.code else {})

    def _core(self) -> dict[str, str]:
        return {"core": CORE, "pillow": version_of("pillow"), "resvg": version_of("resvg-py")}


def _task(name: str, target: str) -> str:
    folder, _, rest = name.partition("/")
    return f"{folder}:{rest}:{target}" if rest else f"{folder}:{target}"


def _replaced(value: Any, digests: dict[str, str]) -> Any:
    if isinstance(value, str):
        return digests.get(value, value)
    if isinstance(value, dict):
        return {key: _replaced(each, digests) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_replaced(each, digests) for each in value]
    return value


def _with_digests(request: Request, digests: dict[str, str]) -> Request:
    if not digests:
        return request
    return msgspec.convert(_replaced(plain(request), digests), Request)


def _chosen(variant: Variant) -> str:
    if variant.select.candidate:
        return str(variant.select.candidate - 1)
    if variant.select.by == "first" or variant.source.request.candidates == 1:
        return "0"
    return ""


def _untrusted(uses: Iterable[Use]) -> str:
    files = sorted({use.local for use in uses if use.local})
    return f"untrusted: {', '.join(files)}" if files else ""
