"""Ideogram as a fake: forms read strictly, addresses that end, unsafe pictures, both shapes of errors.

Reads Ideogram's OpenAPI file if it is here. Writes nothing.
"""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

from PIL import Image, ImageDraw
from tests.services.contract import Contract
from tests.services.fake import Fake, Part, Reply, Seen
from tests.services.lent import KEY

FILE = "ideogram/ideogram-openapi-full.json"
FULL = Contract.is_here(FILE)
V4 = {"text_prompt", "json_prompt", "resolution", "rendering_speed", "enable_copyright_detection"}
V4_REMIX = V4 | {"image", "image_weight"}
PRICE = {"FLASH": 0.03, "TURBO": 0.03, "BALANCED": 0.06, "DEFAULT": 0.06, "QUALITY": 0.09}
_LISTS = (
    "style_codes",
    "style_reference_images",
    "character_reference_images",
    "character_reference_images_mask",
)
_NUMBERS = ("seed", "num_images", "image_weight")
_OBJECTS = ("color_palette", "image_request", "json_prompt")
_PICTURES = ("image", "mask", "image_file", *_LISTS[1:])

# What each route takes, for where the file is not: the same rules, in short.
_STYLE = {"style_preset", "color_palette", "style_codes", "style_reference_images"}
_WHOLE = _STYLE | {"prompt", "magic_prompt", "style_type", "custom_model_uri", *_LISTS[2:]}
_ALWAYS = {"seed", "num_images", "rendering_speed"}
KNOWN = {
    "generate": _WHOLE | {"resolution", "aspect_ratio", "negative_prompt"},
    "generate-transparent": {
        "prompt",
        "magic_prompt",
        "upscale_factor",
        "aspect_ratio",
        "negative_prompt",
        "custom_model_uri",
    },
    "remix": _WHOLE | {"resolution", "aspect_ratio", "negative_prompt", "image", "image_weight"},
    "inpaint": _WHOLE | {"image", "mask"},
    "reframe": _STYLE | {"image", "resolution"},
    "replace-background": _STYLE | {"image", "prompt", "magic_prompt"},
}
_NEEDED = {"image", "mask", "prompt"}


class FakeIdeogram(Fake):
    """unsafe: how many pictures of each answer are held back. now: what time it is, for addresses that
    end after `ends_after` seconds."""

    KEY_HEADER = ("api-key", KEY)

    def __init__(self) -> None:
        super().__init__()
        self.contract = Contract(FILE) if FULL else None
        self.unsafe = 0
        self.now = 1_790_000_000
        self.ends_after = 3600
        self.files: dict[str, bytes] = {}
        self.forms: list[dict[str, Any]] = []
        self.route(
            "POST",
            "/v1/ideogram-v3/(generate|generate-transparent|remix|inpaint|reframe|replace-background)",
            self._three,
        )
        self.route("POST", "/v1/ideogram-v4/(generate|remix)", self._four)
        self.route("POST", "/upscale", self._upscale)
        self.route("GET", "/api/images/ephemeral/([0-9A-Za-z]+).png", self._file)

    def _form(self, seen: Seen) -> tuple[dict[str, Any], str]:
        """The form as values, and what is wrong with its form."""
        if not seen.headers.get("content-type", "").startswith("multipart/form-data"):
            return {}, "multipart/form-data is needed"
        found: dict[str, Any] = {}
        for part in seen.parts():
            value, wrong = self._value(part)
            if wrong:
                return {}, wrong
            if part.name in _LISTS:
                found.setdefault(part.name, []).append(value)
            elif part.name in found:
                return {}, f"{part.name} is there twice"
            else:
                found[part.name] = value
        self.forms.append(found)
        return found, ""

    def _value(self, part: Part) -> tuple[Any, str]:
        if part.name in _PICTURES:
            if part.filename is None:
                return None, f"{part.name} is no file"
            if len(part.data) > 10_000_000:
                return None, f"{part.name} is too large"
            try:
                picture = Image.open(io.BytesIO(part.data))
                picture.load()
            except OSError:
                return None, f"{part.name} is no picture"
            if picture.format not in ("PNG", "JPEG", "WEBP"):
                return None, f"{part.name} is {picture.format}"
            return picture, ""
        if part.filename is not None:
            return None, f"{part.name} is a file"
        if part.name in _OBJECTS:
            if part.media != "application/json":
                return None, f"{part.name} is {part.media}"
            return json.loads(part.text), ""
        if part.name in _NUMBERS:
            return (int(part.text), "") if part.text.isdigit() else (part.text, "")
        if part.name == "enable_copyright_detection":
            return part.text == "true", ""
        return part.text, ""

    def _refusal(self, seen: Seen, form: dict[str, Any], wrong: str) -> Reply | None:
        if not self.authorized(seen):
            return Reply(401, b"Unauthorized", {"content-type": "text/plain"})
        if not wrong and self.contract and "/ideogram-v4/" not in seen.path:
            plain = {
                name: ["picture"] * len(value)
                if name in _LISTS[1:]
                else "picture"
                if name in _PICTURES
                else value
                for name, value in form.items()
            }
            wrong = "; ".join(self.contract.check("POST", seen.path, plain, "multipart/form-data"))
        if wrong:
            return Reply(400, {"detail": wrong})
        if "forbidden" in json.dumps(form, default=str):
            return Reply(
                422, {"error": "Prompt provided failed safety check due to the inclusion of prohibited text."}
            )
        return None

    def _three(self, seen: Seen) -> Reply:
        form, wrong = self._form(seen)
        wrong = wrong or _short(form, KNOWN[seen.match[0]])
        if {"resolution", "aspect_ratio"} <= set(form):
            wrong = "resolution and aspect_ratio exclude each other"
        if "style_codes" in form and {"style_type", "style_reference_images"} & set(form):
            wrong = "style_codes go alone"
        if seen.match[0] == "inpaint" and not wrong:
            if form["image"].size != form["mask"].size:
                wrong = "mask and image differ in size"
            elif not {colour for _, colour in form["mask"].convert("L").getcolors()} <= {0, 255}:
                wrong = "mask is not black and white"
        if refusal := self._refusal(seen, form, wrong):
            return refusal
        size = form.get("resolution") or "1024x1024"
        return self._drawn(form, size, form["rendering_speed"], "prompt" in form)

    def _four(self, seen: Seen) -> Reply:
        form, wrong = self._form(seen)
        known = V4 if seen.match[0] == "generate" else V4_REMIX
        unknown = set(form) - known
        if unknown:
            wrong = f"unknown: {sorted(unknown)}"
        elif ("text_prompt" in form) == ("json_prompt" in form):
            wrong = "exactly one of text_prompt and json_prompt"
        elif form.get("rendering_speed") not in ("TURBO", "DEFAULT", "QUALITY"):
            wrong = "no such rendering_speed"
        elif "json_prompt" in form:
            wrong = _json_prompt(form["json_prompt"])
        if refusal := self._refusal(seen, form, wrong):
            return refusal
        return self._drawn(form, form["resolution"], form["rendering_speed"], "text_prompt" in form)

    def _upscale(self, seen: Seen) -> Reply:
        form, wrong = self._form(seen)
        if refusal := self._refusal(seen, form, wrong):
            return refusal
        return self._drawn(form["image_request"], "1024x1024", "DEFAULT", False)

    def _drawn(self, form: dict[str, Any], size: str, speed: str, magic: bool) -> Reply:
        count = int(form.get("num_images", 1))
        self.charge("pictures", count * PRICE[speed])
        data = []
        for n in range(count):
            seed = int(form.get("seed", 4711)) + n
            name = hashlib.sha256(f"{len(self.bill)} {seed}".encode()).hexdigest()[:22]
            self.files[name] = _picture(seed, size)
            prompt = form.get("prompt") or form.get("text_prompt") or json.dumps(form.get("json_prompt", ""))
            rewritten = magic and (form.get("magic_prompt") in ("ON", "AUTO") or "text_prompt" in form)
            is_safe = n >= self.unsafe
            data.append(
                {
                    "url": f"{self.url}/api/images/ephemeral/{name}.png?exp={self.now + self.ends_after}&sig=00ff"
                    if is_safe
                    else None,
                    "prompt": f"{prompt}, in great detail" if rewritten else prompt,
                    "resolution": size,
                    "is_image_safe": is_safe,
                    "seed": seed,
                    "style_type": form.get("style_type", "GENERAL"),
                }
            )
        return Reply(200, {"created": "2026-11-24T18:00:00+00:00", "data": data})

    def _file(self, seen: Seen) -> Reply:
        if "api-key" in seen.headers or "authorization" in seen.headers:
            return Reply(400, b"a key where none belongs")
        if self.now > int(seen.query["exp"]) or seen.query["sig"] != "00ff":
            return Reply(403, b"<html>expired</html>", {"content-type": "text/html"})
        return Reply(200, self.files[seen.match[0]], {"content-type": "image/png"})


def _short(form: dict[str, Any], known: set[str]) -> str:
    """What is wrong with a form of 3.0, as far as it can be told without the file."""
    if unknown := set(form) - known - _ALWAYS:
        return f"unknown: {sorted(unknown)}"
    missing = (known & _NEEDED) - set(form)
    if missing or ("resolution" in known - set(form) and "aspect_ratio" not in known):
        return f"missing: {sorted(missing)}"
    if not isinstance(form.get("seed", 0), int) or not 0 <= form.get("seed", 0) < 2**31:
        return "seed is out of range"
    if form.get("num_images", 1) not in range(1, 9) or form.get("image_weight", 50) not in range(1, 101):
        return "a number is out of range"
    if form.get("rendering_speed", "DEFAULT") not in PRICE or form.get("magic_prompt", "ON") not in (
        "AUTO",
        "ON",
        "OFF",
    ):
        return "no such word"
    sides = [int(side) for side in form.get("resolution", "1024x1024").split("x")]
    return "resolution" if any(side % 32 or not 512 <= side <= 1536 for side in sides) else ""


def _json_prompt(found: Any) -> str:
    """What is wrong with a JSON prompt."""
    if not isinstance(found, dict) or not isinstance(found.get("high_level_description"), str):
        return "high_level_description is needed"
    whole = found.get("compositional_deconstruction")
    if not isinstance(whole, dict) or not isinstance(whole.get("background"), str):
        return "compositional_deconstruction.background is needed"
    for element in whole.get("elements") or [{}]:
        keys = set(element) - {"bbox"}
        wanted = {"type", "desc", "text"} if element.get("type") == "text" else {"type", "desc"}
        box = element.get("bbox", [0, 0, 1, 1])
        if keys != wanted or len(box) != 4 or not all(0 <= each <= 1000 for each in box):
            return f"element {element}"
    unknown = set(found.get("style_description", {})) - {
        "aesthetics",
        "art_style",
        "lighting",
        "medium",
        "photo",
    }
    return f"style_description {sorted(unknown)}" if unknown else ""


def _picture(seed: int, size: str) -> bytes:
    width, height = (int(side) // 16 for side in size.split("x"))
    picture = Image.new("RGB", (width, height), f"#{seed * 2654435761 % 2**24:06x}")
    ImageDraw.Draw(picture).ellipse(
        (width // 4, height // 4, width // 2, height // 2), f"#{seed * 40503 % 2**24:06x}"
    )
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()
