"""Midjourney's grammar by version, prices, jobs and what a person is told. No picture here is Midjourney's."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tympan import Control, Cost, Lora, Reference, Request
from tympan_plugins.generators.midjourney.generator import Midjourney, MidjourneyParams
from tympan_plugins.generators.midjourney.grammar import expand, parse
from tympan_plugins.generators.midjourney.rules import Known, known, problems, remarks

MIDJOURNEY = Midjourney()
URL = "https://example.com/a.png"


def ask(prompt: str = "a red fox", model: str = "7", candidates: int = 4, **more: Any) -> Request:
    options = MidjourneyParams(**more.pop("options", {}))
    return Request(
        generator="midjourney",
        prompt=prompt,
        model=model,
        candidates=candidates,
        seed=more.pop("seed", 7),
        options=msgspec.to_builtins(options),
        **more,
    )


# model, prompt, what is said about it: "" if it is right, "~" before a remark.
PROMPTS = [
    ("7", "a red fox", ""),
    ("7", "a red fox, flat vector logo --ar 3:2", ""),
    ("7", "a red fox --aspect 16:9 --s 250 --c 10 --w 500 --exp 25", ""),
    ("7", "fox --stylize 1000 --chaos 100 --weird 3000 --exp 100", ""),
    ("7", "fox --raw --tile", ""),
    ("7", "fox --draft", ""),
    ("7", "fox --q 4", ""),
    ("7", "fox --no red, shadows --ar 1:2", ""),
    ("7", f"{URL} a fox --iw 2.5", ""),
    ("7", f"{URL} https://example.com/b.png", ""),
    ("7", "fox --sref 3741912352 --sw 200 --sv 4", ""),
    ("7", f"fox --sref {URL}::2 123456::1 --sw 0", ""),
    ("7", "fox --sref random", "~put the code that Midjourney shows"),
    ("7", f"fox --oref {URL} --ow 400", ""),
    ("7", "fox --p", ""),
    ("7", "fox --p abc123 def456 --stylize 50", ""),
    ("7", "fox --repeat 4", ""),
    ("7", "fox --turbo --seed 4294967295", "~in turbo mode the same seed"),
    ("7", "space::2 ship --ar 2:1", "~weighs the parts"),
    ("7", "fox --style raw", "~is called --raw since V7"),
    ("8.1", "a red fox --hd --ar 4:1", ""),
    ("8.1", "a red fox --sd --ar 14:1", ""),
    ("8.1", 'a poster that says "open" --raw --s 0', ""),
    ("8.1", "fox --sref 123 --sw 1000", ""),
    ("8.1", f"{URL} fox --iw 0", ""),
    ("8.1", "fox --no text --p --exp 10 --chaos 5", ""),
    ("8.1", "fox --weird 10", "~not documented everywhere"),
    ("8.1", "fox --tile", "~not documented everywhere"),
    ("9", "fox --stylize 100", "~V9 is newer than this plugin"),
    ("8.2", "fox --q 2", "~V8.2 may have"),
    ("niji 7", "fox --iw 2", "--iw does nothing without an image prompt"),
    ("niji 6", "fox --style cute", ""),
    ("6.1", f"fox --cref {URL} --cw 0", ""),
    ("6.1", "hot:: dog::-.5", ""),
    ("7", "", "there is nothing to draw"),
    ("7", URL, "one image prompt needs words"),
    ("7", "a fox --ar 3", "--ar is two whole numbers"),
    ("7", "a fox --ar 0:3", "--ar is two whole numbers"),
    ("7", "a fox --ar16:9", "a space is missing, write --ar 16:9"),
    ("7", "a fox —ar 16:9", "a long dash"),
    ("7", "a fox -- ar 16:9", "a space stands between --"),
    ("7", "a fox --ar 16:9, on a hill", "parameters go last"),
    ("7", "a fox --s 250,", "from 0 to 1000, not '250,'"),
    ("7", "a fox --s 1001", "from 0 to 1000: 1001 is outside"),
    ("7", "a fox --s 2.5", "--stylize is a whole number"),
    ("7", "a fox --c 101", "from 0 to 100"),
    ("7", "a fox --weird 3001", "from 0 to 3000"),
    ("7", "a fox --seed 4294967296", "from 0 to 4294967295"),
    ("7", "a fox --seed", "--seed has no value"),
    ("7", "a fox --tile seamless", "--tile takes no value"),
    ("7", "a fox --styliz 20", "did you mean --stylize?"),
    ("7", "a fox --frobnicate", "there is no parameter --frobnicate"),
    ("7", "a fox --s 1 --stylize 2", "--stylize is there twice"),
    ("7", f"a fox {URL}", "image prompts go in front"),
    ("7", "a fox --q 3", "--quality of V7 is one of 1, 2, 4"),
    ("7", f"a fox --cref {URL}", "it is called --oref there"),
    ("7", "a fox --cw 50", "V7 has no --cw: it is called --ow"),
    ("7", "a fox --hd", "V7 has no --hd: it came with V8"),
    ("7", f"a fox --oref {URL} --draft", "--oref does not go with --draft"),
    ("7", f"a fox --oref {URL} --q 4", "--oref does not go with --quality 4"),
    ("7", f"a fox --oref {URL} https://example.com/b.png", "--oref takes one picture"),
    ("7", "a fox --oref fox.png", "--oref takes addresses that begin with https://"),
    ("7", "a fox --sw 100", "--sw does nothing without --sref"),
    ("7", "a fox --ow 100", "--ow does nothing without --oref"),
    ("7", "a fox::1 dog::-2", "add up to more than 0"),
    ("7", ":: dog::2", "has no words"),
    ("7", "a fox --relax --fast", "--fast and --relax exclude each other"),
    ("7", "a fox --stop 50", "V7 has no --stop"),
    ("8.1", "a fox --q 2", "V8.1 has no --quality: leave it out"),
    ("8.1", f"a fox --oref {URL}", "Midjourney would run this on V7"),
    ("8.1", f"a fox --cref {URL}", "V8.1 has no --cref"),
    ("8.1", "a fox --draft", "a mode of the website there"),
    ("8.1", "a fox --turbo", "there is no turbo mode"),
    ("8.1", "a fox --hd --sd", "--hd and --sd exclude each other"),
    ("8.1", "a fox --hd --ar 5:1", "V8.1 with --hd draws at most 4:1"),
    ("8.1", "a fox --ar 1:15", "V8.1 draws at most 14:1"),
    ("8.1", "a fox --profile not-a-code!", "--profile takes codes"),
    ("6.1", "a fox --draft", "V6.1 has no --draft: it came with V7"),
    ("6.1", f"a fox --oref {URL}", "V6.1 has no --oref: use --cref"),
    ("niji 7", f"{URL} fox --iw 3", "--iw is a number from 0 to 2"),
]


@pytest.mark.parametrize(("model", "prompt", "said"), PROMPTS)
def test_what_a_version_says_about_a_prompt(model: str, prompt: str, said: str) -> None:
    version = known(model)
    assert isinstance(version, Known)
    found = parse(prompt)
    wrong, remarked = list(problems(found, version)), list(remarks(found, version))
    if said == "" or said.startswith("~"):
        assert wrong == []
        assert remarked == [] if not said else [said[1:] in each for each in remarked].count(True) == 1
    else:
        assert [each for each in wrong if said in each], wrong


def test_the_table_is_as_large_as_promised() -> None:
    assert sum(model in ("7", "8.1") for model, _, _ in PROMPTS) >= 60


@pytest.mark.parametrize(("_", "prompt", "said"), PROMPTS)
def test_a_right_prompt_written_and_read_again_is_the_same(_: str, prompt: str, said: str) -> None:
    found = parse(prompt)
    if not found.faults:
        assert parse(found.render()) == found


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("", "must say which version"),
        ("5.2", "is not known here"),
        ("latest", "there is no Midjourney version"),
        ("niji", "there is no Midjourney version"),
    ],
)
def test_a_model_that_is_none(model: str, said: str) -> None:
    assert [each for each in MIDJOURNEY.check(ask(model=model)) if said in each]


@pytest.mark.parametrize("model", ["7", "v7", "V7", "7.0", "midjourney 7", "midjourney-v7"])
def test_spellings_of_a_model(model: str) -> None:
    found = known(model)
    assert isinstance(found, Known)
    assert found.shown == "V7"


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ("a {red, blue} fox", ["a red fox", "a blue fox"]),
        ("{a, b}{1, 2}", ["a1", "a2", "b1", "b2"]),
        ("{a {big, small} x, b}", ["a big x", "a small x", "b"]),
        ("{red\\, dark, blue}", ["red, dark", "blue"]),
        ("fox --ar {1:1, 3:2}", ["fox --ar 1:1", "fox --ar 3:2"]),
        ("\\{not, this\\}", ["\\{not, this\\}"]),
    ],
)
def test_permutations(text: str, texts: list[str]) -> None:
    assert expand(text) == (texts, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{a, b", "do not match"),
        ("a} {b", "do not match"),
        ("{only}", "only one choice"),
        ("{a,b}" * 7, "more than 64"),
    ],
)
def test_permutations_that_are_none(text: str, said: str) -> None:
    assert said in expand(text)[1]
    assert [each for each in MIDJOURNEY.check(ask(text)) if said in each]


def test_permutations_and_repetitions_are_jobs_with_seeds_of_their_own() -> None:
    request = ask("a {red, blue} fox --repeat 2 --ar 3:2", candidates=16, seed=2**32 - 2)
    jobs = MIDJOURNEY.batches(request)
    assert [job.prompt for job in jobs] == ["a red fox --ar 3:2", "a blue fox --ar 3:2"] * 2
    assert [job.seed for job in jobs] == [2**32 - 2, 2**32 - 1, 0, 1]
    assert [job.candidates for job in jobs] == [4] * 4
    assert all(MIDJOURNEY.batches(job) == (job,) for job in jobs)
    assert MIDJOURNEY.estimate(request).amount == pytest.approx(4 * 4 / 60, abs=1e-3)
    assert [
        each
        for each in MIDJOURNEY.check(ask("a {red, blue} fox", candidates=1))
        if "say candidates = 8" in each
    ]


@pytest.mark.parametrize(
    ("candidates", "shares"), [(1, [1]), (4, [4]), (6, [4, 2]), (9, [4, 4, 1]), (16, [4] * 4)]
)
def test_candidates_over_jobs(candidates: int, shares: list[int]) -> None:
    jobs = MIDJOURNEY.batches(ask(candidates=candidates))
    assert [job.candidates for job in jobs] == shares
    assert [job.seed for job in jobs] == [7 + n for n in range(len(shares))]


@pytest.mark.parametrize(
    ("request_", "minutes"),
    [
        (ask(), 1),
        (ask(model="8.1"), 0.8),
        (ask(model="8.1", options={"hd": True}), 1.3),
        (ask(options={"draft": True}), 0.5),
        (ask(options={"quality": 4}), 4),
        (ask(options={"oref": URL}), 2),
        (ask(reference={"who": Reference(role="character", image="d" * 64)}), 2),
        (ask(options={"speed": "turbo"}), 2),
        (ask(options={"speed": "relax"}), 0),
        (ask(candidates=12), 3),
    ],
)
def test_prices(request_: Request, minutes: float) -> None:
    assert MIDJOURNEY.estimate(request_) == Cost(round(minutes * 4 / 60, 4), "USD")


def test_options_become_parameters_in_one_order() -> None:
    options = {
        "raw": True,
        "stylize": 250,
        "sref": ("123", URL),
        "sw": 300,
        "profile": "default",
        "speed": "relax",
        "iw": 1.5,
        "images": (URL,),
    }
    request = ask("a  red\nfox", size=(1536, 1024), negative_prompt="text", options=options)
    assert list(MIDJOURNEY.check(request)) == []
    assert MIDJOURNEY.instruct(request, "job").copy == (
        f"{URL} a red fox --ar 3:2 --stylize 250 --raw --iw 1.5 --sref 123 {URL} --sw 300 --profile --no text"
        " --relax --seed 7 --v 7"
    )
    assert MIDJOURNEY.instruct(ask(model="niji 7"), "job").copy == "a red fox --seed 7 --niji 7"


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (ask("fox --s 1", options={"stylize": 2}), "in the prompt and '2' in source.options"),
        (ask("fox --v 8.1"), "the prompt says version 8.1, source.model says 7"),
        (ask("fox --seed 3"), "the seed is source.seed"),
        (ask(lora=(Lora(name="brand"),)), "takes no LoRA"),
        (ask(control={"p": Control(kind="pose", image="d" * 64)}), "takes no control map"),
        (ask(operation="train"), "cannot 'train'"),
        (ask(region="d" * 64), "a region is for the operation vary-region"),
        (ask(operation="vary-region"), "needs source.region"),
        (
            ask(model="8.1", operation="upscale-subtle", candidates=1, options={"hd": True}),
            "cannot be upscaled",
        ),
        (ask(options={"urls": {"brand": URL}}), "which is no reference"),
        (ask(options={"job_ids": ("abc",)}), "is no Job ID"),
        (
            ask(model="8.1", reference={"who": Reference(role="character", image="d" * 64)}),
            "V8.1 takes no character",
        ),
        (
            ask(reference={n: Reference(role="character", image="d" * 64) for n in "ab"}),
            "an omni reference is one picture",
        ),
        (
            ask(
                reference={
                    n: Reference(role="style", image="d" * 64, strength=s)
                    for n, s in (("a", 0.1), ("b", 0.9))
                }
            ),
            "one weight (--sw) for all",
        ),
    ],
)
def test_requests_that_are_refused(request_: Request, said: str) -> None:
    assert [each for each in MIDJOURNEY.check(request_) if said in each], list(MIDJOURNEY.check(request_))


def test_references_are_dropped_by_hand_or_have_an_address() -> None:
    brand = Reference(role="style", image="d" * 64, strength=0.3)
    who = Reference(role="character", image="e" * 64)
    request = ask(reference={"brand": brand, "who": who})
    assert list(MIDJOURNEY.check(request)) == []
    told = MIDJOURNEY.instruct(request, "job")
    assert told.copy == "a red fox --sw 300 --seed 7 --v 7"
    assert f"drop the picture {'d' * 64} (brand) into the prompt bar as Style Reference" in told.notes
    assert f"drop the picture {'e' * 64} (who) into the prompt bar as Omni Reference" in told.notes
    there = ask(reference={"brand": brand}, options={"urls": {"brand": URL}})
    assert MIDJOURNEY.instruct(there, "job").copy == f"a red fox --sref {URL} --sw 300 --seed 7 --v 7"
    old = ask(model="6.1", reference={"who": who}, options={"urls": {"who": URL}})
    assert MIDJOURNEY.instruct(old, "job").copy == f"a red fox --cref {URL} --seed 7 --v 6.1"


def test_a_follow_up_names_the_button_and_the_version_it_really_runs_on() -> None:
    selected = {"selected": Reference(role="init", image="d" * 64)}
    request = ask(model="8.1", operation="vary-region", region="e" * 64, reference=selected)
    assert list(MIDJOURNEY.check(request)) == []
    notes = "\n".join(MIDJOURNEY.instruct(request, "job").notes)
    assert "press Editor" in notes
    assert "runs this on V6.1, not on V8.1" in notes
    assert "drop the picture" not in notes
    upscale = ask(operation="upscale-creative", candidates=1, reference=selected)
    assert MIDJOURNEY.batches(upscale) == (upscale,)
    assert "Upscale (Creative)" in MIDJOURNEY.instruct(upscale, "job").notes[0]
    assert "runs this on" not in "\n".join(MIDJOURNEY.instruct(ask(operation="zoom"), "job").notes)


def test_nobody_is_called_and_models_are_named() -> None:
    assert MIDJOURNEY.submit(ask(), None) is not None  # type: ignore[arg-type]
    assert {"7", "8.1"} <= {model.name for model in MIDJOURNEY.models()}
    assert not any(model.deterministic for model in MIDJOURNEY.models())


_WORDS = st.sampled_from(
    ["fox", "a red", "::", "::2", "::-1", "{a, b}", "{", "}", ",", "\\,", "--ar", "3:2", "--s", "--no", "--tile", "--p", "—ar", "--",
     "--v", "7", "8.1", "--niji", "--sref", "random", "123::2", URL, "--oref", "--repeat", "4", "--seed", "--iw", ".5", "\n", "--hd"]
)  # fmt: skip


@settings(max_examples=500, deadline=None)
@given(
    st.lists(_WORDS | st.text(max_size=6), max_size=12).map(" ".join),
    st.sampled_from(["7", "8.1", "6.1", "niji 7", "9", "", "x"]),
    st.integers(1, 40),
    st.integers(0, 2**53),
    st.sampled_from(["", "vary-region", "upscale-subtle", "train", "image-to-image"]),
)
def test_any_prompt_is_checked_priced_and_split(
    prompt: str, model: str, candidates: int, seed: int, operation: str
) -> None:
    request = ask(prompt, model, candidates, seed=seed, operation=operation)
    wrong = list(MIDJOURNEY.check(request))
    assert all(isinstance(each, str) and each for each in wrong)
    assert MIDJOURNEY.estimate(request).amount >= 0
    jobs = MIDJOURNEY.batches(request)
    for job in jobs:
        assert MIDJOURNEY.instruct(job, "job").copy
    if not wrong:
        assert sum(job.candidates for job in jobs) == candidates
        assert len({job.seed % 2**32 for job in jobs}) == len(jobs)
        assert all(MIDJOURNEY.batches(job) == (job,) and not list(MIDJOURNEY.check(job)) for job in jobs)
        assert all(parse(MIDJOURNEY.instruct(job, "job").copy).faults == () for job in jobs)
