"""From a reading back to its bytes: what was sent, when it came, what came out of it, and who may see it."""

from django.test import Client
from django.utils import timezone

from sanjian.base.registry.tests.cast import MN, NEXT_MN, Cast, add_hours, hold


def as_person(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.person[name])
    return client


def test_a_packet_shows_its_bytes_meaning_and_readings(cast: Cast, own_lake: None) -> None:
    [sha] = add_hours(MN, [128.5])
    page = as_person(cast, "officer").get(f"/packets/{sha}/").content.decode()
    for shown in (sha, "a21002-Avg=128.5", "23 23 30", "2026-11-23 09:00:05", "10.0.0.1:1", "128.5"):
        assert shown in page


def test_a_replaced_reading_says_so(cast: Cast, own_lake: None) -> None:
    [first] = add_hours(MN, [50.0])
    [second] = add_hours(MN, [60.0], again=600)
    client = as_person(cast, "officer")
    assert "已被后来的数据替代" in client.get(f"/packets/{first}/").content.decode()
    assert "已被后来的数据替代" not in client.get(f"/packets/{second}/").content.decode()


def test_the_next_district_does_not_learn_of_a_packet(cast: Cast, own_lake: None) -> None:
    [sha] = add_hours(MN, [50.0])
    assert as_person(cast, "neighbour").get(f"/packets/{sha}/").status_code == 404
    assert as_person(cast, "operator").get(f"/packets/{sha}/").status_code == 404
    assert as_person(cast, "enterprise").get(f"/packets/{sha}/").status_code == 200


def test_the_operator_sees_what_lies_in_quarantine(cast: Cast, own_lake: None) -> None:
    sha = hold(b"##\x00\xff<script>alert(1)</script>", timezone.now())
    page = as_person(cast, "operator").get(f"/packets/{sha}/")
    assert page.status_code == 200
    assert "<script>alert" not in page.content.decode()
    assert as_person(cast, "officer").get(f"/packets/{sha}/").status_code == 404


def test_a_link_may_say_when_it_came_and_a_wrong_hint_does_no_harm(cast: Cast, own_lake: None) -> None:
    [sha] = add_hours(MN, [50.0])
    client = as_person(cast, "officer")
    for hint in ("2026-11-23T01:00:05+00:00", "1999-01-01T00:00:00", "morgen", "0001-01-01T00:00:00"):
        assert client.get(f"/packets/{sha}/", {"at": hint}).status_code == 200


def test_what_is_no_hash_is_not_found(cast: Cast, own_lake: None) -> None:
    client = as_person(cast, "officer")
    for name in ("x" * 64, "ab", "a" * 64):
        assert client.get(f"/packets/{name}/").status_code == 404


def test_the_packets_of_a_point_are_listed_newest_first(cast: Cast, own_lake: None) -> None:
    hashes = add_hours(MN, [1.0, 2.0])
    add_hours(NEXT_MN, [3.0])
    page = as_person(cast, "officer").get(f"/sources/{MN}/packets/", {"since": "2026-11-23", "until": "2026-11-25"})
    text = page.content.decode()
    assert text.index(hashes[1][:12]) < text.index(hashes[0][:12])
    assert text.count('href="/packets/') == 2
