"""Duplicates, sources and the report on their pages: who may, what they show, what they never show."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from sanjian.base.registry.models import DataSource, InspectionObject, Match
from sanjian.base.registry.tests.cast import Cast
from sanjian.base.registry.updates import duplicates
from sanjian.base.registry.updates.tests.cast import CODES, NOW

PageOf = Callable[[str], Client]
SOURCE = {
    "code": "partner", "name": "伙伴", "kind": "http", "register": "objects", "address": "https://partner.invalid/x",
    "secret": "geheim-123", "columns": "ENT = 名称\nUSCC = 统一社会信用代码", "interval_minutes": "60", "rank": "5",
}  # fmt: skip


@pytest.fixture
def pair(cast: Cast) -> Match:
    """Two entries of one plant, found."""
    for name, code in (("上海丙申化工有限公司", CODES[0]), ("丙申化工有限责任公司", None)):
        InspectionObject.objects.create(
            name=name,
            credit_code=code,
            district=cast.plant.district,
            address="沪太路1号",
            latitude=31.2,
            longitude=121.5,
        )
    duplicates.refresh(NOW)
    return Match.objects.get()


def test_two_objects_are_compared_and_decided(cast: Cast, page_of: PageOf, pair: Match) -> None:
    client = page_of("keeper")
    assert "丙申化工有限责任公司" in client.get(reverse("duplicates")).content.decode()
    address = reverse("duplicate", args=[pair.pk])
    page = client.get(address).content.decode()
    assert "相距" in page
    assert "地址相同" in page
    assert client.post(address, {"verdict": "same"}).status_code == 422
    client.post(address, {"verdict": "same", "survivor": pair.first_id, "reason": "同一家"})
    assert InspectionObject.objects.get(pk=pair.second_id).survivor_id == pair.first_id
    assert "同一家" in client.get(address).content.decode()
    client.post(reverse("duplicate_reopen", args=[pair.pk]), {"reason": "弄错"})
    assert InspectionObject.objects.get(pk=pair.second_id).survivor_id is None


def test_pairs_of_another_district_do_not_exist(cast: Cast, page_of: PageOf, pair: Match) -> None:
    for name in ("other_keeper", "officer", "enterprise", "auditor", "operator"):
        assert page_of(name).get(reverse("duplicate", args=[pair.pk])).status_code == 404, name
    page_of("other_keeper").post(reverse("duplicates_search"))
    assert Match.objects.count() == 1


def test_a_source_is_kept_and_its_secret_never_shown(cast: Cast, page_of: PageOf) -> None:
    client = page_of("supervisor")
    assert client.post(reverse("data_source_new"), SOURCE).status_code == 302
    source = DataSource.objects.get(code="partner")
    assert (source.secret, source.columns["ENT"]) == ("geheim-123", "名称")
    address = reverse("data_source", args=[source.pk])
    for page in (client.get(address), client.get(reverse("data_sources"))):
        assert "geheim" not in page.content.decode()
    client.post(address, SOURCE | {"secret": "", "name": "新名"})
    source.refresh_from_db()
    assert (source.secret, source.name) == ("geheim-123", "新名")


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "file:///etc/passwd"},
        {"address": "https://user:pw@host/"},
        {"kind": "database"},
        {"columns": "x = 没有的列"},
        {"interval_minutes": "1"},
        {"rank": "0"},
        {"token_header": "A: b"},
    ],
)
def test_a_wrong_source_comes_back(cast: Cast, page_of: PageOf, wrong: dict[str, str]) -> None:
    answer = page_of("supervisor").post(reverse("data_source_new"), SOURCE | wrong)
    assert answer.status_code == 422
    assert not DataSource.objects.filter(code="partner").exists()


def test_a_pull_that_fails_is_told(cast: Cast, page_of: PageOf) -> None:
    source = DataSource.objects.create(
        code="d", name="库", kind="database", address="sqlite:///none/none", query="SELECT 1"
    )
    client = page_of("supervisor")
    client.post(reverse("data_source_pull", args=[source.pk]))
    assert "partners" in client.get(reverse("data_sources")).content.decode()


def test_sources_are_the_citys_business(cast: Cast, page_of: PageOf) -> None:
    source = DataSource.objects.create(code="d", name="库", kind="http")
    for name in ("keeper", "officer", "auditor", "operator", "enterprise"):
        client = page_of(name)
        assert client.get(reverse("data_sources")).status_code == 404, name
        assert client.get(reverse("data_source", args=[source.pk])).status_code == 404, name
        assert client.post(reverse("data_source_pull", args=[source.pk])).status_code == 404, name


@pytest.mark.parametrize("register", ["objects", "officers", "instruments", "items", "nonsense"])
def test_the_report_is_drawn_for_every_register(cast: Cast, page_of: PageOf, register: str) -> None:
    assert page_of("keeper").get(reverse("updates_report"), {"register": register}).status_code == 200
    assert page_of("officer").get(reverse("updates_report"), {"register": register}).status_code == 404


def test_the_report_leaves_as_csv(cast: Cast, page_of: PageOf) -> None:
    answer = page_of("keeper").get(reverse("updates_report_csv"))
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert any("浦东新区" in line for line in lines)
    assert not any("金山区" in line for line in lines)
