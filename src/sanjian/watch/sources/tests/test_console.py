"""The command console: who may send what to whose device, how it asks, and what a device says of itself."""

from datetime import timedelta

import polars as pl
import pytest
from django.test import Client
from django.utils import timezone

from sanjian.base.identity.models import AuditEntry
from sanjian.base.lake.instance import the_lake
from sanjian.base.registry.tests.cast import MN, NEXT_MN, Cast
from sanjian.base.sensing.models import DeviceCommand, SplitGap
from sanjian.base.sensing.streams import DEVICE_PARAMETERS
from sanjian.watch.sources import facts

LIST, NEW = f"/sources/{MN}/commands/", f"/sources/{MN}/commands/new/"
INTERVAL = {"code": "1062", "RtdInterval": "60", "reason": "核对上报频次"}


def as_person(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.person[name])
    return client


def test_a_command_is_queued_with_its_reason_and_an_entry_in_the_chain(cast: Cast) -> None:
    client = as_person(cast, "monitor")
    assert client.post(NEW, INTERVAL).status_code == 302
    command = DeviceCommand.objects.get()
    assert (command.state, command.area_sealed, command.reason) == ("queued", "RtdInterval=60", "核对上报频次")
    entry = AuditEntry.objects.get(act="command.queue")
    assert (entry.actor_id, entry.reason) == (cast.person["monitor"].pk, "核对上报频次")
    page = client.get(LIST).content.decode()
    assert "待发送" in page
    assert "核对上报频次" in page


@pytest.mark.parametrize("name", ["enterprise", "officer", "neighbour", "operator", "auditor"])
def test_for_others_the_form_does_not_exist(cast: Cast, name: str) -> None:
    client = as_person(cast, name)
    assert client.get(NEW).status_code == 404
    assert client.post(NEW, INTERVAL).status_code == 404
    assert not DeviceCommand.objects.exists()


def test_the_device_of_another_district_does_not_exist(cast: Cast) -> None:
    client = as_person(cast, "monitor")
    for address in (f"/sources/{NEXT_MN}/commands/", f"/sources/{NEXT_MN}/commands/new/"):
        assert client.get(address).status_code == 404
    assert client.post(f"/sources/{NEXT_MN}/commands/new/", INTERVAL).status_code == 404


def test_who_only_asks_is_not_offered_what_changes_a_device(cast: Cast) -> None:
    client = as_person(cast, "supervisor")
    assert client.post(NEW, {"code": "1061", "reason": "核对"}).status_code == 302
    assert client.post(NEW, INTERVAL).status_code == 422
    assert DeviceCommand.objects.count() == 1


def test_the_regulated_do_not_learn_what_was_asked(cast: Cast) -> None:
    assert as_person(cast, "enterprise").get(LIST).status_code == 404


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"RtdInterval": "5"}, "应为 30 到 3600 之间的整数"),
        ({"reason": " "}, "请填写下发理由"),
        ({"RtdInterval": ""}, "请填写"),
    ],
)
def test_what_is_wrong_is_said_beside_it(cast: Cast, change: dict[str, str], shown: str) -> None:
    page = as_person(cast, "monitor").post(NEW, INTERVAL | change)
    assert page.status_code == 422
    assert shown in page.content.decode()
    assert not DeviceCommand.objects.exists()


def test_a_dangerous_command_is_confirmed_and_its_secret_is_not_shown(cast: Cast) -> None:
    client = as_person(cast, "monitor")
    typed = {"code": "1072", "NewPW": "abc987", "reason": "更换密码"}
    asked = client.post(NEW, typed)
    assert "确认下发" in asked.content.decode()
    assert not DeviceCommand.objects.exists()
    assert client.post(NEW, typed | {"is_confirmed": "1"}).status_code == 302
    assert DeviceCommand.objects.get().area_sealed == "NewPW=abc987"
    assert "abc987" not in client.get(LIST).content.decode()
    assert "abc987" not in str(AuditEntry.objects.get(act="command.queue").details)


def test_what_waits_can_be_cancelled_and_what_was_sent_cannot(cast: Cast) -> None:
    client = as_person(cast, "monitor")
    client.post(NEW, INTERVAL)
    command = DeviceCommand.objects.get()
    address = f"{LIST}{command.pk}/cancel/"
    client.post(address, {"reason": ""})
    assert DeviceCommand.objects.get().state == "queued"
    assert as_person(cast, "supervisor").post(address, {"reason": "不需要"}).status_code == 302
    assert DeviceCommand.objects.get().state == "queued"
    client.post(address, {"reason": "不需要"})
    assert DeviceCommand.objects.get().state == "cancelled"
    DeviceCommand.objects.update(state="sent")
    client.post(address, {"reason": "不需要"})
    assert DeviceCommand.objects.get().state == "sent"
    assert AuditEntry.objects.filter(act="command.cancel").count() == 1


def slope(text: str, hours: int) -> dict[str, object]:
    at = timezone.now() - timedelta(hours=hours)
    return {
        "device_mn": MN, "factor_code": "w01018", "info_code": "i13008", "at": at, "value_text": text,
        "value": float(text), "received_at": at, "frame_sha256": "a" * 64, "origin": "3020", "day": at.date(),
    }  # fmt: skip


def test_a_changed_parameter_says_what_it_was(cast: Cast, own_lake: None) -> None:
    rows = [slope("1.02", 3), slope("1.02", 2), slope("0.85", 1)]
    the_lake().append(DEVICE_PARAMETERS, pl.DataFrame(rows, schema=DEVICE_PARAMETERS.schema))
    SplitGap.objects.create(
        device_mn=MN, system_code="32", command="2061", total=3, missing=[2], first_at=timezone.now()
    )
    client = as_person(cast, "enterprise")
    page = client.get(f"/sources/{MN}/parameters/").content.decode()
    assert page.count("原为 1.02") == 1
    assert "共 3 包，缺 1 包" in page
    lines = client.get(f"/sources/{MN}/parameters.csv").getvalue().decode().splitlines()
    assert len(lines) == 4
    assert "斜率" in lines[1]
    assert client.get(f"/sources/{NEXT_MN}/parameters/").status_code == 404


def test_a_reported_setting_is_approved_from_a_day_on_and_the_rule_reads_it(cast: Cast, own_lake: None) -> None:
    client = Client()
    client.force_login(cast.person["supervisor"])
    given = {
        "factor_code": "a21002",
        "info_code": "i13008",
        "value": "1.0",
        "source": "验收 2026-3",
        "valid_from": "2026-01-01",
    }
    address = f"/sources/{MN}/parameters/approve/"
    assert client.post(address, given).status_code == 302
    again = client.post(address, given | {"value": "0.7"}, follow=True)
    assert "已有备案值" in again.content.decode()
    client.post(address, given | {"value": "0.9", "valid_from": "2026-05-01"})
    rows = facts.provide(("approved",), [MN])["approved"].sort("valid_from")
    assert rows["value"].to_list() == [1.0, 0.9]
    assert rows["valid_to"].to_list()[0].isoformat() == "2026-04-30"
    assert "不完整" in client.post(address, given | {"value": "x"}, follow=True).content.decode()
