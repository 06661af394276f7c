"""Ideogram against a strict fake: every field, every refusal, replays, ended addresses, unsafe pictures."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from PIL import Image
from tests.services.ideogram import FULL, FakeIdeogram
from tests.services.lent import Lent, ask

from tympan.errors import BadAnswer, CallBlocked, CallFailed, OverBudget
from tympan.model import Control, Cost, Lora, Reference, Request
from tympan.outside import Answer
from tympan.plugin import Upload
from tympan_plugins.generators.ideogram.generator import Ideogram
from tympan_plugins.generators.ideogram.options import ACCEPTS

SERVICE = Ideogram()
# What the fake's callers sent in all tests of this module: judged at the end.
SENT: Counter[str] = Counter()
UNKNOWN: Counter[str] = Counter()


def _file(kind: str, colour: str = "white", size: tuple[int, int] = (64, 48)) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, kind)
    return data.getvalue()


def _half() -> bytes:
    mask = Image.new("L", (32, 24))
    mask.paste(255, (16, 0, 32, 24))
    data = io.BytesIO()
    mask.save(data, "PNG")
    return data.getvalue()


INPUTS = {
    "photo": _file("PNG", "#336699"),
    "jpeg": _file("JPEG", "#884422"),
    "webp": _file("WEBP", "#224488"),
    "tiff": _file("TIFF", "#118833"),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z" fill="#f00"/></svg>',
    "half": _half(),
    "large": b"\x89PNG" + bytes(10_000_001),
}
INIT = {"selected": Reference(role="init", image="photo")}
STYLE = {"s": Reference(role="style", image="photo")}
FACE = {"c": Reference(role="character", image="photo")}


@pytest.fixture
def fake() -> Iterator[FakeIdeogram]:
    with FakeIdeogram() as fake:
        yield fake
    if fake.contract:
        SENT.update(fake.contract.fields)
        UNKNOWN.update(fake.contract.unknown)


@pytest.fixture
def ctx(fake: FakeIdeogram) -> Lent:
    return Lent(SERVICE, fake.url, INPUTS)


def _request(**changes: Any) -> Request:
    values: dict[str, Any] = {"generator": "ideogram", "model": "3.0", "prompt": "a blue door", "seed": 7}
    if changes.get("model") == "4.0":
        values["size"] = (2048, 2048)
    return Request(**values | changes)


def test_one_call_brings_a_picture_and_all_that_ideogram_says_of_it(fake: FakeIdeogram, ctx: Lent) -> None:
    (candidate,) = ask(ctx, _request())
    assert candidate.data.startswith(b"\x89PNG")
    assert candidate.seed == 7
    assert candidate.facts["prompt"] == "a blue door"
    assert candidate.facts["model"] == "ideogram-3.0"
    assert candidate.facts["route"] == "/v1/ideogram-v3/generate"
    assert candidate.facts["style_type"] == "GENERAL"
    assert candidate.facts["image"] == candidate.facts["job"]
    assert not [value for value in candidate.facts.values() if "sig=" in value]
    assert fake.forms == [
        {
            "prompt": "a blue door",
            "seed": 7,
            "rendering_speed": "DEFAULT",
            "num_images": 1,
            "magic_prompt": "OFF",
            "resolution": "1024x1024",
        }
    ]
    assert fake.bill == [("pictures", 0.06)]


def test_every_field_of_generate_arrives(fake: FakeIdeogram, ctx: Lent) -> None:
    ask(
        ctx,
        _request(
            negative_prompt="people",
            reference={
                "a": Reference(role="style", image="photo"),
                "b": Reference(role="style", image="tiff"),
                "c": Reference(role="character", image="jpeg"),
            },
            options={
                "speed": "QUALITY",
                "magic_prompt": "ON",
                "aspect_ratio": "16x9",
                "style_type": "DESIGN",
                "style_preset": "BAUHAUS",
                "palette": ("#0b5fff", "#fff"),
                "palette_weights": (0.7, 0.3),
                "character_mask": "half",
                "custom_model": "model/acme/version/2",
            },
        ),
    )
    (form,) = fake.forms
    assert "resolution" not in form
    assert form["aspect_ratio"] == "16x9"
    assert form["color_palette"] == {
        "members": [
            {"color_hex": "#0B5FFF", "color_weight": 0.7},
            {"color_hex": "#FFFFFF", "color_weight": 0.3},
        ]
    }
    assert [each.format for each in form["style_reference_images"]] == ["PNG", "PNG"]
    assert [each.format for each in form["character_reference_images"]] == ["JPEG"]
    assert [each.format for each in form["character_reference_images_mask"]] == ["PNG"]
    assert (form["negative_prompt"], form["style_type"], form["style_preset"]) == (
        "people",
        "DESIGN",
        "BAUHAUS",
    )
    assert (form["rendering_speed"], form["custom_model_uri"]) == ("QUALITY", "model/acme/version/2")


def test_style_codes_and_a_palette_by_name(fake: FakeIdeogram, ctx: Lent) -> None:
    ask(ctx, _request(options={"style_codes": ("0A1B2C3D", "ffffffff"), "palette_name": "PASTEL"}))
    assert fake.forms[0]["style_codes"] == ["0A1B2C3D", "ffffffff"]
    assert fake.forms[0]["color_palette"] == {"name": "PASTEL"}


def test_a_rewritten_prompt_is_recorded_as_it_came_back(fake: FakeIdeogram, ctx: Lent) -> None:
    (candidate,) = ask(ctx, _request(options={"magic_prompt": "ON"}))
    assert candidate.facts["prompt"] == "a blue door, in great detail"


def test_transparent_ground(fake: FakeIdeogram, ctx: Lent) -> None:
    ask(ctx, _request(options={"transparent": True, "upscale_factor": "X2", "aspect_ratio": "1x1"}))
    assert fake.count("POST", "/v1/ideogram-v3/generate-transparent$") == 1
    assert fake.forms[0]["upscale_factor"] == "X2"
    assert "resolution" not in fake.forms[0]


@pytest.mark.parametrize("operation", ["remix", "image-to-image"])
@pytest.mark.parametrize("image", ["photo", "jpeg", "webp", "tiff", "svg"])
def test_remix_sends_the_selected_picture_and_its_weight(
    fake: FakeIdeogram, ctx: Lent, operation: str, image: str
) -> None:
    other = Reference(role="init", image=image, strength=0.25)
    ask(ctx, _request(operation=operation, reference={"other": other}))
    assert fake.count("POST", "/v1/ideogram-v3/remix") == 1
    assert fake.forms[0]["image_weight"] == 25
    assert fake.forms[0]["image"].format in ("PNG", "JPEG", "WEBP")


@pytest.mark.parametrize("operation", ["inpaint", "vary-region"])
def test_the_mask_is_turned_over_for_ideogram_draws_anew_where_it_is_black(
    fake: FakeIdeogram, ctx: Lent, operation: str
) -> None:
    ask(ctx, _request(operation=operation, reference=INIT, region="half"))
    mask = fake.forms[0]["mask"].convert("L")
    assert mask.size == fake.forms[0]["image"].size == (64, 48)
    assert mask.getpixel((8, 8)) == 255
    assert mask.getpixel((60, 8)) == 0
    assert set(fake.forms[0]) == {
        "prompt", "image", "mask", "seed", "rendering_speed", "num_images", "magic_prompt",
    }  # fmt: skip


def test_reframe_needs_no_prompt(fake: FakeIdeogram, ctx: Lent) -> None:
    ask(
        ctx,
        _request(
            operation="reframe",
            prompt="",
            size=(1536, 512),
            reference=INIT | {"s": Reference(role="style", image="jpeg")},
            options={"style_preset": "ICONIC", "palette": ("#123456",)},
        ),
    )
    assert fake.forms[0]["resolution"] == "1536x512"
    assert "prompt" not in fake.forms[0]
    assert "magic_prompt" not in fake.forms[0]


def test_replace_background(fake: FakeIdeogram, ctx: Lent) -> None:
    ask(ctx, _request(operation="replace-background", reference=INIT, options={"palette_name": "EMBER"}))
    assert fake.count("POST", "/replace-background") == 1
    assert fake.forms[0]["magic_prompt"] == "OFF"


def test_upscale_tells_in_one_object(fake: FakeIdeogram, ctx: Lent) -> None:
    ask(ctx, _request(operation="upscale", reference=INIT, options={"resemblance": 90, "detail": 20}))
    assert fake.forms[0]["image_request"] == {
        "prompt": "a blue door",
        "resemblance": 90,
        "detail": 20,
        "num_images": 1,
        "seed": 7,
        "magic_prompt_option": "OFF",
    }


@pytest.mark.parametrize("codes", [False, True])
@pytest.mark.parametrize(
    "operation", ["", "transparent", "remix", "inpaint", "reframe", "replace-background"]
)
def test_every_way_of_asking_takes_all_that_its_route_takes(
    fake: FakeIdeogram, ctx: Lent, operation: str, codes: bool
) -> None:
    route = {"": "generate", "transparent": "generate-transparent"}.get(operation, operation)
    takes = ACCEPTS[route]
    wanted: dict[str, tuple[str, Any]] = {
        "aspect_ratio": ("aspect_ratio", "4x5"),
        "style_preset": ("style_preset", "WATERCOLOR"),
        "custom_model_uri": ("custom_model", "model/acme/version/2"),
        "color_palette": ("palette", ("#0b5fff",)),
        "upscale_factor": ("upscale_factor", "X4"),
        "magic_prompt": ("magic_prompt", "AUTO"),
        "style_codes" if codes else "style_type": ("style_codes", ("0A1B2C3D",))
        if codes
        else ("style_type", "FICTION"),
    }
    options = dict(pair for field, pair in wanted.items() if field in takes)
    reference = dict(INIT) if operation not in ("", "transparent") else {}
    if "style_reference_images" in takes and not codes:
        reference |= STYLE
    if "character_reference_images" in takes:
        reference |= FACE
        options["character_mask"] = "half"
    request = _request(
        operation="" if operation == "transparent" else operation,
        negative_prompt="people" if "negative_prompt" in takes else "",
        reference=reference,
        region="half",
        options=options | {"transparent": operation == "transparent"},
    )
    assert len(ask(ctx, request)) == 1
    left_out = {"style_type", "style_reference_images"} if codes else {"style_codes"}
    assert takes - left_out - {"resolution"} <= set(fake.forms[0])


def test_four_takes_a_text_and_no_seed_and_says_so(fake: FakeIdeogram, ctx: Lent) -> None:
    (candidate,) = ask(ctx, _request(model="4.0", options={"speed": "TURBO", "copyright_detection": True}))
    assert fake.forms == [
        {
            "text_prompt": "a blue door",
            "resolution": "2048x2048",
            "rendering_speed": "TURBO",
            "enable_copyright_detection": True,
        }
    ]
    assert candidate.seed is None
    assert candidate.facts["seed"] == "Ideogram 4.0 takes no seed; it says that it used 4711"
    assert candidate.facts["prompt"] == "a blue door, in great detail"


def test_four_takes_exact_words_in_boxes(fake: FakeIdeogram, ctx: Lent) -> None:
    (candidate,) = ask(
        ctx,
        _request(
            model="4.0",
            options={
                "background": "warm paper",
                "style": {"medium": "screen print"},
                "elements": (
                    {"desc": "a bakery's shop front", "bbox": (300, 0, 1000, 1000)},
                    {"desc": "headline, bold serif", "text": "Fresh at 6", "bbox": (50, 100, 200, 900)},
                ),
            },
        ),
    )
    assert fake.forms[0]["json_prompt"] == {
        "high_level_description": "a blue door",
        "style_description": {"medium": "screen print"},
        "compositional_deconstruction": {
            "background": "warm paper",
            "elements": [
                {"type": "obj", "desc": "a bakery's shop front", "bbox": [300, 0, 1000, 1000]},
                {
                    "type": "text",
                    "text": "Fresh at 6",
                    "desc": "headline, bold serif",
                    "bbox": [50, 100, 200, 900],
                },
            ],
        },
    }
    assert "great detail" not in candidate.facts["prompt"]


def test_four_takes_a_whole_json_prompt_as_it_is(fake: FakeIdeogram, ctx: Lent) -> None:
    whole = {
        "high_level_description": "exactly this",
        "compositional_deconstruction": {"background": "grey", "elements": [{"type": "obj", "desc": "cup"}]},
    }
    ask(ctx, _request(model="4.0", options={"json_prompt": whole}))
    assert fake.forms[0]["json_prompt"] == whole


def test_four_remixes(fake: FakeIdeogram, ctx: Lent) -> None:
    ask(ctx, _request(model="4.0", operation="remix", reference=INIT))
    assert fake.count("POST", "/v1/ideogram-v4/remix") == 1
    assert fake.forms[0]["image_weight"] == 60


def test_a_chosen_picture_has_its_weight_in_the_options(fake: FakeIdeogram, ctx: Lent) -> None:
    ask(ctx, _request(operation="remix", reference=INIT, options={"image_weight": 85}))
    assert fake.forms[0]["image_weight"] == 85


def test_candidates_are_calls_with_a_seed_each() -> None:
    jobs = SERVICE.batches(_request(candidates=3))
    assert [(job.candidates, job.seed) for job in jobs] == [(1, 7), (1, 8), (1, 9)]
    jobs = SERVICE.batches(_request(candidates=10, options={"together": 4}))
    assert [(job.candidates, job.seed) for job in jobs] == [(4, 7), (4, 11), (2, 15)]


@pytest.mark.parametrize(
    ("changes", "amount"),
    [
        ({}, 0.06),
        ({"candidates": 4, "options": {"speed": "TURBO"}}, 0.12),
        ({"candidates": 3, "options": {"speed": "QUALITY"}}, 0.27),
        ({"model": "4.0", "options": {"speed": "QUALITY"}}, 0.10),
        ({"reference": {"c": Reference(role="character", image="photo")}}, 0.15),
        ({"operation": "upscale", "reference": INIT}, 0.06),
        ({"options": {"transparent": True, "upscale_factor": "X4"}}, 0.12),
    ],
)
def test_price(changes: dict[str, Any], amount: float) -> None:
    assert SERVICE.estimate(_request(**changes)) == Cost(amount, "USD")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"model": ""}, "a spec has to name one"),
        ({"model": "2.0"}, "ideogram has no model '2.0'"),
        ({"prompt": ""}, "needs a prompt"),
        ({"operation": "train"}, "cannot 'train'"),
        ({"model": "4.0", "operation": "reframe", "reference": INIT}, "it can image-to-image, remix"),
        ({"operation": "remix"}, 'needs a reference with role "init"'),
        ({"reference": INIT}, "needs an operation"),
        ({"operation": "inpaint", "reference": INIT}, "needs a region"),
        ({"control": {"p": Control(kind="pose", image="photo")}}, "no control maps"),
        ({"reference": {"x": Reference(role="content", image="photo")}}, 'role "content"'),
        ({"lora": (Lora(name="ours"),)}, "options.custom_model"),
        ({"model": "4.0", "options": {"speed": "FLASH"}}, "has no speed FLASH"),
        ({"seed": 2**31}, "seeds end at"),
        ({"size": (1000, 1000)}, "does not draw 1000x1000: nearest are 1024x1024"),
        ({"model": "4.0", "size": (1024, 1024)}, "nearest are 2048x2048"),
        ({"operation": "inpaint", "reference": INIT, "region": "half", "negative_prompt": "x"}, "inpaint does not take negative_prompt"),
        ({"operation": "reframe", "reference": INIT, "options": {"style_type": "DESIGN"}}, "reframe does not take style_type"),
        ({"operation": "reframe", "reference": INIT | FACE}, "does not take character_reference_images"),
        ({"operation": "upscale", "reference": INIT | STYLE}, "upscale does not take style_reference_images"),
        ({"options": {"upscale_factor": "X2"}}, "generate does not take upscale_factor"),
        ({"options": {"transparent": True, "style_preset": "AURA"}}, "generate-transparent does not take style_preset"),
        ({"operation": "remix", "reference": INIT, "options": {"transparent": True}}, "transparent ground"),
        ({"options": {"background": "grey"}}, "options.background is for ideogram 4.0"),
        ({"options": {"style_codes": ("0A1B2C3D",), "style_type": "AUTO"}}, "style_codes go neither"),
        ({"reference": STYLE, "options": {"style_codes": ("0A1B2C3D",)}}, "style_codes go neither"),
        ({"options": {"palette": ("#fff",), "palette_name": "EMBER"}}, "exclude each other"),
        ({"options": {"palette": ("#fff",), "palette_weights": (0.5, 0.5)}}, "one weight for each"),
        ({"reference": {"a": FACE["c"], "b": FACE["c"]}}, "one character reference"),
        ({"options": {"character_mask": "half"}}, "character_mask needs"),
        ({"model": "4.0", "negative_prompt": "x"}, "4.0 does not take negative_prompt"),
        ({"model": "4.0", "options": {"together": 2}}, "options.together is for ideogram 3.0"),
        ({"model": "4.0", "options": {"elements": ({"desc": "cup"},)}}, "elements need a background"),
        ({"model": "4.0", "options": {"background": "grey"}}, "belong to elements"),
        ({"model": "4.0", "options": {"background": "b", "elements": ({"desc": "c", "bbox": (1, 2)},)}}, "four numbers"),
        ({"model": "4.0", "options": {"background": "b", "elements": ({"desc": "c", "bbox": (9, 0, 1, 5)},)}}, "upper left"),
        ({"model": "4.0", "options": {"json_prompt": {"a": 1}}}, "compositional_deconstruction"),
        ({"model": "4.0", "options": {"background": "b", "json_prompt": {"a": 1}}}, "sent as it is"),
        (
            {"model": "4.0", "operation": "remix", "reference": INIT, "options": {"background": "b", "elements": ({"desc": "c"},)}},
            "takes a plain prompt",
        ),
    ],
)  # fmt: skip
def test_mistakes_are_said_before_anything_is_sent(changes: dict[str, Any], sentence: str) -> None:
    found = list(SERVICE.check(_request(**changes)))
    assert [each for each in found if sentence in each], found


@pytest.mark.parametrize(
    "options",
    [
        {"speed": "FAST"}, {"together": 9}, {"aspect_ratio": "7x3"}, {"style_preset": "NICE"},
        {"style_codes": ("xyz",)}, {"palette": ("red",)}, {"palette_weights": (2.0,)},
        {"palette_name": "BLUE"}, {"custom_model": "acme"}, {"upscale_factor": "X3"}, {"detail": 0},
        {"elements": ({"desc": ""},)}, {"elements": ({"desc": "c", "bbox": (0, 0, 0, 1001)},)},
        {"style": {"mood": "sad"}}, {"unknown": 1},
    ],
)  # fmt: skip
def test_options_out_of_range_are_no_options(options: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(options, Ideogram.Params)


def test_a_picture_that_is_too_large_is_refused_before_the_call(fake: FakeIdeogram, ctx: Lent) -> None:
    with pytest.raises(CallFailed, match=r"image.png has 9.5 MiB, the service takes 10 MiB"):
        ask(ctx, _request(operation="remix", reference={"selected": Reference(role="init", image="large")}))
    assert not fake.seen


def test_a_replayed_submit_sends_nothing_and_brings_the_same(fake: FakeIdeogram, ctx: Lent) -> None:
    request = _request(candidates=2, options={"together": 2})
    first = ask(ctx, request)
    later = Lent(SERVICE, fake.url, INPUTS)
    later.paid = ctx.paid
    assert ask(later, request) == first
    assert fake.count("POST", "") == 1
    assert len(fake.bill) == 1


def test_submit_is_deterministic(fake: FakeIdeogram) -> None:
    request = _request(operation="inpaint", reference=INIT, region="half")
    for _ in range(2):
        ask(Lent(SERVICE, fake.url, INPUTS), request)
    one, two = (
        [(part.name, part.data) for part in seen.parts()] for seen in fake.seen if seen.method == "POST"
    )
    assert one == two


def test_an_ended_address_is_an_error_that_names_the_job_and_nothing_is_drawn_again(
    fake: FakeIdeogram, ctx: Lent
) -> None:
    request = _request()
    ticket = SERVICE.submit(request, ctx)
    fake.now += 3601
    with pytest.raises(CallFailed) as caught:
        SERVICE.collect(ticket, request, ctx)
    assert ticket.job in caught.value.message
    assert str(1_790_000_000 + 3600) in caught.value.message
    assert "sig=" not in str(caught.value)
    assert "not asked for again" in caught.value.hint
    assert ctx.reports == [
        {"cost": None, "model": "", "lost": ticket.job, "expires": str(1_790_000_000 + 3600)}
    ]
    assert fake.count("POST", "") == 1


def test_one_unsafe_picture_is_left_out_and_counted(fake: FakeIdeogram, ctx: Lent) -> None:
    fake.unsafe = 1
    brought = ask(ctx, _request(candidates=3, options={"together": 3}))
    assert [each.facts["index"] for each in brought] == ["1", "2"]
    assert ctx.reports == [{"cost": None, "model": "", "blocked": "1"}]


def test_all_unsafe_is_blocked(fake: FakeIdeogram, ctx: Lent) -> None:
    fake.unsafe = 1
    with pytest.raises(CallBlocked, match="unsafe"):
        ask(ctx, _request())
    assert len(fake.bill) == 1


def test_a_forbidden_prompt_is_blocked_and_costs_nothing(fake: FakeIdeogram, ctx: Lent) -> None:
    with pytest.raises(CallBlocked, match="422: Prompt provided failed safety check"):
        ask(ctx, _request(prompt="something forbidden"))
    assert not fake.bill


@pytest.mark.parametrize(
    ("status", "body", "kind", "text"),
    [
        (400, b'{"detail": "bad"}', "failed", "400: bad"),
        (401, b"Unauthorized", "failed", "401: Unauthorized"),
        (402, b'{"error": "no credits"}', "quota", "402: no credits"),
        (403, b"<html>no</html>", "failed", "403: <html>no</html>"),
        (422, b'{"error": "unsafe"}', "blocked", "422: unsafe"),
        (429, b"", "quota", "429"),
        (503, b"{}", "failed", "503: {}"),
    ],
)
def test_faults(status: int, body: bytes, kind: str, text: str) -> None:
    fault = SERVICE.fault(Answer(status, body))
    assert (fault.kind, fault.message) == (kind, text)


def test_a_wrong_key_and_an_empty_account(fake: FakeIdeogram, ctx: Lent) -> None:
    fake.KEY_HEADER = ("api-key", "another")
    with pytest.raises(CallFailed, match="401: Unauthorized"):
        ask(ctx, _request())
    ctx.paid = Answer(200, b"{}")
    fake.KEY_HEADER = FakeIdeogram.KEY_HEADER
    with pytest.raises(BadAnswer, match="without a list of pictures"):
        ask(ctx, _request())


@pytest.mark.parametrize("body", [b"[]", b"<html>", b'{"data": []}', b'{"data": {}}', b'{"data": [1]}'])
def test_an_answer_without_pictures_is_a_bad_answer(ctx: Lent, body: bytes) -> None:
    ctx.paid = Answer(200, body)
    with pytest.raises(BadAnswer):
        SERVICE.submit(_request(), ctx)


def test_a_safe_picture_without_an_address_is_a_bad_answer(ctx: Lent) -> None:
    ctx.paid = Answer(200, b'{"created": "now", "data": [{"is_image_safe": true, "url": ""}]}')
    with pytest.raises(BadAnswer, match="no address"):
        ask(ctx, _request())


PNG = ("image.png", INPUTS["photo"], "image/png")
TEXT = ("", b"a door", "text/plain")
GOOD: dict[str, Any] = {"rendering_speed": "TURBO", "seed": 1, "num_images": 1, "resolution": "1024x1024"}


@pytest.mark.parametrize(
    ("path", "fields", "files"),
    [
        ("v3/generate", {**GOOD, "colour": "red"}, [("prompt", TEXT)]),
        ("v3/generate", {**GOOD, "seed": "many"}, [("prompt", TEXT)]),
        ("v3/generate", {**GOOD, "seed": 2**31}, [("prompt", TEXT)]),
        ("v3/generate", {**GOOD, "num_images": 9}, [("prompt", TEXT)]),
        ("v3/generate", {**GOOD, "resolution": "1000x1000"}, [("prompt", TEXT)]),
        ("v3/generate", {**GOOD, "aspect_ratio": "1x1"}, [("prompt", TEXT)]),
        ("v3/generate", {**GOOD, "rendering_speed": "FAST"}, [("prompt", TEXT)]),
        ("v3/generate", {**GOOD, "prompt": "twice"}, [("prompt", TEXT)]),
        ("v3/generate", {**GOOD, "prompt": "a form without a part"}, []),
        ("v3/generate", GOOD, [("prompt", TEXT), ("color_palette", ("", b"{}", "text/plain"))]),
        ("v3/remix", {**GOOD, "image_weight": 0}, [("prompt", TEXT), ("image", PNG)]),
        ("v3/remix", GOOD, [("prompt", TEXT)]),
        ("v3/remix", GOOD, [("prompt", TEXT), ("image", ("image.png", b"no picture", "image/png"))]),
        ("v3/remix", GOOD, [("prompt", TEXT), ("image", ("image.tif", INPUTS["tiff"], "image/tiff"))]),
        ("v3/reframe", {"rendering_speed": "TURBO"}, [("image", PNG)]),
        ("v3/inpaint", {}, [("prompt", TEXT), ("image", PNG), ("mask", ("mask.png", INPUTS["half"], "image/png"))]),
        ("v4/generate", {"resolution": "2048x2048", "rendering_speed": "FLASH"}, [("text_prompt", TEXT)]),
        ("v4/generate", {"resolution": "2048x2048", "rendering_speed": "TURBO", "seed": 1}, [("text_prompt", TEXT)]),
        ("v4/generate", {"resolution": "2048x2048", "rendering_speed": "TURBO"}, [("prompt", TEXT)]),
        ("v4/generate", {"resolution": "2048x2048", "rendering_speed": "TURBO"}, [("json_prompt", ("", b"{}", "application/json"))]),
    ],
)  # fmt: skip
def test_the_fake_refuses_what_ideogram_refuses(
    fake: FakeIdeogram, ctx: Lent, path: str, fields: dict[str, Any], files: list[Any]
) -> None:
    parts = [(name, Upload(*part)) for name, part in files]
    with pytest.raises(CallFailed, match="400"):
        ctx.pay(f"/v1/ideogram-{path}", fields=fields, files=parts)
    assert not fake.bill


def test_the_fake_takes_what_is_right(fake: FakeIdeogram, ctx: Lent) -> None:
    ctx.pay("/v1/ideogram-v3/generate", fields=GOOD, files=[("prompt", Upload(*TEXT))])
    assert fake.bill == [("pictures", 0.03)]


def test_nothing_can_be_found_again_after_a_crash(ctx: Lent) -> None:
    assert SERVICE.reconcile(_request(), "2026-11-24T00:00:00Z", ctx) is None


def test_the_quota_is_not_a_failure(fake: FakeIdeogram, ctx: Lent) -> None:
    from tests.services.fake import Reply

    fake.trouble(Reply(402, {"error": "Insufficient credits"}), "POST")
    with pytest.raises(OverBudget, match="Insufficient credits"):
        ask(ctx, _request())


@pytest.mark.skipif(not FULL, reason="no OpenAPI file: TYMPAN_CONTRACTS names its folder")
def test_all_that_was_sent_is_in_the_contract() -> None:
    """Runs last: what the tests above sent, against the fields that the file has for the routes used."""
    if len(SENT) < 20:
        pytest.skip("needs the tests above")
    assert not UNKNOWN, UNKNOWN
    from tests.services.contract import Contract
    from tests.services.ideogram import FILE

    document = Contract(FILE)
    missing = []
    for call in sorted({name.rpartition(" ")[0] for name in SENT}):
        method, path = call.split()
        content = document.document["paths"][path][method.lower()]["requestBody"]["content"][
            "multipart/form-data"
        ]
        schema = document.resolve(content["schema"])
        missing += [f"{call} {name}" for name in schema["properties"] if f"{call} {name}" not in SENT]
    print(f"{sum(SENT.values())} values of {len(SENT)} fields were judged; never sent: {missing}")
    assert not missing
