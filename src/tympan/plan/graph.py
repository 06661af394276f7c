"""Specs as a graph of actions: source -> prepare -> write, equal ones shared.

Reads what the library and the plugins say. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import msgspec

from tympan.errors import PluginError
from tympan.files import digest
from tympan.marks import MarksKeys
from tympan.model import Request, canonical, plain
from tympan.plan.requests import asked_values, held, is_asked, replaced, with_digests, with_styles
from tympan.plan.wanted import is_marked, wanted
from tympan.plugin import Generator, Plugin, PrepStep
from tympan.plugins import Plugins
from tympan.spec.resolved import Asset, Library, SourceUse, TargetUse, Use, Variant
from tympan.versions import version_of

# Kinds of action that bring candidates.
REQUESTS = ("source", "refine")
# The first candidate that came, whatever its number: a service may have refused some.
FIRST = "first"
# Goes up when intake, rendering or the shape of pictures changes what the same spec builds.
CORE = "3"


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One action. id: doit's task name. kind: "source", "refine", "prepare" or "write".

    reads: everything the key covers but the upstream's result, by name. take: which of the upstream's
    results is read: its name, FIRST for the first there is, or "" if only a person's selection says so;
    selected: the digest that one selected last. use: what the spec says of a request; request: what it
    sends, inputs by digest. untrusted: the files that may not run. asked: a build never makes it, only a
    verb that says so; held: what doing so means; untrained: the style that has to be trained first.
    """

    id: str
    kind: str
    asset: str
    variant: Variant
    reads: dict[str, Any]
    upstream: str = ""
    take: str = ""
    selected: str = ""
    use: SourceUse | None = None
    request: Request | None = None
    target: TargetUse | None = None
    untrusted: str = ""
    asked: bool = False
    held: str = ""
    untrained: str = ""

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
        if self.kind in REQUESTS:
            assert self.use is not None
            return (*self.use.key, *words[1:]) if words[0] == self.kind else ()
        if self.kind == "prepare":
            return (*words[:2], *words[3:]) if words[0] == "prep" and words[2:3] == ("params",) else ()
        assert self.target is not None
        if words[0] == "marks":
            return words if words[1] in MarksKeys.__struct_fields__ else ()
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


class Asked(Protocol):
    """What the graph needs to know of requests that were made, and of what people chose."""

    def selected(self, asset: str, step: str, variant: str) -> str:
        """Digest of the candidate selected last, "" if none was."""

    def style(self, asset: str, key: str) -> dict[str, str] | None:
        """What the training of a style brought ("id", "trigger"), None if it was not trained."""


def make_graph(library: Library, plugins: Plugins, digest_of: Callable[[str], str], asked: Asked) -> Graph:
    """The graph of all assets. `digest_of` names the bytes of an input path (below the assets folder)."""
    maker = _Maker(plugins, digest_of, asked)
    # Styles first: what is trained stands in the requests of others.
    for asset in sorted(library.assets, key=lambda each: not each.is_style):
        for variant in asset.variants:
            maker.add(asset, variant)
    return Graph(maker.nodes)


class _Maker:
    def __init__(self, plugins: Plugins, digest_of: Callable[[str], str], asked: Asked) -> None:
        self.nodes: dict[str, Node] = {}
        self._asked = asked
        self._styles: dict[str, Node] = {}
        self._plugins = plugins
        self._digest_of = digest_of
        self._same: dict[tuple[str, str, str, str], str] = {}
        self._profiles: dict[str, str] = {}
        self._made: dict[tuple[str, str], Plugin[Any]] = {}

    def add(self, asset: Asset, variant: Variant) -> None:
        node, at, chain = "", variant.source, []
        for use in variant.requests:
            node = self._request(asset, variant, use, at, node)
            chain.append(self.nodes[node])
            at = use
        if asset.is_style:
            self._styles[asset.id] = self.nodes[node]
            return
        prepare = self._prepare(asset, variant, node)
        said = wanted(self._plugins, variant, chain) if variant.marks.xmp else {}
        for target in variant.targets:
            self._write(asset, variant, target, prepare, said)

    def _add(self, node: Node) -> str:
        same = (
            node.kind,
            node.upstream,
            node.take + node.selected,
            digest(canonical(node.reads)) + node.untrusted,
        )
        if node.kind != "write":
            if same in self._same:
                return self._same[same]
            self._same[same] = node.id
        self.nodes[node.id] = node
        return node.id

    def _request(
        self, asset: Asset, variant: Variant, use: SourceUse, before: SourceUse, upstream: str
    ) -> str:
        generator = self._plugins.find("generator", use.name)
        asked = is_asked(generator)
        request, untrained = with_styles(use.request, self._styles, self._asked)
        digests = {path: self._digest_of(path) for path in use.inputs}
        request = with_digests(request, digests)
        if self._wants_backgrounds(variant):
            request = msgspec.structs.replace(request, background="both")
        kind = "refine" if upstream else "source"
        if asked:
            reads: dict[str, Any] = {kind: asked_values(request, use, digests)}
        else:
            reads = {kind: plain(request), "plugin": self._identity("generator", use), "core": self._core()}
            if use.maps:
                reads["maps"] = {name: self._identity("map", each) for name, each in use.maps.items()}
        return self._add(
            Node(
                id=f"_{use.step}:{variant.id}",
                kind=kind,
                asset=asset.id,
                variant=variant,
                upstream=upstream,
                take=_chosen(before) if upstream else "",
                selected=self._selected(variant, before) if upstream else "",
                reads=reads,
                use=use,
                request=request,
                untrusted=_untrusted([use]),
                asked=asked or bool(untrained),
                held=untrained or (held(generator, request) if asked else ""),
                untrained=untrained,
            )
        )

    def _selected(self, variant: Variant, use: SourceUse) -> str:
        return self._asked.selected(variant.asset, use.step, variant.name)

    def _prepare(self, asset: Asset, variant: Variant, source: str) -> str:
        steps = [
            {"step": use.name, **self._identity("prep_step", use), "params": self._params(use)}
            for use in variant.prep
        ]
        last = variant.requests[-1]
        return self._add(
            Node(
                id=f"_prepare:{variant.id}",
                kind="prepare",
                asset=asset.id,
                variant=variant,
                upstream=source,
                take=_chosen(last),
                selected=self._selected(variant, last),
                reads={"prep": steps, "core": self._core()},
                untrusted=_untrusted(variant.prep),
            )
        )

    def _write(
        self, asset: Asset, variant: Variant, target: TargetUse, prepare: str, said: dict[str, Any]
    ) -> None:
        profiles = {name: self._profile(name) for name in target.profiles}
        checks = [
            {"check": use.name, **self._identity("check", use), "params": self._params(use)}
            for use in target.checks
        ]
        reads: dict[str, Any] = {
            "target": self._params(target),
            "plugin": self._identity("format", target),
            "profiles": profiles,
            "checks": checks,
            "core": self._core(),
        }
        if is_marked(self._plugins, variant, target):
            reads["marks"] = said
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
                untrusted=_untrusted([target, *target.checks]),
            )
        )

    def _profile(self, name: str) -> str:
        if name not in self._profiles:
            self._profiles[name] = digest(self._plugins.profile(name).data)
        return self._profiles[name]

    def _wants_backgrounds(self, variant: Variant) -> bool:
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
        return replaced(plain(use.params), digests) if digests else plain(use.params)

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


def _chosen(use: SourceUse) -> str:
    if use.select.candidate:
        return str(use.select.candidate - 1)
    return FIRST if use.select.by == "first" or use.request.candidates == 1 else ""


def _untrusted(uses: Iterable[Use]) -> str:
    files = sorted({use.local for use in uses if use.local})
    return f"untrusted: {', '.join(files)}" if files else ""
