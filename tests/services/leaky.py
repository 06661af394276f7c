"""The studio, gone bad: it says the key and the prompt again wherever an answer has room for words.

Reads and writes what the studio does.
"""

from __future__ import annotations

import base64
import io
import struct
import zlib
from typing import Any

from PIL import Image
from tests.services.downloads import chunk
from tests.services.fake import Reply, Seen
from tests.services.studio import KEY, PLUGIN, StudioFake, picture

PROMPT = "a courier, canary prompt 7f3a91"
AUTH = f"Bearer {KEY}"
PACKED = base64.b64encode(AUTH.encode()).decode()
HEADERS = {"x-request-id": KEY, "x-echo": AUTH, "set-cookie": f"key={KEY}", "server": f"studio/{KEY}"}
# Everything that a service says goes where plugins put such things.
LEAKY = (
    PLUGIN.replace(
        '        answer = ctx.pay("/jobs", json=body).json()\n',
        '        ctx.post("/uploads", json={"bytes": 1})\n'
        '        ctx.keep("upload", ctx.post("/uploads", json={"bytes": 2}).json()["echo"])\n'
        '        answer = ctx.pay("/jobs", json=body).json()\n'
        '        print(answer["echo"], answer["packed"])\n'
        "        import sys\n"
        '        print(answer["echo"], file=sys.stderr)\n'
        '        ctx.report(echo=answer["echo"], **{answer["echo"]: answer["packed"]})\n',
    )
    .replace('model="studio-1.2"', 'model="studio " + answer["echo"]')
    .replace('CallFailed("the studio is out of ink")', 'CallFailed("out of ink " + job["echo"])')
    .replace('CallBlocked("not suitable")', 'CallBlocked("not suitable " + job["echo"])')
    .replace('facts={"image": each["id"]}', 'facts={"image": each["id"], each["id"]: "x"}')
    .replace(
        '        if job["state"] == "pending":\n',
        '        ctx.progress(0.5, job["echo"])\n        if job["state"] == "pending":\n',
    )
)


def drawn(seed: int) -> bytes:
    """A picture with the key and the prompt in every place for words: PNG if `seed` is even, else JPEG."""
    words = f"{PROMPT} {AUTH} {PACKED}"
    return png(seed, words.encode()) if seed % 2 == 0 else jpeg(seed, words)


def _exif(words: str) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = exif[0x8298] = words
    return exif


def png(seed: int, words: bytes) -> bytes:
    """A PNG with these words everywhere."""
    data = picture(seed)
    texts = chunk(b"tEXt", b"parameters\0" + words) + chunk(b"zTXt", b"prompt\0\0" + zlib.compress(words))
    texts += chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta>" + words + b"</x:xmpmeta>")
    texts += chunk(b"iTXt", b"workflow\0\1\0\0\0" + zlib.compress(words))
    texts += chunk(b"eXIf", _exif(words.decode()).tobytes().removeprefix(b"Exif\0\0")) + chunk(b"prVt", words)
    end = len(data) - 12
    return data[:33] + texts + data[33:end] + chunk(b"tEXt", b"late\0" + words) + data[end:] + words


def jpeg(seed: int, words: str) -> bytes:
    """A JPEG with these words everywhere."""
    file = io.BytesIO()
    image = Image.open(io.BytesIO(picture(seed)))
    image.save(file, "JPEG", comment=words, exif=_exif(words), quality=90)
    data = file.getvalue()
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + words.encode() + b"</x:xmpmeta>"
    more = b"".join(
        b"\xff" + mark + struct.pack(">H", len(body) + 2) + body
        for mark, body in ((b"\xe1", xmp), (b"\xed", words.encode()), (b"\xfe", words.encode()))
    )
    return data[:2] + more + data[2:]


class LeakyFake(StudioFake):
    """The studio's server, with an echo."""

    def answer(self, seen: Seen) -> Reply:
        """The studio's answer, and the key once more in its head and body."""
        if seen.path.startswith("/files/"):
            return Reply(302, b"", {"location": f"/raw/{KEY}/{seen.path[7:]}?key={KEY}", **HEADERS})
        if seen.path.startswith("/raw/"):
            return Reply(
                200, drawn(int(seen.path.rpartition("/")[2])), {"content-type": "image/png", **HEADERS}
            )
        return self.echoed(super().answer(seen))

    def echoed(self, reply: Reply) -> Reply:
        """An answer that says the key, too."""
        body: Any = reply.body
        if isinstance(body, dict):
            body = {**body, "echo": AUTH, "packed": PACKED, "prompt": PROMPT}
            if "error" in body:
                body["error"] = f"{body['error']} {AUTH} {PACKED}"
            body["images"] = [{**each, "id": f"{each['id']} {AUTH}"} for each in body.get("images", ())]
        reply.body, reply.headers = body, {**reply.headers, **HEADERS}
        return reply


def refusal(status: int, **headers: str) -> Reply:
    """An error that tells the key."""
    said = {"error": f"no: {AUTH} {PACKED}", "code": "safety" if status == 422 else "x", "echo": AUTH}
    return Reply(
        status, said, {**HEADERS, **{name.replace("_", "-"): text for name, text in headers.items()}}
    )
