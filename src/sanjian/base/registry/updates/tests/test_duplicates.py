"""Two objects that may be one are proposed with reasons; a person decides, and can take it back."""

from datetime import timedelta

import pytest

from sanjian.base.registry.models import Contact, InspectionObject, Match
from sanjian.base.registry.tests.cast import Cast
from sanjian.base.registry.updates import duplicates

from .cast import CODES, NOW

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def pair(cast: Cast) -> Match:
    """Two entries of one plant, found."""
    here = cast.plant.district
    InspectionObject.objects.create(
        name="上海丙申化工有限公司", credit_code=CODES[0], district=here, address="上海市浦东新区沪太路1号"
    )
    InspectionObject.objects.create(name="丙申化工有限责任公司", district=here, address="沪太路 1 号")
    assert duplicates.refresh(NOW) == 1
    return Match.objects.get()


def test_looking_again_finds_nothing_new_and_keeps_decisions(cast: Cast, pair: Match) -> None:
    assert duplicates.refresh(LATER) == 0
    duplicates.decide(pair, is_same=False, actor=cast.person["keeper"], at=LATER, reason="两家")
    assert duplicates.refresh(LATER) == 0
    assert Match.objects.get().state == Match.State.DIFFERENT


def test_a_pair_that_was_corrected_is_not_proposed_any_more(cast: Cast, pair: Match) -> None:
    InspectionObject.objects.filter(pk=pair.second_id).update(name="金桥热电厂", address="")
    duplicates.refresh(LATER)
    assert not Match.objects.exists()


def test_the_same_telephone_counts_without_being_readable(cast: Cast, pair: Match) -> None:
    before = pair.score
    InspectionObject.objects.filter(pk=pair.second_id).update(address="")
    for pk in (pair.first_id, pair.second_id):
        Contact.objects.create(inspection_object_id=pk, name="张三", phone="13812345678")
    duplicates.refresh(LATER)
    pair.refresh_from_db()
    assert any("电话" in words for words, _ in pair.reasons)
    assert "1381234" not in str(pair.reasons)
    assert pair.score != before


def test_the_same_are_merged_and_the_decision_can_be_taken_back(cast: Cast, pair: Match) -> None:
    keeper = cast.person["keeper"]
    duplicates.decide(pair, is_same=True, actor=keeper, at=LATER, reason="同一家", survivor_id=pair.second_id)
    assert InspectionObject.objects.get(pk=pair.first_id).survivor_id == pair.second_id
    duplicates.reopen(pair, actor=keeper, at=LATER + timedelta(hours=1), reason="弄错了")
    assert InspectionObject.objects.get(pk=pair.first_id).survivor_id is None
    assert pair.state == Match.State.OPEN
    with pytest.raises(duplicates.MatchError):
        duplicates.reopen(pair, actor=keeper, at=LATER, reason="再来")


def test_only_who_keeps_both_objects_sees_and_decides(cast: Cast, pair: Match) -> None:
    for name in ("other_keeper", "officer", "neighbour", "enterprise", "auditor", "operator"):
        with pytest.raises(duplicates.MatchError):
            duplicates.decide(pair, is_same=False, actor=cast.person[name], at=LATER, reason="x")
    assert pair in duplicates.visible_matches(cast.person["keeper"])
    assert pair in duplicates.visible_matches(cast.person["supervisor"])
    for name in ("other_keeper", "neighbour", "enterprise", "operator"):
        assert pair not in duplicates.visible_matches(cast.person[name])


def test_two_deciding_at_once_one_is_told(cast: Cast, pair: Match) -> None:
    duplicates.decide(pair, is_same=False, actor=cast.person["keeper"], at=LATER, reason="两家")
    with pytest.raises(duplicates.MatchError, match="他人"):
        duplicates.decide(pair, is_same=True, actor=cast.person["supervisor"], at=LATER, reason="一家")
    with pytest.raises(duplicates.MatchError, match="理由"):
        duplicates.decide(pair, is_same=True, actor=cast.person["supervisor"], at=LATER, reason=" ")
