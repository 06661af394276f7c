"""OpenAI's image routes as a fake: strict about fields, masks and sizes; token usage; errors with codes.

Reads what its clients send. Writes nothing.
"""

from __future__ import annotations

import base64
import io
import re
from typing import Any

from PIL import Image
from tests.services.fake import Fake, Reply, Seen

_BOTH = {"model", "prompt", "n", "size", "quality", "background", "output_format", "output_compression"}
_WORDS = {
    "quality": {"auto", "low", "medium", "high"},
    "background": {"auto", "opaque", "transparent"},
    "output_format": {"png", "jpeg", "webp"},
    "moderation": {"auto", "low"},
}
# Tokens of a picture of high quality, as OpenAI's guide lists them.
TOKENS = {"1024x1024": 7024, "1536x1024": 5488, "1024x1536": 5488}


class FakeOpenai(Fake):
    """told: the fields of each call, pictures decoded. keys: the idempotency keys it has seen."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[dict[str, Any]] = []
        self.route("POST", "/v1/images/generations", self._generate)
        self.route("POST", "/v1/images/edits", self._edit)

    def _generate(self, seen: Seen) -> Reply:
        if not seen.headers.get("content-type", "").startswith("application/json"):
            return _bad("expected application/json", "unsupported_media_type")
        return self._answer(seen, seen.json(), _BOTH | {"moderation"})

    def _edit(self, seen: Seen) -> Reply:
        told: dict[str, Any] = {}
        for part in seen.parts():
            if part.filename is not None:
                picture = Image.open(io.BytesIO(part.data))
                picture.load()
                if part.name == "mask":
                    told["mask"] = picture
                else:
                    told.setdefault(part.name, []).append(picture)
            else:
                is_number = part.name in ("n", "output_compression")
                told[part.name] = int(part.text) if is_number else part.text
        images = told.get("image[]", [])
        if not 1 <= len(images) <= 16:
            return _bad("between 1 and 16 images", "invalid_value")
        if any(each.format not in ("PNG", "JPEG", "WEBP") for each in images):
            return _bad("unsupported image", "invalid_image_format")
        if "mask" in told and (told["mask"].size != images[0].size or told["mask"].mode != "RGBA"):
            return _bad("mask needs the image's size and an alpha channel", "invalid_mask")
        return self._answer(seen, told, _BOTH | {"image[]", "mask"}, len(images))

    def _answer(self, seen: Seen, told: dict[str, Any], known: set[str], images: int = 0) -> Reply:
        self.told.append(told)
        if not self.authorized(seen):
            return _bad("Incorrect API key provided", "invalid_api_key", 401)
        if unknown := set(told) - known:
            return _bad(f"Unknown parameter: {sorted(unknown)}", "unknown_parameter")
        for name, words in _WORDS.items():
            if told.get(name, "auto" if name != "output_format" else "png") not in words:
                return _bad(f"Invalid value: {told[name]}", "invalid_value")
        if not isinstance(told["n"], int) or not 1 <= told["n"] <= 10:
            return _bad("n", "invalid_value")
        if not re.fullmatch(r"gpt-image-2-2026-04-21|gpt-image-9-2027-01-01", told["model"]):
            return _bad("The model does not exist", "model_not_found", 404)
        if told["background"] == "transparent" and "image-2-" in told["model"]:
            return _bad("Transparent background is not supported for this model.", "invalid_value")
        width, height = (int(side) for side in told["size"].split("x"))
        if width % 16 or height % 16 or not 655_360 <= width * height <= 8_294_400:
            return _bad("Invalid size", "invalid_value")
        if "forbidden" in told["prompt"]:
            return _bad(
                "Your request was rejected by the safety system.",
                "moderation_blocked",
                kind="image_generation_user_error",
            )
        return self._drawn(told, images)

    def _drawn(self, told: dict[str, Any], images: int) -> Reply:
        out = TOKENS.get(told["size"], 7024) * told["n"]
        text, shown = len(told["prompt"]) // 4, images * 1000
        self.charge("tokens", (text * 5 + shown * 8 + out * 30) / 1e6)
        data = []
        for n in range(told["n"]):
            file = io.BytesIO()
            Image.new("RGB", (64, 64), (len(self.bill), n, 99)).save(file, told["output_format"])
            data.append({"b64_json": base64.b64encode(file.getvalue()).decode()})
        body = {
            "created": 1_790_000_000,
            "data": data,
            "usage": {
                "total_tokens": text + shown + out,
                "input_tokens": text + shown,
                "output_tokens": out,
                "input_tokens_details": {"text_tokens": text, "image_tokens": shown},
            },
            **{name: told[name] for name in ("size", "quality", "background", "output_format")},
        }
        return Reply(200, body, {"x-request-id": f"req_{len(self.bill):032x}"})


def _bad(message: str, code: str, status: int = 400, kind: str = "invalid_request_error") -> Reply:
    error = {"message": message, "type": kind, "param": None, "code": code}
    return Reply(status, {"error": error})
