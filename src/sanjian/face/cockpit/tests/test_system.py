"""The operator's page: what waits, what lies in quarantine, whether the audit chain holds."""

from django.db import connection
from django.test import Client
from django.utils import timezone

from sanjian.base.identity import constraints
from sanjian.base.identity.models import AuditEntry
from sanjian.base.registry.models import MonitoringPoint
from sanjian.base.registry.tests.cast import Cast, hold
from sanjian.base.sensing.models import UnknownDevice

GIVEN = {
    "credit_code": "91310115MA1K000017",
    "outlet_code": "DA009",
    "name": "新排口",
    "medium": "gas",
    "report_interval_s": "300",
    "crc_mode": "hj",
    "reason": "核对了安装验收单",
}


def operator(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.person["operator"])
    return client


def waiting() -> UnknownDevice:
    now = timezone.now()
    return UnknownDevice.objects.create(
        device_mn="UNKNOWN1", protocol="hj212", peer="10.0.0.9:1", first_seen_at=now, last_seen_at=now, frames=3
    )


def test_a_waiting_device_becomes_a_point_with_one_form(cast: Cast, own_lake: None) -> None:
    waiting()
    response = operator(cast).post("/system/devices/UNKNOWN1/", GIVEN)
    assert response.status_code == 302
    point = MonitoringPoint.objects.get(device_mn="UNKNOWN1")
    assert (point.inspection_object, point.report_interval_s) == (cast.plant, 300)
    assert AuditEntry.objects.get(act="point.register").reason == "核对了安装验收单"
    assert not UnknownDevice.objects.exists()


def test_a_form_with_an_unknown_object_comes_back_with_its_error_in_place(cast: Cast, own_lake: None) -> None:
    waiting()
    response = operator(cast).post("/system/devices/UNKNOWN1/", GIVEN | {"credit_code": "9" * 18})
    assert response.status_code == 422
    assert "检查对象库里没有这个信用代码" in response.content.decode()
    assert 'value="新排口"' in response.content.decode()


def test_quarantine_says_why(cast: Cast, own_lake: None) -> None:
    hold(b"##0001x", timezone.now(), "UNKNOWN1")
    assert "未登记" in operator(cast).get("/system/").content.decode()


def test_the_audit_chain_is_walked_and_a_break_is_named(cast: Cast, own_lake: None) -> None:
    waiting()
    client = operator(cast)
    client.post("/system/devices/UNKNOWN1/", GIVEN)
    assert "审计链完整" in client.post("/system/verify/", follow=True).content.decode()
    with constraints.lifted(connection):
        AuditEntry.objects.update(reason="改过")
    assert "断开" in client.post("/system/verify/", follow=True).content.decode()
