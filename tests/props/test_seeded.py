"""The state machine finds bugs: each of these, planted in the build, must make it fail.

Run at night (TYMPAN_NIGHTLY=1): the time that each took is printed with -s.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.faults.press import NIGHTLY
from tests.props.test_machine import Machine

from tympan.errors import TympanError
from tympan.outputs import Outputs
from tympan.placed import Made
from tympan.plan.records import Record
from tympan.state import Note, State, claim_of
from tympan.store import Store

pytestmark = pytest.mark.skipif(not NIGHTLY, reason="minutes; with TYMPAN_NIGHTLY=1")


def _record_before_rename(outputs: Outputs, several: Sequence[Made]) -> dict[str, TympanError]:
    """`Outputs.place`, but each record is committed before the files are in place, and nothing is claimed."""
    checkout = outputs._checkout
    for made in several:
        old = checkout.state.record(made.node.id)
        record = Record(key=made.key, results=made.results, outputs=made.digests)
        checkout.state.commit(made.node.id, made.node.asset, record, {})
        for part, path in made.node.outputs.items():
            checkout.files.write(path, made.data[part])
        if old is not None:
            outputs.remove([path for path in old.outputs if path not in record.outputs], old)
    return {}


def _without_claim(state: State, *notes: Note) -> None:
    """`State.commit_all`, but nobody is told of files that are about to be written."""
    _commit_all(state, *(note for note in notes if "?" not in note.node))


def _unverified(store: Store, name: str, data: bytes, *, in_index: bool) -> bytes:
    """`Store._verified`, but bytes are believed."""
    return data


def _trusting(state: State, path: str, **how: Any) -> str | None:
    """`State.digest_of`, but a file of the same size is taken to be the same."""
    known, now = state._known(path), state._files.sign(path)
    return known[1] if known and now and known[0].size == now.size else _digest_of(state, path, **how)


_commit_all, _digest_of = State.commit_all, State.digest_of
SEEDS = {
    "the record is written before the rename": (Outputs, "place", _record_before_rename),
    "files are written that no claim names": (State, "commit_all", _without_claim),
    "bytes of the store are not verified": (Store, "_verified", _unverified),
    "a file of the same size is the same": (State, "digest_of", _trusting),
}
assert claim_of("a", "b") == "a?b"


@pytest.mark.usefixtures("shared_pool")
@pytest.mark.parametrize("seed", SEEDS)
def test_the_machine_finds_a_planted_bug(monkeypatch: pytest.MonkeyPatch, seed: str) -> None:
    monkeypatch.setattr(*SEEDS[seed])
    began = time.monotonic()
    # Finding it is enough: what shrinks it runs only when somebody has to read the steps.
    with pytest.raises(AssertionError) as found:
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=300,
                stateful_step_count=40,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
                report_multiple_bugs=False,
            ),
        )
    print(f"\n{seed}: found in {time.monotonic() - began:.1f} s: {str(found.value).splitlines()[0][:100]}")
