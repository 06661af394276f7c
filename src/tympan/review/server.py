"""The review server: one page, its pictures and its decisions, for this machine and this token alone.

Reads what the desk gives. Writes through the desk. Listens on 127.0.0.1 only.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from tympan import limits
from tympan.errors import Busy, TympanError
from tympan.review.desk import Desk

_HOST = "127.0.0.1"
_KINDS = {"thumb": "image/webp", "large": "image/webp", "vector": "image/svg+xml"}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# A drawing is shown as an image, where no script runs; opened by itself it may do nothing either.
_SEALED = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_IDLE_SECONDS = 30


class Server:
    """A server for one desk, listening from the start. address: with the token that lets one in."""

    def __init__(self, desk: Desk, port: int = 0) -> None:
        token = secrets.token_urlsafe(24)
        handler = type("Handler", (_Handler,), {"desk": desk, "token": token})
        self._http = ThreadingHTTPServer((_HOST, port), handler)
        self._http.daemon_threads = True
        self.address = f"http://{_HOST}:{self._http.server_port}/{token}/"

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.server_close()

    def run(self) -> None:
        """Answer until interrupted."""
        self._http.serve_forever(poll_interval=0.2)

    def start(self) -> None:
        """Answer in a thread, until `stop`."""
        threading.Thread(target=self.run, daemon=True).start()

    def stop(self) -> None:
        """End a server that was started."""
        self._http.shutdown()


class _Handler(BaseHTTPRequestHandler):
    desk: Desk
    token: str
    server_version = "tympan"
    sys_version = ""
    timeout = _IDLE_SECONDS
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self._allowed()
        if path is None:
            return
        if path == "":
            self._answer_page()
            return
        words = path.split("/")
        if len(words) == 3 and words[0] == "picture" and words[2] in _KINDS:
            data = self.desk.view(words[1], words[2])
            if data is not None:
                self._answer(200, data, _KINDS[words[2]], _SEALED)
                return
        self._say(404, "there is no such thing")

    def do_POST(self) -> None:
        path = self._allowed()
        if path is None:
            return
        length = self.headers.get("Content-Length", "")
        if path != "decisions":
            self._say(404, "there is no such thing")
        elif self.headers.get("Origin") != self._own() or not self._is_json():
            self._say(403, "not from this page")
        elif not length.isascii() or not length.isdigit() or int(length) > limits.DECISIONS_BYTES:
            self._say(413, "a message without length, or too long")
        else:
            self._take(self.rfile.read(int(length)))

    def _take(self, data: bytes) -> None:
        try:
            self._answer(200, str(self.desk.take(data)).encode(), "text/plain")
        except Busy as error:
            self._say(503, error.message)
        except TympanError as error:
            self._say(400, error.message)

    def _answer_page(self) -> None:
        try:
            self._answer(200, self.desk.page(), "text/html; charset=utf-8")
        except TympanError as error:
            self._say(500, str(error))

    def _allowed(self) -> str | None:
        """The path behind the token; None if this request is answered already, with a refusal."""
        # A page elsewhere that has its name pointed here (DNS rebinding) sends its own name.
        if f"http://{self.headers.get('Host', '')}" != self._own():
            self._say(403, "not for this host")
            return None
        site, origin = self.headers.get("Sec-Fetch-Site", "none"), self.headers.get("Origin")
        if site not in ("none", "same-origin") or origin not in (None, self._own()):
            self._say(403, "not from another page")
            return None
        token, slash, path = self.path.partition("?")[0].removeprefix("/").partition("/")
        if not slash or not hmac.compare_digest(token.encode(), self.token.encode()):
            self._say(404, "there is no such thing")
            return None
        return path

    def _own(self) -> str:
        server: Any = self.server
        return f"http://{_HOST}:{server.server_port}"

    def _is_json(self) -> bool:
        # A form of another page cannot send this kind without asking first, and nobody answers that.
        return self.headers.get("Content-Type", "").partition(";")[0].strip() == "application/json"

    def _say(self, code: int, text: str) -> None:
        # What is left unread of a refused message would be taken for the next one.
        self.close_connection = True
        self._answer(code, text.encode(), "text/plain; charset=utf-8")

    def _answer(self, code: int, data: bytes, kind: str, policy: str = "frame-ancestors 'none'") -> None:
        self.send_response(code)
        for name, value in {**_HEADERS, "Content-Security-Policy": policy}.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the address has the token in it."""
