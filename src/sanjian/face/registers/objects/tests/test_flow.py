"""The flow picture: every facility once, streams from left to right, never a loop that hangs."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sanjian.face.registers.objects.flow import GAP_Y, HEIGHT, Node, draw

KINDS = st.sampled_from(["production", "treatment", "outlet"])


def test_nothing_to_draw_is_no_picture() -> None:
    assert draw([]) is None


def test_treatment_in_a_row_stands_in_columns_of_its_own() -> None:
    picture = draw([
        Node(1, "MF0001", "a", "production", 2), Node(2, "TA001", "b", "treatment", 3),
        Node(3, "TA002", "c", "treatment", 4), Node(4, "DA001", "d", "outlet", None),
    ])  # fmt: skip
    assert picture is not None
    across = [box.x for box in picture.boxes]
    assert len(set(across)) == 4
    assert [node.code for node in picture.chains[0]] == ["MF0001", "TA001", "TA002", "DA001"]


@given(st.lists(st.tuples(KINDS, st.none() | st.integers(0, 12)), max_size=12))
def test_whatever_the_register_holds_every_box_has_its_own_place(rows: list[tuple[str, int | None]]) -> None:
    picture = draw(Node(n, f"X{n:04}", "x", kind, to) for n, (kind, to) in enumerate(rows))
    if picture is None:
        assert not rows
        return
    assert sorted(box.node.pk for box in picture.boxes) == list(range(len(rows)))
    places = sorted((box.x, box.y) for box in picture.boxes)
    for (x1, y1), (x2, y2) in pairwise(places):
        assert x1 != x2 or y2 - y1 >= HEIGHT + GAP_Y - 1e-6
    assert all(box.x < picture.width and box.y < picture.height for box in picture.boxes)
    assert len(picture.arrows) == sum(to is not None and to < len(rows) for _kind, to in rows)
