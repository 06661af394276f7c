"""The layout: order kept, nothing overlaps, every arrow leads rightwards."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from tympan.plan.layout import lay_out

HEIGHT, GAP, APART = 40.0, 10.0, 30.0


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, int], list[tuple[str, str]]]:
    columns = {f"b{n}": draw(st.integers(0, 4)) for n in range(draw(st.integers(1, 14)))}
    pairs = [(a, b) for a in columns for b in columns if columns[a] < columns[b]]
    arrows = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=20)) if pairs else []
    return columns, arrows


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_boxes_never_overlap_and_are_all_inside(graph: tuple[dict[str, int], list[tuple[str, str]]]) -> None:
    columns, arrows = graph
    layout = lay_out(columns, arrows, height=HEIGHT, gap=GAP, apart=APART)
    assert layout.places.keys() == columns.keys()
    for column in range(5):
        own = sorted(place.y for place in layout.places.values() if place.column == column)
        assert all(below - above >= HEIGHT + GAP - 0.2 for above, below in itertools.pairwise(own))
    assert min(place.y for place in layout.places.values()) >= HEIGHT / 2 - 0.1
    assert max(place.y for place in layout.places.values()) <= layout.height - HEIGHT / 2 + 0.1
    for start, end in arrows:
        bends = layout.bends.get((start, end), [])
        assert [bend.column for bend in bends] == list(range(columns[start] + 1, columns[end]))
    assert layout == lay_out(columns, arrows, height=HEIGHT, gap=GAP, apart=APART)


def test_a_parent_stands_beside_the_middle_of_its_children() -> None:
    columns = {"source": 0, "a": 1, "b": 1, "c": 1}
    layout = lay_out(columns, [("source", each) for each in "abc"], height=HEIGHT, gap=GAP, apart=APART)
    assert [layout.places[each].y for each in "abc"] == [20, 70, 120]
    assert layout.places["source"].y == 70
    assert layout.height == 140


def test_parts_are_apart_in_the_given_order() -> None:
    columns = {"a": 0, "b": 1, "c": 0, "d": 1}
    layout = lay_out(columns, [("a", "b"), ("c", "d")], height=HEIGHT, gap=GAP, apart=APART)
    assert layout.parts == [40, 110]
    assert layout.places["c"].y - layout.places["a"].y == HEIGHT + APART


def test_arrows_do_not_cross_where_they_need_not() -> None:
    columns = {"a": 0, "b": 0, "x": 1, "y": 1, "end": 2}
    arrows = [("a", "y"), ("b", "x"), ("x", "end"), ("y", "end")]
    places = lay_out(columns, arrows, height=HEIGHT, gap=GAP, apart=APART).places
    assert (places["a"].y < places["b"].y) == (places["y"].y < places["x"].y)
