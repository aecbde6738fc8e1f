"""Contacts and permits come with their objects: encrypted, masked, compared, written for many at once, taken back."""

from datetime import date, timedelta

from sanjian.base.identity.models import AuditEntry
from sanjian.base.registry.models import Contact, ImportBatch, ImportRow, InspectionObject, Permit
from sanjian.base.registry.tests.cast import Cast
from sanjian.base.registry.updates import queries

from .cast import CODES, NOW, applied, csv_of, preview, undone

HEAD = (
    "统一社会信用代码",
    "名称",
    "行政区",
    "联系人",
    "联系电话",
    "排污许可证编号",
    "许可证有效期起",
    "许可证有效期止",
)
LATER = NOW + timedelta(hours=1)
PERMIT = f"{CODES[0]}001P"


def _file(*rows: tuple[str, ...]) -> bytes:
    return csv_of(*rows, head=HEAD)


def _first(name: str = "张三丰", phone: str = "13812345678", to: str = "2029-12-31") -> bytes:
    return _file((CODES[0], "丙申化工有限公司", "浦东新区", name, phone, PERMIT, "2025-01-01", to))


def _plant() -> InspectionObject:
    return InspectionObject.objects.get(credit_code=CODES[0])


def test_a_contact_and_a_permit_are_registered_with_the_object(cast: Cast) -> None:
    batch = applied(_first(), cast.person["keeper"])
    contact, permit = Contact.objects.get(inspection_object=_plant()), Permit.objects.get(permit_no=PERMIT)
    assert (contact.name, contact.phone, contact.duty) == ("张三丰", "13812345678", "环保联系人")
    assert (permit.valid_from, permit.valid_to) == (date(2025, 1, 1), date(2029, 12, 31))
    assert (permit.data_source, permit.recorded_at, permit.kind) == (batch.source, NOW, "permit")
    assert AuditEntry.objects.get(act="object.attach_many").details == {"contacts": 1, "permits": 1}


def test_people_lie_encrypted_and_are_shown_masked(cast: Cast) -> None:
    keeper = cast.person["keeper"]
    applied(_first(), keeper)
    batch = preview(_first(name="李四光", phone="13987654321"), keeper)
    row = batch.rows.get()
    stored = str(list(ImportRow.objects.values_list("values", "changes", "problems")))
    shown = str(queries.shown_row(row, batch.register))
    for secret in ("张三丰", "李四光", "13812345678", "13987654321"):
        assert secret not in stored
        assert secret not in shown
    assert "李*光" in shown
    assert "139****4321" in shown


def test_what_is_the_same_is_no_change_and_what_differs_is_corrected(cast: Cast) -> None:
    keeper = cast.person["keeper"]
    applied(_first(), keeper)
    assert preview(_first(), keeper).counts["same"] == 1
    batch = applied(_first(phone="021-50001234", to="2030-12-31"), keeper, at=LATER)
    assert set(batch.rows.get().changes) == {"contact_phone", "permit_to"}
    assert Contact.objects.get().phone == "021-50001234"
    believed = Permit.objects.current().get()
    assert (believed.valid_to, Permit.objects.count()) == (date(2030, 12, 31), 2)


def test_undo_brings_back_contact_and_permit(cast: Cast) -> None:
    keeper = cast.person["keeper"]
    first = applied(_first(), keeper)
    second = applied(_first(phone="021-50001234", to="2030-12-31"), keeper, at=LATER)
    undone(second, keeper, LATER + timedelta(hours=1))
    assert second.state == ImportBatch.State.UNDONE
    assert Contact.objects.get().phone == "13812345678"
    assert Permit.objects.current().get().valid_to == date(2029, 12, 31)
    undone(first, keeper, LATER + timedelta(hours=2))
    assert _plant().name, "its permit was spoken of after it came: it stays"
    assert "许可证" in first.problem
    assert Contact.objects.exists()


def test_undo_of_a_new_object_leaves_nothing_of_people(cast: Cast) -> None:
    keeper = cast.person["keeper"]
    batch = applied(_first(), keeper)
    assert undone(batch, keeper, LATER).state == ImportBatch.State.UNDONE
    assert not InspectionObject.objects.filter(credit_code=CODES[0]).exists()
    assert not Contact.objects.exists()
    assert not Permit.objects.exists()


def test_a_contact_changed_since_keeps_the_whole_object(cast: Cast) -> None:
    keeper = cast.person["keeper"]
    batch = applied(_first(), keeper)
    contact = Contact.objects.get()
    contact.phone = "13500000000"
    contact.save()
    undone(batch, keeper, LATER)
    assert batch.state == ImportBatch.State.APPLIED
    assert "联系人" in batch.problem
    assert Contact.objects.get().phone == "13500000000"
    assert Permit.objects.current().get().permit_no == PERMIT


def test_what_is_wrong_with_a_contact_or_permit_is_said_beside_the_line(cast: Cast) -> None:
    rows = [
        (CODES[0], "甲申化工厂", "浦东新区", "", "13812345678", "", "", ""),
        (CODES[1], "乙丑电镀厂", "浦东新区", "张三", "12", "", "", ""),
        (CODES[2], "丙寅印染厂", "浦东新区", "", "", PERMIT, "2025-01-01", ""),
        (CODES[3], "丁卯机械厂", "浦东新区", "", "", f"{CODES[3]}001P", "", ""),
        (CODES[4], "戊辰食品厂", "浦东新区", "", "", f"{CODES[4]}001P", "2025-01-01", "2024-01-01"),
        (CODES[5], "己巳制药厂", "浦东新区", "", "", "123", "2025-01-01", ""),
        (CODES[6], "庚午造纸厂", "浦东新区", "", "", "", "2025-01-01", ""),
        (CODES[7], "辛未纺织厂", "浦东新区", "清空", "", "", "", ""),
    ]
    batch = preview(_file(*rows), cast.person["keeper"])
    found = [row.problems[0][0] for row in batch.rows.order_by("line_no")]
    assert found == [
        "contact_name", "contact_phone", "permit_no", "permit_from", "permit_to", "permit_no", "permit_no",
        "contact_name",
    ]  # fmt: skip
    assert batch.counts["wrong"] == len(rows)
