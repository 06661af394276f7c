"""How an asset stands between its first candidates and an approval, in one word.

Reads the checkout and its decisions. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from tympan.approval import APPROVED, CHANGES, ON_HOLD, STALE
from tympan.checkout import Checkout
from tympan.decisions import REJECT, SHORTLIST
from tympan.plan.decide import Planner
from tympan.plan.graph import REQUESTS, Node

CANDIDATE, REJECTED, SHORTLISTED, SELECTED = "candidate", "rejected", "shortlisted", "selected"
IN_REVIEW = "in review"
# The word of an asset is the first of these that any of its targets, else any of its variants, has.
_TARGETS = (ON_HOLD, CHANGES, STALE, IN_REVIEW, APPROVED)
_CHOICES = (REJECTED, CANDIDATE, SHORTLISTED, SELECTED)


class Standings:
    """The words of all assets of a checkout, each found when it is asked for."""

    def __init__(self, checkout: Checkout, planner: Planner) -> None:
        self._decisions = checkout.asked.decisions
        self._approvals = checkout.approvals
        self._planner = planner
        self._nodes: dict[str, list[Node]] = {}
        for node in checkout.graph.nodes.values():
            self._nodes.setdefault(node.asset, []).append(node)

    def of(self, asset: str) -> str:
        """The word of an asset, "" if there was nothing to choose and nobody has judged anything."""
        nodes = self._nodes.get(asset, [])
        found = {self._target(node) for node in nodes if node.kind == "write"}
        if word := next((each for each in _TARGETS if each in found), ""):
            return word
        steps: dict[str, str] = {}
        for node in nodes:
            if node.kind in REQUESTS and not _is_aside(node) and (choice := self._choice(node)):
                steps[node.variant.name] = choice
        return next((each for each in _CHOICES if each in steps.values()), "")

    def _target(self, node: Node) -> str:
        assert node.target is not None
        target, variant = node.target.target, node.variant.name
        judged, held = self._decisions.on_output(node.asset, target, variant)
        results = self._planner.results(node)
        if not (judged or held):
            return IN_REVIEW if node.target.requires and results else ""
        return self._approvals.word(node.asset, target, variant, results) or IN_REVIEW

    def _choice(self, node: Node) -> str:
        """How the candidates of a request stand, "" if there was nothing to choose."""
        assert node.use is not None
        results = self._planner.results(node) or {}
        pictures = {name: each for name, each in results.items() if name.isdigit()}
        if not pictures or (len(pictures) == 1 and not node.asked):
            return ""
        select, step, variant = node.use.select, node.use.step, node.variant.name
        chosen = self._decisions.selected(node.asset, step, variant)
        if chosen in pictures.values() or select.candidate or select.by == "first":
            return SELECTED
        return self._listed(node.asset, step, variant, pictures)

    def _listed(self, asset: str, step: str, variant: str, pictures: Mapping[str, str]) -> str:
        last = [self._decisions.on_candidate(asset, step, variant, each) for each in pictures.values()]
        did = [each.did if each else "" for each in last]
        if SHORTLIST in did:
            return SHORTLISTED
        return REJECTED if set(did) == {REJECT} else CANDIDATE


def _is_aside(node: Node) -> bool:
    """Whether nothing that is built comes from a request: it is of another branch."""
    return node.use is not None and bool(node.use.branch)
