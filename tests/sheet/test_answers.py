"""The file that comes back: what is taken, and what a hostile or a stale one comes to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.sheet.conftest import Client
from tests.sheet.studio import ASSET

from tympan import limits
from tympan.clock import now

GIFT = "illustration/gift"


def lines(client: Client, asset: str = ASSET) -> list[dict[str, Any]]:
    path = client.work.root / f"specs/{asset}.decisions.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_an_answer_goes_on_record_under_the_name_that_was_claimed(client: Client) -> None:
    row = client.candidates[1]
    told = [
        client.told("select", row, why="It reads."),
        client.told("rate", row, stars=4),
        client.told("comment", row, why="brass", place=[0.25, 0.5]),
    ]
    ran = client.work.run("review", "import", str(client.answer(*told)))
    assert ran.code == 0, ran.err
    assert f"{ASSET}: candidate 2 of source is selected: It reads." in ran.out
    assert "3 decisions of Mara Lind (claimed)" in ran.err
    chosen, rated, pinned = lines(client)
    assert chosen == {
        "did": "select",
        "digest": row[3],
        "step": "source",
        "by": "Mara Lind",
        "at": "2026-11-28T10:00:00Z",
        "candidate": 2,
        "why": "It reads.",
        "via": "sheet",
        "claimed": True,
    }
    assert rated["stars"] == 4
    assert pinned["place"] == [0.25, 0.5]
    assert "selected" in client.work.run("status", ASSET).out


def test_twice_the_same_file_is_once(client: Client) -> None:
    path = client.answer(client.told("shortlist", client.candidates[0]))
    client.work.run("review", "import", str(path))
    ran = client.work.run("review", "import", str(path))
    assert ran.code == 0
    assert "0 decisions of Mara Lind (claimed), 1 on record already" in ran.err
    assert len(lines(client)) == 1


def test_what_was_taken_back_is_selected_no_more(client: Client) -> None:
    row = client.candidates[0]
    client.work.run("review", "import", str(client.answer(client.told("select", row))))
    later = client.told("withdraw", row, at="2026-11-28T11:00:00Z")
    ran = client.work.run("review", "import", str(client.answer(later)))
    assert "is open again" in ran.out
    assert "candidate" in client.work.run("status", ASSET).out


def test_a_target_is_approved_by_what_it_shows(client: Client) -> None:
    told = [client.told("approve", row) for row in client.targets]
    ran = client.work.run("review", "import", str(client.answer(*told)))
    assert ran.code == 0, ran.err
    assert "approved" in client.work.run("status", GIFT).out
    assert {each["files"] for each in lines(client, GIFT)} == {
        target.files for part in client.sheet.parts for target in part.targets
    }


def test_what_was_built_anew_since_is_taken_if_this_checkout_gave_the_sheet_out(client: Client) -> None:
    row = next(row for row in client.targets if row[1].endswith("svg"))
    assert client.work.run("sheet", "*", "-o", str(client.work.root / "s.html")).code == 0
    spec = client.work.root / f"specs/{GIFT}.toml"
    spec.write_text(spec.read_text().replace('padding = "4%"', 'padding = "20%"'))
    assert client.work.run("build").code == 0
    ran = client.work.run("review", "import", str(client.answer(client.told("approve", row))))
    assert ran.code == 0
    assert f"stale  {GIFT}, svg" in ran.err
    assert "stale" in client.work.run("status", GIFT).out


def test_what_nobody_here_knows_is_left_out_and_the_rest_taken(client: Client) -> None:
    good = client.told("shortlist", client.candidates[0])
    made_up = ["illustration/gift", "source", "", "ab" * 32]
    shown = [*client.sheet.shown, made_up]
    from tympan.sheet.model import sheet_id

    path = client.answer(good, client.told("select", made_up), shown=shown, sheet=sheet_id(shown))
    ran = client.work.run("review", "import", str(path))
    assert ran.code == 3
    assert "1 decisions are left out" in ran.err
    assert "nothing here is abababababab" in ran.err
    assert len(lines(client)) == 1
    assert lines(client, GIFT) == []


def test_a_file_whose_sheet_is_another_is_refused_whole(client: Client) -> None:
    good = client.told("shortlist", client.candidates[0])
    for more in ({"sheet": "0" * 16}, {"shown": client.sheet.shown[1:]}):
        ran = client.work.run("review", "import", str(client.answer(good, **more)))
        assert ran.code == 2
        assert "answer.json does not name what its sheet showed" in ran.err
    assert lines(client) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"v": 2},
        {"sheet": "../../etc"},
        {"by": ""},
        {"by": "x" * 101},
        {"more": 1},
        {"shown": "all"},
        {"decisions": [{"did": "approve"}]},
    ],
    ids=str,
)
def test_a_file_of_another_shape_is_refused(client: Client, wrong: dict[str, Any]) -> None:
    ran = client.work.run("review", "import", str(client.answer(**wrong)))
    assert ran.code == 2
    assert "answer.json is no decisions file" in ran.err


@pytest.mark.parametrize("text", [b"", b"[" * 100_000, b"\xff\xfe{}", b"null", b"<html>"], ids=repr)
def test_a_file_that_is_none_is_refused(client: Client, text: bytes) -> None:
    path = client.answer()
    path.write_bytes(text)
    ran = client.work.run("review", "import", str(path))
    assert ran.code == 2
    assert "is no decisions file" in ran.err


def test_a_file_that_is_too_long_is_not_even_read(client: Client) -> None:
    path = client.answer()
    path.write_bytes(b" " * (limits.DECISIONS_BYTES + 1))
    ran = client.work.run("review", "import", str(path))
    assert ran.code == 1
    assert "more than" in ran.err


@pytest.mark.parametrize(
    ("did", "of_target", "more", "why"),
    [
        ("approve", False, {}, "approve is not said of a candidate"),
        ("select", True, {}, "select is not said of a target"),
        ("rate", True, {"stars": 3}, "rate is not said of a target"),
        ("comment", False, {"why": " \x00 "}, "a comment without words"),
        ("comment", False, {"why": "x", "place": [0.5]}, "its place is no point"),
        ("select", False, {"target": "svg"}, "the sheet did not show it"),
    ],
)
def test_what_makes_no_sense_is_left_out(
    client: Client, did: str, of_target: bool, more: dict[str, Any], why: str
) -> None:
    row = (client.targets if of_target else client.candidates)[0]
    ran = client.work.run("review", "import", str(client.answer(client.told(did, row, **more))))
    assert ran.code == 3
    assert why in ran.err
    assert lines(client) == []
    assert lines(client, GIFT) == []


def test_words_cannot_move_the_cursor_nor_turn_the_reading(client: Client) -> None:
    told = client.told("reject", client.candidates[0], why="no\x1b[2J\u202egnp.exe\x07\nand more")
    ran = client.work.run("review", "import", str(client.answer(told, by="Ma\x1b]0;x\x07ra\u2066")))
    [line] = lines(client)
    assert line["why"] == "no[2Jgnp.exe\nand more"
    assert line["by"] == "Ma]0;xra"
    assert not set(ran.out + ran.err) & set("\x1b\x07\u202e\u2066")


def test_a_clock_that_is_ahead_does_not_have_the_last_word(client: Client) -> None:
    told = [
        client.told("select", client.candidates[0], at="2999-01-01T00:00:00Z"),
        client.told("select", client.candidates[1], at="yesterday"),
    ]
    client.work.run("review", "import", str(client.answer(*told)))
    assert all(line["at"] <= now() for line in lines(client))


def test_decisions_of_variants_that_share_a_request_count_for_each(client: Client) -> None:
    spec = client.work.root / f"specs/{ASSET}.toml"
    text = spec.read_text().replace(
        "[source]\n", '[matrix]\npaper = ["a", "b"]\nink = ["red", "blue"]\n\n[source]\n', 1
    )
    spec.write_text(text.replace("{subject}, morning", "{subject}, {ink}, morning"))
    assert client.work.run("explore", ASSET).code == 0
    again = Client(client.work)
    row = next(row for row in again.candidates if row[2])
    assert row[2] == "a-red"
    ran = client.work.run("review", "import", str(again.answer(again.told("select", row))))
    assert ran.code == 0, ran.err
    assert [line["variant"] for line in lines(client)] == ["a-red", "b-red"]
