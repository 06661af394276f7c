"""The state machine finds bugs: each of these, planted in the build, must make it fail.

Run at night (TYMPAN_NIGHTLY=1): the time that each took is printed with -s.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.faults.press import NIGHTLY
from tests.props.test_machine import Machine

from tympan.build import Build
from tympan.plan.graph import Node
from tympan.plan.records import Record
from tympan.state import State, claim_of
from tympan.store import Store

pytestmark = pytest.mark.skipif(not NIGHTLY, reason="minutes; with TYMPAN_NIGHTLY=1")


def _record_before_rename(
    build: Build, node: Node, key: str, data: Mapping[str, bytes], results: dict[str, str]
) -> None:
    """`Build._place`, but the record is committed before the files are in place."""
    if node.kind != "write":
        return
    state = build.checkout.state
    outputs = {path: results[part] for part, path in node.outputs.items()}
    old = state.record(node.id)
    state.commit(node.id, node.asset, Record(key=key, results=results, outputs=outputs), {})
    for part, path in node.outputs.items():
        build.checkout.files.write(path, data[part])
    if old is not None:
        build._remove([path for path in old.outputs if path not in outputs], old)


def _without_claim(state: State, node: str, asset: str, record: Record, signs: Any) -> None:
    """`State.commit`, but nobody is told of files that are about to be written."""
    if "?" not in node:
        _commit(state, node, asset, record, signs)


def _unverified(store: Store, name: str, data: bytes, *, in_index: bool) -> bytes:
    """`Store._verified`, but bytes are believed."""
    return data


def _trusting(state: State, path: str, **how: Any) -> str | None:
    """`State.digest_of`, but a file of the same size is taken to be the same."""
    known, now = state._known(path), state._files.sign(path)
    return known[1] if known and now and known[0].size == now.size else _digest_of(state, path, **how)


_commit, _digest_of = State.commit, State.digest_of
SEEDS = {
    "the record is written before the rename": (Build, "_place", _record_before_rename),
    "files are written that no claim names": (State, "commit", _without_claim),
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
