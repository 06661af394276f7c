"""Recallers: what each tool writes into its pictures, read back. All texts here are written by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.services.downloads import MADE, job_id

from tympan import Recalled
from tympan_plugins.recall import tympan_recallers
from tympan_plugins.recall.a1111 import A1111
from tympan_plugins.recall.comfyui import ComfyUI
from tympan_plugins.recall.invokeai import InvokeAI
from tympan_plugins.recall.midjourney import MidjourneyFiles
from tympan_plugins.recall.xmp import Xmp

A1111_TEXT = """a red fox, <lora:flat:0.8>
second line
Negative prompt: text,
blurry
Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 1234567890, Size: 832x1216, \
Model hash: 31e35c80fc, Model: sd_xl_base_1.0, VAE: "a, b", Lora hashes: "flat: aabb, x: cc", Version: v1.10.1"""

GRAPH = {
    "3": {"class_type": "KSampler", "inputs": {"seed": ["20", 0], "steps": 20, "cfg": 7.5, "sampler_name": "euler",
          "scheduler": "normal", "denoise": 1.0, "model": ["10", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sdxl.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 832, "height": 1216, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["21", 0], "clip": ["10", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "text, blurry", "clip": ["10", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["30", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0]}},
    "10": {"class_type": "LoraLoader", "inputs": {"lora_name": "flat.safetensors", "strength_model": 0.8, "model": ["4", 0], "clip": ["4", 1]}},
    "20": {"class_type": "PrimitiveInt", "inputs": {"value": 99}},
    "21": {"class_type": "PrimitiveString", "inputs": {"value": "a red fox"}},
    "30": {"class_type": "KSampler", "inputs": {"seed": 7, "steps": 10, "cfg": 5, "sampler_name": "euler",
           "scheduler": "normal", "denoise": 0.5, "model": ["10", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["3", 0]}},
}  # fmt: skip

INVOKE = {
    "positive_prompt": "a red fox", "negative_prompt": "text", "width": 1024, "height": 768, "seed": 5, "steps": 30,
    "cfg_scale": 7.5, "scheduler": "euler", "model": {"name": "Flux dev", "hash": "blake3:abc", "base": "flux"},
    "loras": [{"model": {"name": "flat"}, "weight": 0.75}], "app_version": "5.4.0",
}  # fmt: skip


@pytest.mark.parametrize("chunk", ["parameters", "exif.UserComment"])
def test_a1111(chunk: str) -> None:
    found = A1111().recall({chunk: A1111_TEXT}, "00001.png")
    assert found is not None
    assert found.prompt == "a red fox, <lora:flat:0.8>\nsecond line"
    assert found.negative_prompt == "text,\nblurry"
    assert (found.seed, found.size, found.model) == (1234567890, (832, 1216), "sd_xl_base_1.0")
    assert found.options == {
        "steps": 20, "sampler": "DPM++ 2M", "scheduler": "Karras", "cfg": 6.5, "model_hash": "31e35c80fc",
        "vae": "a, b", "lora_hashes": "flat: aabb, x: cc", "tool_version": "v1.10.1",
    }  # fmt: skip
    assert A1111().recall({chunk: "a fox"}, "x.png") is None


def test_comfyui_walks_from_the_last_sampler() -> None:
    found = ComfyUI().recall({"prompt": json.dumps(GRAPH), "workflow": "{}"}, "ComfyUI_00001_.png")
    assert found is not None
    assert (found.prompt, found.negative_prompt) == ("a red fox", "text, blurry")
    assert (found.seed, found.size, found.model) == (7, (832, 1216), "sdxl.safetensors")
    assert found.options["denoise"] == 0.5
    assert found.options["lora"] == [{"name": "flat.safetensors", "weight": 0.8}]
    first: dict[str, Any] = {key: node for key, node in GRAPH.items() if key != "30"}
    once = ComfyUI().recall({"prompt": json.dumps(first)}, "x.png")
    assert once is not None
    assert once.seed == 99


def test_comfyui_with_a_graph_that_runs_in_circles_or_has_no_sampler() -> None:
    circle = {
        str(n): {
            "class_type": "X",
            "inputs": {"positive": [str(1 - n), 0], "negative": 1, "latent_image": [str(n), 0]},
        }
        for n in (0, 1)
    }
    assert ComfyUI().recall({"prompt": json.dumps(circle)}, "x.png") is not None
    none = {"1": {"class_type": "LoadImage", "inputs": {}}}
    assert ComfyUI().recall({"prompt": json.dumps(none)}, "x.png") == Recalled(tool="comfyui")
    assert ComfyUI().recall({"prompt": "a red fox"}, "x.png") is None


def test_invokeai_new_and_old() -> None:
    found = InvokeAI().recall({"invokeai_metadata": json.dumps(INVOKE)}, "x.png")
    assert found is not None
    assert (found.prompt, found.negative_prompt, found.model) == ("a red fox", "text", "Flux dev")
    assert (found.seed, found.size) == (5, (1024, 768))
    assert found.options["model_hash"] == "blake3:abc"
    assert found.options["lora"] == [{"name": "flat", "weight": 0.75}]
    old = {
        "model_weights": "sd-1.5",
        "image": {"prompt": [{"prompt": "a fox", "weight": 1}], "seed": 3, "width": 512, "height": 512},
    }
    before = InvokeAI().recall({"sd-metadata": json.dumps(old)}, "x.png")
    assert before is not None
    assert (before.prompt, before.seed, before.model) == ("a fox", 3, "sd-1.5")


def test_midjourney() -> None:
    text = f"https://s.mj.run/abc a red fox --ar 3:2 --s 250 --no text --raw --seed 7 --v 8.1 Job ID: {job_id(3)}"
    found = MidjourneyFiles().recall({"Description": text}, f"p_a_red_fox_{job_id(3)}_2.png")
    assert found is not None
    assert found.prompt == "https://s.mj.run/abc a red fox"
    assert found.negative_prompt == "text"
    assert (found.model, found.seed, found.job, found.index) == ("8.1", 7, job_id(3), 2)
    assert found.options == {"ar": "3:2", "stylize": 250, "raw": True, "job_ids": [job_id(3)]}
    named = MidjourneyFiles().recall({}, f"p_a_red_fox_{job_id(4)}_0 (1).png")
    assert named == Recalled(tool="midjourney", job=job_id(4), index=0)
    other = MidjourneyFiles().recall({"Description": text}, f"p_{job_id(9)}_2.png")
    assert other is not None
    assert (other.job, other.index) == (job_id(3), None)
    assert (
        MidjourneyFiles().recall({"Description": "a photo", "xmp.DigImageGUID": job_id(1)}, "x.png") is None
    )


def test_xmp_and_c2pa() -> None:
    found = Xmp().recall(
        {"xmp.AISystemUsed": "Firefly", "xmp.AIPromptInformation": "a fox", "xmp.DigitalSourceType": MADE},
        "x",
    )
    assert found == Recalled(
        tool="Firefly", prompt="a fox", options={"digital_source_type": "trainedAlgorithmicMedia"}
    )
    signed = Xmp().recall({"c2pa.digital_source_type": MADE, "c2pa.software_agent": "GPT Image 2"}, "x")
    assert signed is not None
    assert signed.tool == "GPT Image 2"
    assert Xmp().recall({"xmp.CreatorTool": "Photoshop"}, "x") is None


_NAMES = [
    "parameters",
    "prompt",
    "invokeai_metadata",
    "sd-metadata",
    "Description",
    "exif.UserComment",
    "xmp.AISystemUsed",
]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8) | st.sampled_from(["3", "4"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["3", "4", "inputs", "class_type", "positive", "negative", "latent_image", "model", "seed",
                                       "text", "image", "prompt", "loras", "weight", "positive_prompt", "name"]), inner, max_size=6),
    max_leaves=30,
)  # fmt: skip


@settings(max_examples=600, deadline=None)
@given(
    st.dictionaries(st.sampled_from(_NAMES), st.text(max_size=60) | _JSON.map(json.dumps), max_size=3),
    st.text(max_size=30),
)
def test_nothing_that_a_stranger_writes_troubles_a_recaller(chunks: dict[str, str], name: str) -> None:
    for cls in tympan_recallers():
        found = cls().recall(chunks, name)
        assert found is None or isinstance(found, Recalled)
