"""What steps promise beyond the table: once, by one, with a trace, in time."""

import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, connections, transaction

from sanjian.act.clues.models import Clue, ClueEvent
from sanjian.act.clues.services import CauseReopened, ClueError, InputMissing, StepNotAllowed, take_finding, take_step
from sanjian.base.identity import audit
from sanjian.base.identity.models import Account, AuditEntry
from sanjian.base.live.models import LiveEvent

from .cast import NOW, make_cast


def test_submitting_the_same_form_twice_is_one_step(cast):
    clue = cast.clue()
    given = {"now": NOW, "reason": "核查", "request_key": "k1"}
    first = take_step(clue, "dispatch", cast.supervisor, **given)
    second = take_step(Clue.objects.get(id=clue.id), "dispatch", cast.supervisor, **given)
    assert second == first
    assert AuditEntry.objects.filter(act="clue.dispatch").count() == 1


def test_each_step_leaves_actor_role_reason_time_and_an_audit_link(cast):
    clue = cast.clue()
    event = take_step(clue, "dispatch", cast.supervisor, now=NOW, reason=" 数据真实 ")
    entry = AuditEntry.objects.get(seq=event.audit_seq)
    assert (event.actor_name, event.role, event.reason, event.at) == ("监管甲", "supervisor", "数据真实", NOW)
    assert (entry.record_id, entry.reason, entry.details["to"]) == (clue.clue_no, "数据真实", "dispatched")


def test_a_missing_reason_is_named(cast):
    clue = cast.clue()
    with pytest.raises(InputMissing) as error:
        take_step(clue, "dismiss", cast.supervisor, now=NOW)
    assert error.value.names == ["reason", "verdict"]
    assert error.value.message == "请填写：理由、结论"


def test_a_violation_cannot_be_dismissed_as_confirmed(cast):
    with pytest.raises(InputMissing):
        take_step(cast.clue(), "dismiss", cast.supervisor, now=NOW, reason="x", verdict="confirmed")


def test_a_dispatch_can_be_taken_back_for_half_an_hour(cast):
    clue = cast.clue()
    take_step(clue, "dispatch", cast.supervisor, now=NOW, reason="核查")
    with pytest.raises(StepNotAllowed):
        take_step(clue, "undo_dispatch", cast.supervisor, now=NOW + timedelta(minutes=31), reason="派错了")
    take_step(clue, "undo_dispatch", cast.supervisor, now=NOW + timedelta(minutes=29), reason="派错了")
    assert clue.state == "to_judge"


def test_undoing_a_dismissal_beside_a_newer_clue_of_the_same_cause_says_so(cast):
    clue = cast.clue(severity=2)
    take_step(clue, "dismiss", cast.supervisor, now=NOW, reason="x", verdict="false_data")
    worse = cast.finding(severity=5, started_at=NOW + timedelta(minutes=1))
    take_finding(worse, True, now=NOW + timedelta(minutes=2))
    with pytest.raises(CauseReopened):
        take_step(clue, "undo_dismiss", cast.supervisor, now=NOW + timedelta(minutes=3), reason="再看看")
    assert clue.state == "dismissed"
    assert audit.verify()[1] is None


def test_a_closed_clue_without_verdict_is_refused_by_the_database(cast):
    clue = cast.clue()
    with pytest.raises(IntegrityError), transaction.atomic():
        Clue.objects.filter(id=clue.id).update(state="closed", closed_at=NOW)


def test_the_enterprise_hears_nothing_before_it_is_asked(cast):
    clue = cast.clue()
    assert not LiveEvent.objects.visible_to(cast.enterprise).exists()
    assert not Clue.objects.visible_to(cast.enterprise).exists()
    take_step(clue, "ask", cast.supervisor, now=NOW, reason="请说明 9 时数据")
    assert LiveEvent.objects.visible_to(cast.enterprise).count() == 1
    take_step(clue, "explain", cast.enterprise, now=NOW, reason="当时正在校准")
    assert clue.state == "to_judge"
    assert Clue.objects.visible_to(cast.enterprise).get() == clue


def _database_of_threads(tmp_path: Path) -> dict[str, object]:
    """Settings of a database that several threads can use: PostgreSQL as it is, the in-memory SQLite as a file."""
    if connection.vendor != "sqlite":
        return connection.settings_dict
    path = tmp_path / "race.sqlite3"
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=WAL")  # two who switch to it at once would lock each other out
    return connection.settings_dict | {"NAME": path}


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_who_accept_at_once_exactly_one_wins(tmp_path: Path):
    """On a real database, because threads on one in-memory database share its locks."""
    cast = make_cast()
    clue = cast.clue()
    take_step(clue, "dispatch", cast.supervisor, now=NOW, reason="核查")
    settings = _database_of_threads(tmp_path)
    ready, results, entries = threading.Barrier(2), [], []

    def accept(username: str) -> None:
        own = connections.create_connection("default")
        own.settings_dict = settings
        connections["default"] = own
        try:
            mine, officer = Clue.objects.get(id=clue.id), Account.objects.get(username=username)
            ready.wait(timeout=10)
            take_step(mine, "accept", officer, now=NOW)
            results.append(username)
            entries.append(ClueEvent.objects.filter(act="accept").count())
        except ClueError as error:
            results.append(error.message)
        finally:
            own.close()

    threads = [threading.Thread(target=accept, args=(name,)) for name in ("officer", "officer2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(results) == 2
    assert len({"officer", "officer2"} & set(results)) == 1
    assert entries == [1]
