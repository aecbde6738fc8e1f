"""A cell means what the person meant, or is refused; a code that a spreadsheet spoiled is never guessed."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanjian.base.registry.updates import cells
from sanjian.base.registry.updates.cells import CellFault
from sanjian.base.registry.updates.columns import SPECS


@pytest.mark.parametrize("spoiled", [9.13101150e17, 913101151234567890, "9.13E+17", "9.1310115e17"])
def test_a_code_that_lost_its_digits_is_refused_with_the_way_to_mend_it(spoiled: object) -> None:
    with pytest.raises(CellFault, match="文本"):
        cells.code(18)(spoiled)


def test_leading_zeros_come_back_where_the_length_is_known() -> None:
    assert cells.code(4, digits=4)(810.0) == "0810"
    assert cells.code(3, digits=3)("1") == "001"


def test_full_width_and_blanks_do_not_matter() -> None:
    assert cells.code(18)(" ９１３１ 0115ma1k ") == "91310115MA1K"
    assert cells.number()("１２.5") == 12.5


@pytest.mark.parametrize(
    "said", ["2026-11-03", "2026/11/3", "2026年11月3日", "20261103", 46329, "46329", date(2026, 11, 3),
             datetime(2026, 11, 3, 8, tzinfo=UTC), "2026-11-03 08:00:00"]
)  # fmt: skip
def test_dates_in_every_writing(said: object) -> None:
    assert cells.day(said) == date(2026, 11, 3)


@pytest.mark.parametrize("said", ["2026-13-01", "明天", "3", "2026-02-30"])
def test_what_is_no_date_is_refused(said: str) -> None:
    with pytest.raises(CellFault):
        cells.day(said)


@pytest.mark.parametrize("said", ["nan", "inf", "x", "", "1e400"])
def test_what_is_no_number_is_refused(said: str) -> None:
    with pytest.raises(CellFault):
        cells.number()(said)


def test_choices_by_label_or_code() -> None:
    permit = SPECS["objects"].column("permit_class").parse
    assert permit("重点管理") == permit("key") == permit(" KEY ") == "key"
    with pytest.raises(CellFault, match="登记管理"):
        permit("其他")
    assert SPECS["objects"].column("roles").parse("排污单位，运输单位；排污单位") == ["carrier", "discharger"]


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=40), st.dates()))
def test_no_cell_raises_anything_but_a_cell_fault(value: object) -> None:
    for spec in SPECS.values():
        for column in spec.columns:
            try:
                read = column.parse(value)
            except CellFault:
                continue
            assert read in ("", None, []) or column.parse(read) == read, "what was read reads as itself"


def test_every_title_means_one_column() -> None:
    for spec in SPECS.values():
        titles = [t for c in spec.columns for t in (c.head, *c.aliases)]
        assert [c.field for c in spec.heads(titles) if c] == [c.field for c in spec.columns for _ in (0, *c.aliases)]
