"""OpenAI against a strict fake: dated models, sizes, pictures and masks, token prices, refusals, replays."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from tests.services.fake import Reply
from tests.services.lent import Lent, ask
from tests.services.openai import TOKENS, FakeOpenai

from tympan.errors import BadAnswer, CallBlocked, CallFailed, OverBudget
from tympan.model import Control, Cost, Lora, Reference, Request
from tympan.outside import Answer
from tympan_plugins.generators.openai import Openai, tokens

SERVICE = Openai()
SNAPSHOT = "gpt-image-2-2026-04-21"


def _file(kind: str, mode: str, colour: Any, corner: Any = None) -> bytes:
    picture, data = Image.new(mode, (64, 48), colour), io.BytesIO()
    if corner is not None:
        picture.paste(corner, (0, 0, 32, 24))
    picture.save(data, kind)
    return data.getvalue()


INPUTS = {
    "photo": _file("JPEG", "RGB", "#336699"),
    "look": _file("PNG", "RGB", "#993333"),
    "corner": _file("PNG", "L", 0, 255),
}
INIT = {"selected": Reference(role="init", image="photo")}
LOOK = {"look": Reference(role="style", image="look")}


@pytest.fixture
def fake() -> Iterator[FakeOpenai]:
    with FakeOpenai() as fake:
        yield fake


@pytest.fixture
def ctx(fake: FakeOpenai) -> Lent:
    return Lent(SERVICE, fake.url, INPUTS)


def _request(**changes: Any) -> Request:
    return Request(**{"generator": "openai", "model": SNAPSHOT, "prompt": "a red bicycle"} | changes)


def test_a_snapshot_draws_and_names_its_price(fake: FakeOpenai, ctx: Lent) -> None:
    (candidate,) = ask(ctx, _request())
    assert candidate.data.startswith(b"\x89PNG")
    assert candidate.seed is None
    assert candidate.facts == {
        "job": f"req_{1:032x}",
        "index": "0",
        "model": SNAPSHOT,
        "created": "1790000000",
        "seed": "OpenAI takes no seed",
        "size": "1024x1024",
        "quality": "high",
        "background": "opaque",
        "output_format": "png",
    }
    assert fake.told == [
        {
            "model": SNAPSHOT,
            "prompt": "a red bicycle",
            "n": 1,
            "size": "1024x1024",
            "quality": "high",
            "background": "opaque",
            "output_format": "png",
        }
    ]
    ((_, charged),) = fake.bill
    assert ctx.reports == [
        {"cost": Cost(round(charged, 6), "USD"), "model": "", "input_tokens": "3", "output_tokens": "7024"}
    ]
    assert fake.seen[0].headers["idempotency-key"] == ctx.job


def test_options_arrive(fake: FakeOpenai, ctx: Lent) -> None:
    options = {"quality": "low", "background": "transparent", "moderation": "low", "together": 3}
    assert len(ask(ctx, _request(model="gpt-image-9-2027-01-01", candidates=3, options=options))) == 3
    told = fake.told[0]
    assert (told["n"], told["quality"], told["background"], told["moderation"]) == (
        3,
        "low",
        "transparent",
        "low",
    )


def test_references_go_to_the_edits_route(fake: FakeOpenai, ctx: Lent) -> None:
    ask(ctx, _request(reference=LOOK | {"thing": Reference(role="content", image="photo")}))
    assert fake.count("POST", "/v1/images/edits") == 1
    assert [each.format for each in fake.told[0]["image[]"]] == ["PNG", "JPEG"]


def test_the_picture_to_be_changed_comes_first(fake: FakeOpenai, ctx: Lent) -> None:
    ask(ctx, _request(operation="image-to-image", reference=LOOK | INIT))
    assert [each.format for each in fake.told[0]["image[]"]] == ["JPEG", "PNG"]
    assert "mask" not in fake.told[0]


@pytest.mark.parametrize("operation", ["inpaint", "vary-region"])
def test_a_mask_is_transparent_where_to_draw_anew(fake: FakeOpenai, ctx: Lent, operation: str) -> None:
    ask(ctx, _request(operation=operation, reference=LOOK | INIT, region="corner"))
    mask = fake.told[0]["mask"]
    assert (mask.getpixel((1, 1))[3], mask.getpixel((60, 40))[3]) == (0, 255)
    assert mask.size == fake.told[0]["image[]"][0].size == (64, 48)
    assert len(fake.told[0]["image[]"]) == 2


@pytest.mark.parametrize(("size", "count"), TOKENS.items())
def test_tokens_are_those_of_the_guide(size: str, count: int) -> None:
    width, height = (int(side) for side in size.split("x"))
    assert tokens("high", width, height) == count


@pytest.mark.parametrize(
    ("changes", "amount"),
    [
        ({}, 0.2107),
        ({"candidates": 4, "size": (1536, 1024)}, 0.6586),
        ({"options": {"quality": "low"}}, 0.0059),
        ({"options": {"quality": "auto"}}, 0.2107),
        ({"model": "gpt-image-9-2027-01-01"}, 0.2107),
        ({"reference": LOOK}, 0.2227),
    ],
)
def test_estimate(changes: dict[str, Any], amount: float) -> None:
    assert SERVICE.estimate(_request(**changes)) == Cost(amount, "USD")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"model": "gpt-image-2"},
            "a model with its date, not 'gpt-image-2': known are gpt-image-2-2026-04-21",
        ),
        ({"model": ""}, "a model with its date"),
        ({"operation": "upscale"}, "cannot 'upscale'"),
        ({"prompt": ""}, "needs a prompt"),
        ({"prompt": "x" * 32_001}, "1 to 32000 characters"),
        ({"size": (1000, 1000)}, "multiples of 16"),
        ({"size": (512, 512)}, "does not draw 512x512"),
        ({"size": (3840, 512)}, "at most 3:1"),
        ({"size": (4096, 2048)}, "up to 3840"),
        ({"negative_prompt": "x"}, "no negative_prompt"),
        ({"options": {"background": "transparent"}}, "draws no transparent ground"),
        ({"operation": "image-to-image"}, 'role "init"'),
        ({"operation": "inpaint", "reference": INIT}, "needs a region"),
        ({"reference": INIT}, "needs an operation"),
        ({"reference": {str(n): LOOK["look"] for n in range(17)}}, "takes 16 pictures, not 17"),
        ({"reference": LOOK, "options": {"moderation": "low"}}, "without pictures"),
        ({"lora": (Lora(name="ours"),)}, "neither lora nor control"),
        ({"control": {"p": Control(kind="pose", image="look")}}, "neither lora nor control"),
    ],
)
def test_mistakes_are_said_before_anything_is_sent(changes: dict[str, Any], sentence: str) -> None:
    found = list(SERVICE.check(_request(**changes)))
    assert [each for each in found if sentence in each], found


def test_candidates_are_calls_of_their_own() -> None:
    assert len(SERVICE.batches(_request(candidates=3))) == 3
    assert [each.name for each in SERVICE.models()] == [SNAPSHOT]


def test_a_replayed_submit_sends_nothing_and_brings_the_same(fake: FakeOpenai, ctx: Lent) -> None:
    first = ask(ctx, _request())
    later = Lent(SERVICE, "http://127.0.0.1:9")
    later.paid = ctx.paid
    assert ask(later, _request()) == first
    assert len(fake.bill) == 1


def test_blocked_refused_and_out_of_money(fake: FakeOpenai, ctx: Lent) -> None:
    with pytest.raises(CallBlocked, match="400: Your request was rejected by the safety system"):
        ask(ctx, _request(prompt="forbidden"))
    broke = {
        "error": {
            "message": "You exceeded your quota",
            "type": "insufficient_quota",
            "code": "insufficient_quota",
        }
    }
    fake.trouble(Reply(403, broke), "POST")
    with pytest.raises(OverBudget):
        ask(ctx, _request())
    fake.KEY_HEADER = ("authorization", "Bearer another")
    with pytest.raises(CallFailed, match="401: Incorrect API key provided"):
        ask(ctx, _request())
    assert not fake.bill


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b'{"error": {"code": "billing_hard_limit_reached", "message": "no"}}', "quota"),
        (429, b'{"error": {"code": "rate_limit_exceeded", "message": "slow"}}', "quota"),
        (400, b'{"error": "plain"}', "failed"),
        (500, b"<html>", "failed"),
    ],
)
def test_faults(status: int, body: bytes, kind: str) -> None:
    assert SERVICE.fault(Answer(status, body)).kind == kind


def test_usage_without_details_is_reckoned_as_pictures(ctx: Lent) -> None:
    ctx.paid = Answer(
        200, b'{"data": [{"b64_json": ""}], "usage": {"input_tokens": 1000, "output_tokens": 0}}'
    )
    SERVICE.submit(_request(), ctx)
    assert ctx.reports[0]["cost"] == Cost(0.008, "USD")


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"data": []}', b'{"data": [{"b64_json": "?"}]}'])
def test_an_answer_that_cannot_be_read_is_a_bad_answer(ctx: Lent, body: bytes) -> None:
    ctx.paid = Answer(200, body)
    with pytest.raises(BadAnswer):
        ask(ctx, _request())
