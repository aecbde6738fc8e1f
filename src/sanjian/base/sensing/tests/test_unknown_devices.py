"""A device that nobody knows: its frames are kept apart and not answered; once registered they become readings."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sanjian.base.identity.audit import verify
from sanjian.base.identity.models import Account, AuditEntry, District, Role
from sanjian.base.lake import Lake
from sanjian.base.registry.models import InspectionObject, MonitoringPoint
from sanjian.base.sensing import queries
from sanjian.base.sensing.models import UnknownDevice
from sanjian.base.sensing.quarantine import Release
from sanjian.base.sensing.services import (
    AlreadyRegistered,
    NotAllowed,
    Outlet,
    ReasonMissing,
    register_device,
    release_frames,
)
from sanjian.base.sensing.streams import FRAMES, QUARANTINE, READINGS

from .as_process import process
from .in_process import MN, broken, report, running, until

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=1)
STRANGER = "A00000000000000000000777"


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake in which a stranger's three frames, one of them damaged, and a known device's bad frame lie apart."""
    with running(tmp_path) as gateway:
        peer = gateway.peer()
        damaged = broken(report(2, mn=STRANGER))
        peer.send(report(0, mn=STRANGER) + report(1, mn=STRANGER) + damaged + broken(report(3)) + report(4))
        assert len(peer.answers(1)) == 1, "only the known device is answered"
        assert gateway.stored[0].unknown[STRANGER][0] == 2, "a damaged frame is nobody's testimony"
    return Lake(tmp_path / "lake")


def person(name: str, role: Role, district: District | None) -> Account:
    return Account.objects.create(username=name, display_name=name, role=role, district=district)


@pytest.fixture
def cast(db: None) -> dict[str, Account]:
    """The standing cast, two districts and a point in the first that is MN's."""
    here = District.objects.create(code="310115", name="浦东新区")
    next_door = District.objects.create(code="310112", name="闵行区")
    site = InspectionObject.objects.create(
        credit_code="9" * 18, name="试验厂", district=here, latitude=31.2, longitude=121.5
    )
    MonitoringPoint.objects.create(
        device_mn=MN, inspection_object=site, name="总排口", medium="water", latitude=31, longitude=121
    )
    UnknownDevice.objects.create(
        device_mn=STRANGER, protocol="hj212", peer="127.0.0.1:1", first_seen_at=NOW, last_seen_at=NOW, frames=2
    )
    enterprise = Account.objects.create(
        username="e", display_name="e", role=Role.ENTERPRISE, inspection_object_id=site.pk
    )
    return {
        "operator": person("o", Role.OPERATOR, None),
        "auditor": person("a", Role.AUDITOR, None),
        "officer": person("m", Role.MONITOR, here),
        "neighbour": person("n", Role.MONITOR, next_door),
        "enterprise": enterprise,
    }


def outlet() -> Outlet:
    return Outlet(InspectionObject.objects.get(), "雨水排口", "water", "DW002", 600)


def test_frames_of_a_stranger_become_readings_when_it_is_registered(lake: Lake, cast: dict[str, Account]) -> None:
    assert lake.scan(READINGS).filter(device_mn=STRANGER).collect().is_empty()
    stranger = UnknownDevice.objects.get()
    point = register_device(stranger, outlet(), actor=cast["operator"], reason="核对过验收材料", at=NOW)
    assert release_frames(point, lake) == Release(frames=2, held=0, readings=2)
    rows = lake.scan(READINGS).filter(device_mn=STRANGER).collect()
    frames = lake.scan(FRAMES).filter(device_mn=STRANGER).collect()
    assert rows.height == 2
    assert set(rows["frame_sha256"]) <= set(frames["frame_sha256"]), "each reading leads back to its packet"
    assert set(rows["received_at"]) <= set(frames["received_at"]), "received when it was received, not when released"
    assert not UnknownDevice.objects.exists()
    assert (point.outlet_code, point.latitude) == ("DW002", 31.2)


def test_releasing_again_changes_nothing(lake: Lake, cast: dict[str, Account]) -> None:
    point = register_device(UnknownDevice.objects.get(), outlet(), actor=cast["operator"], reason="核对过", at=NOW)
    release_frames(point, lake)
    versions = [lake.version(s) for s in (FRAMES, READINGS, QUARANTINE)]
    assert release_frames(point, lake) == Release(0, 0, 0)
    assert [lake.version(s) for s in (FRAMES, READINGS, QUARANTINE)] == versions


def test_a_registration_is_in_the_audit_chain_with_its_reason(cast: dict[str, Account]) -> None:
    register_device(UnknownDevice.objects.get(), outlet(), actor=cast["operator"], reason="核对过验收材料", at=NOW)
    entry = AuditEntry.objects.get(act="point.register")
    assert (entry.actor, entry.reason, entry.record_id) == (cast["operator"], "核对过验收材料", STRANGER)
    assert verify() == (1, None)


def test_only_an_operator_with_a_reason_registers_and_only_once(cast: dict[str, Account]) -> None:
    stranger = UnknownDevice.objects.get()
    for who in ("officer", "auditor", "enterprise"):
        with pytest.raises(NotAllowed, match="系统管理员"):
            register_device(stranger, outlet(), actor=cast[who], reason="r", at=NOW)
    with pytest.raises(ReasonMissing, match="理由"):
        register_device(stranger, outlet(), actor=cast["operator"], reason=" ", at=NOW)
    register_device(stranger, outlet(), actor=cast["operator"], reason="r", at=NOW)
    with pytest.raises(AlreadyRegistered, match=STRANGER):
        register_device(stranger, outlet(), actor=cast["operator"], reason="r", at=NOW)
    assert AuditEntry.objects.count() == 1


def test_who_sees_what_lies_in_quarantine(lake: Lake, cast: dict[str, Account]) -> None:
    def seen(who: str) -> set[str]:
        return set(queries.latest_quarantine(cast[who], lake, since=LONG_AGO)["device_mn"])

    assert seen("officer") == {MN}
    assert seen("enterprise") == {MN}
    assert seen("neighbour") == set()
    assert seen("operator") == {STRANGER}
    assert seen("auditor") == {MN, STRANGER}
    assert queries.quarantine_reasons(cast["operator"], lake, since=LONG_AGO) == {"unknown_device": 2, "crc_wrong": 1}


def test_released_frames_are_no_longer_listed(lake: Lake, cast: dict[str, Account]) -> None:
    point = register_device(UnknownDevice.objects.get(), outlet(), actor=cast["operator"], reason="核对过", at=NOW)
    release_frames(point, lake)
    listed = queries.latest_quarantine(cast["auditor"], lake, since=LONG_AGO, device_mn=STRANGER)
    assert listed["reason"].to_list() == ["crc_wrong"]


def test_a_packet_is_shown_by_its_hash_to_those_who_see_its_point(lake: Lake, cast: dict[str, Account]) -> None:
    sha256 = lake.scan(FRAMES).filter(device_mn=MN, action="accept").collect()["frame_sha256"][0]
    assert queries.raw_frame(cast["officer"], lake, sha256)["raw"].to_list() == [report(4)]
    for who in ("neighbour", "operator"):
        assert queries.raw_frame(cast[who], lake, sha256).is_empty()


def test_a_running_gateway_learns_of_a_registration_and_reads_what_came_before(home: Path, port: int) -> None:
    """Unknown -> quarantine -> registered in the database -> readings and an answer, without a restart."""
    with process(home, port) as gateway:
        peer = gateway.peer()
        peer.send(report(0, mn=STRANGER))
        peer.send(report(1))
        peer.answers(1)
        unknown = "select device_mn, frames from sensing_unknowndevice"
        until(lambda: gateway.query(unknown) == [(STRANGER, 1)], "listed as unknown")
        until(lambda: bool(gateway.query("select 1 from sensing_pointstate where data_time_at is not null")))
        gateway.change(
            "insert into registry_monitoringpoint (device_mn, inspection_object_id, outlet_code, name, medium,"
            " latitude, longitude, report_interval_s, crc_mode, is_in_service)"
            " select ?, inspection_object_id, 'DW9', 'x', medium, latitude, longitude, 60, 'hj', 1"
            " from registry_monitoringpoint",
            STRANGER,
        )
        lake = Lake(home / "lake")
        until(lambda: lake.scan(READINGS).filter(device_mn=STRANGER).collect().height == 1, "released", 30)
        peer.send(report(2, mn=STRANGER))
        peer.answers(1)
