"""Input pictures at Leonardo: made there already, uploaded before, or uploaded now.

Reads input bytes through the context; remembers ids through it. Writes nothing.

"How to Upload an Image Using a Presigned URL": ask for an address, post its form there with the file last and
without the key, within two minutes.
"""

from __future__ import annotations

from hashlib import blake2b
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from tympan import BadAnswer, CallContext, CallFailed, Upload
from tympan_plugins.generators.leonardo.answers import inner
from tympan_plugins.generators.one_call import picture_part

if TYPE_CHECKING:
    from PIL.Image import Image

V1 = "/api/rest/v1"
# No size is documented for uploads; what is above this is a mistake in a spec.
_MOST = 32 * 1024 * 1024
# "Canvas Inpainting": sides at most 1536, multiples of 8.
_CANVAS_MOST, _CANVAS_STEP = 1536, 8


class There(NamedTuple):
    """A picture as Leonardo knows it. type: GENERATED, UPLOADED or VARIATION."""

    id: str
    type: str


def mark(data: bytes) -> str:
    """What the memory calls a picture: a digest of its bytes."""
    return blake2b(data, digest_size=20).hexdigest()


def remember(data: bytes, there: There, ctx: CallContext) -> None:
    """A picture came from Leonardo under this id, so that it need not be uploaded to be refined."""
    ctx.keep(f"made {mark(data)}", f"{there.type} {there.id}")


def made_there(name: str, ctx: CallContext) -> There | None:
    """The id of a picture that Leonardo has made for us; None for others."""
    kept = (ctx.recall(f"made {mark(ctx.input(name))}") or "").split()
    return There(kept[1], kept[0]) if len(kept) == 2 else None


def picture(name: str, ctx: CallContext) -> There:
    """An input picture's id, uploaded if need be."""
    made = made_there(name, ctx)
    if made is not None and made.type == "GENERATED":
        return made
    data = ctx.input(name)
    memory = f"sent {mark(data)}"
    kept = ctx.recall(memory)
    if kept and _is_there(kept, ctx):
        return There(kept, "UPLOADED")
    file = picture_part("image", data, ctx, _MOST)
    there = inner(_ask("/init-image", {"extension": suffix(file)}, ctx), "uploadInitImage")
    _put(there, "", file, ctx)
    ctx.keep(memory, str(there["id"]))
    return There(str(there["id"]), "UPLOADED")


def _is_there(kept: str, ctx: CallContext) -> bool:
    """Whether an upload is still there: its owner may have deleted it since."""
    body = ctx.get(f"{V1}/init-image/{kept}").json()
    return isinstance(body, dict) and bool(body.get("init_images_by_pk"))


def canvas(name: str, region: str, ctx: CallContext) -> tuple[str, str]:
    """Ids of a picture and of the mask of what is to be drawn anew, white; both of one size."""
    memory = f"canvas {mark(ctx.input(name))} {mark(ctx.input(region))}"
    kept = (ctx.recall(memory) or "").split()
    if len(kept) == 2:
        return kept[0], kept[1]
    image, mask = masked(ctx.input(name), ctx.input(region), ctx)
    body = {"initExtension": "png", "maskExtension": "png"}
    there = inner(_ask("/canvas-init-image", body, ctx), "uploadCanvasInitImage")
    _put(there, "init", image, ctx)
    _put(there, "mask", mask, ctx)
    ids = str(there["initImageId"]), str(there["maskImageId"])
    ctx.keep(memory, " ".join(ids))
    return ids


def masked(picture: bytes, region: bytes, ctx: CallContext) -> tuple[Upload, Upload]:
    """A picture and its mask as PNG: sides at most 1536 and multiples of 8, the mask white on black."""
    from PIL import Image

    clean = ctx.raster(ctx.intake(picture))
    share = min(1.0, _CANVAS_MOST / max(clean.size))
    width, height = (max(8, int(side * share) // _CANVAS_STEP * _CANVAS_STEP) for side in clean.size)
    if (width, height) != clean.size:
        clean = ctx.raster(clean, (width, height))
    drawn = ctx.raster(ctx.intake(region)).image()
    white = Image.alpha_composite(Image.new("RGBA", drawn.size, "black"), drawn).convert("L")
    white = white.resize((width, height), Image.Resampling.NEAREST).point([0] * 128 + [255] * 128)
    if white.getextrema() == (0, 0):
        raise CallFailed("the region has no white in it: nothing would be drawn anew")
    return Upload("image.png", png(clean.image()), "image/png"), Upload("mask.png", png(white), "image/png")


def dataset_picture(dataset: str, data: bytes, ctx: CallContext) -> None:
    """Put a picture into a dataset, once."""
    memory = f"dataset {dataset} {mark(data)}"
    if ctx.recall(memory):
        return
    file = picture_part("image", data, ctx, _MOST)
    path = f"/datasets/{dataset}/upload"
    there = inner(_ask(path, {"extension": suffix(file)}, ctx), "uploadDatasetImage")
    _put(there, "", file, ctx)
    ctx.keep(memory, str(there.get("id") or "sent"))


def suffix(file: Upload) -> str:
    """A file's ending, as the API wants it."""
    return file.name.rpartition(".")[2]


def png(image: Image) -> bytes:
    """A Pillow image as PNG."""
    data = BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def _ask(path: str, body: dict[str, Any], ctx: CallContext) -> Any:
    return ctx.post(f"{V1}{path}", json=body)


def _put(there: dict[str, Any], prefix: str, file: Upload, ctx: CallContext) -> None:
    """Post a file to where an answer says. `fields` is JSON in a string."""
    url = there.get(f"{prefix}Url" if prefix else "url")
    fields = there.get(f"{prefix}Fields" if prefix else "fields")
    try:
        form = msgspec.json.decode(fields) if isinstance(fields, str) else fields
    except ValueError:
        form = None
    if not isinstance(url, str) or not isinstance(form, dict):
        raise BadAnswer("Leonardo gave no address to upload to")
    ctx.put(url, fields={str(key): str(value) for key, value in form.items()}, file=file)
