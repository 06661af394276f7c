"""Where calls may go: odd addresses, resolvers that change their mind, redirects that lead astray.

Reads and writes sockets of this machine.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.services.fake import Fake, Reply

from tympan.errors import HostRefused
from tympan.web import Hosts, Web
from tympan.web.hosts import addresses, is_public

API = "https://api.example.org"
OURS = Hosts([API], ["cdn.example.org", ".pictures.example.org"])
GOOD = [
    API,
    f"{API}/v1/images?x=1",
    "HTTPS://API.EXAMPLE.ORG/v1",
    "https://api.example.org:443/",
    "https://cdn.example.org/a.png",
    "https://eu.pictures.example.org/a.png",
]
BAD = [
    "http://api.example.org/",
    "http://cdn.example.org/",
    "ftp://api.example.org/",
    "file:///etc/passwd",
    "//api.example.org/",
    "/v1/images",
    "",
    "https://",
    "https:///a",
    "https://user@api.example.org/",
    "https://user:word@api.example.org/",
    "https://api.example.org@evil.example/",
    "https://api.example.org\\@evil.example/",
    "https://evil.example\\.api.example.org/",
    "https://evil.example#.pictures.example.org",
    "https://evil.example?.pictures.example.org",
    "https://api.example.org.evil.example/",
    "https://notapi.example.org/",
    "https://pictures.example.org.evil.example/",
    "https://xpictures.example.org/",
    "https://api.exa\nmple.org/",
    "https://api.example.org /",
    "https://api.example.org./",
    "https://api.example.org:99999/",
    "https://api.example.org:abc/",
    "https://[::1",
    "https://127.0.0.1/",
    "https://0177.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://[::ffff:127.0.0.1]/",
    "https://[fe80::1]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost/",
]


@pytest.mark.parametrize("url", GOOD)
def test_an_address_of_the_service_is_allowed(url: str) -> None:
    OURS.check(url)


@pytest.mark.parametrize("url", BAD)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(HostRefused):
        OURS.check(url)
    with Fake() as fake, pytest.raises(HostRefused):
        Web(Hosts([fake.url])).call("GET", url)


def test_another_port_of_a_host_takes_the_names_but_not_the_plain_origin() -> None:
    Hosts(["http://localhost:8188"]).check("http://localhost:8188/prompt")
    for url in ("http://localhost:8189/", "http://localhost/", "http://127.0.0.1:8188/"):
        with pytest.raises(HostRefused):
            Hosts(["http://localhost:8188"]).check(url)


def test_what_is_said_of_an_address_leaves_its_signature_out() -> None:
    with pytest.raises(HostRefused) as refused:
        OURS.check("http://cdn.example.org/a.png?signature=abcdef")
    assert "signature" not in str(refused.value)


PRIVATE = [
    "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:a00:1::1",
    "2001:0:1::ffff", "2001:db8::1", "4000::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_that_is_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_of_ipv4_what_is_global_is_public_but_multicast(address: ipaddress.IPv4Address) -> None:
    assert is_public(str(address)) == (address.is_global and not address.is_multicast)


@given(st.ip_addresses(v=6) | st.ip_addresses(v=6, network="2000::/3"))
def test_of_ipv6_what_is_public_is_global(address: ipaddress.IPv6Address) -> None:
    given_out = address in ipaddress.IPv6Network("2000::/3")
    clothes = address in ipaddress.IPv6Network("2002::/16") or address in ipaddress.IPv6Network("2001::/32")
    if is_public(str(address)):
        assert address.is_global
        assert not address.is_multicast
    elif given_out and not clothes:
        assert not address.is_global


@given(st.ip_addresses(v=4))
def test_ipv4_in_the_clothes_of_ipv6_is_as_public_as_it_is(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    mapped = ipaddress.IPv6Address((0xFFFF << 32) | number)
    translated = ipaddress.IPv6Address((0x64FF9B << 96) | number)
    for each in (mapped, translated):
        assert is_public(str(each)) == is_public(str(inner))
        assert is_public(each.exploded) == is_public(str(inner))
    six_to_four = ipaddress.IPv6Address((0x2002 << 112) | (number << 80) | 1)
    compatible = ipaddress.IPv6Address(number)
    assert is_public(str(six_to_four)) <= is_public(str(inner))
    assert not is_public(str(compatible))


@pytest.mark.parametrize("spelt", ["127.0.0.1", "0177.0.0.1", "2130706433", "0x7f.1", "127.1", "0x7f000001"])
def test_every_spelling_of_this_machine_is_found_out_by_the_resolver(spelt: str) -> None:
    with pytest.raises(HostRefused, match=r"127\.0\.0\.1"):
        addresses(spelt, 443, private=False)


Resolver = Callable[..., list[Any]]


def resolver(monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[list[str]]]) -> list[str]:
    """Let names have these addresses, one list after another; the names that were looked up."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def find(host: str, port: int, *args: Any, **more: Any) -> list[Any]:
        # A connection to a literal is no question of a name.
        if host not in answers:
            return real(host, port, *args, **more)
        asked.append(host)
        found = answers[host].pop(0) if len(answers[host]) > 1 else answers[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", find)
    return asked


def test_one_private_answer_among_public_ones_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver(monkeypatch, {"cdn.example.org": [["8.8.8.8", "10.0.0.7"]]})
    with pytest.raises(HostRefused, match=r"10\.0\.0\.7"):
        Web(OURS).call("GET", "https://cdn.example.org/a.png")


def test_a_name_that_is_bound_anew_is_connected_to_where_it_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # First a public address, then this machine: the second answer must never be asked for.
    asked = resolver(monkeypatch, {"cdn.example.org": [["203.0.113.7"], ["127.0.0.1"]]})
    monkeypatch.setattr("tympan.web.hosts.is_public", lambda address: address == "203.0.113.7")
    connected: list[Any] = []

    def connect(address: tuple[str, int], *args: Any, **more: Any) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError(111, "nobody there")

    monkeypatch.setattr(socket, "create_connection", connect)
    from tympan.web import Unsent

    with pytest.raises(Unsent):
        Web(OURS).call("GET", "https://cdn.example.org/a.png")
    assert connected == [("203.0.113.7", 443)]
    assert asked == ["cdn.example.org"]
    # The next call looks again, and finds the other answer out.
    with pytest.raises(HostRefused, match=r"127\.0\.0\.1"):
        Web(OURS).call("GET", "https://cdn.example.org/a.png")


def test_the_next_address_is_tried_when_one_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with Fake() as fake:
        fake.route("GET", "/a", lambda seen: Reply(200, b"yes"))
        resolver(monkeypatch, {"studio.test": [["127.0.0.9", "127.0.0.1"]]})
        url = f"http://studio.test:{fake.port}"
        assert Web(Hosts([url])).call("GET", f"{url}/a").body == b"yes"


def redirecting(fake: Fake, to: str, status: int = 302) -> None:
    fake.route("GET", "/from", lambda seen: Reply(status, headers={"location": to}))


KEY = {"authorization": "Bearer abcdef0123456789", "x-api-key": "abcdef0123456789", "cookie": "a=b"}


def test_a_redirect_on_the_same_host_keeps_the_key() -> None:
    with Fake() as fake:
        fake.route("GET", "/to", lambda seen: Reply(200, b"yes"))
        redirecting(fake, "/to")
        Web(Hosts([fake.url])).call("GET", f"{fake.url}/from", headers=KEY)
        assert all(fake.seen[1].headers[name] == value for name, value in KEY.items())


def test_a_redirect_to_another_host_drops_the_key() -> None:
    with Fake() as fake, Fake() as other:
        other.route("GET", "/to", lambda seen: Reply(200, b"yes"))
        redirecting(fake, f"{other.url}/to")
        answer = Web(Hosts([fake.url, other.url])).call("GET", f"{fake.url}/from", headers=KEY)
        assert answer.body == b"yes"
        assert fake.seen[0].headers["authorization"]
        assert not set(KEY) & set(other.seen[0].headers)


@pytest.mark.parametrize(
    "to",
    [
        "http://169.254.169.254/latest",
        "https://169.254.169.254/",
        "http://localhost:1/",
        "https://evil.example/",
        "file:///etc/passwd",
        "//evil.example/",
        "https://u:p@evil.example/",
        "https://[::1",
    ],
)
def test_a_redirect_elsewhere_is_refused(to: str) -> None:
    with Fake() as fake:
        redirecting(fake, to)
        web = Web(Hosts([fake.url], ["cdn.example.org"]))
        with pytest.raises(HostRefused):
            web.call("GET", f"{fake.url}/from", headers=KEY)


def test_a_redirect_to_an_own_name_that_is_private_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolver(monkeypatch, {"cdn.example.org": [["192.168.1.9"]]})
    with Fake() as fake:
        redirecting(fake, "https://cdn.example.org/a.png")
        web = Web(Hosts([fake.url], ["cdn.example.org"]))
        with pytest.raises(HostRefused, match=r"192\.168\.1\.9"):
            web.call("GET", f"{fake.url}/from")


def test_three_redirects_are_followed_and_not_four() -> None:
    with Fake() as fake:
        fake.route(
            "GET", r"/(\d)", lambda seen: Reply(302, headers={"location": str(int(seen.match[0]) - 1)})
        )
        fake.routes.insert(0, ("GET", re.compile("/0"), lambda seen: Reply(200, b"end")))
        web = Web(Hosts([fake.url]))
        assert web.call("GET", f"{fake.url}/3").body == b"end"
        before = len(fake.seen)
        with pytest.raises(HostRefused, match="redirects"):
            web.call("GET", f"{fake.url}/4")
        assert len(fake.seen) - before == 4


def test_a_paid_post_is_never_redirected() -> None:
    with Fake() as fake:
        fake.route("POST", "/from", lambda seen: Reply(307, headers={"location": "/to"}))
        assert Web(Hosts([fake.url])).call("POST", f"{fake.url}/from", json={}).status == 307
        assert len(fake.seen) == 1


def test_no_proxy_and_no_password_is_taken_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password secret-word\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with Fake() as proxy, Fake() as fake:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        fake.route("GET", "/a", lambda seen: Reply(200, b"yes"))
        assert Web(Hosts([fake.url])).call("GET", f"{fake.url}/a").body == b"yes"
        assert not proxy.seen
        assert "authorization" not in fake.seen[0].headers
