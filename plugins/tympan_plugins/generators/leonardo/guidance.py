"""What guides a picture beside the prompt: references, control maps, elements.

Reads pictures through the context. Writes nothing.

"Generate Images Using Image Guidance": style, content and character references have a strength in words,
edge, depth and pose a weight of 0 to 2; never both.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tympan import CallContext, CallFailed, Lora, Request
from tympan_plugins.generators.leonardo.models import ELEMENTS, FAMILIES, REFERENCES, UUID, Model
from tympan_plugins.generators.leonardo.options import LeonardoParams
from tympan_plugins.generators.leonardo.uploads import V1, picture

_WORDS = {"style": ("Low", "Mid", "High", "Ultra", "Max")}
_THREE = ("Low", "Mid", "High")
_WEIGHT_MOST = 2.0


def in_words(strength: float, words: tuple[str, ...]) -> str:
    """A strength of 0 to 1 as one of so many words, each of an equal share."""
    return words[min(len(words) - 1, int(strength * len(words)))]


def preprocessor(kind: str, model: Model, options: LeonardoParams) -> int | None:
    """The id that makes a picture this kind of guidance; the spec's own before the table's."""
    return options.preprocessors.get(kind, FAMILIES[model.family].preprocessors.get(kind))


def controlnets(
    request: Request, options: LeonardoParams, model: Model, ctx: CallContext
) -> list[dict[str, Any]]:
    """`controlnets` of a v1 request: references by role and name, then control maps by name."""
    found = []
    for role in REFERENCES:
        names = [name for name in sorted(request.reference) if request.reference[name].role == role]
        for name in names:
            reference = request.reference[name]
            entry = _entry(reference.image, preprocessor(role, model, options), ctx)
            entry["strengthType"] = in_words(reference.strength, _WORDS.get(role, _THREE))
            if role == "style" and len(names) > 1:
                # Only where there are several: "a ratio of the influence of the images".
                entry["influence"] = options.influence.get(name, 1.0)
            found.append(entry)
    for name in sorted(request.control):
        control = request.control[name]
        entry = _entry(control.image, preprocessor(control.kind, model, options), ctx)
        entry["weight"] = round(control.strength * _WEIGHT_MOST, 3)
        found.append(entry)
    return found


def _entry(image: str, number: int | None, ctx: CallContext) -> dict[str, Any]:
    there = picture(image, ctx)
    return {"initImageId": there.id, "initImageType": there.type, "preprocessorId": number}


def guidances(request: Request, kinds: dict[str, int], strengths: bool, ctx: CallContext) -> dict[str, Any]:
    """`guidances` of a v2 request: by role where the model knows roles, else all as `image_reference`."""
    found: dict[str, Any] = {}
    for name in sorted(request.reference):
        reference = request.reference[name]
        there = picture(reference.image, ctx)
        entry: dict[str, Any] = {"image": {"id": there.id, "type": there.type}}
        kind = "image_reference" if "image" in kinds else reference.role
        if strengths:
            words = _WORDS["style"] if kind == "style" else _THREE
            entry["strength"] = in_words(reference.strength, words).upper()
        found.setdefault(kind, []).append(entry)
    return found


def own_id(lora: Lora) -> int | None:
    """The number of a style that the account has trained; None for a public element."""
    word = lora.id or lora.name
    return int(word) if word.isascii() and word.isdigit() else None


def public_id(lora: Lora) -> str:
    """The akUUID of a public element; "" if the name is none."""
    word = lora.id or ELEMENTS.get(lora.name, lora.name)
    return word if UUID.fullmatch(word) else ""


def elements(request: Request, ctx: CallContext) -> dict[str, Any]:
    """`elements` and `userElements` of a v1 request. CallFailed for an unknown one, or a wrong weight."""
    public, own = [], []
    for lora in request.lora:
        number = own_id(lora)
        if number is not None:
            own.append({"userLoraId": number, "weight": lora.weight})
            continue
        if not (element := public_id(lora)):
            raise CallFailed(
                f"{lora.name} is neither a trained style nor a public element",
                hint="name the element by its akUUID, as GET /elements lists it",
            )
        _weigh(element, lora, ctx)
        public.append({"akUUID": element, "weight": lora.weight})
    found: dict[str, Any] = {"elements": public} if public else {}
    return found | ({"userElements": own} if own else {})


def _weigh(element: str, lora: Lora, ctx: CallContext) -> None:
    """Compare a weight with what `GET /elements` says; the list is asked for once an element."""
    kept = ctx.recall(f"element {element}")
    if kept is None:
        listed = ctx.get(f"{V1}/elements").json().get("loras") or []
        found = next((each for each in listed if each.get("akUUID") == element), None)
        if found is None:
            raise CallFailed(f"Leonardo has no public element {element} ({lora.name})")
        kept = msgspec.json.encode({name: found.get(name) for name in ("weightMin", "weightMax")}).decode()
        ctx.keep(f"element {element}", kept)
    limits = msgspec.json.decode(kept)
    least, most = limits.get("weightMin"), limits.get("weightMax")
    if (least is not None and lora.weight < least) or (most is not None and lora.weight > most):
        raise CallFailed(f"the weight of {lora.name} is {lora.weight:g}, Leonardo takes {least} to {most}")
