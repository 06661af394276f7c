"""What a sheet shows, and to whom."""

from __future__ import annotations

import msgspec
import pytest
from tests.conftest import Project
from tests.sheet.conftest import Client
from tests.sheet.studio import ASSET

from tympan.checkout import Checkout
from tympan.sheet import axes, gather
from tympan.sheet.model import Axis
from tympan.sheet.shelf import budget


def test_a_client_sees_pictures_and_no_words_of_the_house(client: Client) -> None:
    client.work.run("select", ASSET, "2", "--why", "secret reason")
    for text in (client.sheet, gather(Checkout(client.work.root), {ASSET})):
        told = msgspec.json.encode(text).decode()
        assert "secret reason" not in told
        assert "flat shapes" not in told
    inside = msgspec.json.encode(gather(Checkout(client.work.root), {ASSET}, inside=True)).decode()
    assert "secret reason" in inside
    assert "flat shapes" in inside


def test_only_what_is_asked_for_is_shown(client: Client) -> None:
    client.work.run("shortlist", ASSET, "1", "3")
    both = {ASSET, "illustration/gift"}

    def count(only: str) -> tuple[int, int]:
        sheet = gather(Checkout(client.work.root), both, only=only)
        steps = [each for part in sheet.parts for step in part.steps for each in step.pictures]
        return len(steps), sum(len(part.targets) for part in sheet.parts)

    assert count("") == (3, 2)
    assert count("candidates") == (3, 0)
    assert count("shortlisted") == (2, 0)
    assert count("outputs") == (0, 2)


def test_the_same_pictures_make_the_same_sheet(client: Client) -> None:
    again = gather(Checkout(client.work.root), {ASSET, "illustration/gift"}, title="Other words")
    assert again.id == client.sheet.id
    client.work.run("select", ASSET, "1")
    assert client.work.run("refine", ASSET).code == 0
    assert gather(Checkout(client.work.root), {ASSET, "illustration/gift"}).id != client.sheet.id


def test_nothing_to_show_is_said(project: Project) -> None:
    ran = project.run("sheet", "icon/home")
    assert ran.code == 2
    assert "nothing to show there yet" in ran.err


def test_the_same_sheet_is_the_same_file_and_keeps_its_size(client: Client) -> None:
    out = client.work.root / "s.html"
    sizes = []
    for most in ("15", "15", "0.5"):
        assert client.work.run("sheet", "*", "-o", str(out), "--max-mb", most).code == 0
        sizes.append(out.read_bytes())
    assert sizes[0] == sizes[1]
    assert len(sizes[2]) < 500_000 < len(sizes[0]) + 400_000
    assert str(client.work.root).encode() not in sizes[0]


def test_views_go_with_gc_and_come_again(client: Client) -> None:
    out = client.work.root / "s.html"
    assert client.work.run("sheet", "*", "-o", str(out)).code == 0
    before = out.read_bytes()
    views = client.work.root / ".tympan/views"
    assert any(path.is_file() for path in views.rglob("*"))
    assert "MB of views" in client.work.run("gc", "-n").out
    assert any(path.is_file() for path in views.rglob("*"))
    assert "MB of views" in client.work.run("gc").out
    assert not any(path.is_file() for path in views.rglob("*"))
    assert client.work.run("sheet", "*", "-o", str(out)).code == 0
    assert out.read_bytes() == before


def test_hostile_titles_stay_text(client: Client) -> None:
    spec = client.work.root / f"specs/{ASSET}.toml"
    spec.write_text(spec.read_text().replace("Onboarding hero", "</script><img src=x onerror=alert(1)>"))
    out = client.work.root / "s.html"
    assert client.work.run("sheet", ASSET, "-o", str(out), "--note", "<b>hi</b>").code == 0
    text = out.read_text()
    assert "<img src=x" not in text
    assert "<b>hi" not in text


def test_candidates_of_a_grid_are_plotted_by_its_axes(work: Project) -> None:
    spec = work.root / "specs/boats.toml"
    spec.write_text(GRID)
    assert work.run("explore", "boats").code == 0
    [part] = gather(Checkout(work.root), {"boats"}).parts
    [step] = part.steps
    assert step.axes == (Axis("seed", ("11", "22", "33")), Axis("model", ("sketch-1", "sketch-2")))
    assert [tuple(each.cell.values()) for each in step.pictures][:2] == [
        ("11", "sketch-1"),
        ("11", "sketch-2"),
    ]
    assert len(step.pictures) == 6


GRID = """[source]
generator = "sketch"
prompt = "boats, sea"
size = [120, 80]
[explore.grid]
seed = [11, 22, 33]
model = ["sketch-1", "sketch-2"]
[target.webp]
"""
CELLS = [{"seed": str(s), "stylize": str(y), "model": "m"} for y in (50, 100, 250) for s in (7, 11)]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (CELLS, (Axis("stylize", ("50", "100", "250")), Axis("seed", ("7", "11")))),
        (CELLS[:-1], (Axis("stylize", ("50", "100", "250")), Axis("seed", ("7", "11")))),
        ([{"seed": str(n)} for n in range(6)], ()),
        ([{"model": "m", "seed": "1"}] * 3, ()),
        ([{"a": "x"}, {"a": "y"}, {"a": "x"}, {"a": "y"}], (Axis("a", ("x", "y")),)),
        ([{"a": str(n), "b": str(n)} for n in range(5)], ()),
        ([], ()),
    ],
)
def test_two_keys_that_differ_are_the_axes_of_a_plot(
    cells: list[dict[str, str]], found: tuple[Axis, ...]
) -> None:
    assert axes.find(cells) == found


def test_a_budget_is_shared_out_among_pictures() -> None:
    for pictures in (1, 12, 400):
        each = budget(15_000_000, pictures)
        assert (each.thumb + each.large) * pictures * 4 / 3 <= 15_000_000
    assert budget(15_000_000, 12).large > budget(15_000_000, 400).large
