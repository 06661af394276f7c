"""F6: any bytes as a picture's texts: refused, or texts within the limits that every recaller survives."""

from __future__ import annotations

import io

from PIL import Image
from tests.services.downloads import job_id, midjourney, png, xmp

from tympan import limits
from tympan.chunks import textual
from tympan.errors import IntakeError
from tympan_plugins.recall import tympan_recallers


def _saved(kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "a description"
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + "Steps: 5, Seed: 1".encode("utf-16-be")
    out = io.BytesIO()
    packet = xmp(AISystemUsed="x", DigImageGUID=job_id(1)).encode()
    Image.new("RGB", (4, 4)).save(out, kind, exif=exif.tobytes(), xmp=packet)
    return out.getvalue()


SEEDS = [
    midjourney("a fox --ar 3:2 --seed 7 --v 7", job_id(1)),
    png({"parameters": "a fox\nNegative prompt: b\nSteps: 5, Seed: 1, Size: 4x4"}, packed=True),
    png({"prompt": '{"3": {"class_type": "KSampler", "inputs": {"positive": ["3", 0], "latent_image": 1}}}'}),
    png({"invokeai_metadata": '{"positive_prompt": "a", "seed": 1, "model": {"name": "m"}}'}),
    _saved("JPEG"),
    _saved("WEBP"),
    _saved("AVIF"),
    _saved("TIFF"),
]
DICTIONARY = ["tEXt", "zTXt", "iTXt", "eXIf", "caBX", "jumb", "jumd", "cbor", "c2pa.claim", "c2pa.actions", "Exif", "II*",
              "parameters", "prompt", "Description", " Job ID: ", "--v 7", "::", "xmp.", "rdf:li", "RIFF", "WEBP", "ftypavif", "iinf", "iloc", "8BIM"]  # fmt: skip


def one(data: bytes) -> None:
    """What is read can be kept, and asked of every recaller."""
    try:
        chunks = textual(data)
    except IntakeError as error:
        str(error).encode()
        return
    assert len(chunks) <= limits.TEXTS
    for name, text in chunks.items():
        assert name.encode()
        assert len(text.encode()) <= 4 * limits.TEXT_LENGTH
    for cls in tympan_recallers():
        cls().recall(chunks, f"p_a_fox_{job_id(1)}_0.png")
