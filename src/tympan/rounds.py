"""Rounds: how often a person has judged an asset, version after version.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tympan.decisions import APPROVE, REQUEST_CHANGES, Decision


class Round(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one person said of an asset in one go.

    number: from 1, of this person and asset. began, ended: RFC 3339. approved, changes: how many targets of
    all variants were approved, or sent back, in the end. why: the reasons given, each once.
    """

    asset: str
    by: str
    number: int
    began: str
    ended: str
    approved: int = 0
    changes: int = 0
    why: tuple[str, ...] = ()
    internal: bool = False

    @property
    def word(self) -> str:
        """What the round came to."""
        return "changes requested" if self.changes else "approved"


def rounds_of(asset: str, decisions: Iterable[Decision], *, for_client: bool = False) -> list[Round]:
    """The rounds of an asset in the order they began; for_client: without internal ones.

    decisions: oldest first. A round ends when its person judges another version of what was judged in it
    already: who goes through ten targets on one day, or changes their mind about one, is in one round.
    """
    latest: dict[tuple[str, bool], tuple[int, list[Decision]]] = {}
    found: list[tuple[int, list[Decision]]] = []
    for each in decisions:
        if each.did not in (APPROVE, REQUEST_CHANGES) or (for_client and each.internal):
            continue
        who = (each.by, each.internal)
        number, said = latest.get(who, (0, []))
        if not said or _is_next(said, each):
            number, said = latest[who] = (number + 1, [])
            found.append((number, said))
        said.append(each)
    return [_round(asset, number, said) for number, said in found]


def _is_next(said: list[Decision], new: Decision) -> bool:
    return any(_matter(each) == _matter(new) and each.digest != new.digest for each in said)


def _matter(decision: Decision) -> tuple[str, str]:
    return decision.target, decision.variant


def _round(asset: str, number: int, said: list[Decision]) -> Round:
    last = {_matter(each): each.did for each in said}
    return Round(
        asset=asset,
        by=said[0].by,
        number=number,
        began=said[0].at,
        ended=said[-1].at,
        approved=sum(did == APPROVE for did in last.values()),
        changes=sum(did == REQUEST_CHANGES for did in last.values()),
        why=tuple(dict.fromkeys(each.why for each in said if each.why)),
        internal=said[0].internal,
    )
