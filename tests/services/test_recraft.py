"""Recraft against a strict fake: SVG as it is, brand colours, seeds, edits, prices, refusals, replays."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from tests.services.fake import Reply
from tests.services.lent import Lent, ask
from tests.services.recraft import FakeRecraft

from tympan.errors import BadAnswer, CallBlocked, CallFailed, OverBudget
from tympan.model import Control, Cost, Lora, Reference, Request
from tympan.outside import Answer
from tympan_plugins.generators.recraft import MODELS, SIZES, Recraft

SERVICE = Recraft()


def _png(mode: str, colour: Any, corner: Any = None) -> bytes:
    picture, data = Image.new(mode, (64, 48), colour), io.BytesIO()
    if corner is not None:
        picture.paste(corner, (0, 0, 32, 24))
    picture.save(data, "PNG")
    return data.getvalue()


INPUTS = {"photo": _png("RGB", "#336699"), "corner": _png("L", 0, 200)}
INIT = {"selected": Reference(role="init", image="photo")}


@pytest.fixture
def fake() -> Iterator[FakeRecraft]:
    with FakeRecraft() as fake:
        yield fake


@pytest.fixture
def ctx(fake: FakeRecraft) -> Lent:
    return Lent(SERVICE, fake.url, INPUTS)


def _request(**changes: Any) -> Request:
    values: dict[str, Any] = {
        "generator": "recraft",
        "model": "recraftv4_1_vector",
        "prompt": "a bell",
        "seed": 7,
    }
    return Request(**values | changes)


def test_a_vector_model_brings_svg_in_brand_colours(fake: FakeRecraft, ctx: Lent) -> None:
    options = {"colors": ("#0b5fff", "#fff"), "background": "#fbf7ef", "style_id": "229b2a75"}
    (candidate,) = ask(ctx, _request(size=(1600, 900), options=options))
    assert candidate.data.startswith(b"<svg")
    assert candidate.seed == 7
    assert candidate.facts["model"] == "recraftv4_1_vector"
    assert candidate.facts["prompt"] == "as drawn"
    assert candidate.facts["image"] == candidate.facts["job"]
    assert fake.told == [
        {
            "prompt": "a bell",
            "model": "recraftv4_1_vector",
            "n": 1,
            "random_seed": 7,
            "response_format": "b64_json",
            "size": "16:9",
            "style_id": "229b2a75",
            "controls": {
                "colors": [{"rgb": [11, 95, 255]}, {"rgb": [255, 255, 255]}],
                "background_color": {"rgb": [251, 247, 239]},
            },
        }
    ]
    assert ctx.reports == [{"cost": Cost(0.08, "USD"), "model": "", "credits": "80"}]
    assert fake.bill == [("pictures", 80)]


def test_the_same_request_brings_the_same_picture_and_another_seed_another(fake: FakeRecraft) -> None:
    brought = [ask(Lent(SERVICE, fake.url), _request(seed=seed))[0].data for seed in (7, 7, 8)]
    assert brought[0] == brought[1] != brought[2]


def test_raster_models_draw_their_own_sizes(fake: FakeRecraft, ctx: Lent) -> None:
    (candidate,) = ask(ctx, _request(model="recraftv4_1", size=(1344, 768)))
    assert candidate.data.startswith(b"\x89PNG")
    assert fake.told[0]["size"] == "1344x768"


def test_together_brings_several_of_one_call(fake: FakeRecraft, ctx: Lent) -> None:
    request = _request(candidates=8, options={"together": 6})
    first, second = SERVICE.batches(request)
    assert (first.candidates, first.seed, second.candidates, second.seed) == (6, 7, 2, 13)
    assert [each.facts["index"] for each in ask(ctx, second)] == ["0", "1"]
    assert len(SERVICE.batches(_request(candidates=3))) == 3


def test_v3_takes_a_negative_prompt(fake: FakeRecraft, ctx: Lent) -> None:
    ask(ctx, _request(model="recraftv3", negative_prompt="people"))
    assert fake.told[0]["negative_prompt"] == "people"


def test_image_to_image_counts_the_other_way_round(fake: FakeRecraft, ctx: Lent) -> None:
    options = {"colors": ("#0b5fff", "#000"), "background": "#fff"}
    other = {"other": Reference(role="init", image="photo", strength=0.8)}
    ask(ctx, _request(model="recraftv3", operation="image-to-image", reference=other, options=options))
    later = Lent(SERVICE, fake.url, INPUTS)
    ask(
        later,
        _request(model="recraftv3", operation="image-to-image", reference=INIT, options={"distance": 15}),
    )
    assert fake.told[1]["strength"] == 0.15
    told = fake.told[0]
    assert told["strength"] == 0.2
    assert told["image"].size == (64, 48)
    assert told["controls[colors][][rgb][]"] == [11, 95, 255, 0, 0, 0]
    assert told["controls[background_color][rgb][]"] == [255, 255, 255]


@pytest.mark.parametrize("operation", ["inpaint", "vary-region"])
def test_a_mask_is_white_where_to_draw_anew(fake: FakeRecraft, ctx: Lent, operation: str) -> None:
    ask(ctx, _request(model="recraftv3_vector", operation=operation, reference=INIT, region="corner"))
    mask = fake.told[0]["mask"]
    assert (mask.getpixel((1, 1)), mask.getpixel((60, 40))) == (255, 0)


def test_replace_background(fake: FakeRecraft, ctx: Lent) -> None:
    ask(ctx, _request(model="recraftv3", operation="replace-background", reference=INIT))
    assert fake.count("POST", "/v1/images/replaceBackground") == 1


@pytest.mark.parametrize(
    ("operation", "start", "units"), [("vectorize", b"<svg", 10), ("upscale", b"\x89PNG", 4)]
)
def test_one_picture_routes_are_told_the_picture_alone(
    fake: FakeRecraft, ctx: Lent, operation: str, start: bytes, units: int
) -> None:
    request = _request(operation=operation, prompt="", reference=INIT)
    (candidate,) = ask(ctx, request)
    assert candidate.data.startswith(start)
    assert candidate.seed is None
    assert set(fake.told[0]) == {"file", "response_format"}
    assert SERVICE.estimate(request) == ctx.reports[0]["cost"] == Cost(units / 1000, "USD")


@pytest.mark.parametrize(
    ("model", "candidates", "amount"),
    [("recraftv4_1", 1, 0.035), ("recraftv4_1_vector", 3, 0.24), ("recraftv4_1_pro_vector", 2, 0.6)],
)
def test_price(model: str, candidates: int, amount: float) -> None:
    assert SERVICE.estimate(_request(model=model, candidates=candidates)) == Cost(amount, "USD")


@pytest.mark.parametrize("model", MODELS)
def test_every_size_of_a_model_is_drawn_and_no_other(model: str) -> None:
    for size in SIZES[MODELS[model].sizes].split():
        width, height = (int(side) for side in size.replace(":", "x").split("x"))
        assert not list(SERVICE.check(_request(model=model, size=(width, height))))
    assert [each for each in SERVICE.check(_request(model=model, size=(1000, 17))) if "does not draw" in each]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"model": ""}, "a spec has to name one"),
        ({"model": "recraftv9"}, "recraft has no model 'recraftv9'"),
        ({"operation": "reframe"}, "cannot 'reframe'"),
        ({"prompt": ""}, "needs a prompt"),
        ({"prompt": "x" * 10_001}, "reads 10000 characters"),
        ({"model": "recraftv3", "prompt": "x" * 1001}, "reads 1000 characters"),
        ({"seed": 2**32}, "seeds end at"),
        ({"negative_prompt": "x"}, "takes no negative_prompt"),
        ({"operation": "image-to-image", "reference": INIT}, "changes no pictures"),
        ({"model": "recraftv3", "operation": "inpaint", "reference": INIT}, "needs a region"),
        ({"model": "recraftv3", "operation": "inpaint", "region": "corner"}, 'role "init"'),
        ({"operation": "vectorize", "reference": INIT, "candidates": 2}, "brings one picture"),
        ({"reference": INIT}, "for an operation only"),
        ({"reference": {"s": Reference(role="style", image="photo")}}, "name its style_id"),
        ({"lora": (Lora(name="ours"),)}, "neither lora nor control"),
        ({"control": {"p": Control(kind="pose", image="photo")}}, "neither lora nor control"),
    ],
)
def test_mistakes_are_said_before_anything_is_sent(changes: dict[str, Any], sentence: str) -> None:
    found = list(SERVICE.check(_request(**changes)))
    assert [each for each in found if sentence in each], found


def test_a_replayed_submit_sends_nothing_and_brings_the_same(fake: FakeRecraft, ctx: Lent) -> None:
    first = ask(ctx, _request())
    later = Lent(SERVICE, "http://127.0.0.1:9")
    later.paid = ctx.paid
    assert ask(later, _request()) == first
    assert len(fake.bill) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"code": "moderation_error", "message": "rejected by moderation"}', "blocked"),
        (b'{"code": "not_enough_credits", "message": "not enough credits"}', "quota"),
        (b'{"code": "x", "message": "invalid size"}', "failed"),
        (b"<html>", "failed"),
    ],
)
def test_faults(body: bytes, kind: str) -> None:
    assert SERVICE.fault(Answer(400, body)).kind == kind


def test_blocked_refused_and_out_of_credits(fake: FakeRecraft, ctx: Lent) -> None:
    with pytest.raises(CallBlocked):
        ask(ctx, _request(prompt="forbidden"))
    fake.trouble(Reply(402, {"code": "payment", "message": "pay first"}), "POST")
    with pytest.raises(OverBudget):
        ask(ctx, _request())
    fake.KEY_HEADER = ("authorization", "Bearer another")
    with pytest.raises(CallFailed, match="401: invalid token"):
        ask(ctx, _request())
    assert not fake.bill


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b'{"data": []}', b'{"data": [{"b64_json": "?"}]}', b'{"data": [{}]}']
)
def test_an_answer_that_cannot_be_read_is_a_bad_answer(ctx: Lent, body: bytes) -> None:
    ctx.paid = Answer(200, body)
    with pytest.raises(BadAnswer):
        ask(ctx, _request())
