"""The library as readers see it: lists that are their address, an item with everything, provisions with their time."""

from datetime import date

import pytest
from django.urls import reverse

from sanjian.base.registry.models import Body, InspectionItem, LegalBasis, ObjectRole, Power

READERS = ("supervisor", "monitor", "officer", "neighbour", "auditor")
OTHERS = ("enterprise", "operator", "security")
READ = ("items", "items_csv", "legal_bases", "citations", "citations_csv")
OLD = "epl-2014-24-inspection"


def text(answer) -> str:
    return b"".join(answer).decode() if answer.streaming else answer.content.decode()


def test_readers_read_every_page_and_for_others_there_is_none(client, cast, item):
    pages = [reverse(name) for name in READ] + [
        reverse("item", args=[item.code]),
        reverse("item_objects", args=[item.code]),
        reverse("legal_basis", args=[OLD]),
    ]
    for people, status in ((READERS, 200), (OTHERS, 404)):
        for who in people:
            client.force_login(cast.person[who])
            assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, status), who
    client.logout()
    assert client.get(reverse("items")).status_code == 302


def test_what_does_not_exist_is_not_found(client, cast):
    client.force_login(cast.person["supervisor"])
    for name, args in (("item", ["none"]), ("legal_basis", ["none"]), ("item_version", ["gas-outlet", 9])):
        assert client.get(reverse(name, args=args)).status_code == 404


@pytest.mark.parametrize(
    ("query", "there", "absent"),
    [
        ({"domain": "水"}, "water-outlet", "gas-outlet"),
        ({"method": "remote"}, "gas-online-review", "gas-outlet"),
        ({"q": "扬尘"}, "site-dust", "gas-outlet"),
        ({"body": "corps"}, "gas-outlet", "water-outlet"),
        ({"basis": "lapsed"}, "water-outlet", "gas-outlet"),
        ({"basis": "good"}, "gas-outlet", "water-outlet"),
        ({"state": "draft"}, "site-dust", "gas-outlet"),
    ],
)
def test_the_address_is_the_filter_of_list_and_export(client, cast, item, query, there, absent):
    body = Body.objects.create(code="corps", name="执法总队", department="enforcement", territory_id="310115")
    Power.objects.create(body=body, item=item, valid_from=date(2025, 1, 1))
    Power.objects.create(
        body=body, item_id=InspectionItem.objects.get(code="water-outlet").pk, valid_from=date(2020, 1, 1),
        valid_to=date(2020, 12, 31),
    )  # fmt: skip
    InspectionItem.objects.filter(code="water-outlet").update(power_basis=LegalBasis.objects.get(code=OLD))
    InspectionItem.objects.filter(code="site-dust").update(is_published=False)
    client.force_login(cast.person["officer"])
    for name in ("items", "items_csv"):
        page = text(client.get(reverse(name), query))
        assert there in page
        assert f">{absent}<" not in page
        assert f"\n{absent}," not in page


def test_a_filter_that_finds_nothing_says_so_and_leads_back(client, cast):
    client.force_login(cast.person["officer"])
    page = text(client.get(reverse("items"), {"q": "没有这样的事项"}))
    assert "没有符合条件的事项" in page
    assert f'href="{reverse("items")}"' in page


def test_the_list_costs_the_same_however_long_it_is(client, cast, django_assert_max_num_queries):
    client.force_login(cast.person["officer"])
    with django_assert_max_num_queries(12):
        client.get(reverse("items"))


def test_an_item_shows_questions_scope_claims_and_basis(client, cast, item):
    InspectionItem.objects.filter(pk=item.pk).update(scope={"roles": ["discharger"]})
    ObjectRole.objects.create(inspection_object=cast.plant, role="discharger", valid_from=date(2025, 1, 1))
    ObjectRole.objects.create(inspection_object=cast.next_plant, role="discharger", valid_from=date(2025, 1, 1))
    body = Body.objects.create(code="corps", name="执法总队", department="enforcement", territory_id="310115")
    Power.objects.create(body=body, item=item, valid_from=date(2025, 1, 1))
    client.force_login(cast.person["officer"])
    page = text(client.get(reverse("item", args=[item.code])))
    for words in ("治理设施未运行的原因", "treatment-running = no", "执法总队", "排污单位", "第五十一条", "1 家"):
        assert words in page
    assert "修改" not in page
    things = text(client.get(reverse("item_objects", args=[item.code])))
    assert cast.plant.name in things
    assert cast.next_plant.name not in things
    assert "/objects/?role=discharger" in things


def test_a_provision_shows_its_time_its_citers_and_the_choice(client, cast):
    client.force_login(cast.person["officer"])
    address = reverse("legal_basis", args=["eec-2026-51-inspection"])
    page = text(client.get(address))
    assert "废气排放口及治理设施检查" in page
    assert "《环境保护法》第二十四条" in page
    both = text(client.get(address, {"conduct": "2026-08-10", "decided": "2026-09-01"}))
    assert "适用较轻的" in both
    same = text(client.get(address, {"conduct": "2026-09-01", "decided": "2026-09-02"}))
    assert "适用同样的规定" in same
    assert client.get(address, {"conduct": "x", "decided": "2026-13-40"}).status_code == 200


def test_provisions_are_listed_as_they_stood_on_a_day(client, cast):
    client.force_login(cast.person["officer"])
    address = reverse("legal_bases")
    before = text(client.get(address, {"on": "2026-08-14", "state": "in_force", "instrument": "环境保护法"}))
    assert "第二十四条" in before
    after = text(client.get(address, {"on": "2026-08-15", "state": "in_force", "instrument": "环境保护法"}))
    assert "没有符合条件的条款" in after
    assert "第五十一条" in text(client.get(address, {"on": "2026-08-14", "state": "coming", "q": "现场检查"}))


def test_the_report_hears_of_screens_too_and_is_exported(client, cast, item):
    """The screens switch by themselves on the day of the change: they stand in no report."""
    InspectionItem.objects.filter(pk=item.pk).update(power_basis=LegalBasis.objects.get(code=OLD))
    client.force_login(cast.person["auditor"])
    page = text(client.get(reverse("citations")))
    assert "《环境保护法》第二十四条" in page
    assert "《生态环境法典》第五十一条" in page
    assert "改引这一条" not in page  # an auditor reads
    assert "sources." not in page
    assert "gas-outlet" in text(client.get(reverse("citations_csv")))
    assert "exceedance" in text(client.get(reverse("legal_basis", args=["air-law-2018-99"])))
