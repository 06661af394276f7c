"""Training a style: a dataset with its pictures, then an element of it.

Reads pictures through the context; remembers the dataset through it. Writes nothing.

The API reference, "Train a Custom Element"; ranges are its tables of epochs and learning rates.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from tympan import CallContext, Candidate, Request
from tympan_plugins.generators.leonardo.answers import inner
from tympan_plugins.generators.leonardo.models import MODELS, first_of
from tympan_plugins.generators.leonardo.options import LeonardoParams
from tympan_plugins.generators.leonardo.uploads import V1, dataset_picture, mark

PATH = f"{V1}/elements"
# focus -> least, most and default of the rounds; then of the learning rate.
_FLUX = {
    "Style": ((30, 120, 60), (1e-6, 3e-5, 1e-5)),
    "Object": ((120, 220, 140), (1e-5, 1e-3, 4e-4)),
    "Character": ((100, 200, 135), (1e-5, 1e-3, 5e-4)),
}
_OTHERS = ((1, 250, 100), (1e-8, 1e-5, 1e-6))
# "Dataset": at most 50 pictures.
_PICTURES = 50


def name_of(ctx: CallContext) -> str:
    """What the element is called over there: our own id, by which it is found again."""
    return f"tympan {ctx.job}"


def trains(request: Request) -> str:
    """The base model's word in the API; "" if styles of this model cannot be trained."""
    model = first_of(request.model)
    return model.trains if model else ""


def training(request: Request, options: LeonardoParams, ctx: CallContext) -> dict[str, Any]:
    """The body of `POST /elements`, after the dataset is there."""
    rounds, rate = _limits(request, options)
    return {
        "name": name_of(ctx),
        "datasetId": _dataset(request, ctx),
        "instance_prompt": request.prompt,
        "lora_focus": options.focus,
        "sd_version": trains(request),
        "resolution": 1024,
        "num_train_epochs": options.epochs or rounds[2],
        "learning_rate": options.learning_rate or rate[2],
        "train_text_encoder": options.train_text_encoder,
    }


def _limits(
    request: Request, options: LeonardoParams
) -> tuple[tuple[int, int, int], tuple[float, float, float]]:
    return _FLUX.get(options.focus, _OTHERS) if trains(request) == "FLUX_DEV" else _OTHERS


def _dataset(request: Request, ctx: CallContext) -> str:
    """The id of the dataset with just these pictures, made and filled if need be."""
    pictures = {mark(data): data for data in map(ctx.input, request.dataset)}
    name = mark("".join(sorted(pictures)).encode())
    dataset = ctx.recall(f"set {name}")
    if dataset is None:
        answer = ctx.post(f"{V1}/datasets", json={"name": f"tympan {name[:16]}"})
        dataset = str(inner(answer, "insert_datasets_one")["id"])
        ctx.keep(f"set {name}", dataset)
    for each in sorted(pictures):
        dataset_picture(dataset, pictures[each], ctx)
    return dataset


def mistakes(request: Request, options: LeonardoParams) -> Iterator[str]:
    """What is wrong with a training."""
    base = trains(request)
    if not base:
        yield f"leonardo trains no styles of {request.model!r}, only of {', '.join(trainable())}"
        return
    if not request.dataset:
        yield "a training needs pictures in `dataset`"
    if len(request.dataset) > _PICTURES:
        yield f"leonardo trains on {_PICTURES} pictures at most, not on {len(request.dataset)}"
    if base == "FLUX_DEV" and options.focus == "General":
        yield "flux-dev has no focus `General`"
        return
    if not request.prompt and (base != "FLUX_DEV" or options.focus == "Character"):
        yield "this training needs a trigger word"
    rounds, rate = _limits(request, options)
    of = f"for {request.model} with focus {options.focus}"
    if options.epochs and not rounds[0] <= options.epochs <= rounds[1]:
        yield f"epochs are {rounds[0]} to {rounds[1]} {of}"
    if options.learning_rate and not rate[0] <= options.learning_rate <= rate[1]:
        yield f"the learning rate is {rate[0]:g} to {rate[1]:g} {of}"


def trainable() -> list[str]:
    """Names of the models that styles can be trained of."""
    return sorted(name for name, model in MODELS.items() if model.trains)


def style(found: dict[str, Any], job: str) -> Candidate:
    """What a finished training brings: the facts by which later requests name it, as JSON."""
    facts = {
        "id": job,
        "trigger": str(found.get("instancePrompt") or ""),
        "base_model": str(found.get("baseModel") or ""),
        "focus": str(found.get("focus") or ""),
        "name": str(found.get("name") or ""),
        "epochs": str(found.get("trainingEpoch") or ""),
        "learning_rate": str(found.get("learningRate") or ""),
        "resolution": str(found.get("resolution") or ""),
    }
    return Candidate(data=msgspec.json.encode(facts, order="deterministic"), facts=facts)
