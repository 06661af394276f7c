"""What a run, an asset and the project may cost: by the purse itself, and through the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import Project, Ran
from tests.services.fake import Reply
from tests.services.studio import KEY, StudioFake, write_studio

from tympan import ledger as states
from tympan.asking.budget import Purse, amounts
from tympan.errors import OverBudget
from tympan.files import Files
from tympan.ledger import Entry, Ledger, job_id
from tympan.model import Cost


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(Files(tmp_path))


def spend(ledger: Ledger, asset: str, cost: Cost, batch: int = 0, did: str = states.SUBMITTED) -> None:
    job = ledger.begin(
        Entry(
            job=job_id(asset, batch, 0),
            did=states.INTENDED,
            at="",
            key=asset,
            batch=batch,
            asset=asset,
            cost=cost,
        )
    )
    ledger.add(job, did)


def dollars(amount: float) -> Cost:
    return Cost(amount, "USD")


def test_a_run_may_cost_what_it_was_told_and_not_a_cent_more(ledger: Ledger) -> None:
    purse = Purse(ledger, run={"USD": 0.3})
    for n in range(3):
        purse.hold(f"job-{n}", "hero", dollars(0.1))  # 0.1 + 0.1 + 0.1 is more than 0.3 in binary
    with pytest.raises(OverBudget, match="this run") as over:
        purse.hold("job-3", "hero", dollars(0.01))
    assert over.value.exit_code == 6
    purse.free("job-0")
    purse.hold("job-3", "hero", dollars(0.1))
    purse.pay("job-1", dollars(0.1))
    with pytest.raises(OverBudget):
        purse.hold("job-4", "hero", dollars(0.1))


def test_nothing_may_be_spent_in_a_currency_that_was_not_named(ledger: Ledger) -> None:
    purse = Purse(ledger, run={"USD": 100.0})
    with pytest.raises(OverBudget, match="credits"):
        purse.hold("job", "hero", Cost(1, "credits"))
    purse.hold("free", "hero", Cost())


def test_two_currencies_are_counted_each_by_itself(ledger: Ledger) -> None:
    purse = Purse(ledger, run={"USD": 1.0, "credits": 10.0}, project={"credits": 12.0})
    spend(ledger, "hero", Cost(5, "credits"))
    purse.hold("a", "hero", dollars(1.0))
    purse.hold("b", "hero", Cost(7, "credits"))
    with pytest.raises(OverBudget, match="project"):
        purse.hold("c", "icon", Cost(1, "credits"))


def test_an_asset_may_cost_so_much_in_all_its_runs(ledger: Ledger) -> None:
    spend(ledger, "hero", dollars(0.5))
    spend(ledger, "hero", dollars(0.2), batch=1, did=states.FAILED)  # cost nothing
    purse = Purse(ledger, run={"USD": 9.0}, asset={"USD": 1.0})
    purse.hold("a", "hero", dollars(0.4))
    with pytest.raises(OverBudget, match="asset hero"):
        purse.hold("b", "hero", dollars(0.2))
    purse.hold("c", "icon", dollars(1.0))


def test_an_assets_own_policy_is_a_limit_too(ledger: Ledger) -> None:
    purse = Purse(ledger, run={"USD": 9.0, "credits": 9.0}, asset={"USD": 5.0})
    with pytest.raises(OverBudget, match="asset hero"):
        purse.hold("a", "hero", dollars(0.6), dollars(0.5))
    with pytest.raises(OverBudget, match="asset hero"):
        purse.hold("a", "hero", Cost(1, "credits"), dollars(0.5))
    purse.hold("a", "hero", dollars(0.5), dollars(0.5))


def test_the_project_may_cost_so_much_in_all(ledger: Ledger) -> None:
    spend(ledger, "icon", dollars(0.7), did=states.UNKNOWN)  # may have been charged
    purse = Purse(ledger, run={"USD": 9.0}, project={"USD": 1.0})
    with pytest.raises(OverBudget, match="project"):
        purse.hold("a", "hero", dollars(0.4))
    purse.hold("a", "hero", dollars(0.3))


def test_the_message_says_how_much_would_do(ledger: Ledger) -> None:
    purse = Purse(ledger, run=amounts([dollars(0.1), dollars(0.2)]))
    with pytest.raises(OverBudget, match=r"0\.30 USD left") as over:
        purse.hold("a", "hero", dollars(0.5))
    assert '--budget "0.50 USD"' in over.value.hint


@pytest.fixture
def studio(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Project, StudioFake]]:
    """A project whose hero costs 0.08 USD: two jobs of 0.04."""
    monkeypatch.setenv("TYMPAN_TRUST", "1")
    monkeypatch.setenv("STUDIO_KEY", KEY)
    monkeypatch.delenv("CI", raising=False)
    for name in ("tympan.toml", "specs/icon/home.toml", "specs/icon/bell.toml", "specs/icon/_defaults.toml"):
        (project.root / name).unlink()
    with StudioFake(waits=0) as fake:
        write_studio(project.root, fake.url)
        yield project, fake


def policy(project: Project, text: str, budget: str = "") -> None:
    spec = (project.root / "specs/hero.toml").read_text()
    project.write("specs/hero.toml", f"{spec}[policy]\n{text}\n")
    if budget:
        project.write("tympan.toml", (project.root / "tympan.toml").read_text() + f"[budget]\n{budget}\n")


def explored(project: Project, *more: str) -> Ran:
    return project.run("explore", "hero", *more)


def test_without_a_budget_nothing_is_spent(studio: tuple[Project, StudioFake]) -> None:
    project, fake = studio
    ran = explored(project)
    assert (ran.code, fake.accepted) == (6, 0)
    assert '--budget "0.08 USD"' in ran.err
    assert project.run("build").code == 0
    assert fake.accepted == 0


@pytest.mark.parametrize(("budget", "paid"), [("0.03", 0), ("0.04", 0), ("0.079", 0), ("0.08", 2), ("9", 2)])
def test_a_run_asks_everything_or_nothing(studio: tuple[Project, StudioFake], budget: str, paid: int) -> None:
    project, fake = studio
    ran = explored(project, "--budget", f"{budget} USD")
    assert (ran.code, fake.accepted) == (0 if paid else 6, paid), ran.err
    assert explored(project, "--budget", "0.08 USD").code == 0
    assert fake.accepted == 2


def test_what_is_paid_for_needs_no_budget(studio: tuple[Project, StudioFake]) -> None:
    project, fake = studio
    fake.trouble(Reply(400, {"error": "not now"}), "POST /jobs")
    assert (explored(project, "--budget", "0.08 USD").code, fake.accepted) == (1, 1)
    assert "2 jobs, 0.04 USD" in explored(project, "--dry-run").out
    assert (explored(project, "--budget", "0.03 USD").code, fake.accepted) == (6, 1)
    assert (explored(project, "--budget", "0.04 USD").code, fake.accepted) == (0, 2)
    assert (explored(project).code, fake.accepted) == (0, 2)


def test_another_currency_is_no_budget(studio: tuple[Project, StudioFake]) -> None:
    project, fake = studio
    assert explored(project, "--budget", "500 credits", "--budget", "5 EUR").code == 6
    assert fake.accepted == 0
    for wrong in ("5", "five USD", "-1 USD", "nan USD", "inf USD", "", "1e400 USD"):
        ran = explored(project, "--budget", wrong)
        assert (ran.code, fake.accepted) == (2, 0), (wrong, ran.err)


@pytest.mark.parametrize("line", ['asset = ["0.05 USD"]', 'project = ["0.05 USD"]'])
def test_limits_of_the_project_file_hold_whatever_a_run_may(
    studio: tuple[Project, StudioFake], line: str
) -> None:
    project, fake = studio
    policy(project, 'generate = "ask"', line)
    for _ in range(2):
        ran = explored(project, "--budget", "5 USD")
        assert (ran.code, fake.accepted) == (6, 1), ran.err
        assert "budget of this" in ran.err


def test_an_assets_policy_budget_holds(studio: tuple[Project, StudioFake]) -> None:
    project, fake = studio
    policy(project, 'budget = "0.05 USD"')
    assert explored(project, "--budget", "5 USD").code == 6
    assert fake.accepted == 1


def test_never_is_never(studio: tuple[Project, StudioFake]) -> None:
    project, fake = studio
    policy(project, 'generate = "never"', 'run = ["5 USD"]')
    ran = explored(project, "--budget", "5 USD")
    assert (ran.code, fake.accepted) == (2, 0)
    assert "never" in ran.err


def test_ask_asks_for_a_budget_each_time(studio: tuple[Project, StudioFake]) -> None:
    project, fake = studio
    policy(project, 'generate = "ask"', 'run = ["5 USD"]')
    assert (explored(project).code, fake.accepted) == (6, 0)


def test_auto_takes_the_budget_of_the_project_file(studio: tuple[Project, StudioFake]) -> None:
    project, fake = studio
    policy(project, 'generate = "auto"', 'run = ["0.07 USD"]')
    assert (explored(project).code, fake.accepted) == (6, 0)
    project.write("tympan.toml", (project.root / "tympan.toml").read_text().replace("0.07", "0.08"))
    assert (explored(project).code, fake.accepted) == (0, 2)


def test_on_a_ci_machine_nothing_is_spent_that_was_not_said(
    studio: tuple[Project, StudioFake], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, fake = studio
    policy(project, 'generate = "auto"', 'run = ["5 USD"]')
    monkeypatch.setenv("CI", "true")
    assert (explored(project).code, fake.accepted) == (6, 0)
    assert (project.run("build").code, fake.accepted) == (0, 0)
    assert (explored(project, "--budget", "1 USD").code, fake.accepted) == (0, 2)


def test_a_dry_run_shows_the_price_and_calls_nobody(studio: tuple[Project, StudioFake]) -> None:
    project, fake = studio
    ran = explored(project, "--dry-run")
    assert (ran.code, fake.seen) == (0, [])
    assert "2 jobs, 0.08 USD" in ran.out
    rows = json.loads(explored(project, "--dry-run", "--json").out)
    assert [row["cost"] for row in rows] == [{"amount": 0.04, "currency": "USD"}] * 2


def test_gc_never_takes_what_was_paid_for(studio: tuple[Project, StudioFake]) -> None:
    project, fake = studio
    assert explored(project, "--budget", "1 USD").code == 0
    lock = (project.root / "specs/hero.lock").read_text()
    paid = _digests(lock)
    assert len(paid) == 4
    for loss in ("", "specs/hero.lock", ".tympan/ledger.jsonl"):
        # Whichever of the two records is lost, the other one names them.
        kept = (project.root / loss).read_bytes() if loss else b""
        if loss:
            (project.root / loss).unlink()
        assert project.run("gc", "--keep", "0").code == 0
        assert paid <= _stored(project), loss
        if loss:
            (project.root / loss).write_bytes(kept)
    assert fake.accepted == 2


def _digests(lock: str) -> set[str]:
    import tomli

    return {each["digest"] for request in tomli.loads(lock)["request"] for each in request["candidate"]}


def _stored(project: Project) -> set[str]:
    from tympan.checkout import Checkout

    checkout: Any = Checkout(project.root)
    return set(checkout.store.sizes())
