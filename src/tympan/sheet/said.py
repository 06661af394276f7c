"""What has been said of a picture before, out of the decisions beside the spec.

Reads decisions. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from tympan.approval import APPROVED, CHANGES
from tympan.decisions import APPROVE, COMMENT, RATE, REQUEST_CHANGES, SELECT, WITHDRAW, Decision, Decisions
from tympan.sheet.model import Comment, Said


def on_candidate(decisions: Decisions, asset: str, step: str, variant: str, digest: str) -> Said:
    """What stands of all that was said of a candidate."""
    last = decisions.on_candidate(asset, step, variant, digest)
    mark = last.did if last and last.did != WITHDRAW else ""
    # Another one was selected since: this one stays in the running.
    if mark == SELECT and decisions.selected(asset, step, variant) != digest:
        mark = "shortlist"

    def is_mine(each: Decision) -> bool:
        return (each.step, each.digest) == (step, digest) and each.variant in ("", variant)

    return _said(decisions, asset, is_mine, mark, last if mark else None)


def on_target(decisions: Decisions, asset: str, target: str, variant: str, seen: str, word: str) -> Said:
    """What stands of all that was said of a target as it is built now; word: how it stands."""
    mark = {APPROVED: APPROVE, CHANGES: REQUEST_CHANGES}.get(word, "")
    judged, _ = decisions.on_output(asset, target, variant)

    def is_mine(each: Decision) -> bool:
        return (each.target, each.variant, each.digest) == (target, variant, seen)

    return _said(decisions, asset, is_mine, mark, judged if mark else None)


def _said(
    decisions: Decisions, asset: str, is_mine: Callable[[Decision], bool], mark: str, last: Decision | None
) -> Said:
    mine = [each for each in decisions.of(asset) if is_mine(each)]
    ratings = [each.stars for each in mine if each.did == RATE]
    comments = [
        Comment(text=each.why, by=each.by, at=each.at, place=each.place)
        for each in mine
        if each.did == COMMENT and each.why
    ]
    return Said(
        mark=mark,
        by=last.by if last else "",
        why=last.why if last else "",
        stars=ratings[-1] if ratings else 0,
        comments=tuple(comments),
    )
