"""The graph of a library: its specs taken apart into actions, equal ones shared.

Reads what the library and the plugins say. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from tympan.errors import PluginError
from tympan.files import digest
from tympan.model import Request, canonical, plain
from tympan.plan.graph import CORE, FIRST, Asked, Graph, Node, task_name
from tympan.plan.grid import Part, with_grid
from tympan.plan.requests import asked_values, held, is_asked, replaced, with_digests, with_styles
from tympan.plan.wanted import is_marked, wanted
from tympan.plugin import Generator, Plugin, PrepStep
from tympan.plugins import Plugins
from tympan.spec.resolved import Asset, Library, SourceUse, TargetUse, Use, Variant
from tympan.versions import version_of


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
        node, at = "", variant.source
        nodes: list[Node] = []
        chain: list[tuple[str, SourceUse]] = []
        for use in variant.requests:
            node = self._request(asset, variant, use, at, node)
            nodes.append(self.nodes[node])
            chain.append((node, use))
            at = use
        for branch in variant.branches:
            last, before = chain[branch.fork]
            for use in branch.refine:
                last, before = self._request(asset, variant, use, before, last), use
        if asset.is_style:
            self._styles[asset.id] = self.nodes[node]
            return
        prepare = self._prepare(asset, variant, node)
        said = wanted(self._plugins, *self._as_chosen(variant, nodes)) if variant.marks.xmp else {}
        for target in variant.targets:
            self._write(asset, variant, target, prepare, said)

    def _as_chosen(self, variant: Variant, nodes: list[Node]) -> tuple[Variant, list[Node]]:
        """The variant and its requests as if the cell that the chosen candidate is of were all its grid."""
        source, use = nodes[0], variant.source
        if not (source.parts and source.asked):
            return variant, nodes
        selected, number = self._selected(variant, use), use.select.candidate - 1
        for part, cell in zip(source.parts, use.cells, strict=True):
            results = self._asked.results(variant.asset, part.key) or {}
            if number >= 0:
                is_it = part.first <= number < part.first + part.request.candidates
            else:
                is_it = selected in results.values() if selected else bool(results)
            if is_it:
                alone = msgspec.structs.replace(source, reads={"source": part.asked}, parts=())
                return msgspec.structs.replace(variant, source=cell.use), [alone, *nodes[1:]]
        return variant, nodes

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
        digests = {path: self._digest_of(path) for path in use.inputs}
        request, untrained = self._sent(variant, use, digests)
        kind, parts = "refine" if upstream else "source", self._parts(variant, use, digests)
        if asked:
            reads: dict[str, Any] = {kind: asked_values(request, use, digests)}
        else:
            reads = {kind: plain(request), "plugin": self._identity("generator", use), "core": self._core()}
            if use.maps:
                reads["maps"] = {name: self._identity("map", each) for name, each in use.maps.items()}
        if parts:
            reads[kind] = with_grid(reads[kind], parts)
            also = [cell.use for cell in use.cells if cell.use.key[:1] != use.key[:1]]
            reads |= {
                f"also {'.'.join(each.key[2:])}": self._also(variant, each, digests, asked) for each in also
            }
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
                held=untrained
                or (self._held([part.request for part in parts] or [request]) if asked else ""),
                untrained=untrained,
                parts=parts,
            )
        )

    def _also(self, variant: Variant, use: SourceUse, digests: dict[str, str], asked: bool) -> dict[str, Any]:
        """What a further generator of an exploration reads."""
        request, _ = self._sent(variant, use, digests)
        if asked:
            return asked_values(request, use, digests)
        return {"request": plain(request), "plugin": self._identity("generator", use)}

    def _held(self, requests: Sequence[Request]) -> str:
        return held([(self._plugins.find("generator", each.generator), each) for each in requests])

    def _sent(self, variant: Variant, use: SourceUse, digests: dict[str, str]) -> tuple[Request, str]:
        """The request as it is sent, and what has to be trained before."""
        request, untrained = with_styles(use.request, self._styles, self._asked)
        request = with_digests(request, digests)
        if self._wants_backgrounds(variant):
            request = msgspec.structs.replace(request, background="both")
        return request, untrained

    def _parts(self, variant: Variant, use: SourceUse, digests: dict[str, str]) -> tuple[Part, ...]:
        parts, first = [], 0
        for cell in use.cells:
            request, _ = self._sent(variant, cell.use, digests)
            # As the key of a request without a grid: what was asked for once is not asked for again.
            asked = asked_values(request, cell.use, digests)
            key = digest(canonical([1, "source", {"source": asked}, ""]))
            parts.append(Part(values=cell.values, request=request, key=key, asked=asked, first=first))
            first += request.candidates
        return tuple(parts)

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
        checks = [
            {"check": use.name, **self._identity("check", use), "params": self._params(use)}
            for use in target.checks
        ]
        reads = {
            **self._format(target),
            "checks": checks,
            "core": self._core(),
            **({"proof": self._format(target.proof)} if target.proof else {}),
            **({"marks": said} if is_marked(self._plugins, variant, target) else {}),
        }
        self._add(
            Node(
                id=task_name(variant.id, target.target),
                kind="write",
                asset=asset.id,
                variant=variant,
                upstream=prepare,
                take="picture",
                reads=reads,
                target=target,
                untrusted=_untrusted(target.uses),
            )
        )

    def _format(self, target: TargetUse) -> dict[str, Any]:
        return {
            "target": self._params(target),
            "plugin": self._identity("format", target),
            "profiles": {name: self._profile(name) for name in target.profiles},
        }

    def _profile(self, name: str) -> str:
        if name not in self._profiles:
            self._profiles[name] = digest(self._plugins.profile(name).data)
        return self._profiles[name]

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


def _chosen(use: SourceUse) -> str:
    if use.select.candidate:
        return str(use.select.candidate - 1)
    return FIRST if use.select.by == "first" or use.count == 1 else ""


def _untrusted(uses: Iterable[Use]) -> str:
    files = sorted({use.local for use in uses if use.local})
    return f"untrusted: {', '.join(files)}" if files else ""
