"""The server's side of RFC 6455, as far as a fake needs it: the handshake, and frames to write.

Reads nothing. Writes nothing.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Callable
from typing import Any

from tests.services.fake import Reply, Seen

TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
# RFC 6455, 1.3.
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frame(data: str | bytes, *, fin: bool = True, opcode: int | None = None) -> bytes:
    """One frame, unmasked as servers send them. opcode 0 goes on with the message before."""
    body = data.encode() if isinstance(data, str) else data
    code = opcode if opcode is not None else TEXT if isinstance(data, str) else BINARY
    first = (0x80 if fin else 0) | code
    if len(body) < 126:
        return bytes([first, len(body)]) + body
    if len(body) < 65_536:
        return bytes([first, 126]) + struct.pack(">H", len(body)) + body
    return bytes([first, 127]) + struct.pack(">Q", len(body)) + body


def upgraded(seen: Seen, talk: Callable[[Any], None]) -> Reply:
    """The answer to a client that asks for a WebSocket; `talk` is given the connection."""
    if seen.headers.get("upgrade", "").lower() != "websocket":
        return Reply(400, {"error": "no WebSocket handshake"})
    key = seen.headers["sec-websocket-key"] + _GUID
    accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
    head = {"upgrade": "websocket", "connection": "Upgrade", "sec-websocket-accept": accept}
    return Reply(101, headers=head, talk=talk)
