"""The wall and the point's page: standing, current values, the same data as table and CSV, in pinned query counts."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sanjian.base.registry.models import MonitoringPoint
from sanjian.base.registry.spreadsheet import safe
from sanjian.base.registry.tests.cast import HOUR0, MN, Cast, add_finding, add_hours, add_limit, saw
from sanjian.watch.sources.standing import standing

BASELINE = json.loads((Path(__file__).parent / "query_counts.json").read_text())


@pytest.fixture
def client(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.person["supervisor"])
    return client


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, "good"),
        ({"received_at": None}, "never"),
        ({"received_at": HOUR0 - timedelta(seconds=601)}, "silent"),
        ({"received_at": HOUR0 - timedelta(seconds=601), "report_interval_s": 3600}, "good"),
        ({"worst": 3}, "warn"),
        ({"worst": 4}, "alarm"),
        ({"worst": 5, "is_in_service": False}, "retired"),
    ],
)
def test_a_point_stands_by_its_worst_finding_then_by_its_silence(facts: dict, code: str) -> None:
    usual = {"is_in_service": True, "report_interval_s": 60, "received_at": HOUR0, "worst": None, "now": HOUR0}
    assert standing(**(usual | facts)).code == code


def test_the_address_is_the_filter(cast: Cast, own_lake: None, client: Client) -> None:
    saw(cast.point, timezone.now())
    assert len(client.get("/sources/").context["rows"]) == 2
    assert [r.point.device_mn for r in client.get("/sources/?standing=good").context["rows"]] == [MN]
    assert [r.point.device_mn for r in client.get("/sources/?q=甲").context["rows"]] == [MN]
    assert client.get("/sources/?medium=water").context["rows"] == []
    assert [r.point.device_mn for r in client.get("/sources/?district=310115").context["rows"]] == [MN]


def test_an_ended_finding_colours_its_point_for_a_day(cast: Cast, own_lake: None, client: Client) -> None:
    now = timezone.now()
    saw(cast.point, now)
    found = add_finding(cast.point, started_at=now - timedelta(hours=30))
    assert client.get("/sources/?standing=alarm").context["rows"] == []  # ended 27 hours ago
    found.ended_at = now - timedelta(hours=23)
    found.save()
    assert len(client.get("/sources/?standing=alarm").context["rows"]) == 1


def test_current_values_are_held_against_the_limit(cast: Cast, own_lake: None, client: Client) -> None:
    add_limit(cast.point)
    saw(cast.point, timezone.now(), value=128)
    [current] = client.get(f"/sources/{MN}/").context["current"]
    assert current.is_over
    assert (current.limit.upper, current.by_kind["hour"].value) == (100, 128)


def test_the_table_holds_what_the_curve_draws(cast: Cast, own_lake: None, client: Client) -> None:
    add_limit(cast.point)
    hashes = add_hours(MN, [80.0, 128.0])
    query = {"since": "2026-11-23T08:00", "until": "2026-11-24T08:00", "kind": "hour"}
    drawn = client.get(f"/sources/{MN}/curve.json", query).json()["factors"][0]
    table = client.get(f"/sources/{MN}/", query | {"view": "table"})
    assert [r["shown"] for r in table.context["table"]] == drawn["v"][::-1]
    assert f"/packets/{hashes[0]}/" in table.content.decode()


def test_readings_leave_as_csv_with_everything_that_makes_them_evidence(
    cast: Cast, own_lake: None, client: Client
) -> None:
    add_limit(cast.point)
    [sha] = add_hours(MN, [128.0])
    response = client.get(f"/sources/{MN}/readings.csv", {"since": "2026-11-23", "until": "2026-11-24", "kind": "hour"})
    text = b"".join(response.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    [row] = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert (row["数值"], row["单位"], row["限值"], row["数据标记"]) == ("128.0", "mg/m³", "100.0", "N")
    assert (row["数据时间"], row["数据包 SHA-256"]) == ("2026-11-23 08:00:00", sha)


def test_the_wall_leaves_as_csv_without_formulas(cast: Cast, own_lake: None, client: Client) -> None:
    cast.point.name = '=HYPERLINK("http://x")'
    cast.point.save()
    text = b"".join(client.get("/sources/export.csv").streaming_content).decode("utf-8")
    assert "\"'=HYPERLINK" in text


@pytest.mark.parametrize(
    ("cell", "safe_cell"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("-3.2", "-3.2"),
        ("-cmd", "'-cmd"),
        ("＝1", "'＝1"),
        (-3.2, "-3.2"),
        (None, ""),
        ("\t=1", "'\t=1"),
    ],
)
def test_no_cell_is_a_formula_and_numbers_stay_numbers(cell: object, safe_cell: str) -> None:
    assert safe(cell) == safe_cell


def test_a_point_without_data_says_why(cast: Cast, own_lake: None, client: Client) -> None:
    page = client.get(f"/sources/{MN}/").content.decode()
    assert "还没有收到这个点位的数据" in page
    assert "没有登记限值" in page


def test_a_lake_that_cannot_be_read_leaves_the_rest_of_the_page(
    cast: Cast, own_lake: None, client: Client, tmp_path: Path
) -> None:
    (tmp_path / "lake").write_text("a file where the folder should be")
    page = client.get(f"/sources/{MN}/")
    assert page.status_code == 200
    assert "数据湖暂时读不出来" in page.content.decode()
    assert client.get(f"/sources/{MN}/curve.json").status_code == 503


def test_evidence_is_drawn_with_numbers_and_innocent_explanations(cast: Cast, own_lake: None) -> None:
    found = add_finding(cast.point)
    drawn = render_to_string("sources/_evidence.html", {"finding": found})
    for shown in (
        f"curve.json?finding={found.pk}",
        'data-island="trend"',
        "最不利值",
        "128.0",
        "停运时段已排除",
        "不能排除",
    ):
        assert shown in drawn


@pytest.mark.parametrize("path", sorted(BASELINE))
def test_a_list_costs_the_same_queries_however_long(cast: Cast, own_lake: None, client: Client, path: str) -> None:
    """The counts are pinned: more rows must not mean more queries."""
    for n in range(12):
        point = MonitoringPoint.objects.create(
            device_mn=f"MORE{n}", inspection_object=cast.plant, name="n", medium="water", latitude=31, longitude=121
        )
        saw(point, timezone.now())
        add_finding(point)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    assert len(queries) == BASELINE[path]
