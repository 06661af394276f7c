"""What `check` lets pass, Leonardo takes: random requests against the strict fake."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.services.leonardo import ELEMENT, FakeLeonardo, draw
from tests.services.leonardo_line import SERVICE, Line

from tympan import Control, Lora, Reference, Request
from tympan_plugins.generators.leonardo.models import MODELS, SECOND, STYLES
from tympan_plugins.generators.leonardo.options import LeonardoParams

INPUTS = {"photo": draw("photo", (512, 512), "JPEG"), "mask": draw("mask", (512, 512), "JPEG")}
SIDES = st.sampled_from([32, 256, 512, 672, 768, 810, 848, 1024, 1152, 1200, 1264, 1376, 1440, 1536, 2048])
WORDS = st.sampled_from([*["a kite", "a kite, inkhouse"] * 8, "", "x" * 1501])
_field = {field.name: field for field in msgspec.structs.fields(LeonardoParams)}


def _literal(name: str) -> st.SearchStrategy[Any]:
    found = msgspec.inspect.type_info(LeonardoParams)
    kind = next(each.type for each in found.fields if each.name == name)  # type: ignore[union-attr]
    inner = getattr(kind, "type", kind)
    return st.sampled_from(list(inner.values))


ALL = {
    "style": st.sampled_from(["", *STYLES, "noir"]),
    **{name: _literal(name) for name in ("preset", "contrast", "scheduler", "photo_real", "quality", "mode")},
    **{name: st.booleans() for name in ("ultra", "enhance", "tiling", "transparent", "public")},
    "alchemy": st.sampled_from([None, True, False]),
    "guidance": st.floats(1, 20),
    "steps": st.integers(10, 60),
    "prompt_magic": st.sampled_from(["", "v2", "v3"]),
    "unzoom_amount": st.sampled_from([0.0, 1.2]),
    "init_strength": st.floats(0, 1),
    "multiplier": st.floats(1, 2),
    "upscaler": st.sampled_from(["", "GENERAL"]),
    "ultra_upscaler": st.sampled_from(["", "ARTISTIC"]),
    "similarity": st.integers(0, 10),
    "focus": _literal("focus"),
    "epochs": st.integers(0, 250),
    "learning_rate": st.sampled_from([0.0, 1e-6, 1e-5, 1e-4]),
}
# A few at once: of all together something is always wrong.
OPTIONS = st.lists(st.sampled_from(sorted(ALL)), max_size=3, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: ALL[name] for name in names})
)
ROLES = st.sampled_from(["style", "character", "content", "init"])
REQUESTS = st.builds(
    Request,
    generator=st.just("leonardo"),
    model=st.sampled_from([*MODELS, *SECOND, "dreamy", "11111111-1111-4111-8111-111111111111"]),
    prompt=WORDS,
    negative_prompt=st.sampled_from(["", "", "text"]),
    size=st.sampled_from([(1024, 1024)] * 6 + [(768, 1376)]) | st.tuples(SIDES, SIDES),
    candidates=st.integers(1, 10),
    seed=st.integers(0, 2**31 - 20) | st.integers(0, 2**34),
    lora=st.sampled_from(
        [*[()] * 8, (Lora(name=ELEMENT, weight=0.5),), (Lora(name="s", id="123456", trigger="inkhouse"),)]
    ),
    reference=st.dictionaries(
        st.sampled_from("abcde"), st.builds(Reference, role=ROLES, image=st.just("photo"), strength=st.floats(0, 1)),
        max_size=2,
    ),
    control=st.dictionaries(
        st.sampled_from("ab"),
        st.builds(
            Control, kind=st.sampled_from(["pose", "canny", "depth"]), image=st.just("photo"), strength=st.floats(0, 1)
        ),
        max_size=1,
    ),
    operation=st.sampled_from(["", "", "", "image-to-image", "inpaint", "upscale", "universal-upscale", "train", "sharpen"]),
    region=st.sampled_from(["", "", "", "mask"]),
    dataset=st.sampled_from([(), ("photo",)]),
    options=OPTIONS,
)  # fmt: skip
_SEEN = {"passed": 0, "refused": 0}


def test_what_check_lets_pass_is_taken() -> None:
    with FakeLeonardo(pending=0) as fake:
        fake.styles[123456] = {"id": 123456, "status": "COMPLETE"}
        memory: dict[str, str] = {}
        made = SERVICE.submit(Request(generator="leonardo", model="kino-xl", prompt="a start"), Line(fake))
        image = fake.rows[made.job]["generated_images"][0]["id"]

        @settings(
            max_examples=400,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            database=None,
        )
        @given(REQUESTS)
        def agrees(request: Request) -> None:
            if request.operation in ("image-to-image", "inpaint", "upscale", "universal-upscale"):
                selected = {"selected": Reference(role="init", image="photo")}
                others = {n: each for n, each in request.reference.items() if each.role != "init"}
                request = msgspec.structs.replace(request, reference={**others, **selected})
            wrong = list(SERVICE.check(request))
            assert all(sentence == sentence.strip() and len(sentence) > 10 for sentence in wrong)
            if wrong:
                _SEEN["refused"] += 1
                return
            assert SERVICE.estimate(request).amount > 0
            if request.operation == "upscale":
                from tympan_plugins.generators.leonardo.uploads import mark

                memory[f"made {mark(INPUTS['photo'])}"] = f"GENERATED {image}"
            for batch in SERVICE.batches(request):
                SERVICE.submit(batch, Line(fake, INPUTS, memory))
            memory.pop(next((name for name in memory if name.startswith("made ")), ""), None)
            _SEEN["passed"] += 1

        agrees()
        assert fake.wrong == []
        print(_SEEN)
        assert min(_SEEN.values()) >= 100, _SEEN
