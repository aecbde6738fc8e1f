"""The list: its address is the filter and the moment, it stays within the scope, and its queries are counted."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sanjian.base.registry.models import InspectionObject
from sanjian.base.registry.tests.cast import Cast

ROOMS = ("registry", "clues", "inspections", "screening", "sensing")
"""Tables of the work itself: what logging in and the session cost is pinned where they are."""
BASELINE = json.loads((Path(__file__).parent / "query_counts.json").read_text())


def names(client: Client, query: str = "") -> list[str]:
    return [row.facts.name for row in client.get(f"/objects/{query}").context["rows"]]


def test_the_address_is_the_filter(cast: Cast, plant: InspectionObject, keeper: Client) -> None:
    assert set(names(keeper)) == {"丙新厂", "乙厂", "甲厂"}
    assert names(keeper, "?role=discharger") == ["丙新厂"]
    assert names(keeper, "?role=carrier") == []
    assert names(keeper, "?industry=26") == ["丙新厂"]
    assert names(keeper, "?district=310116") == ["乙厂"]
    assert names(keeper, "?grade=A") == []
    assert names(keeper, "?q=BXC") == ["丙新厂"]


def test_a_day_in_the_address_shows_what_held_then(plant: InspectionObject, keeper: Client) -> None:
    assert names(keeper, "?on=2026-02-01") == ["丙厂"]
    assert names(keeper, "?on=2026-02-01&role=discharger") == []
    assert names(keeper, "?on=2026-03-01&role=discharger") == ["丙厂"]
    assert names(keeper, "?on=2026-06-01") == ["丙新厂"]
    assert names(keeper, "?on=2026-06-01&known=2026-05-01T00:00") == ["丙厂"]
    page = keeper.get("/objects/?on=2026-03-01").content.decode()
    assert "截至 2026-03-01 的状态（按今日所知）" in page
    assert 'name="id"' not in page  # the past is looked at, not bulk-edited


def test_a_date_that_is_none_is_said_and_today_is_shown(plant: InspectionObject, keeper: Client) -> None:
    for wrong in ("?on=2026-02-30", "?on=gestern", "?known=9"):
        page = keeper.get(f"/objects/{wrong}")
        assert page.status_code == 200
        assert "已按今天显示" in page.content.decode()
        assert len(page.context["rows"]) == 3


def test_each_sees_own_district_or_own_object(
    cast: Cast, plant: InspectionObject, as_: Callable[[str], Client]
) -> None:
    assert set(names(as_("officer"))) == {"甲厂", "丙新厂"}
    assert names(as_("neighbour")) == ["乙厂"]
    assert names(as_("enterprise")) == ["甲厂"]
    assert len(names(as_("auditor"))) == 3
    assert as_("operator").get("/objects/").status_code == 404


def test_answers_come_while_typing_within_the_scope(
    cast: Cast, plant: InspectionObject, as_: Callable[[str], Client]
) -> None:
    found = as_("officer").get("/objects/find.json", {"q": "丙"}).json()
    assert [(hit["name"], hit["url"]) for hit in found["hits"]] == [("丙新厂", f"/objects/{plant.pk}/")]
    by_initials = as_("officer").get("/objects/find.json", {"q": "bxc"}).json()["hits"]
    assert [hit["name"] for hit in by_initials] == ["丙新厂"]
    assert as_("neighbour").get("/objects/find.json", {"q": "丙"}).json()["hits"] == []
    assert as_("officer").get("/objects/find.json").json()["hits"] == []


def test_the_file_holds_what_the_list_shows(cast: Cast, plant: InspectionObject, keeper: Client) -> None:
    def lines(query: str = "") -> list[dict[str, str]]:
        text = b"".join(keeper.get(f"/objects/export.csv{query}").streaming_content).decode()
        return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))

    assert len(lines()) == 3
    [line] = lines("?role=discharger&on=2026-04-01")
    assert (line["名称"], line["角色"], line["行业代码"]) == ("丙厂", "排污单位", "2614")


def test_an_empty_list_says_why(keeper: Client) -> None:
    page = keeper.get("/objects/?q=没有这个").content.decode()
    assert "没有符合条件的检查对象" in page
    assert "清除筛选" in page


def test_long_lists_come_in_pages(cast: Cast, keeper: Client) -> None:
    InspectionObject.objects.bulk_create(
        InspectionObject(name=f"厂{n:03d}", district=cast.plant.district) for n in range(60)
    )
    page = keeper.get("/objects/?page=2")
    assert len(page.context["rows"]) == 12
    assert "第 51–62 家" in page.content.decode()


@pytest.mark.parametrize("address", sorted(BASELINE))
def test_pages_need_a_fixed_number_of_queries(
    address: str, cast: Cast, furnished: InspectionObject, keeper: Client, own_lake: None
) -> None:
    for n in range(3):
        InspectionObject.objects.create(name=f"更多{n}", district=cast.plant.district)
    path = address.replace("PLANT", str(furnished.pk))
    keeper.get(path)
    with CaptureQueriesContext(connection) as counted:
        keeper.get(path)
    asked = [q["sql"] for q in counted.captured_queries if any(f'"{room}_' in q["sql"] for room in ROOMS)]
    assert len(asked) == BASELINE[address], "\n".join(sql[-200:] for sql in asked)
