"""The frame round every page: language, looks, places, errors."""

import pytest
from django.test import Client

from sanjian.base.registry.tests.cast import Cast


def as_person(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.person[name])
    return client


def test_chinese_first_whatever_the_browser_says(cast: Cast) -> None:
    page = as_person(cast, "officer").get("/", headers={"accept-language": "en-US,en;q=0.9"})
    assert page.headers["Content-Language"] == "zh-hans"
    assert "今日" in page.content.decode()


def test_english_by_a_switch_and_back(cast: Cast) -> None:
    client = as_person(cast, "officer")
    client.post("/language/", {"language": "en", "next": "/"})
    page = client.get("/").content.decode()
    assert 'lang="en"' in page
    assert "Today" in page
    assert "今日" not in page
    client.post("/language/", {"language": "zh-hans", "next": "/"})
    assert "今日" in client.get("/").content.decode()


@pytest.mark.parametrize(("name", "value"), [("theme", "dark"), ("contrast", "high"), ("density", "compact")])
def test_looks_are_remembered_by_the_device(cast: Cast, name: str, value: str) -> None:
    client = as_person(cast, "officer")
    assert client.post("/appearance/", {name: value, "next": "/map/"}).headers["Location"] == "/map/"
    assert f'data-{name}="{value}"' in client.get("/").content.decode()


def test_a_choice_never_leads_to_another_host(cast: Cast) -> None:
    response = as_person(cast, "officer").post("/appearance/", {"theme": "dark", "next": "https://elsewhere.example/"})
    assert response.headers["Location"] == "/"


def test_an_unknown_look_counts_as_the_default(cast: Cast) -> None:
    client = as_person(cast, "officer")
    client.cookies["theme"] = '"><script>'
    assert 'data-theme="auto"' in client.get("/").content.decode()


def test_the_rail_holds_only_what_exists_for_the_person(cast: Cast) -> None:
    page = as_person(cast, "operator").get("/").content.decode()
    assert 'href="/system/"' in page
    assert 'href="/map/"' not in page


def test_what_one_may_not_know_of_is_a_page_in_chinese(cast: Cast) -> None:
    response = as_person(cast, "officer").get("/objects/999999/")
    assert response.status_code == 404
    assert "没有这一页" in response.content.decode()


def test_the_palette_finds_within_the_scope(cast: Cast) -> None:
    page = as_person(cast, "officer").get("/search/?q=厂", headers={"hx-request": "true"}).content.decode()
    assert "甲厂" in page
    assert "乙厂" not in page
    assert "<html" not in page


def test_health_needs_no_account(db: None) -> None:
    assert Client().get("/healthz").json() == {"status": "ok", "database": True}


def test_no_page_needs_inline_script(cast: Cast, own_lake: None) -> None:
    client = as_person(cast, "supervisor")
    for path in ("/", "/map/", "/sources/", "/objects/", f"/sources/{cast.point.device_mn}/"):
        page = client.get(path)
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        for script in page.content.decode().split("<script")[1:]:
            assert "src=" in script.split(">", 1)[0]
        assert " onclick=" not in page.content.decode()
