"""The page of rules: precision from clues and from shadow, promotion, judging."""

import pytest
from django.urls import reverse
from django.utils import timezone

from sanjian.act.clues import precision
from sanjian.act.clues.models import Clue
from sanjian.act.clues.services import take_finding
from sanjian.base.screening.models import FindingRecord, ScreenMode

RULE = "sources.frozen"


@pytest.fixture
def shadow(cast) -> FindingRecord:
    record = cast.finding()
    FindingRecord.objects.filter(pk=record.pk).update(is_shadow=True, screen=RULE, kind="frozen_value")
    record.refresh_from_db()
    return record


def judge(client, record: FindingRecord, **given):
    return client.post(reverse("clues:rule_judge", args=[RULE, record.pk]), given)


def row(viewer) -> precision.RuleRow:
    return next(r for r in precision.rules(viewer) if r.screen.name == RULE)


def test_judging_a_finding_in_shadow_makes_the_precision(client, cast, shadow):
    assert row(cast.supervisor).rate.value is None
    client.force_login(cast.supervisor)
    page = client.get(reverse("clues:rule", args=[RULE])).content.decode()
    assert shadow.summary_zh in page
    assert judge(client, shadow, verdict="true", reason="现场核实属实").status_code == 302
    found = row(cast.supervisor)
    assert (found.rate.hits, found.rate.of, found.waiting) == (1, 1, 0)
    assert (found.kinds[0].from_clues, found.kinds[0].from_shadow) == (0, 1)
    assert "100%" in client.get(reverse("clues:rules")).content.decode()


def test_closed_clues_count_and_open_ones_do_not(cast):
    record = cast.finding()
    clue = take_finding(record, True, now=timezone.now())
    name = record.screen
    assert next(r for r in precision.rules(cast.supervisor) if r.screen.name == name).rate.of == 0
    Clue.objects.filter(pk=clue.pk).update(state="dismissed", verdict="false_rule", closed_at=timezone.now())
    rate = next(r for r in precision.rules(cast.supervisor) if r.screen.name == name).rate
    assert (rate.hits, rate.of) == (0, 1)


def test_without_a_reason_nothing_is_recorded_and_the_person_is_told(client, cast, shadow):
    client.force_login(cast.supervisor)
    answer = client.post(
        reverse("clues:rule_judge", args=[RULE, shadow.pk]), {"verdict": "true", "reason": ""}, follow=True
    )
    assert "请选择结论并填写理由" in answer.content.decode()
    assert row(cast.supervisor).waiting == 1


def test_only_the_whole_citys_supervisor_promotes(client, cast):
    address = reverse("clues:rule_mode", args=[RULE])
    client.force_login(cast.supervisor)
    client.post(address, {"mode": "shadow", "reason": "误报多"})
    assert not ScreenMode.objects.exists()
    client.force_login(cast.city_supervisor)
    client.post(address, {"mode": "shadow", "reason": "误报多"})
    assert ScreenMode.objects.get().mode == "shadow"
    page = client.get(reverse("clues:rules") + "?mode=shadow").content.decode()
    assert RULE in page
    assert "sources.exceedance" not in page


def test_enforcement_and_enterprises_do_not_see_the_rules(client, cast, shadow):
    for who in (cast.officer, cast.enterprise):
        client.force_login(who)
        assert client.get(reverse("clues:rules")).status_code == 404
        assert judge(client, shadow, verdict="true", reason="x").status_code == 404
