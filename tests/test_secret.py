"""A key is never shown: not by itself, and not in what is written, whole, packed, or in pieces."""

from __future__ import annotations

import base64
import copy
import io
import json
import pickle
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import quote, quote_plus

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tympan import secret as room
from tympan.errors import UsageError
from tympan.secret import (
    BLOT,
    Blotter,
    Secret,
    find_secret,
    has_secret,
    is_clean_json,
    redact,
    redact_all,
    redact_bytes,
)

KEY = "sk-canary+0123456789/abc=="


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    forget()
    yield
    forget()


def forget() -> None:
    room._known = room._Known(())


def test_a_secret_shows_itself_to_nobody() -> None:
    key = Secret(KEY)
    shown = [repr(key), str(key), f"{key}", f"{key!r}", f"{key:>40}", f"{key}", "%s" % key, "{}".format(key)]  # noqa: UP031, UP032
    shown += [repr([key]), repr({"key": key}), str(UsageError(f"no {key}"))]
    assert not any(KEY[:6] in each for each in shown)
    assert key.reveal() == KEY


@pytest.mark.parametrize(
    "pack",
    [
        pickle.dumps,
        copy.copy,
        copy.deepcopy,
        json.dumps,
        msgspec.json.encode,
        msgspec.to_builtins,
        vars,
        iter,
        len,
    ],
)
def test_a_secret_cannot_be_packed(pack: Any) -> None:
    with pytest.raises(TypeError) as refused:
        pack(Secret(KEY))
    assert KEY not in str(refused.value)


def test_a_secret_has_no_other_way_to_its_text() -> None:
    key = Secret(KEY)
    with pytest.raises(AttributeError):
        key.text = "x"  # type: ignore[attr-defined]
    assert key != KEY
    assert not hasattr(key, "__dict__")


def test_a_key_comes_from_the_environment_or_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", f"  {KEY}\n")
    assert find_secret("TEST_KEY").reveal() == KEY
    monkeypatch.setenv("TEST_KEY", "  ")
    assert not has_secret("TEST_KEY")
    with pytest.raises(UsageError, match="export TEST_KEY="):
        find_secret("TEST_KEY")


# Texts of at least 8 characters, as keys are and as they never are.
SECRETS = (
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=60)
    | st.text(min_size=8, max_size=20)
    | st.sampled_from(
        [KEY, "aaaaaaaa", "abababab", "İİİİİİİİ", "ſſſſKKKK", "%2F%2f%25", "[secret]", "    \n\t  "]
    )
)
CLOTHES = {
    "plain": lambda text: text,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 in the middle": lambda text: base64.b64encode(b"user:" + text.encode() + b":x").decode(),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(b"ab" + text.encode()).decode(),
    "percent": lambda text: quote(text, safe=""),
    "plus": quote_plus,
    "JSON": lambda text: json.dumps({"key": text}),
    "repr": lambda text: repr(ValueError(text)),
}


def clean(found: str, text: str) -> bool:
    """Whether neither the secret nor one of its shapes is there; a blot may look like a very odd secret."""
    forms = {text, quote(text, safe=""), base64.b64encode(text.encode()).decode().rstrip("=")[:-1]}
    rest = found.replace(BLOT, "\0")
    return not any(form in rest for form in forms)


@settings(deadline=None, max_examples=150)
@given(
    text=SECRETS, before=st.text(max_size=20), after=st.text(max_size=20), how=st.sampled_from(list(CLOTHES))
)
def test_no_secret_remains_in_a_text(text: str, before: str, after: str, how: str) -> None:
    forget()
    Secret(text)
    worn = CLOTHES[how](text)
    assert clean(redact(before + worn + after), text)
    # As a value, in JSON of values, and as bytes.
    (found,) = redact_all([{"a": before + worn}])
    assert clean(found["a"], text)
    data = (before + worn + after).encode()
    assert clean(redact_bytes(b"\xff\xfe" + data + b"\x80")[2:-1].decode(), text)


@settings(deadline=None, max_examples=250)
@given(
    text=SECRETS,
    before=st.text(max_size=20),
    after=st.text(max_size=20),
    how=st.sampled_from(list(CLOTHES)),
    cuts=st.lists(st.integers(0, 140), max_size=4),
    data=st.data(),
)
def test_no_secret_remains_however_it_is_written(
    text: str, before: str, after: str, how: str, cuts: list[int], data: st.DataObject
) -> None:
    forget()
    Secret(text)
    stream = io.StringIO()
    blotter = Blotter(stream)
    whole = before + CLOTHES[how](text) + after
    edges = sorted({0, *(min(cut, len(whole)) for cut in cuts), len(whole)})
    for start, end in pairwise(edges):
        assert blotter.write(whole[start:end]) == end - start
        if data.draw(st.booleans()):
            blotter.flush()
    blotter.end()
    assert clean(stream.getvalue(), text)


@given(st.lists(st.text(max_size=30), max_size=6))
def test_a_blotter_changes_nothing_else(pieces: list[str]) -> None:
    forget()
    Secret("\U0001f511-a-key-that-is-nowhere-else")
    stream = io.StringIO()
    blotter = Blotter(stream)
    for piece in pieces:
        blotter.write(piece)
    blotter.end()
    assert stream.getvalue() == "".join(pieces)


def test_a_line_is_not_held_back_unless_it_may_begin_a_secret() -> None:
    Secret(KEY)
    stream = io.StringIO()
    blotter = Blotter(stream)
    blotter.write("asked 3 jobs\n")
    assert stream.getvalue() == "asked 3 jobs\n"
    blotter.write("key=" + KEY[:5])
    assert stream.getvalue() == "asked 3 jobs\nkey="
    blotter.write("\n")
    assert stream.getvalue() == f"asked 3 jobs\nkey={KEY[:5]}\n"


def test_short_words_are_no_secrets() -> None:
    Secret("token")
    assert redact("a token") == "a token"


def test_two_secrets_of_which_one_begins_the_other() -> None:
    Secret("abcdefgh")
    Secret("abcdefghijkl")
    assert "ijkl" not in redact("x abcdefghijkl y").replace(BLOT, "")


def test_bytes_without_a_secret_are_the_same_object() -> None:
    Secret(KEY)
    data = bytes(range(256)) * 100
    assert redact_bytes(data) is data


def test_a_megabyte_takes_no_time() -> None:
    for n in range(3):
        Secret(f"{n}-{KEY}-{n}")
    text = "The quick brown fox, 0123456789; sk-canary ".replace("fox", "fox ") * 25_000
    assert len(text) > 10**6
    began = time.perf_counter()
    assert redact(text) == text
    assert redact_bytes(text.encode()) == text.encode()
    # 0.1 s on an idle machine of 2024.
    assert time.perf_counter() - began < 2


@given(
    st.recursive(
        st.text(max_size=40) | st.sampled_from([KEY, KEY.upper(), f"a{KEY}b"]),
        lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=8), v, max_size=3),
    )
)
def test_what_is_called_clean_has_nothing_to_blot_out(value: Any) -> None:
    for key in (KEY, 'of"quotes\\and\u00e4', "plain-and-simple"):
        forget()
        assert is_clean_json(msgspec.json.encode([value, key]))
        Secret(key)
        if is_clean_json(msgspec.json.encode(value)):
            assert redact_all(value) == value
        assert not is_clean_json(msgspec.json.encode([value, key]))
