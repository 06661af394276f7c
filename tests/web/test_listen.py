"""Listening to a WebSocket: messages of all shapes, and every way in which it ends.

Reads and writes sockets of this machine.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from tests.services.fake import Fake, Reply
from tests.services.frames import CLOSE, PING, frame, upgraded

from tympan import limits
from tympan.errors import HostRefused
from tympan.web import Hosts, listen


def heard(fake: Fake, seconds: float = 5.0, path: str = "/ws?clientId=a") -> list[str | bytes]:
    return list(listen(Hosts([fake.url]), fake.url + path, seconds, {"x-key": "k"}))


def saying(*pieces: bytes, pause: float = 0.0) -> Callable[[Any], None]:
    def talk(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        # Who closes with a pong unread resets the connection, and what is on its way is lost.
        connection.settimeout(0.5)
        while connection.recv(4096):
            pass

    return talk


def serving(talk: Callable[[Any], None]) -> Fake:
    fake = Fake()
    fake.route("GET", "/ws", lambda seen: upgraded(seen, talk))
    return fake


def test_messages_arrive_whole_and_in_order() -> None:
    long = "ä" * 70_000
    pieces = (
        frame("one"), frame(b"\x00\x01"), frame("tw", fin=False), frame(b"", opcode=PING),
        frame("o", opcode=0), frame(long), frame(b"", opcode=CLOSE), frame("after the end"),
    )  # fmt: skip
    # A pause before the end: else the answer to the ping meets a closed socket, which drops what waits in it.
    with serving(saying(*pieces, pause=0.03)) as fake:
        assert heard(fake) == ["one", b"\x00\x01", "two", long]
    (seen,) = fake.seen
    assert (seen.query, seen.headers["x-key"], seen.headers["host"]) == ({"clientId": "a"}, "k", fake.url[7:])


def test_listening_ends_when_its_time_is_over() -> None:
    with serving(saying(*[frame("x")] * 40, pause=0.05)) as fake:
        began = time.monotonic()
        found = heard(fake, 0.4)
        assert 0.3 < time.monotonic() - began < 1.5
    assert 2 <= len(found) < 20


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404, {"error": "no"}),
        Reply(200, b"hello"),
        Reply(302, headers={"location": "http://127.0.0.1:1/"}),
    ],
    ids=["404", "200", "redirect"],
)
def test_a_service_without_a_websocket_says_nothing(reply: Reply) -> None:
    fake = Fake()
    fake.route("GET", "/ws", lambda seen: reply)
    with fake:
        assert heard(fake) == []
    assert len(fake.seen) == 1


def test_nobody_there_says_nothing() -> None:
    with Fake() as fake:
        pass
    assert heard(fake) == []
    assert list(listen(Hosts(["http://no.such.host.invalid"]), "http://no.such.host.invalid/ws", 1)) == []


@pytest.mark.parametrize(
    "piece",
    [
        b"\x81\x7f" + (limits.MESSAGE_BYTES + 1).to_bytes(8, "big"),
        b"\xff\xff\xff\xff",
        frame("half")[:3],
        b"\x83\x00",
    ],
    ids=["too large", "nonsense", "broken off", "unknown opcode"],
)
def test_what_is_no_message_ends_the_listening(piece: bytes) -> None:
    with serving(saying(frame("good"), piece)) as fake:
        assert heard(fake) == ["good"]


def test_a_wrong_handshake_ends_the_listening() -> None:
    fake = Fake()
    head = {"upgrade": "websocket", "connection": "Upgrade", "sec-websocket-accept": "wrong"}
    fake.route("GET", "/ws", lambda seen: Reply(101, headers=head, talk=saying(frame("x"))))
    with fake:
        assert heard(fake) == []


def test_a_silent_server_is_not_waited_for_beyond_the_time() -> None:
    with serving(lambda connection: time.sleep(3)) as fake:
        began = time.monotonic()
        assert heard(fake, 0.3) == []
        assert time.monotonic() - began < 1.5


def test_only_the_services_hosts_are_listened_to() -> None:
    hosts = Hosts(["https://api.example.org"])
    for url in ("http://api.example.org/ws", "https://127.0.0.1/ws", "ftp://x/ws", "https://evil.example/ws"):
        with pytest.raises(HostRefused):
            list(listen(hosts, url, 1))
    # A name of ours that leads to this machine is no public host.
    with pytest.raises(HostRefused):
        list(listen(Hosts(["https://api.example.org"], ["localhost"]), "https://localhost/ws", 1))


def test_who_stops_listening_leaves_no_connection() -> None:
    with serving(saying(*[frame("x")] * 100, pause=0.02)) as fake:
        messages = listen(Hosts([fake.url]), fake.url + "/ws", 5)
        assert next(messages) == "x"
        messages.close()  # type: ignore[attr-defined]


def test_a_server_of_another_make_is_understood() -> None:
    from websockets.sync.server import ServerConnection, serve

    def talk(connection: ServerConnection) -> None:
        connection.ping()
        connection.send("hello")
        connection.send([b"in ", b"three ", b"pieces"])

    with serve(talk, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.socket.getsockname()[1]}"
        assert list(listen(Hosts([url]), f"{url}/ws", 5)) == ["hello", b"in three pieces"]
        server.shutdown()
