"""Calls that go wrong on a real socket: endless, slow, cut, refused, packed like a bomb, without a certificate.

Reads and writes sockets of this machine.
"""

from __future__ import annotations

import gzip
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.services.fake import Fake, Reply

from tympan.errors import BadAnswer, CallFailed, HostRefused
from tympan.web import Hosts, Unsent, Unsure, Web

MIB = 1024 * 1024


@pytest.fixture
def fake() -> Iterator[Fake]:
    with Fake() as made:
        yield made


def web(fake: Fake, seconds: float = 10.0) -> Web:
    return Web(Hosts([fake.url]), seconds)


def talks(fake: Fake, talk: Callable[[socket.socket], None], **headers: str) -> None:
    """Let /a answer 200, these headers, and then whatever `talk` writes."""
    fake.route("GET", "/a", lambda seen: Reply(200, headers=headers, talk=talk))
    fake.route("POST", "/a", lambda seen: Reply(200, headers=headers, talk=talk))


def endless(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"x" * 65536)


def dribble(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def test_an_endless_body_is_cut_at_its_limit(fake: Fake) -> None:
    talks(fake, endless)
    with pytest.raises(BadAnswer, match=str(MIB)):
        web(fake).call("GET", f"{fake.url}/a", most=MIB)


def test_a_body_that_says_it_is_too_long_is_cut_at_its_limit(fake: Fake) -> None:
    talks(fake, endless, **{"content-length": str(10**12)})
    with pytest.raises(BadAnswer):
        web(fake).call("GET", f"{fake.url}/a", most=MIB)


def test_a_body_of_just_the_limit_is_taken(fake: Fake) -> None:
    fake.route("GET", "/a", lambda seen: Reply(200, b"x" * MIB))
    assert len(web(fake).call("GET", f"{fake.url}/a", most=MIB).body) == MIB
    with pytest.raises(BadAnswer):
        web(fake).call("GET", f"{fake.url}/a", most=MIB - 1)


def test_a_slow_body_ends_with_the_time_of_the_call(fake: Fake) -> None:
    talks(fake, dribble)
    began = time.monotonic()
    with pytest.raises(Unsure):
        web(fake, 0.5).call("GET", f"{fake.url}/a")
    assert 0.4 < time.monotonic() - began < 2


def raw_server(talk: Callable[[socket.socket], None]) -> tuple[str, socket.socket]:
    """A server that says whatever it wants, from the first byte on."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection, suppress(OSError):
                    connection.recv(65536)
                    talk(connection)

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{server.getsockname()[1]}", server


def slow_head(connection: socket.socket) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nx: " + b"y" * 1000:
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


def test_a_slow_head_ends_with_the_time_of_the_call_too() -> None:
    url, server = raw_server(slow_head)
    began = time.monotonic()
    with server, pytest.raises(Unsure):
        Web(Hosts([url]), 0.5).call("GET", f"{url}/a")
    assert 0.4 < time.monotonic() - began < 2


def test_time_begins_anew_for_each_call(fake: Fake) -> None:
    fake.route("GET", "/a", lambda seen: Reply(200, b"yes"))
    calls = web(fake, 0.6)
    for _ in range(4):
        assert calls.call("GET", f"{fake.url}/a").body == b"yes"
        time.sleep(0.3)


def test_a_silent_server_is_waited_for_as_long_as_a_call_may_take(fake: Fake) -> None:
    fake.route("GET", "/a", lambda seen: Reply(200, b"yes"))
    fake.trouble(3.0)
    began = time.monotonic()
    with pytest.raises(Unsure):
        web(fake, 0.3).call("GET", f"{fake.url}/a")
    assert time.monotonic() - began < 2


def test_a_gzip_bomb_is_cut_while_it_unfolds(fake: Fake) -> None:
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = pack.compress(bytes(16 * MIB))
    bomb = piece + b"".join(pack.compress(bytes(16 * MIB)) for _ in range(31)) + pack.flush()
    assert len(bomb) < 600_000  # for 512 MiB
    fake.route("GET", "/a", lambda seen: Reply(200, bomb, {"content-encoding": "gzip"}))
    tracemalloc.start()
    try:
        with pytest.raises(BadAnswer):
            web(fake).call("GET", f"{fake.url}/a", most=MIB)
        assert tracemalloc.get_traced_memory()[1] < 24 * MIB
    finally:
        tracemalloc.stop()


def test_a_bomb_in_a_bomb_is_cut_too(fake: Fake) -> None:
    bomb = gzip.compress(gzip.compress(bytes(256 * MIB), 9), 9)
    fake.route("GET", "/a", lambda seen: Reply(200, bomb, {"content-encoding": "gzip, gzip"}))
    tracemalloc.start()
    try:
        with pytest.raises((BadAnswer, Unsure)):
            web(fake).call("GET", f"{fake.url}/a", most=MIB)
        assert tracemalloc.get_traced_memory()[1] < 48 * MIB
    finally:
        tracemalloc.stop()


def test_a_body_that_cannot_be_unpacked_is_no_answer(fake: Fake) -> None:
    fake.route("GET", "/a", lambda seen: Reply(200, b"no gzip", {"content-encoding": "gzip"}))
    with pytest.raises(Unsure):
        web(fake).call("GET", f"{fake.url}/a")


@pytest.mark.parametrize("how", ["cut", "drop", "half"])
@pytest.mark.parametrize("once", [False, True])
def test_a_connection_that_is_cut(fake: Fake, how: str, once: bool) -> None:
    for method in ("GET", "POST"):
        fake.route(method, "/a", lambda seen: Reply(200, b"x" * 1000))
        fake.trouble(how)
        with pytest.raises(Unsure):
            web(fake).call(method, f"{fake.url}/a", once=once)


def test_a_connection_that_is_reset() -> None:
    def reset(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    url, server = raw_server(reset)
    with server, pytest.raises(Unsure):
        Web(Hosts([url])).call("GET", f"{url}/a")


def test_a_kept_connection_that_has_gone_is_no_lost_answer_of_a_paid_call() -> None:
    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nyes")  # and is closed, unsaid

    url, server = raw_server(answer)
    calls = Web(Hosts([url]))
    with server:
        for _ in range(5):
            assert calls.call("POST", f"{url}/a", json={}, once=True).body == b"yes"


def test_nobody_listens() -> None:
    with Fake() as gone:
        url = gone.url
    with pytest.raises(Unsent, match=r"127\.0\.0\.1"):
        Web(Hosts([url])).call("GET", f"{url}/a")


def test_a_name_that_does_not_exist() -> None:
    url = "http://no.such.host.invalid"
    with pytest.raises(Unsent, match=r"no\.such\.host\.invalid"):
        Web(Hosts([url])).call("POST", f"{url}/a", json={}, once=True)


@pytest.mark.parametrize(
    "said",
    [b"", b"HTTP/1.1 200", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n", b"\0" * 400,
     b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 40_000],
    ids=["nothing", "half a head", "nonsense", "negative length", "zeros", "wrong chunk", "endless head"],
)  # fmt: skip
def test_what_is_no_http_is_no_answer(said: bytes) -> None:
    url, server = raw_server(lambda connection: connection.sendall(said))
    with server, pytest.raises(Unsure):
        Web(Hosts([url]), 5).call("GET", f"{url}/a")


@pytest.mark.parametrize(
    "more",
    [{"json": {"a": object()}}, {"headers": {"x": "a\r\nb: c"}}, {"headers": {"x": "\u20ac\udc80"}}],
    ids=["no JSON", "line break in a header", "half a letter in a header"],
)
def test_what_cannot_be_sent_has_not_left(fake: Fake, more: dict[str, Any]) -> None:
    with pytest.raises(CallFailed) as failed:
        web(fake).call("POST", f"{fake.url}/a", **more)
    assert type(failed.value) is CallFailed
    assert not fake.seen


def test_presigned_forms_have_their_fields_first_and_in_order(fake: Fake) -> None:
    fake.route("POST", "/a", lambda seen: Reply(204))
    fields = {"key": "k", "policy": "p", "flag": True, "many": ["1", "2"]}
    web(fake).call("POST", f"{fake.url}/a", fields=fields, files=[("file", ("a.png", b"\x89", "image/png"))])
    parts = fake.seen[0].parts()
    assert [part.name for part in parts] == ["key", "policy", "flag", "many", "many", "file"]
    assert [part.text for part in parts[:-1]] == ["k", "p", "true", "1", "2"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "own.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-days", "2", "-subj", "/CN=localhost", "-keyout", str(path), "-out", f"{path}.crt"]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("openssl is not here")
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    got: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with suppress(OSError), context.wrap_socket(connection, server_side=True) as stream:
                    got.append(stream.recv(1000))

    threading.Thread(target=serve, daemon=True).start()
    url = f"https://localhost:{server.getsockname()[1]}"
    with server, pytest.raises(Unsent, match="certificate"):
        Web(Hosts([url])).call("POST", f"{url}/a", json={"a": 1}, headers={"authorization": "x"}, once=True)
    assert not any(got)


def test_plain_words_behind_https_are_refused_before_anything_is_sent(fake: Fake) -> None:
    url = fake.url.replace("http:", "https:")
    with pytest.raises(Unsent):
        Web(Hosts([url])).call("POST", f"{url}/a", json={"a": 1}, once=True)
    assert not fake.seen


def test_an_address_without_a_host_is_refused(fake: Fake) -> None:
    with pytest.raises(HostRefused):
        web(fake).call("GET", "http:///a")
