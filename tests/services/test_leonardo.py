"""Leonardo: what is sent for each word of a spec, held against the fake and the vendor's OpenAPI file."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from tests.services.leonardo import ELEMENT, XL, FakeLeonardo, draw
from tests.services.leonardo_line import SERVICE, Line, ask

from tympan import CallFailed, Control, Lora, Reference, Request

PHOTO = draw("a photo", (512, 512), "JPEG")
SKETCH = draw("a sketch", (800, 640), "PNG")
TIFF = BytesIO()
Image.new("RGB", (40, 40), "teal").save(TIFF, "TIFF")
MASK = BytesIO()
Image.new("L", (50, 50), 0).save(MASK, "PNG")
_half = Image.new("L", (50, 50), 0)
_half.paste(200, (0, 0, 25, 50))
HALF = BytesIO()
_half.save(HALF, "PNG")
INPUTS = {
    "photo": PHOTO, "sketch": SKETCH, "tiff": TIFF.getvalue(), "black": MASK.getvalue(), "half": HALF.getvalue(),
}  # fmt: skip
BASE = Request(generator="leonardo", model="kino-xl", prompt="a red kite over dunes", size=(768, 768), seed=7)
# What the vendor's file does not have and its guides do.
NOT_IN_THE_FILE = {"POST /generations styleUUID"}


@pytest.fixture
def fake() -> Iterator[FakeLeonardo]:
    with FakeLeonardo() as service:
        yield service
        assert service.wrong == []
        if service.contract:
            assert set(service.contract.unknown) <= NOT_IN_THE_FILE


def but(**more: Any) -> Request:
    return Request(**{name: getattr(BASE, name) for name in BASE.__struct_fields__} | more)


def sent(fake: FakeLeonardo, path: str = "/generations") -> dict[str, Any]:
    return next(
        each.json() for each in reversed(fake.seen) if each.method == "POST" and each.path.endswith(path)
    )


def test_a_plain_request_pins_every_field_that_shapes_the_picture(fake: FakeLeonardo) -> None:
    line = Line(fake)
    found = ask(line, but(candidates=3, negative_prompt="text"))
    assert sent(fake) == {
        "modelId": XL, "prompt": BASE.prompt, "negative_prompt": "text", "width": 768, "height": 768,
        "num_images": 3, "seed": 7, "public": False, "tiling": False, "enhancePrompt": False,
        "transparency": "disabled", "alchemy": True, "guidance_scale": 7.0, "num_inference_steps": 15,
        "presetStyle": "NONE",
    }  # fmt: skip
    assert len(found) == 3
    assert [each.facts["index"] for each in found] == ["0", "1", "2"]
    assert {each.seed for each in found} == {7}
    assert found[0].facts["modelId"] == XL == line.model
    assert found[0].facts["prompt"] == BASE.prompt
    assert line.cost is not None
    assert (line.cost.amount, line.cost.currency) == (0.0441, "USD")
    assert len({each.data for each in found}) == 3


def test_every_option_of_v1_is_sent(fake: FakeLeonardo) -> None:
    options = {
        "preset": "CINEMATIC", "alchemy": True, "contrast_ratio": 0.4, "guidance": 9, "steps": 30,
        "scheduler": "LEONARDO", "enhance": True, "enhance_with": "more fog", "tiling": True, "public": True,
        "photo_real": "v2", "photo_real_strength": "0.45", "prompt_magic": "v3", "prompt_magic_strength": 0.5,
        "high_contrast": False, "high_resolution": True, "expanded_domain": True, "fantasy_avatar": True,
        "transparent": True, "image_prompts": ["photo"], "image_prompt_weight": 0.3, "upscale_ratio": 1.5,
        "unzoom_amount": 1.2,
    }  # fmt: skip
    reference = {"selected": Reference(role="init", image="sketch", strength=0.95)}
    line = Line(fake, INPUTS)
    (found,) = ask(line, but(options=options, reference=reference))
    body = sent(fake)
    assert body["photoRealStrength"] == 0.45
    assert body["init_strength"] == 0.9
    assert body["unzoom"] is True
    assert body["highContrast"] is False
    assert body["imagePrompts"] == [
        line.memory[f"sent {mark}"] for mark in marks(line) if mark in photo_mark()
    ]
    assert found.data.startswith(b"\x89PNG")
    assert len(body) == 34
    (ultra,) = ask(Line(fake), but(options={"ultra": True}))
    assert sent(fake)["alchemy"] is False
    assert ultra.seed == 7
    ask(Line(fake), but(options={"photo_real": "v1"}))
    assert "modelId" not in sent(fake)


def marks(line: Line) -> list[str]:
    return [name.split()[1] for name in line.memory if name.startswith("sent ")]


def photo_mark() -> set[str]:
    from tympan_plugins.generators.leonardo.uploads import mark

    return {mark(PHOTO)}


def test_phoenix_and_flux_have_contrast_and_style_and_no_steps(fake: FakeLeonardo) -> None:
    ask(Line(fake), but(model="phoenix-1.0", options={"style": "illustration", "contrast": "4"}))
    body = sent(fake)
    assert body["contrast"] == 4.0
    assert body["styleUUID"] == "645e4195-f63d-4715-a3f2-3fb1e6eb8c70"
    assert not {"num_inference_steps", "guidance_scale", "presetStyle"} & set(body)
    ask(Line(fake), but(model="flux-dev"))
    assert sent(fake)["contrast"] == 3.5
    assert "alchemy" not in sent(fake)


def test_an_id_that_is_not_in_the_table_is_sent_as_it_is(fake: FakeLeonardo) -> None:
    unknown = "11111111-1111-4111-8111-111111111111"
    ask(Line(fake), but(model=unknown, options={"family": "sd15", "alchemy": False}))
    assert sent(fake)["modelId"] == unknown
    lucid = "7b592283-e8a7-4c5a-9ba6-d18c31f258b9"
    ask(Line(fake), but(model=lucid))
    assert sent(fake)["modelId"] == lucid


def test_references_have_strengths_in_words_and_control_maps_weights(fake: FakeLeonardo) -> None:
    request = but(
        reference={
            "ink": Reference(role="style", image="photo", strength=1.0),
            "wash": Reference(role="style", image="sketch", strength=0.0),
            "hero": Reference(role="character", image="photo", strength=0.5),
            "plan": Reference(role="content", image="tiff", strength=0.7),
        },
        control={
            "pose": Control(kind="pose", image="photo", strength=0.25),
            "edges": Control(kind="canny", image="photo", strength=1),
            "depth": Control(kind="depth", image="photo"),
        },
        options={"influence": {"ink": 0.64}, "preprocessors": {"depth": 3}},
    )
    line = Line(fake, INPUTS)
    ask(line, request)
    nets = [{k: v for k, v in net.items() if k != "initImageId"} for net in sent(fake)["controlnets"]]
    up = {"initImageType": "UPLOADED"}
    assert nets == [
        {**up, "preprocessorId": 67, "strengthType": "Max", "influence": 0.64},
        {**up, "preprocessorId": 67, "strengthType": "Low", "influence": 1.0},
        {**up, "preprocessorId": 100, "strengthType": "High"},
        {**up, "preprocessorId": 133, "strengthType": "Mid"},
        {**up, "preprocessorId": 3, "weight": 1.4},
        {**up, "preprocessorId": 19, "weight": 2.0},
        {**up, "preprocessorId": 21, "weight": 0.5},
    ]
    # Three pictures, seven uses: each was uploaded once, the TIFF as PNG.
    assert fake.count("POST", "/init-image") == 3
    assert {Image.open(BytesIO(data or b"")).format for data in fake.uploads.values()} == {"PNG", "JPEG"}


def test_an_upload_is_remembered_and_made_again_if_it_is_gone(fake: FakeLeonardo) -> None:
    request = but(reference={"ink": Reference(role="style", image="photo")})
    line = Line(fake, INPUTS)
    ask(line, request)
    ask(Line(fake, INPUTS, line.memory), request)
    assert fake.count("POST", "/init-image") == 1
    fake.uploads.clear()
    ask(Line(fake, INPUTS, line.memory), request)
    assert fake.count("POST", "/init-image") == 2


def test_elements_and_own_styles_go_their_ways(fake: FakeLeonardo) -> None:
    fake.styles[123456] = {"id": 123456, "status": "COMPLETE"}
    lora = (
        Lora(name="simple-flat-illustration", weight=0.5),
        Lora(name="style/ink", weight=0.8, id="123456", trigger="InkHouse"),
        Lora(name="123456", weight=1),
    )
    line = Line(fake)
    ask(line, but(prompt="a kite, inkhouse", lora=lora))
    assert sent(fake)["elements"] == [{"akUUID": ELEMENT, "weight": 0.5}]
    assert sent(fake)["userElements"] == [
        {"userLoraId": 123456, "weight": 0.8},
        {"userLoraId": 123456, "weight": 1},
    ]
    ask(Line(fake, memory=line.memory), but(lora=lora[:1]))
    assert fake.count("GET", "/elements") == 1


@pytest.mark.parametrize(
    ("lora", "said"),
    [
        (Lora(name=ELEMENT, weight=-1.5), "the weight of .* is -1.5, Leonardo takes -1 to 2"),
        (Lora(name="22222222-2222-4222-8222-222222222222"), "no public element"),
        (Lora(name="style/unknown"), "neither a trained style nor a public element"),
    ],
)
def test_an_element_is_checked_before_anything_is_paid(fake: FakeLeonardo, lora: Lora, said: str) -> None:
    with pytest.raises(CallFailed, match=said):
        SERVICE.submit(but(lora=(lora,)), Line(fake))
    assert fake.bill == []


def test_a_region_is_drawn_anew_on_the_canvas(fake: FakeLeonardo) -> None:
    request = but(
        operation="inpaint",
        region="half",
        reference={"selected": Reference(role="init", image="sketch", strength=0.95)},
    )
    line = Line(fake, {**INPUTS, "sketch": draw("large", (26000, 9000), "PNG")})
    ask(line, request)
    body = sent(fake)
    assert body["init_strength"] == 0.8
    assert (body["canvasRequest"], body["canvasRequestType"]) == (True, "INPAINT")
    image, mask = (
        Image.open(BytesIO(fake.uploads[body[name]] or b"")) for name in ("canvasInitId", "canvasMaskId")
    )
    assert image.size == mask.size == (1536, 528)
    assert mask.getpixel((10, 10)) == 255
    assert mask.getpixel((1500, 10)) == 0
    ask(Line(fake, line._inputs, line.memory), request)
    assert fake.count("POST", "/canvas-init-image") == 1
    with pytest.raises(CallFailed, match="no white"):
        SERVICE.submit(but(**{**as_dict(request), "region": "black"}), Line(fake, INPUTS))


def as_dict(request: Request) -> dict[str, Any]:
    return {name: getattr(request, name) for name in request.__struct_fields__}


def test_what_leonardo_made_need_not_be_uploaded_to_go_on(fake: FakeLeonardo) -> None:
    line = Line(fake)
    (made,) = ask(line, BASE)
    start = {"selected": Reference(role="init", image="made", strength=0.4)}
    request = but(operation="image-to-image", reference=start)
    ask(Line(fake, {"made": made.data}, line.memory), request)
    assert sent(fake)["init_strength"] == 0.4
    assert sent(fake)["init_generation_image_id"] == made.facts["image"]
    less = but(operation="image-to-image", reference=start, options={"init_strength": 0.25})
    ask(Line(fake, {"made": made.data}, line.memory), less)
    assert sent(fake)["init_strength"] == 0.25
    assert fake.count("POST", "/init-image") == 0


def test_variations_of_a_selected_picture(fake: FakeLeonardo) -> None:
    memory: dict[str, str] = {}
    (made,) = ask(Line(fake, memory=memory), BASE)
    start = {"selected": Reference(role="init", image="made")}
    inputs = {"made": made.data}
    (larger,) = ask(Line(fake, inputs, memory), but(operation="upscale", reference=start))
    assert sent(fake, "/variations/upscale") == {"id": made.facts["image"]}
    assert larger.facts["transform"] == "UPSCALE"
    (bare,) = ask(Line(fake, inputs, memory), but(operation="no-background", reference=start))
    assert sent(fake, "/variations/nobg") == {"id": made.facts["image"], "isVariation": False}
    ask(Line(fake, {"made": bare.data}, memory), but(operation="unzoom", reference=start))
    assert sent(fake, "/variations/unzoom") == {"id": bare.facts["variation"], "isVariation": True}
    for data, word in ((made.data, "generatedImageId"), (bare.data, "variationId"), (PHOTO, "initImageId")):
        options = {"ultra_upscaler": "ARTISTIC", "similarity": 4, "detail": 3} if data is PHOTO else {}
        line = Line(fake, {"made": data}, memory)
        ask(line, but(operation="universal-upscale", reference=start, options=options))
        assert word in sent(fake, "/universal-upscaler")
    assert sent(fake, "/universal-upscaler")["similarity"] == 4
    with pytest.raises(CallFailed, match="pictures that Leonardo made"):
        SERVICE.submit(but(operation="upscale", reference=start), Line(fake, {"made": PHOTO}, memory))
    with pytest.raises(CallFailed, match="needs a picture"):
        SERVICE.submit(but(operation="upscale"), Line(fake))


def test_models_behind_v2(fake: FakeLeonardo) -> None:
    line = Line(fake, INPUTS)
    references = {
        "look": Reference(role="style", image="photo", strength=0.5),
        "start": Reference(role="init", image="sketch", strength=1),
    }
    (found,) = ask(
        line,
        but(model="flux-pro-2.0", size=(1440, 810), reference=references, options={"style": "dynamic"}),
    )
    body = sent(fake)
    assert body["model"] == "flux-pro-2.0"
    assert body["public"] is False
    parameters = body["parameters"]
    assert [each["strength"] for each in parameters["guidances"]["image_reference"]] == ["MID", "HIGH"]
    assert parameters["prompt_enhance"] == "OFF"
    assert parameters["style_ids"] == ["111dc692-d470-4eec-b791-3475abac4c46"]
    assert (parameters["seed"], parameters["quantity"]) == (7, 1)
    assert found.seed == 7
    assert line.cost is not None
    assert (line.cost.amount, line.cost.currency) == (0.05, "USD")
    ask(line2 := Line(fake, INPUTS), but(model="gpt-image-2", size=(1376, 768), options={"quality": "HIGH"}))
    assert "seed" not in sent(fake)["parameters"]
    assert line2.model == ""
    ask(Line(fake, INPUTS), but(model="gpt-image-2", size=(1376, 768), reference=references))
    assert "strength" not in sent(fake)["parameters"]["guidances"]["image_reference"][0]
    lucid = {
        "a": Reference(role="style", image="photo", strength=1),
        "b": Reference(role="content", image="sketch"),
    }
    ask(
        Line(fake, INPUTS),
        but(model="lucid-origin", size=(1200, 1200), reference=lucid, options={"mode": "ULTRA"}),
    )
    guided = sent(fake)["parameters"]["guidances"]
    assert guided["style"][0]["strength"] == "MAX"
    assert guided["content"][0]["strength"] == "MID"
    ask(Line(fake), but(model="new", options={"slug": "krea-2-turbo"}))
    assert sent(fake)["model"] == "krea-2-turbo"
    # v2 is not in the vendor's file: nothing of these was held against it.
    assert fake.count("POST", "v1/generations") == 0


REFUSED = [
    ({"model": "dreamy"}, "no model 'dreamy'"),
    ({"prompt": " "}, "needs a prompt"),
    ({"prompt": "a" * 1501}, "1501 characters, kino-xl takes 1500"),
    ({"size": (1000, 1004)}, "height 1004"),
    ({"size": (1544, 1024)}, "width 1544"),
    ({"seed": 9999999999}, "above 9999999998"),
    ({"model": "flux-dev", "seed": 2147483638}, "above 2147483637"),
    ({"operation": "sharpen"}, "cannot 'sharpen'"),
    ({"operation": "upscale", "candidates": 2}, "brings one picture"),
    (
        {"operation": "universal-upscale", "options": {"upscaler": "GENERAL", "ultra_upscaler": "ARTISTIC"}},
        "exclude",
    ),
    ({"operation": "universal-upscale", "options": {"similarity": 3}}, "need an `ultra_upscaler`"),
    ({"options": {"style": "noir"}}, "no style 'noir'"),
    ({"options": {"enhance_with": "fog"}}, "does nothing without"),
    ({"options": {"influence": {"ink": 1.0}}}, "no style reference"),
    ({"options": {"quality": "HIGH"}}, "no `quality`"),
    ({"options": {"contrast": "4"}}, "kino-xl has no `contrast`"),
    (
        {"model": "flux-dev", "options": {"preset": "ANIME", "scheduler": "DDIM"}},
        "no `preset`|no `scheduler`",
    ),
    ({"model": "phoenix-1.0", "options": {"photo_real": "v2", "prompt_magic": "v3"}}, "no `p"),
    ({"options": {"ultra": True, "alchemy": True}}, "exclude each other"),
    ({"model": "flux-dev", "options": {"alchemy": True}}, "has no Alchemy"),
    ({"options": {"alchemy": False, "photo_real": "v2"}}, "needs Alchemy"),
    ({"model": "phoenix-1.0", "options": {"contrast": "1.3"}}, "2.5 or more"),
    ({"options": {"unzoom_amount": 1.0}}, "needs a picture to start from"),
    ({"options": {"preprocessors": {"lines": 5}}}, "not of lines"),
    (
        {"model": "flux-dev", "control": {"p": Control(kind="pose", image="photo")}},
        "takes no pose .control.p.",
    ),
    (
        {"model": "flux-dev", "reference": {"h": Reference(role="character", image="p")}},
        "no character reference",
    ),
    (
        {"reference": {n: Reference(role="style", image="p") for n in "abcde"}},
        "takes 4 style references, not 5",
    ),
    (
        {"reference": {n: Reference(role="content", image="p") for n in "ab"}},
        "takes 1 content reference, not 2",
    ),
    ({"reference": {n: Reference(role="init", image="p") for n in "ab"}}, "one picture only"),
    (
        {
            "reference": {
                n: Reference(role=r, image="p") for n, r in (("a", "init"), ("b", "content"), ("c", "style"))
            }
        },
        "one other guide",
    ),
    (
        {"reference": {"a": Reference(role="style", image="p")}, "options": {"style": "vibrant"}},
        "does not go together",
    ),
    ({"lora": (Lora(name="style/ink", id="5", trigger="inkhouse"),)}, "does not have 'inkhouse'"),
    ({"lora": (Lora(name="style/ink", id="x5"),)}, "no id of an element"),
    ({"operation": "inpaint"}, "needs a `region`"),
    ({"operation": "inpaint", "region": "m", "negative_prompt": "text"}, "no negative prompt"),
    ({"operation": "inpaint", "region": "m", "model": "lightning-xl"}, "does not draw regions"),
    ({"operation": "inpaint", "region": "m", "lora": (Lora(name="5"),)}, "takes no references"),
    ({"model": "gpt-image-2", "size": (1000, 1000)}, "a multiple of 16"),
    ({"model": "gpt-image-2", "size": (512, 512)}, "655360 to 8294400"),
    ({"model": "gpt-image-2", "size": (3200, 768)}, "three times"),
    ({"model": "nano-banana-2", "size": (1024, 768)}, "nothing between"),
    ({"model": "flux-pro-2.0", "size": (1536, 1024)}, "256 to 1440"),
    (
        {"model": "gpt-image-2", "size": (1024, 1024), "options": {"quality": "TURBO"}},
        "LOW or MEDIUM or HIGH",
    ),
    ({"model": "flux-pro-2.0", "options": {"mode": "FAST"}}, "not to be set"),
    ({"model": "flux-pro-2.0", "negative_prompt": "text"}, "takes no negative prompt"),
    ({"model": "flux-pro-2.0", "lora": (Lora(name="5"),)}, "trained styles"),
    ({"model": "flux-pro-2.0", "control": {"p": Control(kind="pose", image="p")}}, "control maps"),
    ({"model": "flux-pro-2.0", "options": {"transparent": True}}, "`transparent`"),
    ({"model": "flux-pro-2.0", "operation": "inpaint", "region": "m"}, "regions anew"),
    ({"model": "lucid-origin", "reference": {"a": Reference(role="character", image="p")}}, "no character"),
    ({"model": "recraft-v4", "reference": {"a": Reference(role="style", image="p")}}, "takes no style"),
]


@pytest.mark.parametrize(("more", "said"), REFUSED)
def test_what_cannot_be_asked_is_said_before_anything_is_sent(more: dict[str, Any], said: str) -> None:
    import re

    found = list(SERVICE.check(but(**more)))
    assert found
    assert any(re.search(said, sentence) for sentence in found), found


def test_one_guide_goes_with_a_picture_to_start_from() -> None:
    start = {"a": Reference(role="init", image="p")}
    for more in (
        {"reference": {**start, "b": Reference(role="content", image="p")}},
        {
            "reference": {
                **start,
                "b": Reference(role="style", image="p"),
                "c": Reference(role="character", image="p"),
            }
        },
        {"reference": start, "control": {"b": Control(kind="canny", image="p")}},
    ):
        assert list(SERVICE.check(but(**more))) == []


def test_candidates_are_split_into_jobs_with_seeds_of_their_own() -> None:
    batches = SERVICE.batches(but(candidates=18))
    assert [(each.candidates, each.seed) for each in batches] == [(8, 7), (8, 8), (2, 9)]
    assert [each.candidates for each in SERVICE.batches(but(size=(1024, 768), candidates=5))] == [4, 1]
    assert [each.candidates for each in SERVICE.batches(but(model="flux-pro-2.0", candidates=9))] == [8, 1]
    wrapped = SERVICE.batches(but(model="flux-dev", seed=2147483637, candidates=9))
    assert [each.seed for each in wrapped] == [2147483637, 0]
    inpaint = but(operation="inpaint", region="m", candidates=3)
    assert [each.candidates for each in SERVICE.batches(inpaint)] == [2, 1]


def test_prices_are_those_of_the_published_table() -> None:
    square = but(model="lightning-xl", size=(1024, 1024), candidates=4)
    assert SERVICE.estimate(square).amount == pytest.approx(40 * 0.002)
    small = SERVICE.estimate(but(model="lightning-xl", size=(512, 512), candidates=4)).amount
    assert 15 * 0.002 <= small <= 18 * 0.002
    flux = but(model="flux-pro-2.0", size=(1440, 1440))
    assert SERVICE.estimate(flux).amount == pytest.approx(56 * 0.002, rel=0.01)
    guided = but(model="flux-pro-2.0", size=(1440, 1440), reference={"a": Reference(role="style", image="p")})
    assert SERVICE.estimate(guided).amount == pytest.approx(84 * 0.002, rel=0.01)
    assert SERVICE.estimate(but(operation="no-background")).amount == pytest.approx(0.01)
    assert SERVICE.estimate(square).currency == "USD"
    assert {each.name for each in SERVICE.models()} >= {
        "kino-xl",
        "phoenix-1.0",
        "lucid-origin",
        "gpt-image-2",
    }
