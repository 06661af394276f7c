"""The ledger: what was written is read, whatever is cut off or damaged; nothing is shown that must not be."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tympan import ledger as states
from tympan.disk import Disk, Folder
from tympan.errors import FilesError
from tympan.files import Files
from tympan.ledger import LEDGER, Entry, Job, Ledger, job_id, total
from tympan.model import Cost, Ticket
from tympan.secret import Secret

TEXTS = st.text(max_size=12)
COSTS = st.none() | st.builds(
    Cost,
    st.floats(0, 1e6, allow_nan=False).map(lambda each: round(each, 4)),
    st.sampled_from(["USD", "credits"]),
)
DID = st.sampled_from(
    [
        states.SENDING,
        states.ANSWERED,
        states.SUBMITTED,
        states.RECEIVED,
        states.FAILED,
        states.BLOCKED,
        states.UNKNOWN,
    ]
)
MORE = st.fixed_dictionaries(
    {},
    optional={
        "cost": COSTS,
        "model": TEXTS,
        "message": TEXTS,
        "answer": TEXTS,
        "said": st.none() | TEXTS,
        "refused": TEXTS,
        "status": st.integers(0, 599),
        "ticket": st.builds(Ticket, TEXTS),
        "results": st.dictionaries(st.integers(0, 3).map(str), TEXTS, max_size=3),
        "facts": st.dictionaries(TEXTS, TEXTS, max_size=3),
    },
)
STEPS = st.lists(st.tuples(st.integers(0, 3), DID, MORE), max_size=8)


def begun(ledger: Ledger, batch: int, **more: Any) -> Job:
    key = more.pop("key", "key")
    entry = Entry(
        job=job_id(key, batch, more.get("attempt", 0)),
        did=states.INTENDED,
        at=f"2026-11-24T10:00:{batch:02}Z",
        key=key,
        batch=batch,
        first=2 * batch,
        asset=more.pop("asset", "hero"),
        cost=more.pop("cost", Cost(0.04, "USD")),
        request={"prompt": "a\ncourier \u2028 \x7f"},
        **more,
    )
    return ledger.begin(entry)


@settings(max_examples=20, deadline=None)
@given(steps=STEPS)
def test_cut_anywhere_it_is_a_prefix(tmp_path_factory: pytest.TempPathFactory, steps: list[Any]) -> None:
    root = tmp_path_factory.mktemp("ledger")
    ledger, after = Ledger(Files(root)), [[]]
    for batch, did, more in steps:
        known = {job.batch: job for job in ledger.jobs()}
        if batch in known:
            ledger.add(known[batch], did, **more)
        else:
            begun(ledger, batch)
        after.append(Ledger(Files(root)).jobs())
    path = root / LEDGER
    data = path.read_bytes() if steps else b""
    for size in range(len(data)):
        path.write_bytes(data[:size])
        cut = Ledger(Files(root))
        lines = data[:size].count(b"\n")
        # The line that was cut may be whole but for its end.
        assert cut.jobs() in (after[lines], after[lines + 1])
        assert cut.damaged <= 1


@settings(max_examples=20, deadline=None)
@given(steps=STEPS, at=st.integers(0, 10_000), after=STEPS)
def test_what_is_added_behind_a_cut_is_read(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Any], at: int, after: list[Any]
) -> None:
    root = tmp_path_factory.mktemp("ledger")
    for part in (steps, after):
        ledger = Ledger(Files(root))
        for batch, did, more in part:
            known = {job.batch: job for job in ledger.jobs()}
            ledger.add(known[batch], did, **more) if batch in known else begun(ledger, batch)
        assert Ledger(Files(root)).jobs() == ledger.jobs()
        path = root / LEDGER
        if path.exists():
            path.write_bytes(path.read_bytes()[:-1][: at + 1])


def test_a_flipped_bit_hides_its_own_line_only(tmp_path: Path) -> None:
    ledger = Ledger(Files(tmp_path))
    for batch in range(3):
        begun(ledger, batch)
    data = (tmp_path / LEDGER).read_bytes()
    for at in range(0, len(data), 11):
        (tmp_path / LEDGER).write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        found = Ledger(Files(tmp_path))
        assert len(found.jobs()) in (1, 2)  # a flipped end of a line damages two
        assert found.damaged in (1, 2)
    (tmp_path / LEDGER).write_bytes(b"garbage\n" + data + b"[" * 100_000 + b"\n\xff\xfe\n")
    assert (len(Ledger(Files(tmp_path)).jobs()), Ledger(Files(tmp_path)).damaged) == (3, 3)


def test_a_job_goes_on_line_by_line(tmp_path: Path) -> None:
    ledger = Ledger(Files(tmp_path))
    job = begun(ledger, 0)
    assert (job.did, job.charged, job.cost, job.sent) == (states.INTENDED, False, Cost(0.04, "USD"), "")
    ledger.add(job, states.SENDING)
    assert job.sent
    ledger.add(job, states.ANSWERED, answer="a" * 64, status=200)
    ledger.add(job, states.SUBMITTED, ticket=Ticket("t"), cost=Cost(0.05, "USD"), facts={"a": "1"})
    ledger.add(job, states.RECEIVED, results={"0": "x", "1": "y"}, facts={"b": "2"})
    (again,) = Ledger(Files(tmp_path)).jobs()
    assert again == job
    assert (again.charged, again.cost.amount, again.facts) == (True, 0.05, {"a": "1", "b": "2"})
    assert Ledger(Files(tmp_path)).blobs() == {"a" * 64, "x", "y"}


def test_ids_are_the_same_everywhere_and_differ() -> None:
    assert job_id("k", 0, 0) == "4ae93014-6c62-556f-8d7f-37c17ce09f9e"
    ids = {job_id(key, batch, attempt) for key in ("k", "l") for batch in range(3) for attempt in range(3)}
    assert len(ids) == 18


def test_the_last_attempt_counts_and_all_results_do(tmp_path: Path) -> None:
    ledger = Ledger(Files(tmp_path))
    first, second = begun(ledger, 0), begun(ledger, 1)
    ledger.add(first, states.LOST)
    third = begun(ledger, 0, attempt=1)
    ledger.add(third, states.RECEIVED, results={"0": "a", "0.black": "b", "1": "c"})
    ledger.add(second, states.RECEIVED, results={"0": "d"})
    assert [job.id for job in ledger.of("key")] == [third.id, second.id]
    assert ledger.results("key") == {"0": "a", "0.black": "b", "1": "c", "2": "d"}
    assert (ledger.of("other"), ledger.results("other")) == ([], {})


@pytest.mark.parametrize("did", [*states.OPEN, *states.SPENT, states.FAILED, states.BLOCKED])
def test_what_counts_as_spent(tmp_path: Path, did: str) -> None:
    ledger = Ledger(Files(tmp_path))
    job = begun(ledger, 0)
    ledger.add(job, did)
    assert ledger.spent() == ({"USD": 0.04} if did in states.SPENT else {})
    # A service that named the price has taken it, whatever it brought.
    ledger.add(job, did, cost=Cost(0.5, "USD"))
    assert ledger.spent("hero") == ({} if did == states.INTENDED else {"USD": 0.5})
    assert ledger.spent("icon") == {}


def test_currencies_are_added_up_each_by_itself(tmp_path: Path) -> None:
    ledger = Ledger(Files(tmp_path))
    for batch, cost in enumerate([Cost(0.1, "USD"), Cost(0.2, "USD"), Cost(12, "credits"), Cost()]):
        ledger.add(begun(ledger, batch, cost=cost), states.SUBMITTED)
    assert ledger.spent() == {"USD": 0.3, "credits": 12}
    assert "12" in total(job.cost for job in ledger.jobs())
    assert total([]) == "0.00"


def test_no_key_is_written(tmp_path: Path) -> None:
    key = Secret("canary-key-0123456789").reveal()
    ledger = Ledger(Files(tmp_path))
    job = begun(ledger, 0)
    ledger.add(
        job,
        states.SUBMITTED,
        ticket=Ticket(key),
        message=f"no {key}",
        facts={key: key},
        model=key,
        results={"0": key},
    )
    assert key.encode() not in (tmp_path / LEDGER).read_bytes()


def test_a_ledger_that_cannot_be_read_is_no_empty_one(tmp_path: Path) -> None:
    begun(Ledger(Files(tmp_path)), 0)

    class Worn(Disk):
        def read(self, path: str) -> bytes:
            raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(FilesError, match=r"ledger\.jsonl: Input/output error"):
        Ledger(Files(tmp_path, Worn()))
    assert len(Ledger(Files(tmp_path)).jobs()) == 1


def test_what_is_flushed_and_when(tmp_path: Path) -> None:
    """Before a paid call leaves all is flushed, its answer is; what follows from what is flushed is not."""
    flushed: list[tuple[str, bool]] = []

    class Told(Disk):
        def append(self, folder: Folder, name: str, data: bytes, *, sync: bool) -> None:
            super().append(folder, name, data, sync=sync)
            flushed.append((msgspec.json.decode(data.split(b" ", 1)[1])["did"], sync))

    ledger = Ledger(Files(tmp_path, Told()))
    job = begun(ledger, 0)
    for did in (states.SENDING, states.ANSWERED, states.SUBMITTED, states.RECEIVED):
        ledger.add(job, did)
    by_hand = begun(ledger, 1)
    ledger.add(by_hand, states.SUBMITTED)
    assert flushed == [
        (states.INTENDED, False),
        (states.SENDING, True),
        (states.ANSWERED, True),
        (states.SUBMITTED, False),
        (states.RECEIVED, True),
        (states.INTENDED, False),
        (states.SUBMITTED, True),
    ]


def test_a_short_answer_is_in_the_line_and_an_old_line_is_read(tmp_path: Path) -> None:
    ledger = Ledger(Files(tmp_path))
    ledger.add(begun(ledger, 0), states.ANSWERED, said="", status=200)
    ledger.add(begun(ledger, 1), states.ANSWERED, answer="a" * 64, status=200)
    new, old = Ledger(Files(tmp_path)).jobs()
    assert (new.said, new.answer) == ("", "")
    assert (old.said, old.answer) == (None, "a" * 64)
