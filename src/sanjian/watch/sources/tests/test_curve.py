"""The curve: what counts is drawn, gaps stay gaps, thinning never hides an exceedance, everybody's data stay theirs."""

from datetime import date, timedelta

import pytest
from django.test import Client

from sanjian.base.lake.instance import the_lake
from sanjian.base.registry.tests.cast import HOUR0, MN, Cast, add_finding, add_hours, add_limit
from sanjian.base.sensing.streams import READINGS
from sanjian.watch.sources import curve

from . import stack

WINDOW = {"since": "2026-11-23T08:00", "until": "2026-11-25T08:00", "kind": "hour"}


def ask(cast: Cast, who: str = "officer", **query: str) -> dict:
    client = Client()
    client.force_login(cast.person[who])
    response = client.get(f"/sources/{MN}/curve.json", WINDOW | query)
    assert response.status_code == 200, response.content
    return response.json()


def test_values_come_with_unit_mark_packet_and_receipt(cast: Cast, own_lake: None) -> None:
    add_limit(cast.point)
    hashes = add_hours(MN, [80.0, 128.0, 90.0])
    [factor] = ask(cast)["factors"]
    assert (factor["code"], factor["unit"], factor["total"], factor["over"]) == ("a21002", "mg/m³", 3, 1)
    assert factor["v"] == [80.0, 128.0, 90.0]
    assert factor["is_over"] == [False, True, False]
    assert factor["sha"] == hashes
    assert factor["flag"] == ["N", "N", "N"]
    assert factor["received"][0] - factor["t"][0] == 3605_000


def test_a_marked_hour_is_drawn_but_never_counts_as_over(cast: Cast, own_lake: None) -> None:
    add_limit(cast.point)
    add_hours(MN, [128.0, 128.0], flags=["M", "N"])
    assert ask(cast)["factors"][0]["is_over"] == [False, True]


def test_missing_hours_are_a_gap(cast: Cast, own_lake: None) -> None:
    add_hours(MN, [1.0, 2.0])
    add_hours(MN, [3.0], first=HOUR0 + timedelta(hours=6))
    [factor] = ask(cast)["factors"]
    hour = 3600_000
    start = curve.epoch_ms(HOUR0)
    assert factor["gaps"] == [[start + 2 * hour, start + 6 * hour]]


def test_a_resent_hour_counts_its_versions_and_the_last_is_valid(cast: Cast, own_lake: None) -> None:
    add_hours(MN, [50.0])
    add_hours(MN, [60.0], again=600)
    [factor] = ask(cast)["factors"]
    assert (factor["v"], factor["versions"]) == ([60.0], [2])


def test_the_limit_of_the_day_judges_and_each_is_drawn_with_its_source(cast: Cast, own_lake: None) -> None:
    old = add_limit(cast.point, upper=200)
    old.valid_to = date(2026, 11, 23)
    old.save()
    add_limit(cast.point, upper=100, valid_from=date(2026, 11, 24))
    add_hours(MN, [150.0] * 30)
    [factor] = ask(cast)["factors"]
    assert factor["is_over"] == [False] * 16 + [True] * 14  # local midnight is 16:00 UTC
    assert [(x["upper"], x["source"]) for x in factor["limits"]] == [(200, "许可证"), (100, "许可证")]
    assert factor["limits"][0]["to"] == factor["limits"][1]["from"]


def test_findings_of_the_period_come_as_bands(cast: Cast, own_lake: None) -> None:
    add_hours(MN, [128.0] * 3)
    found = add_finding(cast.point)
    [band] = ask(cast)["findings"]
    assert (band["id"], band["name"], band["factor"]) == (found.pk, "小时均值超标", "a21002")
    assert band["to"] - band["from"] == 3 * 3600_000


def test_a_finding_draws_its_own_interval_and_factor(cast: Cast, own_lake: None) -> None:
    add_hours(MN, [128.0] * 3)
    found = add_finding(cast.point)
    client = Client()
    client.force_login(cast.person["officer"])
    data = client.get(f"/sources/{MN}/curve.json", {"finding": found.pk}).json()
    assert data["kind"] == "hour"
    assert data["since"] == curve.epoch_ms(HOUR0 - timedelta(hours=6))
    assert [f["code"] for f in data["factors"]] == ["a21002"]


def test_thinning_keeps_extremes_exceedances_marks_and_ends(own_lake: None) -> None:
    import polars as pl

    n = 40_000
    rows = pl.DataFrame(
        {
            "shown": [50.0 + (i % 7) for i in range(n)],
            "is_over": [i % 1000 == 13 for i in range(n)],
            "is_marked": [i % 3000 == 17 for i in range(n)],
            "n": range(n),
        }
    ).with_columns(shown=pl.when(pl.col("n") == 20_001).then(-5.0).otherwise(pl.col("shown")))
    kept = curve.thinned(rows)
    assert kept.height < 8000
    assert kept["is_over"].sum() == rows["is_over"].sum()
    assert kept["is_marked"].sum() == rows["is_marked"].sum()
    assert -5.0 in kept["shown"].to_list()
    assert (kept["n"][0], kept["n"][-1]) == (0, n - 1)
    assert kept["n"].is_sorted()


@pytest.mark.parametrize(
    "query",
    [{"since": "morgen"}, {"since": "2026-11-25", "until": "2026-11-24"}, {"since": "2000-01-01"}, {"since": "9" * 30}],
)
def test_an_impossible_period_is_answered_in_words(cast: Cast, own_lake: None, query: dict[str, str]) -> None:
    client = Client()
    client.force_login(cast.person["officer"])
    response = client.get(f"/sources/{MN}/curve.json", WINDOW | query)
    assert response.status_code == 422
    assert response.json()["error"]
    assert client.get(f"/sources/{MN}/", query).status_code == 200


def test_an_empty_period_is_empty_not_an_error(cast: Cast, own_lake: None) -> None:
    assert ask(cast)["factors"] == []


def test_the_soft_sensors_line_is_for_officials_and_only_where_it_learned(cast: Cast, own_lake: None) -> None:
    the_lake().append(READINGS, stack.rows(stack.honest(), mn=MN))
    window = {"kind": "hour", "since": stack.moment(60).isoformat(), "until": stack.moment(62).isoformat()}
    asked = window | {"expected": "1", "factors": "a21002"}
    line = ask(cast, **asked)["expected"]["a21002"]
    assert len(line["t"]) == len(line["v"]) >= 140
    assert 15 < min(line["v"]) < max(line["v"]) < 80
    assert ask(cast, **window)["expected"] == {}
    early = asked | {"since": stack.moment(2).isoformat(), "until": stack.moment(4).isoformat()}
    assert ask(cast, **early)["expected"] == {}
