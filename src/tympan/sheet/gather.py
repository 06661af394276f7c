"""What a sheet shows of some assets: candidates of every step that has any, and targets as built now.

Reads the checkout: graph, lock, ledger, store, decisions. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from tympan.approval import files_digest
from tympan.checkout import Checkout
from tympan.decisions import SELECT, SHORTLIST
from tympan.drift import text_of
from tympan.model import canonical
from tympan.plan.decide import FRESH, GATED, RESTORE, Planner
from tympan.plan.graph import REQUESTS, Node
from tympan.plan.grid import cell_of
from tympan.sheet import axes
from tympan.sheet.model import Part, Said, Sheet, Shown, Step, Target
from tympan.sheet.said import on_candidate, on_target
from tympan.spec.resolved import Asset
from tympan.standing import Standings

CANDIDATES, SHORTLISTED, OUTPUTS = "candidates", "shortlisted", "outputs"
KINDS = (CANDIDATES, SHORTLISTED, OUTPUTS)
# Facts that tell a person nothing, or belong to the service.
_DULL = ("drawn", "job", "url", "ticket", "width", "height")


def gather(
    checkout: Checkout,
    assets: Collection[str],
    *,
    title: str = "",
    note: str = "",
    only: str = "",
    inside: bool = False,
    looks: Mapping[str, str] | None = None,
) -> Sheet:
    """A sheet of these assets, without views.

    only: one of KINDS, "" for everything. inside: for people of the house, with prompts and with what was
    said before; without it a client sees the pictures alone. looks: digest of a target's files -> digest of
    what they show, as far as it is known: files need not be decoded for it.
    """
    planner = checkout.planner()
    gathered = _Gathered(checkout, planner, inside, only, looks or {})
    parts = [gathered.part(asset) for asset in checkout.library.assets if asset.id in assets]
    parts = [part for part in parts if part.steps or part.targets]
    names = [part.title or part.asset for part in parts]
    return Sheet(title=title or _listed(names), note=note, parts=tuple(parts), inside=inside)


def _listed(names: list[str]) -> str:
    if len(names) > 3:
        return f"{len(names)} assets to look at"
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)


class _Gathered:
    def __init__(
        self, checkout: Checkout, planner: Planner, inside: bool, only: str, looks: Mapping[str, str]
    ) -> None:
        self._looks = looks
        self._checkout, self._planner = checkout, planner
        self._inside, self._only = inside, only
        self._standings = Standings(checkout, planner)
        self._decisions = checkout.asked.decisions
        self._nodes: dict[str, list[Node]] = {}
        # Which variants end up with what a node brings: equal actions of several variants are one node.
        self._sharing: dict[str, set[str]] = {}
        for node in checkout.graph.nodes.values():
            self._nodes.setdefault(node.asset, []).append(node)
            above = node
            while node.kind == "write" and above.upstream:
                above = checkout.graph.nodes[above.upstream]
                self._sharing.setdefault(above.id, set()).add(node.variant.name)

    def part(self, asset: Asset) -> Part:
        nodes = [] if asset.is_style else self._nodes.get(asset.id, [])
        requests = [node for node in nodes if node.kind in REQUESTS and self._only != OUTPUTS]
        writes = [node for node in nodes if node.kind == "write" and self._only in ("", OUTPUTS)]
        steps = [self._step(asset, node) for node in requests]
        targets = [self._target(node) for node in writes]
        return Part(
            asset=asset.id,
            title=asset.title,
            subject=asset.subject if self._inside else "",
            word=self._standings.of(asset.id) if self._inside else "",
            steps=tuple(each for each in steps if each and each.pictures),
            targets=tuple(filter(None, targets)),
        )

    def _step(self, asset: Asset, node: Node) -> Step | None:
        results = self._planner.results(node) or {}
        names = sorted(filter(str.isdigit, results), key=int)
        assert node.use is not None
        # One picture that nobody had to ask for leaves nothing to choose.
        if not names or (len(names) == 1 and not node.asked):
            return None
        variant, *also = self._variants(asset, node)
        facts = self._facts(node, names)
        cells = [_cell(node, name, each) for name, each in zip(names, facts, strict=True)]
        found = axes.find(cells)
        pictures = [
            self._candidate(node, variant, name, results[name], each, cell if found else {})
            for name, each, cell in zip(names, facts, cells, strict=True)
        ]
        if self._only == SHORTLISTED:
            kept = self._kept(node, variant)
            pictures = [each for each in pictures if each.digest in kept]
        return Step(
            step=node.use.step,
            variant=variant,
            also=tuple(also),
            heading=_heading(node.use.step, variant),
            prompt=node.request.prompt if self._inside and node.request else "",
            text=text_of(node.request) if self._inside and node.request else "",
            axes=found,
            chosen=self._decisions.selected(node.asset, node.use.step, variant) if self._inside else "",
            pictures=tuple(pictures),
        )

    def _variants(self, asset: Asset, node: Node) -> list[str]:
        """The variants that share a request: [""] if all do."""
        sharing = self._sharing.get(node.id, set()) | {node.variant.name}
        if sharing == {each.name for each in asset.variants}:
            return [""]
        return sorted(sharing, key=[each.name for each in asset.variants].index)

    def _facts(self, node: Node, names: list[str]) -> list[dict[str, str]]:
        """What is known of each candidate, from ledger, lock or store."""
        known: dict[str, str] = {}
        # A request that was asked once for each cell of a grid has a key for each.
        parts = [(part.key, part.first) for part in node.parts] or [(self._planner.key(node) or "", 0)]
        for key, first in parts:
            found = self._told(node, key)
            known |= {_moved(name, first): text for name, text in found.items() if name[:1].isdigit()}
        return [_below(known, name) for name in names]

    def _told(self, node: Node, key: str) -> dict[str, str]:
        """What is known of the candidates of one request, by number within it and name."""
        if not node.asked:
            action = self._checkout.store.action(key)
            return action.facts if action else {}
        told: dict[str, str] = {}
        for job in self._checkout.asked.ledger.of(key):
            told |= {_moved(name, job.first): text for name, text in job.facts.items() if name[:1].isdigit()}
        if locked := self._checkout.asked.locked(node.asset, key):
            for each in locked.candidate:
                told |= {f"{each.number - 1}.{name}": text for name, text in each.facts.items()}
        return told

    def _candidate(
        self, node: Node, variant: str, name: str, digest: str, facts: Mapping[str, str], cell: dict[str, str]
    ) -> Shown:
        assert node.use is not None
        shown = Shown(
            digest=digest,
            number=int(name) + 1,
            cell=cell,
            facts=tuple(sorted(({key: facts[key] for key in facts if key not in _DULL} | cell).items())),
        )
        if not self._inside:
            return shown
        said = on_candidate(self._decisions, node.asset, node.use.step, variant, digest)
        return msgspec.structs.replace(shown, said=said)

    def _kept(self, node: Node, variant: str) -> set[str]:
        assert node.use is not None
        results = self._planner.results(node) or {}
        last = {
            digest: self._decisions.on_candidate(node.asset, node.use.step, variant, digest)
            for digest in results.values()
        }
        return {digest for digest, each in last.items() if each and each.did in (SELECT, SHORTLIST)}

    def _target(self, node: Node) -> Target | None:
        assert node.target is not None
        results = self._planner.results(node)
        if not results or self._planner.decide(node).verdict not in (FRESH, RESTORE, GATED):
            return None
        target, variant = node.target.target, node.variant.name
        files = files_digest(results)
        seen = self._looks.get(files) or self._checkout.approvals.seen(results)
        if not seen:
            return None
        word = ""
        if self._inside:
            word = self._checkout.approvals.word(node.asset, target, variant, results)
        pictures = [
            Shown(digest=results[part], name=path.rpartition("/")[2], vector=path.endswith(".svg"))
            for part, path in node.outputs.items()
            if part in results
        ]
        return Target(
            target=target,
            variant=variant,
            digest=seen,
            files=files,
            format=node.target.name,
            word=word,
            pictures=tuple(pictures),
            said=on_target(self._decisions, node.asset, target, variant, seen, word)
            if self._inside
            else Said(),
        )


def _below(known: Mapping[str, str], number: str) -> dict[str, str]:
    start = f"{number}."
    return {name.removeprefix(start): text for name, text in known.items() if name.startswith(start)}


def _moved(name: str, first: int) -> str:
    number, dot, rest = name.partition(".")
    return f"{int(number) + first}{dot}{rest}"


def _cell(node: Node, name: str, facts: Mapping[str, str]) -> dict[str, str]:
    """Where a candidate stands: what its grid says, else all facts that are not dull."""
    said = {axis: _word(value) for axis, value in cell_of(node, name).items()}
    return said or {fact: text for fact, text in facts.items() if fact not in _DULL}


def _word(value: object) -> str:
    return value if isinstance(value, str) else canonical(value).decode()


def _heading(step: str, variant: str) -> str:
    word = "Candidates" if step == "source" else f"Refinement {step.rpartition('.')[2]}"
    return f"{word}, {variant}" if variant else word


def bytes_in(checkout: Checkout, sheet: Sheet) -> dict[str, str]:
    """Where the files of targets lie, digest -> path, for those that the store has no more."""
    wanted = {each.digest for part in sheet.parts for target in part.targets for each in target.pictures}
    found: dict[str, str] = {}
    for node in checkout.graph.writes():
        record = checkout.state.record(node.id)
        for path, digest in (record.outputs if record else {}).items():
            if digest in wanted:
                found[digest] = path
    return found
