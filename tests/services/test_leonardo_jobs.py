"""Leonardo's jobs: crashes, addresses that end, moderation, refusals, jobs found again, styles trained."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from tests.services.fake import Reply
from tests.services.leonardo import FakeLeonardo, draw
from tests.services.leonardo_line import JOB, SERVICE, Line, ask

from tympan import (
    Absent,
    Answer,
    BadAnswer,
    CallBlocked,
    CallFailed,
    Lora,
    Pending,
    Reference,
    Request,
    Ticket,
)
from tympan.errors import OverBudget
from tympan.web import Unsure

BASE = Request(generator="leonardo", model="kino-xl", prompt="a red kite over dunes", size=(768, 768), seed=7)
PHOTOS = {f"p{n}": draw(f"photo {n}", (512, 512), "JPEG") for n in range(3)}
TRAIN = Request(
    generator="leonardo",
    model="flux-dev",
    prompt="inkhouse",
    operation="train",
    dataset=("p0", "p1", "p2", "p0"),
)


@pytest.fixture
def fake() -> Iterator[FakeLeonardo]:
    with FakeLeonardo() as service:
        yield service
        assert service.wrong == []


def but(request: Request, **more: Any) -> Request:
    return msgspec.structs.replace(request, **more)


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def test_a_second_submit_after_a_crash_pays_nothing(fake: FakeLeonardo) -> None:
    request = but(BASE, reference={"look": Reference(role="style", image="p0")})
    first = Line(fake, PHOTOS)
    ticket = SERVICE.submit(request, first)
    again = Line(fake, PHOTOS, first.memory)
    again.paid = first.paid
    assert SERVICE.submit(request, again) == ticket
    assert again.cost == first.cost
    assert len(fake.bill) == 1
    assert fake.count("POST", "/init-image") == 1


def test_the_same_request_is_the_same_body_in_another_process(fake: FakeLeonardo) -> None:
    memory: dict[str, str] = {}
    for _ in range(2):
        request = but(BASE, reference={n: Reference(role="style", image=f"p{n}") for n in "210"})
        SERVICE.submit(request, Line(fake, PHOTOS, memory))
    bodies = [each.body for each in fake.seen if each.path.endswith("v1/generations")]
    assert bodies[0] == bodies[1]


def test_a_job_is_pending_and_then_complete(fake: FakeLeonardo) -> None:
    fake.pending = 2
    line = Line(fake)
    ticket = SERVICE.submit(BASE, line)
    for _ in range(2):
        assert isinstance(SERVICE.collect(ticket, BASE, line), Pending)
    (found,) = SERVICE.collect(ticket, BASE, line)  # type: ignore[misc]
    assert found.facts["generation"] == ticket.job
    # A row that is not there yet is no failure.
    late = SERVICE.collect(Ticket("99999999-9999-4999-8999-999999999999", {"kind": "generation"}), BASE, line)
    assert isinstance(late, Pending)


def test_an_address_that_ended_is_asked_for_again_and_nothing_is_paid_twice(fake: FakeLeonardo) -> None:
    line = Line(fake)
    ticket = SERVICE.submit(but(BASE, candidates=2), line)
    SERVICE.collect(ticket, BASE, line)
    real, ended = line.download, []

    def download(url: str) -> bytes:
        if not ended:
            fake.expire()
            ended.append(url)
        return real(url)

    line.download = download  # type: ignore[method-assign]
    found = SERVICE.collect(ticket, BASE, line)
    assert isinstance(found, tuple)
    assert len(found) == 2
    assert len(fake.bill) == 1


def test_a_picture_that_is_none_is_said_at_once(fake: FakeLeonardo) -> None:
    line = Line(fake)
    ticket = SERVICE.submit(BASE, line)
    SERVICE.collect(ticket, BASE, line)
    fake.trouble(Reply(200, b"<html>"), "/cdn/")
    with pytest.raises(BadAnswer):
        SERVICE.collect(ticket, BASE, line)


def test_moderation(fake: FakeLeonardo) -> None:
    with pytest.raises(CallBlocked, match="moderation"):
        SERVICE.submit(but(BASE, prompt="something forbidden"), Line(fake))
    with pytest.raises(CallBlocked, match="moderation"):
        SERVICE.submit(but(BASE, model="flux-pro-2.0", prompt="something forbidden"), Line(fake))
    assert fake.bill == []
    line = Line(fake)
    (kept,) = ask(line, but(BASE, prompt="one flagged", candidates=2))
    assert kept.facts["index"] == "1"
    assert line.facts["blocked"] == "1"
    both = ask(Line(fake), but(BASE, prompt="one flagged", candidates=2, options={"keep_flagged": True}))
    assert [each.facts.get("nsfw") for each in both] == ["true", None]
    with pytest.raises(CallBlocked, match="nsfw"):
        ask(Line(fake), but(BASE, prompt="all flagged"))
    with pytest.raises(CallFailed, match="failed at Leonardo"):
        ask(Line(fake), but(BASE, prompt="this fails"))


def test_a_generation_that_moderation_stopped_is_blocked(fake: FakeLeonardo) -> None:
    line = Line(fake)
    ticket = SERVICE.submit(BASE, line)
    fake.rows[ticket.job] |= {"status": "FAILED", "prompt_moderations": [{"moderationClassification": ["X"]}]}
    with pytest.raises(CallBlocked):
        SERVICE.collect(ticket, BASE, line)
    fake.rows[ticket.job] |= {"status": "COMPLETE", "generated_images": []}
    with pytest.raises(CallFailed, match="no picture"):
        SERVICE.collect(ticket, BASE, line)


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, {"error": "invalid file extension", "path": "$", "code": "unexpected"}, "failed", "unexpected"),
        (401, {"error": "Authentication hook", "code": "access-denied"}, "failed", "access-denied"),
        (400, {"message": "bad", "path": ["generate"], "locations": [], "extensions": {}}, "failed", "bad"),
        (
            400,
            [{"message": "x", "extensions": {"code": "c", "details": {"message": "why"}}}],
            "failed",
            "why .c.",
        ),
        (400, {"errors": [{"message": "not enough api tokens"}]}, "quota", "tokens"),
        (429, {"error": "slow down"}, "quota", "slow"),
        (402, {"error": "pay"}, "quota", "pay"),
        (403, {"error": "content moderated"}, "blocked", "moderated"),
        (500, [], "failed", "500"),
    ],
)
def test_both_shapes_of_errors_are_understood(status: int, body: Any, kind: str, words: str) -> None:
    import re

    fault = SERVICE.fault(Answer(status, json.dumps(body).encode()))
    assert fault.kind == kind
    assert re.search(words, fault.message)


def test_html_of_the_cdn_is_no_message() -> None:
    assert SERVICE.fault(Answer(403, b"<html>" + b"x" * 9000)).message == "403: no JSON"


@pytest.mark.parametrize(
    ("body", "error", "said"),
    [
        (
            [{"message": "x", "extensions": {"details": {"message": "size is wrong"}}}],
            CallFailed,
            "size is wrong",
        ),
        ([{"message": "blocked by moderation"}], CallBlocked, "moderation"),
        ({"generate": {}}, BadAnswer, "no id"),
        ({"sdGenerationJob": None}, BadAnswer, "no id"),
    ],
)
def test_a_refusal_with_status_200_is_a_refusal(
    fake: FakeLeonardo, body: Any, error: type[Exception], said: str
) -> None:
    fake.trouble(Reply(200, body), "POST .*v2/generations")
    with pytest.raises(error, match=said):
        SERVICE.submit(but(BASE, model="flux-pro-2.0"), Line(fake))


def test_without_the_key_and_without_money(fake: FakeLeonardo) -> None:
    fake.KEY_HEADER = ("authorization", "Bearer another")
    with pytest.raises(CallFailed, match="401: Authentication hook unauthorized"):
        SERVICE.submit(BASE, Line(fake))
    fake.KEY_HEADER = FakeLeonardo.KEY_HEADER
    fake.trouble(Reply(400, {"error": "not enough api tokens to perform operation"}), "POST .*/generations")
    with pytest.raises(OverBudget):
        SERVICE.submit(BASE, Line(fake))


def test_prices_in_credits_and_without_price(fake: FakeLeonardo) -> None:
    answers = [
        ({"sdGenerationJob": {"generationId": "g", "apiCreditCost": 11}}, (11, "credits")),
        (
            {"sdGenerationJob": {"generationId": "g", "cost": {"amount": "8", "unit": "CREDITS"}}},
            (8, "credits"),
        ),
        ({"generate": {"generationId": "g", "cost": 56}}, (56, "credits")),
        ({"generate": {"generationId": "g"}}, None),
        ({"generate": {"generationId": "g", "cost": "dear"}}, None),
    ]
    for body, cost in answers:
        fake.trouble(Reply(200, body), "POST .*/generations")
        line = Line(fake)
        assert SERVICE.submit(BASE, line).job == "g"
        assert (line.cost and (line.cost.amount, line.cost.currency)) == cost


# After a crash


def lost(fake: FakeLeonardo, request: Request) -> None:
    """A job that arrived, and whose answer did not."""
    fake.trouble("drop", "POST .*/generations|POST .*/elements$")
    with pytest.raises(Unsure):
        SERVICE.submit(request, Line(fake, PHOTOS))


@pytest.mark.parametrize("model", ["kino-xl", "flux-pro-2.0", "phoenix-1.0"])
def test_a_job_whose_answer_was_lost_is_found_again(fake: FakeLeonardo, model: str) -> None:
    request = but(BASE, model=model)
    for n in range(60):
        fake._row(f"other {n}", n, (512, 512), 1, None)
    lost(fake, request)
    found = SERVICE.reconcile(request, ago(seconds=5), Line(fake))
    assert isinstance(found, Ticket)
    assert fake.rows[found.job]["prompt"] == request.prompt
    assert len(fake.bill) == 1
    while isinstance(brought := SERVICE.collect(found, request, Line(fake)), Pending):
        pass
    assert brought


def test_a_job_that_never_arrived_is_absent_only_if_the_listing_would_show_it(fake: FakeLeonardo) -> None:
    assert SERVICE.reconcile(BASE, ago(seconds=5), Line(fake)) is None
    assert SERVICE.reconcile(BASE, ago(seconds=90), Line(fake)) == Absent()
    rewritten = but(BASE, options={"enhance": True})
    assert SERVICE.reconcile(rewritten, ago(seconds=90), Line(fake)) is None


def test_like_jobs_that_are_others_do_not_count(fake: FakeLeonardo) -> None:
    fake._row(BASE.prompt, 8, BASE.size, 1, None)
    old = fake._row(BASE.prompt, 7, BASE.size, 1, None)
    old["createdAt"] = ago(hours=3)[:19]
    assert SERVICE.reconcile(BASE, ago(seconds=90), Line(fake)) == Absent()
    for _ in range(2):
        fake._row(BASE.prompt, 7, BASE.size, 1, None)
    assert SERVICE.reconcile(BASE, ago(seconds=90), Line(fake)) is None


@pytest.mark.parametrize("more", [{"model": "gpt-image-2", "size": (1024, 1024)}, {"operation": "inpaint"}])
def test_a_seed_that_is_not_taken_is_not_looked_for(fake: FakeLeonardo, more: dict[str, Any]) -> None:
    request = but(BASE, **more)
    row = fake._row(f"{request.prompt}\n", 424242, request.size, 1, None)
    found = SERVICE.reconcile(request, ago(seconds=90), Line(fake))
    assert found == Ticket(row["id"], {"kind": "generation"})


def test_a_job_whose_answer_came_is_not_taken_for_another_like_it(fake: FakeLeonardo) -> None:
    request = but(BASE, model="gpt-image-2", size=(1024, 1024))
    memory: dict[str, str] = {}
    SERVICE.submit(request, Line(fake, memory=memory, job="the-first"))
    assert (
        SERVICE.reconcile(request, ago(seconds=90), Line(fake, memory=memory, job="the-second")) == Absent()
    )
    fake.trouble("drop", "POST .*/generations")
    with pytest.raises(Unsure):
        SERVICE.submit(request, Line(fake, memory=memory, job="the-second"))
    found = SERVICE.reconcile(request, ago(seconds=5), Line(fake, memory=memory, job="the-second"))
    assert isinstance(found, Ticket)
    assert memory.get(f"job {found.job}") is None
    assert len(fake.bill) == 2


def test_a_listing_without_end_is_no_proof(fake: FakeLeonardo, monkeypatch: pytest.MonkeyPatch) -> None:
    from tympan_plugins.generators.leonardo import again

    monkeypatch.setattr(again, "_PAGES", 1)
    monkeypatch.setattr(again, "_PAGE", 3)
    for n in range(5):
        fake._row(f"other {n}", n, (512, 512), 1, None)
    assert SERVICE.reconcile(BASE, ago(seconds=90), Line(fake)) is None


def test_a_variation_cannot_be_told(fake: FakeLeonardo) -> None:
    assert SERVICE.reconcile(but(BASE, operation="upscale"), ago(hours=1), Line(fake)) is None


# Styles


def test_a_style_is_trained_and_then_used(fake: FakeLeonardo) -> None:
    line = Line(fake, PHOTOS)
    (made,) = ask(line, TRAIN)
    body = next(each.json() for each in fake.seen if each.path.endswith("/v1/elements"))
    assert body == {
        "name": f"tympan {JOB}", "datasetId": next(iter(fake.datasets)), "instance_prompt": "inkhouse",
        "lora_focus": "Style", "sd_version": "FLUX_DEV", "resolution": 1024, "num_train_epochs": 60,
        "learning_rate": 1e-05, "train_text_encoder": True,
    }  # fmt: skip
    style = json.loads(made.data)
    assert (style["id"], style["trigger"], style["base_model"]) == ("123456", "inkhouse", "FLUX_DEV")
    assert made.data == json.dumps(style, sort_keys=True, separators=(",", ":")).encode()
    assert (line.model, line.cost and line.cost.amount) == ("FLUX_DEV", 2.5)
    # One picture was named twice.
    assert len(fake.datasets[body["datasetId"]]) == 3
    lora = Lora(name="style/ink", id=style["id"], trigger=style["trigger"])
    ask(Line(fake), but(BASE, model="flux-dev", prompt="a kite, InkHouse", lora=(lora,)))


def test_a_training_that_crashed_goes_on_with_its_dataset(fake: FakeLeonardo) -> None:
    memory: dict[str, str] = {}
    fake.trouble(Reply(403, b"<Error/>"), "POST /s3/")
    with pytest.raises(CallFailed):
        SERVICE.submit(TRAIN, Line(fake, PHOTOS, memory))
    SERVICE.submit(TRAIN, Line(fake, PHOTOS, memory))
    assert len(fake.datasets) == 1
    assert fake.count("POST", "/s3/") == 4


def test_a_training_whose_answer_was_lost_is_found_by_its_name(fake: FakeLeonardo) -> None:
    for n in range(2):
        SERVICE.submit(TRAIN, Line(fake, PHOTOS, job=f"other-{n}"))
    assert SERVICE.reconcile(TRAIN, ago(seconds=5), Line(fake, PHOTOS)) is None
    assert SERVICE.reconcile(TRAIN, ago(seconds=90), Line(fake, PHOTOS)) == Absent()
    fake.datasets.clear()
    lost(fake, TRAIN)
    assert SERVICE.reconcile(TRAIN, ago(seconds=5), Line(fake, PHOTOS)) == Ticket(
        "123458", {"kind": "training"}
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"model": "phoenix-1.0"}, "trains no styles of 'phoenix-1.0'"),
        ({"dataset": ()}, "needs pictures"),
        ({"dataset": tuple("p" * n for n in range(1, 52))}, "50 pictures at most, not on 51"),
        ({"options": {"focus": "General"}}, "no focus `General`"),
        ({"options": {"focus": "Character"}, "prompt": ""}, "needs a trigger word"),
        ({"model": "kino-xl", "prompt": ""}, "needs a trigger word"),
        ({"options": {"epochs": 20}}, "epochs are 30 to 120"),
        ({"options": {"learning_rate": 0.001}}, "1e-06 to 3e-05"),
        ({"model": "kino-xl", "options": {"learning_rate": 0.001}}, "1e-08 to 1e-05"),
    ],
)
def test_what_cannot_be_trained_is_said_before_anything_is_sent(more: dict[str, Any], said: str) -> None:
    found = list(SERVICE.check(but(TRAIN, **more)))
    assert any(said in sentence for sentence in found), found
    assert SERVICE.estimate(TRAIN).amount == 3.0


def test_all_that_is_sent_is_in_the_vendors_file(fake: FakeLeonardo) -> None:
    """Counts what the tests before it sent, too: see the output with -s."""
    if fake.contract is None:
        pytest.skip("no OpenAPI file: TYMPAN_CONTRACTS names its folder")
    ask(Line(fake, PHOTOS), but(BASE, reference={"a": Reference(role="style", image="p0")}))
    ask(Line(fake, PHOTOS), TRAIN)
    calls, fields = fake.contract.calls, fake.contract.fields
    print(
        f"{sum(calls.values())} calls of {len(calls)} kinds, {len(fields)} fields, unknown: {fake.contract.unknown}"
    )
    assert len(calls) >= 9
    assert len(fields) >= 29
    # The guides' own; the vendor's file does not have it.
    assert set(fake.contract.unknown) <= {"POST /generations styleUUID"}
