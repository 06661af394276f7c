"""The review server lets in one page with one token, and puts on record what it says."""

from __future__ import annotations

import http.client
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from filelock import FileLock
from tests.sheet.studio import ASSET

from tympan.review import Desk, Server, desk


class Visitor:
    """Somebody who asks the server; every header can be another."""

    def __init__(self, server: Server, root: Path) -> None:
        parts = urlsplit(server.address)
        self.host, self.path, self.root = parts.netloc, parts.path, root

    def ask(
        self, path: str = "", body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes, dict[str, str]]:
        line = http.client.HTTPConnection(self.host, timeout=60)
        own = {"Host": self.host} | (
            {"Origin": f"http://{self.host}", "Content-Type": "application/json"} if body is not None else {}
        )
        sent = own | {name.replace("_", "-"): value for name, value in headers.items()}
        where = path if path.startswith("/") else self.path + path
        line.request("GET" if body is None else "POST", where, body, {k: v for k, v in sent.items() if v})
        answer = line.getresponse()
        return answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()}

    def sheet(self) -> dict[str, object]:
        """What the page is told."""
        text = self.ask()[1].decode()
        found: dict[str, object] = json.loads(text.partition('id="sheet">')[2].partition("</script>")[0])
        return found

    def message(self, did: str = "select", by: str = "Jo", **more: object) -> bytes:
        """A message about the second candidate, as the page sends it."""
        sheet = self.sheet()
        shown = sheet["shown"]
        assert isinstance(shown, list)
        asset, step, variant, digest = shown[1]
        told = {"did": did, "asset": asset, "step": step, "variant": variant, "digest": digest}
        at = "2026-11-28T10:00:00Z"
        whole = {"v": 1, "sheet": sheet["id"], "by": by, "at": at, "shown": shown}
        return json.dumps({**whole, "decisions": [{**told, "at": at, "why": "", **more}]}).encode()

    def lines(self) -> list[dict[str, object]]:
        path = self.root / f"specs/{ASSET}.decisions.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def visitor(viewed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    monkeypatch.setenv("TYMPAN_HOME", str(tmp_path / "home"))
    root = tmp_path / "project"
    shutil.copytree(viewed, root)
    with Desk(root, [ASSET], by="Jo", jobs=1) as one, Server(one) as server:
        server.start()
        yield Visitor(server, root)
        server.stop()


def test_page_and_pictures_come_and_may_do_nothing_else(visitor: Visitor) -> None:
    code, page, headers = visitor.ask()
    assert code == 200
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers
    assert b"connect-src 'self'" in page
    sheet = visitor.sheet()
    shown = sheet["shown"]
    assert isinstance(shown, list)
    for kind, start in (("thumb", b"RIFF"), ("large", b"RIFF")):
        code, data, headers = visitor.ask(f"picture/{shown[0][3]}/{kind}")
        assert (code, data[:4], headers["content-type"]) == (200, start, "image/webp")
        assert "sandbox" in headers["content-security-policy"]


def test_a_decision_is_on_record_at_once(visitor: Visitor) -> None:
    code, text, _ = visitor.ask("decisions", visitor.message(why="It reads."))
    assert (code, text) == (200, b"1")
    [line] = visitor.lines()
    assert (line["did"], line["candidate"], line["by"], line["via"]) == ("select", 2, "Jo", "review")
    assert "claimed" not in line
    parts = visitor.sheet()["parts"]
    assert isinstance(parts, list)
    assert parts[0]["steps"][0]["pictures"][1]["said"] == {"mark": "select", "by": "Jo", "why": "It reads."}


def test_another_name_is_claimed(visitor: Visitor) -> None:
    visitor.ask("decisions", visitor.message(by="Mara"))
    assert visitor.lines()[0]["claimed"] is True


@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [
        ("/", {}, 404),
        ("/wrong-token/", {}, 404),
        ("/../", {}, 404),
        ("nothing", {}, 404),
        ("picture/../../pyproject.toml", {}, 404),
        (f"picture/{'0' * 64}/thumb", {}, 404),
        ("", {"Host": "evil.example"}, 403),
        ("", {"Host": "localhost:1"}, 403),
        ("", {"Origin": "https://evil.example"}, 403),
        ("", {"Sec_Fetch_Site": "cross-site"}, 403),
    ],
)
def test_who_is_not_the_page_gets_nothing(
    visitor: Visitor, path: str, headers: dict[str, str], code: int
) -> None:
    found, data, _ = visitor.ask(path, **headers)
    assert found == code
    assert b"onboarding" not in data


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": ""}, 403),
        ({"Content_Type": "text/plain"}, 403),
        ({"Content_Type": ""}, 403),
        ({"Content_Length": "999999999"}, 413),
        ({"Content_Length": "-1"}, 413),
        ({"Host": "evil.example"}, 403),
    ],
)
def test_a_decision_from_elsewhere_is_not_taken(visitor: Visitor, headers: dict[str, str], code: int) -> None:
    body = visitor.message()
    assert visitor.ask("decisions", body, **headers)[0] == code
    assert visitor.lines() == []


def test_nonsense_is_refused_in_words(visitor: Visitor) -> None:
    for body in (b"", b"{}", b"[" * 10_000, visitor.message(did="hold"), visitor.message(digest="ab" * 32)):
        code, text, _ = visitor.ask("decisions", body)
        assert code == 400
        assert b"Traceback" not in text
    assert visitor.lines() == []


def test_a_decision_waits_for_a_build_and_then_says_so(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "_PATIENCE_SECONDS", 0.2)
    body = visitor.message()
    with FileLock(visitor.root / ".tympan/lock"):
        code, text, _ = visitor.ask("decisions", body)
    assert (code, text) == (503, b"a build is running here")
    assert visitor.ask("decisions", body)[0] == 200
