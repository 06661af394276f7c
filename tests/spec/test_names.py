from __future__ import annotations

from tympan.spec.names import tokens_in, tokens_of

TABLE = {
    "subject": "a {token.word.cat}",
    "title": "{subject}",
    "matrix": {"theme": ["light", "dark"]},
    "vars": {
        "theme": "{token.never}",
        "tint": {"light": "{token.colour.light}", "dark": "{deep.shade}"},
        "deep": {"shade": "{token.colour.deep}"},
        "unread": "{token.unread}",
    },
    "text": {"de": {"claim": "{token.claim.de}"}, "en": {"claim": "{token.claim.en}"}},
    "source": {"prompt": "{{token.no}} {theme} {title}"},
    "prep": {"steps": ["recolour"], "recolour": {"map": {"ink": "{tint}"}}, "trim": {"x": "{token.unused}"}},
    "target": {"svg": {"title": "{text.claim}"}, "webp": False},
}


def test_all_tokens_that_a_spec_reads_and_no_others() -> None:
    assert {".".join(path) for path in tokens_of(TABLE)} == {
        "word.cat", "colour.light", "colour.deep", "claim.de", "claim.en",
    }  # fmt: skip


def test_the_tokens_of_one_value() -> None:
    assert tokens_in("{tint}", TABLE) == {("colour", "light"), ("colour", "deep")}
    assert tokens_in("{theme}", TABLE) == frozenset()
    assert tokens_in("{subject.x} {unknown} {", TABLE) == frozenset()


def test_a_loop_of_names_ends() -> None:
    assert tokens_in("{a}", {"vars": {"a": "{b}", "b": "{a} {token.x}"}}) == {("x",)}
