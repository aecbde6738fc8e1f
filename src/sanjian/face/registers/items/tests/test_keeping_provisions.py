"""Provisions by their pages: a successor, a correction, a verification; for all but city supervisors none of it is
there.
"""

import html

import pytest
from django.urls import reverse
from django.utils import timezone

from sanjian.base.identity.models import Account, Role
from sanjian.base.registry.models import LegalBasis
from sanjian.base.registry.services.legal_bases import mark_of

CODE = "eec-2026-51-inspection"
ENTERED = {
    "code": "law-2030-3", "instrument": "某法", "article": "第三条", "text": "应当如此。", "valid_from": "2030-01-01",
    "reason": "修法",
}  # fmt: skip


@pytest.fixture
def boss(client, cast):
    client.force_login(cast.person["supervisor"])
    return client


def at(name: str, code: str = CODE) -> str:
    return reverse(name, args=[code])


def words(answer) -> str:
    return html.unescape(answer.content.decode())


def test_for_all_but_city_supervisors_the_pages_do_not_exist(client, cast):
    district = Account.objects.create(
        username="d", display_name="区监管", role=Role.SUPERVISOR, district_id=cast.plant.district_id
    )
    for person in (district, *(p for name, p in cast.person.items() if name != "supervisor")):
        client.force_login(person)
        assert {client.get(page).status_code for page in (reverse("legal_new"), at("legal_edit"))} == {404}
        posts = [reverse("legal_new"), *(at(name) for name in ("legal_edit", "legal_succeed", "legal_verify"))]
        assert {client.post(page, ENTERED).status_code for page in posts} == {404}
    client.force_login(district)
    page = words(client.get(at("legal_basis")))
    assert at("legal_edit") not in page
    assert at("legal_verify") not in page


def test_a_successor_is_entered_from_the_provision_that_it_replaces(boss):
    address = f"{reverse('legal_new')}?replaces={CODE}"
    assert address in words(boss.get(at("legal_basis")))
    assert "第五十一条" in words(boss.get(address))
    assert boss.post(address, ENTERED).headers["Location"] == at("legal_basis", "law-2030-3")
    former = LegalBasis.objects.get(code=CODE)
    assert (former.valid_to.isoformat(), former.replaced_by.code) == ("2029-12-31", "law-2030-3")
    assert "law-2030-3" in words(boss.get(at("legal_basis")))
    assert f"{reverse('legal_new')}?replaces" not in words(boss.get(at("legal_basis")))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"code": CODE}, "编码"),
        ({"code": "new"}, "这个编码是保留字"),
        ({"valid_to": "2029-01-01"}, "失效日期早于施行日期"),
        ({"valid_from": "2020-01-01"}, "替代条款的施行日期须晚于"),
        ({"text": ""}, "必填"),
    ],
)
def test_a_form_that_cannot_stand_comes_back_with_what_was_entered(boss, wrong, said):
    answer = boss.post(f"{reverse('legal_new')}?replaces={CODE}", ENTERED | wrong)
    assert answer.status_code == 422
    assert said in words(answer)
    assert "某法" in words(answer)
    assert not LegalBasis.objects.filter(instrument="某法").exists()


def test_a_provision_that_is_known_already_can_be_named_as_successor(boss):
    boss.post(reverse("legal_new"), ENTERED)
    page = words(boss.get(at("legal_basis")))
    assert 'value="law-2030-3"' in page
    assert "请选择替代条款" in words(boss.post(at("legal_succeed"), {"to": "no-such"}, follow=True))
    assert "已登记替代条款" in words(boss.post(at("legal_succeed"), {"to": "law-2030-3"}, follow=True))
    again = boss.post(at("legal_succeed"), {"to": "law-2030-3"}, follow=True)
    assert "原条款已有替代条款" in words(again)


def test_who_verified_it_and_when_stands_beside_the_text_until_it_is_corrected(boss, cast):
    basis = LegalBasis.objects.get(code=CODE)
    given = {"verified": "yes", "source": "公报 2026 年第 3 期", "seen": mark_of(basis)}
    assert "请写明所依据的公报" in words(boss.post(at("legal_verify"), given | {"source": " "}, follow=True))
    page = words(boss.post(at("legal_verify"), given, follow=True))
    who, day = cast.person["supervisor"].display_name, timezone.localdate().isoformat()
    assert f"{who} 于 {day}" in page
    assert "公报 2026 年第 3 期" in page
    basis.refresh_from_db()
    entered = {"instrument": basis.instrument, "article": basis.article, "text": "更正后的文字。",
               "valid_from": basis.valid_from.isoformat(), "reason": "录入有误"}  # fmt: skip
    stale = boss.post(at("legal_edit"), entered | {"seen": "old"})
    assert (stale.status_code, "刚被别人修改" in words(stale)) == (422, True)
    assert boss.post(at("legal_edit"), entered | {"seen": mark_of(basis)}).status_code == 302
    page = words(boss.get(at("legal_basis")))
    assert "更正后的文字。" in page
    assert "公报 2026 年第 3 期" not in page


def test_a_verification_can_be_withdrawn(boss):
    LegalBasis.objects.filter(code=CODE).update(is_verified=True)
    seen = mark_of(LegalBasis.objects.get(code=CODE))
    given = {"verified": "no", "source": "条号有误", "seen": seen}
    assert "已撤销核对" in words(boss.post(at("legal_verify"), given, follow=True))
    assert not LegalBasis.objects.get(code=CODE).is_verified
