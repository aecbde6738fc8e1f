"""A rule in shadow is stored with its proof and heard by its judges only."""

from dataclasses import replace
from pathlib import Path

import pytest

from sanjian.base.identity.models import Account, AuditEntry, District, Role
from sanjian.base.live.models import LiveEvent
from sanjian.base.screening import modes, progress, services
from sanjian.base.screening.models import FindingRecord, ScreenMode, ShadowVerdict
from sanjian.base.sensing.streams import READINGS

from .kit import HOUR, START, World, above, enterprise, hourly

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> District:
    return District.objects.create(code="310000", name="全市", is_city=True)


@pytest.fixture
def chief(city: District) -> Account:
    return Account.objects.create_user("chief", display_name="市监管", role=Role.SUPERVISOR, district=city)


def found(tmp_path: Path) -> FindingRecord:
    """One finding of the test's screen."""
    enterprise("A")
    world = World(tmp_path)
    world.lake.table(READINGS)
    progress.live(above(), world.lake, world.store, START)
    world.send(hourly("A", 0, [10, 60, 70, 20]))
    progress.live(above(), world.lake, world.store, START + 9 * HOUR)
    return FindingRecord.objects.get()


def test_a_rule_in_shadow_opens_nothing_and_tells_nobody(tmp_path: Path, chief: Account) -> None:
    heard: list[FindingRecord] = []
    services.subscribe(lambda record, _new: heard.append(record))
    ScreenMode.objects.create(screen="test.above", mode="shadow", at=START, by=chief, reason="新规则")
    record = found(tmp_path)
    assert record.is_shadow
    assert record.inputs_sha256
    assert heard == []
    assert not LiveEvent.objects.exists()
    assert not AuditEntry.objects.filter(act="finding.raised").exists()
    assert not FindingRecord.objects.visible_to(chief).exists()
    assert FindingRecord.objects.shadow(chief).get() == record


def test_promotion_asks_for_the_whole_city_and_a_reason(city: District, chief: Account) -> None:
    screen = replace(above(), starts="shadow")
    here = District.objects.create(code="310115", name="浦东新区")
    local = Account.objects.create_user("local", display_name="区监管", role=Role.SUPERVISOR, district=here)
    for actor, reason, error in ((local, "好", modes.NotAllowed), (chief, " ", modes.Incomplete)):
        with pytest.raises(error):
            modes.set_mode(screen, "live", actor=actor, reason=reason, at=START)
    assert city.is_city
    modes.set_mode(screen, "shadow", actor=chief, reason="误报多", at=START)
    modes.set_mode(screen, "live", actor=chief, reason="三十条中二十八条属实", at=START + HOUR)
    assert modes.mode_of("test.above") == "live"
    assert AuditEntry.objects.filter(act="screen.mode").count() == 2


def test_a_verdict_can_be_changed_and_both_stay_in_the_audit_chain(tmp_path: Path, chief: Account) -> None:
    record = found(tmp_path)
    with pytest.raises(modes.NotAllowed):  # of a rule that is live the clue decides
        modes.judge(record, "true", actor=chief, reason="核实", at=START)
    FindingRecord.objects.update(is_shadow=True)
    record.refresh_from_db()
    for verdict in ("true", "false"):
        modes.judge(record, verdict, actor=chief, reason="核实", at=START)
    assert ShadowVerdict.objects.get().verdict == "false"
    assert AuditEntry.objects.filter(act="finding.judge").count() == 2
    with pytest.raises(modes.Incomplete):
        modes.judge(record, "maybe", actor=chief, reason="核实", at=START)
