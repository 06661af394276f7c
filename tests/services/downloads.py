"""Synthetic downloads: pictures drawn here, with texts as tools write them. None of them is a tool's own.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

GUID = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
MADE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def chunk(kind: bytes, data: bytes) -> bytes:
    """One PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(texts: dict[str, str], *, seed: int = 0, after: bool = False, packed: bool = False) -> bytes:
    """A small picture with texts: tEXt (zTXt if packed), XMP as iTXt; after: behind the pixels."""
    out = io.BytesIO()
    Image.new("RGB", (16, 16), (seed * 37 % 256, seed * 91 % 256, seed * 17 % 256)).save(out, "PNG")
    data = out.getvalue()
    extra = b""
    for name, text in {**texts, "Software-note": "synthetic, made by a test"}.items():
        if name == "xmp":
            extra += chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + text.encode())
        elif packed:
            extra += chunk(b"zTXt", name.encode() + b"\0\0" + zlib.compress(text.encode()))
        else:
            extra += chunk(b"tEXt", name.encode() + b"\0" + text.encode())
    at = data.index(b"IEND") - 4 if after else 33
    return data[:at] + extra + data[at:]


def xmp(**properties: str) -> str:
    """A packet with properties of IPTC as attributes."""
    inside = " ".join(f'iptcExt:{name}="{value}"' for name, value in properties.items())
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 4.4.0-Exiv2"><rdf:RDF '
        f'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:iptcExt="{GUID}" '
        f"{inside}/></rdf:RDF></x:xmpmeta>"
    )


def midjourney(prompt: str, job: str, *, author: str = "peter", seed: int = 0, after: bool = True) -> bytes:
    """A download of the website, as its files are described: texts behind the pixels."""
    texts = {
        "Description": f"{prompt} Job ID: {job}",
        "Author": author,
        "Creation Time": "Tue, 24 Nov 2026 10:11:12 GMT",
        "xmp": xmp(DigImageGUID=job, DigitalSourceType=MADE),
    }
    return png(texts, seed=seed, after=after)


def job_id(n: int) -> str:
    """The n-th Job ID of a test."""
    return f"a7421d2f-b262-44f9-977c-{n:012x}"
