"""The preview says of every line what it will do, within the actor's district, and writes nothing."""

from datetime import UTC, datetime

from sanjian.base.registry.models import DataSource, ImportBatch, InspectionObject
from sanjian.base.registry.services.objects import change_object
from sanjian.base.registry.tests.cast import Cast

from .cast import CODES, NOW, applied, csv_of, preview, rows_of, xlsx_of


def test_new_changed_same_and_wrong_are_told_apart(cast: Cast) -> None:
    keeper = cast.person["keeper"]
    applied(csv_of((CODES[0], "丙化工有限公司", "浦东新区", "沪太路1号", "2614")), keeper)
    batch = preview(
        csv_of(
            (CODES[0], "丙化工有限公司", "310115", "沪太路2号", "2614"),
            (CODES[1], "某某印染厂", "浦东新区", "川沙路8号", "1713"),
            ("91310115MA1K000018", "坏码厂", "浦东新区", "", ""),
            (CODES[2], "没有区的厂", "", "", ""),
        ),
        keeper,
    )
    assert batch.counts == {"new": 1, "changed": 1, "same": 0, "doubtful": 0, "wrong": 2}
    found = rows_of(batch)
    assert found[2][:2] == ("changed", {"address": ["沪太路1号", "沪太路2号"]})
    assert found[4][2][0][0] == "credit_code"
    assert found[5][2] == [["district_id", "新登记时必须填写"]]
    assert InspectionObject.objects.filter(credit_code=CODES[1]).count() == 0


def test_a_blank_cell_changes_nothing_and_the_same_file_again_changes_nothing(cast: Cast) -> None:
    content = csv_of((CODES[0], "丙化工有限公司", "浦东新区", "沪太路1号", "2614"))
    applied(content, cast.person["keeper"])
    assert preview(content, cast.person["keeper"]).counts["same"] == 1
    blank = csv_of((CODES[0], "", "", "", ""))
    assert preview(blank, cast.person["keeper"]).counts["same"] == 1
    cleared = preview(csv_of((CODES[0], "", "", "清空", "")), cast.person["keeper"])
    assert rows_of(cleared)[2][1] == {"address": ["沪太路1号", ""]}


def test_what_lies_outside_the_district_is_wrong(cast: Cast) -> None:
    keeper = cast.person["keeper"]
    applied(csv_of((CODES[0], "金山一厂", "金山区", "", "")), cast.person["other_keeper"])
    batch = preview(
        csv_of((CODES[0], "改名", "", "", ""), (CODES[1], "新厂", "金山区", "", "")), keeper
    )  # fmt: skip
    assert batch.counts["wrong"] == 2
    assert not any("金山一厂" in said for _, _, problems in rows_of(batch).values() for _, said in problems)
    assert preview(csv_of((CODES[1], "新厂", "金山区", "", "")), cast.person["supervisor"]).counts["new"] == 1


def test_a_spoiled_code_is_refused_in_its_cell(cast: Cast) -> None:
    batch = preview(xlsx_of((9.1310115e17, "丁厂", "浦东新区", "", 810)), cast.person["keeper"], name="t.xlsx")
    outcome, _, problems = rows_of(batch)[2]
    assert outcome == "wrong"
    assert problems[0][0] == "credit_code"
    assert "文本" in problems[0][1]


def test_a_code_twice_in_a_file_is_wrong_the_second_time(cast: Cast) -> None:
    line = (CODES[0], "丙厂", "浦东新区", "", "")
    found = rows_of(preview(csv_of(line, line), cast.person["keeper"]))
    assert (found[2][0], found[3][0]) == ("new", "wrong")
    assert "第 2 行" in found[3][2][0][1]


def test_a_line_without_code_finds_its_object_again(cast: Cast) -> None:
    content = csv_of(("", "沪太路工地", "浦东新区", "沪太路9号", ""))
    applied(content, cast.person["keeper"])
    assert preview(content, cast.person["keeper"]).counts["same"] == 1


def test_a_lookalike_is_held_back_for_a_person(cast: Cast) -> None:
    keeper = cast.person["keeper"]
    applied(csv_of((CODES[0], "上海丙申化工有限公司", "浦东新区", "上海市浦东新区沪太路1号", "")), keeper)
    lookalike = csv_of(("", "丙申化工有限责任公司（上海）", "浦东新区", "沪太路 1 号", "2614"))
    batch = preview(lookalike, keeper)
    row = batch.rows.get()
    assert row.outcome == "doubtful"
    assert row.target_id == InspectionObject.objects.get(credit_code=CODES[0]).pk


def test_a_less_trusted_source_does_not_overwrite(cast: Cast) -> None:
    keeper = cast.person["keeper"]
    applied(csv_of((CODES[0], "丙化工有限公司", "浦东新区", "沪太路1号", "2614")), keeper)
    poor = DataSource.objects.create(code="poor", name="伙伴", kind="http", rank=7)
    content = csv_of((CODES[0], "丙化工", "", "沪太路9号", ""))
    kept = preview(content, cast.person["supervisor"], source=poor)
    assert kept.counts["same"] == 1
    assert "更可信" in kept.rows.get().problems[0][1]
    good = DataSource.objects.create(code="good", name="部里", kind="http", rank=1)
    assert preview(content, cast.person["supervisor"], source=good).counts["changed"] == 1


def test_gcj02_positions_are_converted_once(cast: Cast) -> None:
    head = ("统一社会信用代码", "名称", "行政区", "经度", "纬度", "坐标系")
    content = csv_of((CODES[0], "丙厂", "浦东新区", 121.5, 31.2, "GCJ-02（地图应用）"), head=head)
    applied(content, cast.person["keeper"])
    thing = InspectionObject.objects.get(credit_code=CODES[0])
    assert thing.datum == "gcj02"
    assert 0.003 < abs(thing.longitude - 121.5) < 0.006
    assert preview(content, cast.person["keeper"]).counts["same"] == 1


def test_a_file_without_a_known_column_fails_and_says_so(cast: Cast) -> None:
    batch = preview(b"x,y\n1,2", cast.person["keeper"])
    assert batch.state == ImportBatch.State.FAILED
    assert "统一社会信用代码" in batch.problem
    ignored = preview(
        csv_of((CODES[0], "厂", "浦东新区", "q"), head=("代码x", "名称", "行政区", "颜色")), cast.person["keeper"]
    )
    assert "颜色" in ignored.problem


def test_a_change_made_by_hand_is_seen_as_an_origin(cast: Cast) -> None:
    keeper = cast.person["keeper"]
    applied(csv_of((CODES[0], "丙化工有限公司", "浦东新区", "沪太路1号", "2614")), keeper)
    thing = InspectionObject.objects.get(credit_code=CODES[0])
    change_object(
        thing, {"address": "沪太路3号"}, actor=keeper, at=datetime(2026, 11, 25, tzinfo=UTC), valid_from=NOW.date(),
        reason="现场核对",
    )  # fmt: skip
    poor = DataSource.objects.create(code="poor", name="伙伴", kind="http", rank=5)
    assert (
        preview(csv_of((CODES[0], "", "", "沪太路1号", "")), cast.person["supervisor"], source=poor).counts["same"] == 1
    )
