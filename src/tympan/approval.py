"""What people have said of a target's files, held against what the files show now.

Reads the decisions and the store; decodes in a worker. Writes nothing.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Mapping

from tympan.decisions import APPROVE, Decision, Decisions
from tympan.errors import Damaged, TaskError
from tympan.files import digest
from tympan.model import canonical
from tympan.plan.graph import Node
from tympan.store import Store
from tympan.worker.jobs import See
from tympan.worker.pool import Pool

APPROVED = "approved"
CHANGES = "changes requested"
STALE = "stale"
ON_HOLD = "on hold"


class Approvals:
    """The approvals of one checkout. `results` are always the digests of a target's files by part."""

    def __init__(self, decisions: Decisions, store: Store) -> None:
        self._decisions = decisions
        self._store = store
        self._pool: Pool | None = None
        self._guard = threading.Lock()
        self._seen: dict[str, str] = {}

    def word(self, asset: str, target: str, variant: str, results: Mapping[str, str] | None) -> str:
        """How a target stands: one of the words above, "" if nobody has judged it as it is now."""
        if self._decisions.on_output(asset, target, variant)[1]:
            return ON_HOLD
        judged, is_same = self.judgement(asset, target, variant, results)
        if judged is None:
            return ""
        if judged.did == APPROVE:
            return APPROVED if is_same else STALE
        # Where changes were requested, other files are the next version, which nobody has judged.
        return CHANGES if is_same or not results else ""

    def judgement(
        self, asset: str, target: str, variant: str, results: Mapping[str, str] | None
    ) -> tuple[Decision | None, bool]:
        """The judgement that counts: the last on what the files show, else the last of all; and which it is.

        So what two people said of two versions, each on a branch of his own, holds after the merge.
        """
        judged = self._decisions.judgements(asset, target, variant)
        if not judged or not results:
            return (judged[-1] if judged else None), False
        # Equal files show the same: nothing has to be decoded for most.
        files = files_digest(results)
        same = [each for each in judged if each.files == files]
        if not same or same[-1] is not judged[-1]:
            seen = self.seen(results)
            same = [each for each in judged if each.files == files or (seen and each.digest == seen)]
        return (same[-1], True) if same else (judged[-1], False)

    def gate(self, node: Node, results: Mapping[str, str]) -> str:
        """Why a target's files may not go in place yet, in words; "" if they may. See `plan.decide.Gate`."""
        if node.target is None or APPROVED not in node.target.requires:
            return ""
        target, variant = node.target.target, node.variant.name
        word = self.word(node.asset, target, variant, results)
        if word == APPROVED:
            return ""
        held = self._decisions.on_output(node.asset, target, variant)[1]
        said = held or self.judgement(node.asset, target, variant, results)[0]
        if said is None:
            return f"not approved yet: tympan approve {node.id}"
        who = f" ({said.by}, {said.at[:10]}{f': {said.why}' if said.why else ''})"
        if word == STALE:
            return f"the approval is stale, it is of another picture{who}: tympan approve {node.id}"
        if word:
            return f"{word}{who}"
        return f"this version is not approved yet, changes to the one before were requested{who}"

    def seen(self, results: Mapping[str, str]) -> str:
        """Digest of what files show (`tympan.appearance`); "" if one is missing or no worker can tell."""
        with self._guard:
            return self._seen_once(results)

    def _seen_once(self, results: Mapping[str, str]) -> str:
        name = files_digest(results)
        if name not in self._seen:
            try:
                files = {part: self._store.get(each) for part, each in results.items()}
                shown = self._workers().ask(See(files)).facts
                self._seen[name] = digest(canonical(sorted(shown.items())))
            except (Damaged, TaskError):
                self._seen[name] = ""
        return self._seen[name]

    def _workers(self) -> Pool:
        if self._pool is None:
            self._pool = Pool(1)
            weakref.finalize(self, self._pool.close)
        return self._pool


def files_digest(results: Mapping[str, str]) -> str:
    """One digest for the bytes of all files of a target."""
    return digest(canonical(sorted(results.items())))
