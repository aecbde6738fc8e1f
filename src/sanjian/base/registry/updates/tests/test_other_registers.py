"""Officers with certificates, instruments with verifications and items come from files, and can be taken back."""

from datetime import date, timedelta

import pytest

from sanjian.base.registry.models import Body, Calibration, InspectionItem, Instrument, Officer
from sanjian.base.registry.tests.cast import Cast

from .cast import NOW, applied, csv_of, preview, undone

LATER = NOW + timedelta(hours=1)
OFFICER = ("工号", "姓名", "机构编码", "身份证号", "执法证号", "有效期起", "有效期止", "专长")
INSTRUMENT = ("资产编号", "类别", "名称", "机构编码", "检定证书号", "检定日期", "检定有效期至", "检定合格")
ITEM = ("事项编码", "名称", "检查标准", "检查方式")


@pytest.fixture
def body(cast: Cast) -> Body:
    """A body of the plant's district."""
    return Body.objects.create(code="pd", name="浦东执法", department="enforcement", territory=cast.plant.district)


def test_officers_come_with_their_certificates(cast: Cast, body: Body) -> None:
    keeper = cast.person["keeper"]
    line = ("p1", "张三", "浦东执法", "310115199001011234", "C1", "2025-01-01", "2029-12-31", "大气、水")
    batch = applied(csv_of(line, head=OFFICER), keeper, register="officers")
    assert batch.counts["new"] == 1, batch.rows.get().problems
    officer = Officer.objects.get(staff_no="P1")
    assert (officer.body, officer.id_number, officer.skills) == (body, "310115199001011234", ["大气", "水"])
    certificate = officer.certificates.get()
    assert (certificate.certificate_no, certificate.valid_to) == ("C1", date(2029, 12, 31))
    assert certificate.data_source == batch.source
    assert preview(csv_of(line, head=OFFICER), keeper, register="officers").counts["same"] == 1


def test_a_changed_officer_is_restored_with_the_certificate(cast: Cast, body: Body) -> None:
    keeper = cast.person["keeper"]
    applied(
        csv_of(("P1", "张三", "pd", "", "C1", "2025-01-01", "2026-12-31", ""), head=OFFICER),
        keeper,
        register="officers",
    )
    content = csv_of(("P1", "张三丰", "pd", "", "C1", "2025-01-01", "2030-12-31", ""), head=OFFICER)
    batch = applied(content, keeper, register="officers", at=LATER)
    assert batch.counts["changed"] == 1
    current = Officer.objects.get().certificates.current()
    assert current.get().valid_to == date(2030, 12, 31)
    assert undone(batch, keeper, LATER + timedelta(hours=1)).counts["undo"]["refused"] == 0
    assert Officer.objects.get().name == "张三"
    assert current.get().valid_to == date(2026, 12, 31)


def test_a_body_of_another_district_or_an_unknown_one_is_wrong(cast: Cast, body: Body) -> None:
    line = ("P1", "张三", "pd", "", "", "", "", "")
    assert preview(csv_of(line, head=OFFICER), cast.person["other_keeper"], register="officers").counts["wrong"] == 1
    unknown = ("P2", "李四", "nowhere", "", "", "", "", "")
    assert preview(csv_of(unknown, head=OFFICER), cast.person["keeper"], register="officers").counts["wrong"] == 1


def test_instruments_come_with_their_verification(cast: Cast, body: Body) -> None:
    keeper = cast.person["keeper"]
    first = ("Z1", "快检", "烟气分析仪", "pd", "J1", "2026-03-01", "2027-02-28", "是")
    applied(csv_of(first, head=INSTRUMENT), keeper, register="instruments")
    instrument = Instrument.objects.get(asset_no="Z1")
    assert instrument.calibrations.get().certificate_no == "J1"
    again = preview(csv_of(first, head=INSTRUMENT), keeper, register="instruments")
    assert again.counts["same"] == 1
    newer = ("Z1", "快检", "烟气分析仪", "pd", "J2", "2026-09-01", "2027-08-31", "是")
    batch = applied(csv_of(newer, head=INSTRUMENT), keeper, register="instruments", at=LATER)
    assert instrument.calibrations.count() == 2
    assert undone(batch, keeper, LATER + timedelta(hours=1)).counts["undo"]["refused"] == 0
    assert list(Calibration.objects.counting().values_list("certificate_no", flat=True)) == ["J1"]


def test_items_are_drafts_and_only_the_city_brings_them(cast: Cast) -> None:
    supervisor = cast.person["supervisor"]
    content = csv_of(("water-x", "废水检查", "按方案", "现场"), head=ITEM)
    batch = applied(content, supervisor, register="items")
    item = InspectionItem.objects.get(code="water-x")
    assert (item.name, item.is_published, item.method) == ("废水检查", False, "on_site")
    assert preview(content, supervisor, register="items").counts["same"] == 1
    assert undone(batch, supervisor, LATER).counts["undo"]["refused"] == 0
    assert not InspectionItem.objects.filter(code="water-x").exists()
