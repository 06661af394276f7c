"""Outputs of targets: claimed, put in place, recorded, and removed when no spec asks for them.

Reads the state. Writes outputs and the state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from tympan.checkout import Checkout
from tympan.errors import TympanError
from tympan.placed import Made, Placed
from tympan.plan.records import Record
from tympan.state import claim


class Outputs:
    """The files of a checkout's targets. removed: told of each path that is removed."""

    def __init__(self, checkout: Checkout, removed: Callable[[str], None]) -> None:
        self._checkout = checkout
        self._removed = removed

    def place(self, several: Sequence[Made]) -> dict[str, TympanError]:
        """Put targets' files in place, then remember them: one write to the journal before, one after.

        Those that wait for an approval are left out: what was approved last stays where it is.

        What kept some from it, by node id. FilesError if none can be remembered.
        """
        state, gate = self._checkout.state, self._checkout.approvals.gate
        several = [made for made in several if not gate(made.node, made.results)]
        old = {made.node.id: state.record(made.node.id) for made in several}
        # Told before the files are there: should we be killed in between, and the target be dropped then,
        # somebody knows that they were ours. The commit below withdraws the claim.
        state.commit_all(*(claim(made.node.id, made.key, made.node.asset, made.digests) for made in several))
        placed = Placed(
            self._checkout.files,
            self._checkout.store,
            lambda made: self._remove_others(made, old[made.node.id]),
            hard=self._checkout.project.hard_links,
        )
        placed.place(several)
        if placed.notes:
            state.commit_all(*placed.notes)
        return placed.errors

    def _remove_others(self, made: Made, record: Record | None) -> bool:
        """Remove what a target wrote before and writes no more; whether there was any."""
        wanted = made.node.outputs.values()
        others = [path for path in record.outputs if path not in wanted] if record else []
        if record and others:
            # Before the commit: after it nothing would remember that they were ours.
            self.remove(others, record)
        return bool(others)

    def sweep(self) -> None:
        """Remove outputs that no spec asks for any more, unless another hand changed them."""
        state = self._checkout.state
        for name in state.nodes(self._checkout.only):
            if name not in self._checkout.graph.nodes:
                record = state.record(name)
                if record is not None:
                    self.remove(list(record.outputs), record)
                    if any(self._only_known_by(path, record) for path in record.outputs):
                        continue
                state.forget(name)

    def _only_known_by(self, path: str, record: Record) -> bool:
        """Whether a file that a target claims is there as this record has it, and not as the target's has.

        A failed build wrote it. Should the target be dropped before it is built, this record alone says that
        the file was ours.
        """
        owner = self._owners.get(path)
        own = self._checkout.state.record(owner) if owner else None
        if owner is None or (own is not None and own.outputs.get(path) == record.outputs[path]):
            return False
        return self._checkout.state.digest_of(path) == record.outputs[path]

    def remove(self, paths: list[str], record: Record) -> None:
        """Remove files of a record that are as it says, and that no target claims."""
        for path in paths:
            if path in self._owners or self._checkout.state.digest_of(path) != record.outputs[path]:
                continue
            self._checkout.files.remove(path)
            self._checkout.files.remove_empty_folders(path, self._checkout.project.out)
            self._removed(path)

    @cached_property
    def _owners(self) -> dict[str, str]:
        """Path -> id of the target that writes it."""
        return {path: node.id for node in self._checkout.graph.writes() for path in node.outputs.values()}
