"""Leonardo.Ai on a real socket: v1, v2, its storage and its CDN.

Reads what its clients send. Writes nothing.

Refuses what the API reference and the guides refuse. Both shapes of errors; jobs are PENDING for a while;
addresses of pictures end when `expire()` is called; uploads want their form in order and no key.
"""

from __future__ import annotations

import json
import re
import time
import uuid
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw
from tests.services.contract import Contract
from tests.services.fake import Fake, Reply, Seen

SPEC = "leonardo/leonardo-v1-openapi.json"
USER = "11111111-2222-4333-8444-555555555555"
ELEMENT = "5f3e58d8-7af3-4d5b-92e3-a3d04b9a3414"
XL = "aa77f04e-3eec-4034-9c07-d0f619684628"
# One for all fakes of a process, so that its counts are of all tests.
CONTRACT = Contract(SPEC) if Contract.is_here(SPEC) else None
_UUID = r"[a-f0-9]{8}-[a-f0-9]{4}-4[a-f0-9]{3}-[89aAbB][a-f0-9]{3}-[a-f0-9]{12}"
_KINDS = {
    "prompt": str, "negative_prompt": str, "modelId": str, "width": int, "height": int, "num_images": int,
    "seed": int, "public": bool, "tiling": bool, "enhancePrompt": bool, "enhancePromptInstruction": str,
    "transparency": str, "alchemy": bool, "ultra": bool, "contrast": float, "contrastRatio": float,
    "guidance_scale": float, "num_inference_steps": int, "scheduler": str, "presetStyle": str,
    "styleUUID": str, "photoReal": bool, "photoRealVersion": str, "photoRealStrength": float,
    "promptMagic": bool, "promptMagicVersion": str, "promptMagicStrength": float, "highContrast": bool,
    "highResolution": bool, "expandedDomain": bool, "fantasyAvatar": bool, "elements": list,
    "userElements": list, "controlnets": list, "init_image_id": str, "init_generation_image_id": str,
    "init_strength": float, "imagePrompts": list, "imagePromptWeight": float, "unzoom": bool,
    "unzoomAmount": float, "upscaleRatio": float, "canvasRequest": bool, "canvasRequestType": str,
    "canvasInitId": str, "canvasMaskId": str,
}  # fmt: skip
_CANVAS = {
    "prompt", "modelId", "num_images", "seed", "public", "guidance_scale", "init_strength", "canvasRequest",
    "canvasRequestType", "canvasInitId", "canvasMaskId",
}  # fmt: skip
_SECOND = {
    "prompt": str, "width": int, "height": int, "quantity": int, "seed": int, "prompt_enhance": str,
    "style_ids": list, "quality": str, "mode": str, "guidances": dict,
}  # fmt: skip
_STEP = {"gpt-image-2": 16, "flux-pro-2.0": 2}
_NO_SEED = {"gpt-image-2"}
_STRUCTURE = {1, 3, 7, 12, 13, 16, 19, 20, 21}
_WORDS = {"Boolean": bool, "Int": int, "Float": float, "String": str, "List": list, "Object": dict}


class Refusal(Exception):
    """A call that is not taken."""


class FakeLeonardo(Fake):
    """The service. pending: how often a job says so before it is complete."""

    def __init__(self, *, pending: int = 1) -> None:
        super().__init__()
        self.pending = pending
        self.contract = CONTRACT
        self.wrong: list[str] = []
        self.rows: dict[str, dict[str, Any]] = {}
        self.left: dict[str, int] = {}
        self.uploads: dict[str, bytes | None] = {}
        self.forms: dict[str, tuple[str, list[str]]] = {}
        self.datasets: dict[str, list[str]] = {}
        self.styles: dict[int, dict[str, Any]] = {}
        self.variations: dict[str, dict[str, Any]] = {}
        self.pictures: dict[str, bytes] = {}
        self.epoch = 0
        self.posts: list[float] = []
        self.most_at_once = 0
        one = "/api/rest/v1"
        for method, path, answer in (
            ("POST", f"{one}/generations", self._generate),
            ("GET", f"{one}/generations/({_UUID})", self._generation),
            ("GET", f"{one}/generations/user/({_UUID})", self._listing),
            ("POST", "/api/rest/v2/generations", self._second),
            ("GET", f"{one}/me", lambda _: Reply(200, {"user_details": [{"user": {"id": USER}}]})),
            ("POST", f"{one}/init-image", self._init),
            ("GET", f"{one}/init-image/(.+)", self._init_there),
            ("POST", f"{one}/canvas-init-image", self._canvas),
            ("POST", f"{one}/variations/(upscale|nobg|unzoom|universal-upscaler)", self._vary),
            ("GET", f"{one}/variations/({_UUID})", self._variation),
            ("POST", f"{one}/datasets", self._dataset),
            ("POST", f"{one}/datasets/([^/]+)/upload", self._dataset_upload),
            ("POST", f"{one}/elements", self._train),
            ("GET", f"{one}/elements", self._elements),
            ("GET", f"{one}/elements/([0-9]+)", self._style),
            ("GET", f"{one}/elements/user/({_UUID})", self._styles),
        ):
            self.route(method, path, answer)

    # Around every call

    def answer(self, seen: Seen) -> Reply:
        """Storage and CDN by themselves; all else wants the key, and is held against the contract."""
        if seen.path.startswith("/s3/"):
            return self._store(seen)
        if seen.path.startswith("/cdn/"):
            return self._fetch(seen)
        if not self.authorized(seen):
            text = "Authentication hook unauthorized this request"
            return Reply(401, {"error": text, "path": "$", "code": "access-denied"})
        if self.contract and "/v1/" in seen.path:
            body = seen.json() if seen.body else None
            self.wrong += self.contract.check(seen.method, seen.path, body)
        try:
            with self.lock:
                return super().answer(seen)
        except Refusal as error:
            if "/v2/" in seen.path:
                inner = {"code": "bad-request", "details": {"message": str(error)}}
                shape = {"message": "Validation failed", "path": ["generate"], "locations": []}
                return Reply(400, [{**shape, "extensions": inner}])
            return Reply(400, {"error": str(error), "path": "$", "code": "unexpected"})

    def expire(self) -> None:
        """Let all addresses that were given out end."""
        self.epoch += 1

    def _paid(self, what: str, amount: float) -> dict[str, Any]:
        now = time.monotonic()
        self.posts.append(now)
        running = sum(row["status"] == "PENDING" for row in self.rows.values())
        self.most_at_once = max(self.most_at_once, running + 1)
        self.charge(what, amount)
        return {"apiCreditCost": None, "cost": {"amount": f"{amount:.4f}", "unit": "DOLLARS"}}

    # Uploads

    def _form(self, prefix: str = "") -> dict[str, Any]:
        name = str(uuid.uuid4())
        fields = {
            "Content-Type": "image/png",
            "bucket": "image-init",
            "key": name,
            "Policy": "p",
            "X-Amz-Signature": "s",
        }
        self.uploads[name] = None
        self.forms[name] = (name, list(fields))
        words = {
            "Id": name,
            "Fields": json.dumps(fields),
            "Key": f"uploads/{name}",
            "Url": f"{self.url}/s3/{name}",
        }
        if not prefix:
            return {word.lower(): value for word, value in words.items()}
        return {f"{prefix}{'ImageId' if word == 'Id' else word}": value for word, value in words.items()}

    def _store(self, seen: Seen) -> Reply:
        """Presigned: refuses a key, wants each field as signed and the file last."""
        name = seen.path.rpartition("/")[2]
        if "authorization" in seen.headers:
            return Reply(400, b"<Error><Code>InvalidArgument</Code>Only one auth mechanism allowed</Error>")
        parts = seen.parts()
        if [part.name for part in parts] != [*self.forms[name][1], "file"]:
            return Reply(403, b"<Error><Code>AccessDenied</Code></Error>")
        Image.open(BytesIO(parts[-1].data)).verify()
        self.uploads[name] = parts[-1].data
        return Reply(204)

    def _extension(self, word: Any) -> None:
        if word not in ("png", "jpg", "jpeg", "webp"):
            raise Refusal("invalid file extension")

    def _init(self, seen: Seen) -> Reply:
        self._extension(seen.json().get("extension"))
        return Reply(200, {"uploadInitImage": self._form()})

    def _init_there(self, seen: Seen) -> Reply:
        there = self.uploads.get(seen.match[0])
        return Reply(200, {"init_images_by_pk": {"id": seen.match[0]} if there else None})

    def _canvas(self, seen: Seen) -> Reply:
        for name in ("initExtension", "maskExtension"):
            self._extension(seen.json().get(name))
        return Reply(200, {"uploadCanvasInitImage": {**self._form("init"), **self._form("mask")}})

    def _dataset(self, seen: Seen) -> Reply:
        if not isinstance(seen.json().get("name"), str):
            raise Refusal("Expected a string for name")
        name = str(uuid.uuid4())
        self.datasets[name] = []
        return Reply(200, {"insert_datasets_one": {"id": name}})

    def _dataset_upload(self, seen: Seen) -> Reply:
        self._extension(seen.json().get("extension"))
        form = self._form()
        self.datasets[seen.match[0]].append(form["id"])
        return Reply(200, {"uploadDatasetImage": form})

    # Generations

    def _generate(self, seen: Seen) -> Reply:
        body = seen.json()
        _typed(body, _KINDS)
        _moderate(body.get("prompt"))
        if body.get("modelId") is not None and not re.fullmatch(r"[0-9a-f-]{36}", body["modelId"]):
            raise Refusal("invalid modelId")
        (self._check_canvas if body.get("canvasRequest") else self._check_v1)(body)
        count = body.get("num_images", 4)
        cost = self._paid("generations", 0.0147 * count)
        size = body.get("width", 1024), body.get("height", 768)
        row = self._row(body["prompt"], body.get("seed"), size, count, body.get("transparency"))
        row |= {
            "modelId": body.get("modelId"), "negativePrompt": body.get("negative_prompt", ""),
            "presetStyle": body.get("presetStyle"), "scheduler": body.get("scheduler", "EULER_DISCRETE"),
            "guidanceScale": body.get("guidance_scale"), "inferenceSteps": body.get("num_inference_steps"),
            "initStrength": body.get("init_strength"), "sdVersion": "SDXL_1_0",
        }  # fmt: skip
        return Reply(200, {"sdGenerationJob": {"generationId": row["id"], **cost}})

    def _check_v1(self, body: dict[str, Any]) -> None:
        for side in (body.get("width", 1024), body.get("height", 768)):
            if not 32 <= side <= 1536 or side % 8:
                raise Refusal("width and height must be between 32 and 1536 and be a multiple of 8")
        large = max(body.get("width", 1024), body.get("height", 768)) > 768
        if not 1 <= body.get("num_images", 4) <= (4 if large else 8):
            raise Refusal("num_images is out of range")
        if len(body["prompt"]) > 1500:
            raise Refusal("prompt exceeds 1500 characters")
        if body.get("ultra") and body.get("alchemy", True):
            raise Refusal("ultra can not be used with alchemy")
        if body.get("styleUUID") and body.get("controlnets"):
            raise Refusal("styleUUID can not be used with controlnets")
        if "init_strength" in body and not 0.1 <= body["init_strength"] <= 0.9:
            raise Refusal("init_strength must be between 0.1 and 0.9")
        for net in body.get("controlnets", ()):
            self._picture(net["initImageId"], net["initImageType"])
            if ("weight" in net) == ("strengthType" in net) or ("weight" in net) != (
                net["preprocessorId"] in _STRUCTURE
            ):
                raise Refusal("weight is for structure, strengthType for references")
        for element in body.get("elements", ()):
            if element["akUUID"] != ELEMENT or not -1 <= element["weight"] <= 2:
                raise Refusal("invalid element")
        for element in body.get("userElements", ()):
            if self.styles.get(element["userLoraId"], {}).get("status") != "COMPLETE":
                raise Refusal("invalid user element")
        if "init_image_id" in body:
            self._picture(body["init_image_id"], "UPLOADED")
        if "init_generation_image_id" in body:
            self._picture(body["init_generation_image_id"], "GENERATED")
        for name in body.get("imagePrompts", ()):
            self._picture(name, "UPLOADED")

    def _check_canvas(self, body: dict[str, Any]) -> None:
        if set(body) - _CANVAS:
            raise Refusal(f"not compatible with Canvas Inpainting: {sorted(set(body) - _CANVAS)}")
        if body.get("canvasRequestType") != "INPAINT" or not 0 <= body["init_strength"] <= 0.8:
            raise Refusal("invalid canvas request")
        sizes = set()
        for name in (body["canvasInitId"], body["canvasMaskId"]):
            self._picture(name, "UPLOADED")
            sizes.add(Image.open(BytesIO(self.uploads[name] or b"")).size)
        width, height = next(iter(sizes))
        if len(sizes) > 1 or width % 8 or height % 8 or max(width, height) > 1536:
            raise Refusal("Mask and Init Image dimensions must match and be divisible by 8")
        mask = Image.open(BytesIO(self.uploads[body["canvasMaskId"]] or b"")).convert("L")
        if {value for _, value in mask.getcolors() or ()} - {0, 255}:
            raise Refusal("the mask is white on black")

    def _picture(self, name: str, kind: str) -> None:
        made = any(each["id"] == name for row in self.rows.values() for each in row["generated_images"])
        if not (self.uploads.get(name) if kind == "UPLOADED" else made):
            raise Refusal(f"{kind} image {name} not found")

    def _second(self, seen: Seen) -> Reply:
        body = seen.json()
        if set(body) - {"model", "public", "parameters"}:
            raise Refusal(f"unknown keys {sorted(set(body))}")
        parameters, model = body["parameters"], body["model"]
        _typed(parameters, _SECOND)
        _moderate(parameters.get("prompt"))
        if parameters["width"] % _STEP.get(model, 8) or parameters["height"] % _STEP.get(model, 8):
            raise Refusal("width and height are of no such multiple")
        if "seed" in parameters and model in _NO_SEED:
            raise Refusal('"seed" is not allowed')
        if not 1 <= parameters["quantity"] <= 8:
            raise Refusal("quantity is 1 to 8")
        for kind, entries in parameters.get("guidances", {}).items():
            for entry in entries:
                self._picture(entry["image"]["id"], entry["image"]["type"])
                if kind not in ("image_reference", "content", "style"):
                    raise Refusal(f"unknown guidance {kind}")
                if ("strength" in entry) == (model == "gpt-image-2"):
                    raise Refusal("strength")
        cost = self._paid("v2/generations", 0.05 * parameters["quantity"])
        size = parameters["width"], parameters["height"]
        row = self._row(parameters["prompt"], parameters.get("seed"), size, parameters["quantity"], None)
        return Reply(200, {"generate": {"generationId": row["id"], "cost": cost["cost"]}})

    def _row(
        self, prompt: str, seed: int | None, size: tuple[int, int], count: int, transparency: str | None
    ) -> dict[str, Any]:
        job = str(uuid.uuid4())
        kind = "PNG" if transparency == "foreground_only" else "JPEG"
        images = []
        for index in range(count):
            name = str(uuid.uuid4())
            self.pictures[name] = draw(f"{prompt} {seed} {index}", size, kind)
            flagged = "all flagged" in prompt or ("flagged" in prompt and index == 0)
            images.append(
                {"id": name, "nsfw": flagged, "likeCount": 0, "generated_image_variation_generics": []}
            )
        self.left[job] = self.pending
        self.rows[job] = {
            "id": job, "status": "PENDING", "prompt": prompt, "seed": seed, "imageWidth": size[0],
            "imageHeight": size[1], "createdAt": _now(), "generated_images": images, "public": False,
            "generation_elements": [], "ultra": None, "modelId": None,
        }  # fmt: skip
        return self.rows[job]

    def _generation(self, seen: Seen) -> Reply:
        row = self.rows.get(seen.match[0])
        if row and row["status"] == "PENDING":
            self.left[row["id"]] -= 1
            if self.left[row["id"]] < 0:
                row["status"] = "FAILED" if "fails" in row["prompt"] else "COMPLETE"
        return Reply(200, {"generations_by_pk": row and self._shown(row)})

    def _shown(self, row: dict[str, Any]) -> dict[str, Any]:
        done = row["status"] == "COMPLETE"
        images = [{**each, "url": self._url(each["id"])} for each in row["generated_images"]]
        return {**row, "generated_images": images if done else []}

    def _listing(self, seen: Seen) -> Reply:
        start, many = int(seen.query.get("offset", 0)), int(seen.query.get("limit", 10))
        newest = sorted(self.rows.values(), key=lambda row: row["createdAt"], reverse=True)
        return Reply(200, {"generations": [self._shown(row) for row in newest[start : start + many]]})

    def _url(self, name: str) -> str:
        return f"{self.url}/cdn/{self.epoch}/{name}.jpg"

    def _fetch(self, seen: Seen) -> Reply:
        _, _, epoch, name = seen.path.split("/")
        if "authorization" in seen.headers or int(epoch) != self.epoch:
            return Reply(403, b"<Error><Code>AccessDenied</Code></Error>")
        return Reply(200, self.pictures[name.partition(".")[0]], {"content-type": "image/jpeg"})

    # Variations and training

    def _vary(self, seen: Seen) -> Reply:
        body, kind = seen.json(), seen.match[0]
        if kind == "universal-upscaler":
            ids = [name for name in ("generatedImageId", "initImageId", "variationId") if name in body]
            if len(ids) != 1 or not 1 <= body["upscaleMultiplier"] <= 2:
                raise Refusal("one image, and a multiplier of 1 to 2")
            if "upscalerStyle" in body and "ultraUpscaleStyle" in body:
                raise Refusal("upscalerStyle can not be used with ultraUpscaleStyle")
            source = body[ids[0]]
        else:
            source = body["id"]
        made = any(each["id"] == source for row in self.rows.values() for each in row["generated_images"])
        if not made and source not in self.variations and not self.uploads.get(source):
            raise Refusal(f"image {source} not found")
        name = str(uuid.uuid4())
        transform = {"nobg": "NOBG", "unzoom": "UNZOOM"}.get(kind, "UPSCALE")
        self.pictures[name] = draw(source, (512, 512), "PNG" if kind == "nobg" else "JPEG")
        self.left[name] = self.pending
        self.variations[name] = {"id": name, "transformType": transform, "createdAt": _now()}
        # The reference spells the upscaler's answer in one way, its example in another.
        word = {"upscale": "sdUpscalerjob", "nobg": "sdNobgJob", "unzoom": "sdUnzoomJob"}.get(
            kind, "universalUpscaler"
        )
        return Reply(200, {word: {"id": name, **self._paid(f"variations/{kind}", 0.03)}})

    def _variation(self, seen: Seen) -> Reply:
        row = self.variations[seen.match[0]]
        self.left[row["id"]] -= 1
        done = self.left[row["id"]] < 0
        state = (
            {"status": "COMPLETE", "url": self._url(row["id"])}
            if done
            else {"status": "PENDING", "url": None}
        )
        return Reply(200, {"generated_image_variation_generic": [{**row, **state}]})

    def _train(self, seen: Seen) -> Reply:
        body = seen.json()
        pictures = self.datasets.get(body["datasetId"], [])
        if not any(self.uploads.get(name) for name in pictures):
            raise Refusal("the dataset has no images")
        if body["sd_version"] == "FLUX_DEV" and body["lora_focus"] == "General":
            raise Refusal("FLUX_DEV doesn't support General")
        if body.get("resolution") != 1024:
            raise Refusal("resolution must be 1024")
        number = 123456 + len(self.styles)
        self.styles[number] = {
            "id": number, "name": body["name"], "status": "PENDING", "baseModel": body["sd_version"],
            "focus": body["lora_focus"], "instancePrompt": body.get("instance_prompt"), "description": "",
            "resolution": 1024, "trainingEpoch": body["num_train_epochs"], "createdAt": _now(),
            "learningRate": body["learning_rate"], "trainTextEncoder": body["train_text_encoder"],
        }  # fmt: skip
        self.left[str(number)] = self.pending
        return Reply(200, {"sdTrainingJob": {"userLoraId": number, **self._paid("elements", 2.5)}})

    def _style(self, seen: Seen) -> Reply:
        row = self.styles.get(int(seen.match[0]))
        if row:
            self.left[str(row["id"])] -= 1
            if self.left[str(row["id"])] < 0:
                row["status"] = "COMPLETE"
        return Reply(200, {"user_loras_by_pk": row})

    def _styles(self, seen: Seen) -> Reply:
        return Reply(200, {"user_loras": list(self.styles.values())})

    def _elements(self, seen: Seen) -> Reply:
        known = {"name": "Simple Flat Illustration", "baseModel": "SDXL_1_0", "weightDefault": 1}
        return Reply(200, {"loras": [{"akUUID": ELEMENT, "weightMin": -1, "weightMax": 2, **known}]})


def draw(text: str, size: tuple[int, int], kind: str) -> bytes:
    """A small picture of its own for each text, an eighth of the size that was asked for."""
    number = uuid.uuid5(uuid.NAMESPACE_URL, text).int
    small = max(8, size[0] // 8), max(8, size[1] // 8)
    image = Image.new("RGBA", small, (0, 0, 0, 0) if kind == "PNG" else (number % 256, 128, 200, 255))
    pen = ImageDraw.Draw(image)
    for step in range(4):
        at = (number >> (16 * step)) % small[0], (number >> (16 * step + 8)) % small[1]
        pen.ellipse([at[0] - 3, at[1] - 3, at[0] + 3, at[1] + 3], fill=(number >> step & 255, 60, 20, 255))
    data = BytesIO()
    (image if kind == "PNG" else image.convert("RGB")).save(data, kind)
    return data.getvalue()


def _typed(body: dict[str, Any], kinds: dict[str, type]) -> None:
    for name, value in body.items():
        if name not in kinds:
            raise Refusal(f'field "{name}" not found in type: generations_input')
        wanted = (int, float) if kinds[name] is float else kinds[name]
        if not isinstance(value, wanted) or (isinstance(value, bool) and kinds[name] is not bool):
            word = next(word for word, kind in _WORDS.items() if kind is kinds[name])
            raise Refusal(f"Expected a {word.lower()} for type {word} but found a {type(value).__name__}")


def _moderate(prompt: Any) -> None:
    if not prompt:
        raise Refusal("prompt is required")
    if "forbidden" in prompt:
        raise Refusal("Request content was blocked by moderation")


def _now() -> str:
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds")
