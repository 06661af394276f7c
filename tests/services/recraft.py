"""Recraft as a fake: strict about fields, sizes and models; SVG from vector models; a bill in API units.

Reads what its clients send. Writes nothing.
"""

from __future__ import annotations

import base64
import io
import json
import uuid
from typing import Any

from PIL import Image
from tests.services.fake import Fake, Reply, Seen

RATIOS = {
    "1:1",
    "2:1",
    "1:2",
    "3:2",
    "2:3",
    "4:3",
    "3:4",
    "5:4",
    "4:5",
    "6:10",
    "14:10",
    "10:14",
    "16:9",
    "9:16",
}
UNITS = {
    "recraftv4_1": 35, "recraftv4_1_vector": 80, "recraftv4_1_pro": 210, "recraftv4_1_pro_vector": 300,
    "recraftv3": 40, "recraftv3_vector": 80,
}  # fmt: skip
_DRAW = {"prompt", "model", "n", "random_seed", "response_format", "style_id", "negative_prompt"}
_COLOURS = {"controls[colors][][rgb][]", "controls[background_color][rgb][]"}


class FakeRecraft(Fake):
    """told: the fields of each call, a form's as text, its pictures decoded."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[dict[str, Any]] = []
        self.route("POST", "/v1/images/generations", self._generate)
        self.route("POST", "/v1/images/(imageToImage|inpaint|replaceBackground)", self._change)
        self.route("POST", "/v1/images/(vectorize|crispUpscale)", self._process)

    def _refusal(self, seen: Seen, told: dict[str, Any], known: set[str], needed: set[str]) -> Reply | None:
        self.told.append(told)
        if not self.authorized(seen):
            return Reply(401, {"code": "unauthorized", "message": "invalid token"})
        if unknown := set(told) - known:
            return _bad(f"unknown fields {sorted(unknown)}")
        if missing := needed - set(told):
            return _bad(f"missing fields {sorted(missing)}")
        if "n" in known and (not isinstance(told["n"], int) or not 1 <= told["n"] <= 6):
            return _bad("n must be between 1 and 6")
        if "n" in known and not 0 <= told["random_seed"] < 2**32:
            return _bad("random_seed must be an unsigned integer")
        if told["response_format"] not in ("url", "b64_json"):
            return _bad("invalid response_format")
        if "forbidden" in str(told.get("prompt")):
            return _bad("prompt was rejected by moderation", "moderation_error")
        return None

    def _generate(self, seen: Seen) -> Reply:
        told = seen.json()
        if refusal := self._refusal(seen, told, _DRAW | {"size", "controls"}, {"prompt", "model", "size"}):
            return refusal
        if told["model"] not in UNITS:
            return _bad("unknown model")
        is_vector = told["model"].endswith("_vector")
        if (told["size"] in RATIOS) != is_vector:
            return _bad(f"invalid size {told['size']} for {told['model']}")
        if "negative_prompt" in told and "v3" not in told["model"]:
            return _bad("negative_prompt is not supported")
        if wrong := _controls(told.get("controls", {})):
            return _bad(wrong)
        return self._drawn(told)

    def _form(self, seen: Seen) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in seen.parts():
            if part.filename is not None:
                found[part.name] = Image.open(io.BytesIO(part.data))
            elif part.name.endswith("[]"):
                found.setdefault(part.name, []).append(int(part.text))
            else:
                is_number = part.name in ("n", "random_seed", "strength")
                found[part.name] = json.loads(part.text) if is_number else part.text
        return found

    def _change(self, seen: Seen) -> Reply:
        told, route = self._form(seen), seen.match[0]
        pictures = {"image", "mask"} if route == "inpaint" else {"image"}
        known = _DRAW | _COLOURS | pictures | ({"strength"} if route == "imageToImage" else set())
        if refusal := self._refusal(
            seen, told, known, pictures | {"prompt", "model"} | (known & {"strength"})
        ):
            return refusal
        if told["model"] not in ("recraftv3", "recraftv3_vector"):
            return _bad(f"{route} is not supported by {told['model']}")
        if route == "imageToImage" and not 0 <= told["strength"] <= 1:
            return _bad("strength must be between 0 and 1")
        if any(len(told.get(name, ())) % 3 for name in _COLOURS):
            return _bad("rgb has three numbers")
        if route == "inpaint":
            levels = {colour for _, colour in told["mask"].convert("L").getcolors()}
            if told["mask"].size != told["image"].size or not levels <= {0, 255} or told["mask"].mode != "L":
                return _bad("mask must be grey, of two levels, of the image's size")
        return self._drawn(told)

    def _process(self, seen: Seen) -> Reply:
        told, route = self._form(seen), seen.match[0]
        if refusal := self._refusal(seen, told, {"file", "response_format"}, {"file"}):
            return refusal
        units = {"vectorize": 10, "crispUpscale": 4}[route]
        self.charge(route, units)
        return Reply(200, {"created": 1, "credits": units, "image": self._picture(0, route == "vectorize")})

    def _drawn(self, told: dict[str, Any]) -> Reply:
        units = UNITS[told["model"]] * told["n"]
        self.charge("pictures", units)
        is_vector = told["model"].endswith("_vector")
        data = [self._picture(told["random_seed"] + n, is_vector) for n in range(told["n"])]
        return Reply(200, {"created": 1_790_000_000, "credits": units, "data": data})

    def _picture(self, seed: int, is_vector: bool) -> dict[str, Any]:
        colour = f"#{seed * 2654435761 % 2**24:06x}"
        if is_vector:
            data = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="M2 2h20v20z" fill="{colour}"/></svg>'.encode()
        else:
            file = io.BytesIO()
            Image.new("RGB", (64, 64), colour).save(file, "PNG")
            data = file.getvalue()
        name = uuid.UUID(int=(len(self.bill) << 64) + seed)
        return {
            "image_id": str(name),
            "b64_json": base64.b64encode(data).decode(),
            "revised_prompt": "as drawn",
        }


def _bad(message: str, code: str = "invalid_request") -> Reply:
    return Reply(400, {"code": code, "message": message})


def _controls(controls: dict[str, Any]) -> str:
    if unknown := set(controls) - {"colors", "background_color"}:
        return f"controls {sorted(unknown)} are not supported"
    colours = [
        *controls.get("colors", ()),
        *([controls["background_color"]] if "background_color" in controls else ()),
    ]
    for colour in colours:
        rgb = colour.get("rgb")
        if (
            set(colour) != {"rgb"}
            or len(rgb) != 3
            or not all(isinstance(n, int) and 0 <= n <= 255 for n in rgb)
        ):
            return f"{colour} is no colour"
    return "at most 10 colors" if len(controls.get("colors", ())) > 10 else ""
