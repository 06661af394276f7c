"""A service on a real socket: strict about its contract, with a bill, and ways to fail.

Reads what its clients send. Writes nothing.

A vendor's fake is a class of its own with `routes`: method and path pattern -> a method that answers one call.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Part:
    """One part of a multipart body."""

    name: str
    data: bytes
    filename: str | None
    media: str

    @property
    def text(self) -> str:
        return self.data.decode()


@dataclass
class Seen:
    """One call as it arrived. match: the groups of the route's pattern."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    match: tuple[str, ...] = ()

    def json(self) -> Any:
        return json.loads(self.body)

    def parts(self) -> list[Part]:
        """The parts of a multipart body, in their order."""
        head = f"content-type: {self.headers['content-type']}\r\n\r\n".encode()
        message = BytesParser(policy=HTTP).parsebytes(head + self.body)
        found = []
        for part in message.iter_parts():
            name = part.get_param("name", header="content-disposition")
            data = part.get_payload(decode=True)
            assert isinstance(data, bytes)
            found.append(Part(str(name), data, part.get_filename(), part.get_content_type()))
        return found


@dataclass
class Reply:
    """What is answered. talk: writes to the connection after the head, which is then closed."""

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)
    talk: Callable[[Any], None] | None = None


@dataclass
class _Trouble:
    how: Any
    path: re.Pattern[str]
    times: int


class Fake:
    """A vendor's server. Use it as a context manager; `url` is where it listens.

    seen: every call that arrived whole. bill: what was charged, one line an accepted paid call.
    """

    KEY_HEADER = ("authorization", "Bearer test-key-0123456789abcdef")

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.bill: list[tuple[str, float]] = []
        self.sent = 0
        self.on_bytes: Callable[[int], None] | None = None
        self._troubles: list[_Trouble] = []
        self.lock = threading.RLock()
        fake = self

        class Handler(_Handler):
            owner = fake

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.routes: list[tuple[str, re.Pattern[str], Callable[[Seen], Reply]]] = []

    def route(self, method: str, pattern: str, answer: Callable[[Seen], Reply]) -> None:
        """Answer calls whose path matches the whole pattern."""
        self.routes.append((method, re.compile(pattern), answer))

    def trouble(self, how: Any, path: str = "", times: int = 1) -> None:
        """Fail the next calls whose `METHOD /path` has this pattern in it.

        how: a Reply; "drop" (the call is taken up, then the connection is cut), "cut" (cut before anything is
        read), "half" (half of the answer, then cut), or a number of seconds to wait before answering.
        """
        self._troubles.append(_Trouble(how, re.compile(path), times))

    def charge(self, what: str, amount: float) -> None:
        """Put a line on the bill."""
        with self.lock:
            self.bill.append((what, amount))

    def count(self, method: str, pattern: str) -> int:
        """How many calls of a method and path arrived."""
        return sum(each.method == method and bool(re.search(pattern, each.path)) for each in self.seen)

    def authorized(self, seen: Seen) -> bool:
        """Whether a call carries the key."""
        name, value = self.KEY_HEADER
        return seen.headers.get(name) == value

    def answer(self, seen: Seen) -> Reply:
        """The route's answer; 404 if there is none, as JSON."""
        for method, pattern, route in self.routes:
            if method == seen.method and (match := pattern.fullmatch(seen.path)):
                seen.match = match.groups()
                return route(seen)
        return Reply(404, {"error": f"no route {seen.method} {seen.path}"})

    def next_trouble(self, text: str) -> Any:
        with self.lock:
            for trouble in self._troubles:
                if trouble.times and trouble.path.search(text):
                    trouble.times -= 1
                    return trouble.how
        return None

    def paths(self) -> Counter[str]:
        """How often each `METHOD /path` was called."""
        return Counter(f"{each.method} {each.path}" for each in self.seen)

    def __enter__(self) -> Any:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *ignored: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    owner: Fake
    protocol_version = "HTTP/1.1"
    # An answer's head and body leave in one piece: else Nagle's algorithm holds the second one back.
    wbufsize = -1
    disable_nagle_algorithm = True

    def _do(self) -> None:
        fake = self.owner
        parts = urlsplit(self.path)
        how = fake.next_trouble(f"{self.command} {parts.path}")
        if how == "cut":
            return self._cut()
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        seen = Seen(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            body,
        )
        with fake.lock:
            fake.seen.append(seen)
        reply = how if isinstance(how, Reply) else fake.answer(seen)
        if how == "drop":
            return self._cut()
        if isinstance(how, int | float):
            threading.Event().wait(how)
        self._reply(reply, half=how == "half")
        return None

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _do

    def _reply(self, reply: Reply, *, half: bool) -> None:
        data, headers = reply.body, dict(reply.headers)
        if not isinstance(data, bytes):
            data = json.dumps(data).encode()
            headers.setdefault("content-type", "application/json")
        self.send_response(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if reply.talk is not None:
            self.end_headers()
            self.wfile.flush()
            with suppress(OSError):
                reply.talk(self.connection)
            return self._cut()
        if reply.status not in (204, 304):
            self.send_header("content-length", str(len(data)))
        self.end_headers()
        if reply.status not in (204, 304):
            self.wfile.write(data[: len(data) // 2] if half else data)
        self.wfile.flush()
        if half:
            self._cut()
        return None

    def _cut(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""
