"""What is confirmed is written once, also after a kill; what was written can be taken back; nothing gets lost."""

from datetime import timedelta

import pytest

from sanjian.base.identity.models import AuditEntry
from sanjian.base.registry.models import ImportBatch, InspectionObject, ObjectVersion
from sanjian.base.registry.services.objects import change_object
from sanjian.base.registry.tests.cast import Cast
from sanjian.base.registry.updates import applying, duties, services, undoing

from .cast import CODES, DAY, NOW, applied, csv_of, preview

LATER = NOW + timedelta(hours=1)


def _lines(number: int = 6, address: str = "沪太路1号"):
    names = ("甲申化工", "乙丑电镀", "丙寅印染", "丁卯机械", "戊辰食品", "己巳制药")
    return csv_of(*((CODES[n], f"{names[n]}有限公司", "浦东新区", f"{n}{address}", "2614") for n in range(number)))


def _ours() -> list[str]:
    return sorted(InspectionObject.objects.filter(credit_code__in=CODES).values_list("credit_code", flat=True))


def test_a_batch_is_written_with_source_time_and_one_audit_entry(cast: Cast) -> None:
    batch = applied(_lines(), cast.person["keeper"])
    assert batch.state == ImportBatch.State.APPLIED
    assert _ours() == sorted(CODES[:6])
    version = ObjectVersion.objects.filter(inspection_object__credit_code=CODES[0]).get()
    assert (version.valid_from, version.data_source, version.recorded_at) == (DAY, batch.source, NOW)
    assert AuditEntry.objects.filter(act="import.apply", record_id=str(batch.pk)).get().details["new"] == 6


def test_a_killed_batch_goes_on_where_it_stopped(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "CHUNK", 2)
    batch = preview(_lines(), cast.person["keeper"])
    services.confirm(batch, actor=cast.person["keeper"], at=NOW)
    taken = applying.take(batch.pk, NOW, "applying")
    assert taken is not None
    applying.apply_batch(taken, NOW, chunks=1)
    ImportBatch.objects.filter(pk=batch.pk).update(held_until=NOW + applying.HOLD)  # as a dead worker leaves it
    assert len(_ours()) == 2
    assert duties.work(NOW + timedelta(seconds=1)) == 0, "still held"
    later = NOW + applying.HOLD + timedelta(seconds=1)
    while duties.work(later):
        pass
    batch.refresh_from_db()
    assert (batch.state, batch.done_rows, len(_ours())) == ("applied", 6, 6)


def test_a_worker_that_wakes_up_late_writes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "CHUNK", 2)
    batch = preview(_lines(), cast.person["keeper"])
    services.confirm(batch, actor=cast.person["keeper"], at=NOW)
    sleeper = applying.take(batch.pk, NOW, "applying")
    other = applying.take(batch.pk, NOW + applying.HOLD + timedelta(seconds=1), "applying")
    assert sleeper is not None
    assert other is not None
    applying.apply_batch(other, NOW)
    with pytest.raises(applying.Overtaken):
        applying.apply_batch(sleeper, NOW)
    assert len(_ours()) == 6


def test_only_one_process_takes_a_batch(cast: Cast) -> None:
    batch = services.submit(
        _lines(), name="t.csv", register="objects", actor=cast.person["keeper"], at=NOW, valid_from=DAY
    )
    assert applying.take(batch.pk, NOW, "reading") is not None
    assert applying.take(batch.pk, NOW, "reading") is None


def test_undo_removes_the_new_and_restores_the_changed(cast: Cast) -> None:
    keeper = cast.person["keeper"]
    applied(_lines(2), keeper)
    second = applied(_lines(3, "张江路5号"), keeper, at=LATER)
    services.undo(second, actor=keeper, at=LATER + timedelta(hours=1), reason="文件有误")
    assert second.state == ImportBatch.State.UNDOING
    services.undo_now(second, LATER + timedelta(hours=1))
    assert second.counts["undo"]["refused"] == 0
    assert second.state == ImportBatch.State.UNDONE
    assert _ours() == sorted(CODES[:2])
    assert InspectionObject.objects.get(credit_code=CODES[0]).address == "0沪太路1号"
    assert AuditEntry.objects.filter(act="import.undo", reason="文件有误").exists()


def test_a_line_changed_since_stays_and_says_why(cast: Cast) -> None:
    keeper = cast.person["keeper"]
    batch = applied(_lines(2), keeper)
    thing = InspectionObject.objects.get(credit_code=CODES[0])
    change_object(thing, {"address": "新址"}, actor=keeper, at=LATER, valid_from=NOW.date(), reason="搬迁")
    services.undo(batch, actor=keeper, at=LATER + timedelta(hours=1), reason="文件有误")
    services.undo_now(batch, LATER + timedelta(hours=1))
    assert [line for line, _ in batch.counts["undo"]["lines"]] == [2]
    assert _ours() == [CODES[0]]
    assert "第 2 行" in batch.problem


def test_a_killed_undo_goes_on_where_it_stopped(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applying, "CHUNK", 2)
    keeper = cast.person["keeper"]
    batch = applied(_lines(), keeper)
    services.undo(batch, actor=keeper, at=LATER, reason="文件有误")
    sleeper = applying.take(batch.pk, LATER, "undoing")
    assert sleeper is not None
    undoing.undo_batch(sleeper, LATER, chunks=1)
    assert (len(_ours()), ImportBatch.objects.get(pk=batch.pk).done_rows) == (4, 4)
    sleeper.refresh_from_db()
    ImportBatch.objects.filter(pk=batch.pk).update(held_until=LATER + applying.HOLD)  # as a dead worker leaves it
    assert duties.work(LATER + timedelta(seconds=1)) == 0, "still held"
    later = LATER + applying.HOLD + timedelta(seconds=1)
    while duties.work(later):
        pass
    batch.refresh_from_db()
    assert (batch.state, batch.done_rows, _ours()) == ("undone", 0, [])
    assert batch.counts["undo"]["restored"] == 6
    with pytest.raises(applying.Overtaken):
        undoing._chunk(sleeper, list(batch.rows.all()[:2]), undoing.Undo(keeper, LATER, "x"), later)


def test_when_nothing_can_be_taken_back_the_batch_stands_and_can_be_tried_again(cast: Cast) -> None:
    keeper = cast.person["keeper"]
    batch = applied(_lines(2), keeper)
    keeper.district = cast.next_plant.district
    keeper.save()
    services.undo(batch, actor=keeper, at=LATER, reason="文件有误")
    services.undo_now(batch, LATER)
    assert (batch.state, batch.done_rows, len(_ours())) == ("applied", 2, 2)
    keeper.district = cast.plant.district
    keeper.save()
    services.undo(batch, actor=keeper, at=LATER, reason="文件有误")
    assert services.undo_now(batch, LATER).state == ImportBatch.State.UNDONE


def test_a_line_that_the_register_refuses_does_not_stop_the_others(cast: Cast) -> None:
    keeper = cast.person["keeper"]
    batch = preview(_lines(3), keeper)
    applied(csv_of((CODES[1], "抢先登记的厂", "浦东新区", "", "")), keeper)
    services.confirm(batch, actor=keeper, at=LATER)
    services.apply_now(batch, LATER)
    assert batch.counts == {"new": 2, "changed": 0, "same": 0, "doubtful": 0, "wrong": 1}
    assert "拒绝" in batch.rows.get(outcome="wrong").problems[-1][1]


def test_steps_out_of_turn_and_other_peoples_batches_are_refused(cast: Cast) -> None:
    keeper, other = cast.person["keeper"], cast.person["other_keeper"]
    batch = preview(_lines(1), keeper)
    with pytest.raises(services.NotYours):
        services.confirm(batch, actor=other, at=NOW)
    with pytest.raises(services.Overtaken):
        services.undo(batch, actor=keeper, at=NOW, reason="x")
    services.cancel(batch, actor=keeper, at=NOW)
    with pytest.raises(services.Overtaken):
        services.confirm(batch, actor=keeper, at=NOW)
    for name in ("officer", "monitor", "auditor", "operator", "enterprise"):
        with pytest.raises(services.NotYours):
            services.submit(_lines(1), name="t", register="objects", actor=cast.person[name], at=NOW, valid_from=DAY)
    with pytest.raises(services.NotYours):
        services.submit(_lines(1), name="t", register="items", actor=keeper, at=NOW, valid_from=DAY)


@pytest.mark.parametrize("is_same", [True, False])
def test_a_doubtful_line_is_settled_by_a_person(cast: Cast, is_same: bool) -> None:
    keeper = cast.person["keeper"]
    applied(csv_of((CODES[0], "上海丙申化工有限公司", "浦东新区", "沪太路1号", "")), keeper)
    batch = preview(csv_of(("", "丙申化工有限公司", "浦东新区", "沪太路1号", "2614")), keeper)
    row = batch.rows.get()
    services.decide_row(row, is_same, actor=keeper, at=LATER)
    batch.refresh_from_db()
    assert batch.counts["changed" if is_same else "new"] == 1
    with pytest.raises(services.Overtaken):
        services.decide_row(row, is_same, actor=keeper, at=LATER)
    services.confirm(batch, actor=keeper, at=LATER)
    services.apply_now(batch, LATER)
    assert InspectionObject.objects.filter(name__contains="丙申").count() == (1 if is_same else 2)
    assert InspectionObject.objects.filter(industry_code="2614").count() == 1
