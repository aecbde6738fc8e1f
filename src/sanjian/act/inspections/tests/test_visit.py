"""A visit from check-in to rating, with what each step refuses."""

from datetime import timedelta

import pytest

from sanjian.act.clues.services import take_step
from sanjian.act.clues.tests.cast import NOW
from sanjian.act.inspections.models import Inspection, Rating
from sanjian.act.inspections.queries import rating_summary
from sanjian.act.inspections.services import visits
from sanjian.act.inspections.services.codes import cancel_code, expire_codes
from sanjian.act.inspections.services.errors import CodeError, RatingError, VisitError
from sanjian.act.inspections.services.photos import attach_photo
from sanjian.act.inspections.services.ratings import rate
from sanjian.base.identity import audit

from .pictures import jpeg


@pytest.fixture
def visit(code, cast) -> Inspection:
    return visits.check_in(code, cast.officer, now=NOW, latitude=31.201, longitude=121.5, accuracy_m=12)


def answer_all(visit, cast, reply="yes"):
    running, line = cast.item.questions.all()
    visits.answer(visit, running, cast.officer, reply=reply, now=NOW)
    visits.answer(visit, line, cast.officer, reply="yes", now=NOW)
    attach_photo(visit, jpeg(), cast.officer, question=line, now=NOW)


def test_check_in_keeps_server_time_place_and_distance_and_moves_code_and_clue(visit, code, clue):
    assert visit.checked_in_at == NOW
    assert 100 < visit.distance_m < 120
    code.refresh_from_db()
    clue.refresh_from_db()
    assert (code.status, clue.state) == ("in_use", "inspecting")


def test_checking_in_twice_is_one_visit(visit, code, cast):
    assert visits.check_in(code, cast.second_officer, now=NOW) == visit


def test_check_in_works_without_a_position_and_says_so(code, cast):
    visit = visits.check_in(code, cast.officer, now=NOW, latitude=31.2, longitude=None, accuracy_m=5)
    assert (visit.latitude, visit.accuracy_m, visit.distance_m) == (None, None, None)


def test_only_an_officer_of_the_code_checks_in(code, cast):
    for other in (cast.next_district_officer, cast.supervisor, cast.enterprise):
        with pytest.raises(CodeError):
            visits.check_in(code, other, now=NOW)


def test_no_check_in_before_or_after_the_window_or_on_a_cancelled_code(code, cast):
    with pytest.raises(CodeError, match="还没到"):
        visits.check_in(code, cast.officer, now=NOW - timedelta(seconds=1))
    with pytest.raises(CodeError, match="已过期"):
        visits.check_in(code, cast.officer, now=NOW + timedelta(hours=9))
    cancel_code(code, cast.officer, reason="改期", now=NOW)
    with pytest.raises(CodeError):
        visits.check_in(code, cast.officer, now=NOW)
    assert not Inspection.objects.exists()


def test_a_visit_is_not_finished_before_everything_is_there(visit, cast):
    with pytest.raises(VisitError) as error:
        visits.finish(visit, cast.officer, record_text=" ", result="", now=NOW)
    assert error.value.gaps == [
        "还没有回答：设备是否正在运行",
        "还没有回答：采样管路是否完好",
        "现场检查笔录还是空的",
        "请选择检查结果",
    ]


def test_a_required_photo_is_required(visit, cast):
    for question in cast.item.questions.all():
        visits.answer(visit, question, cast.officer, reply="yes", now=NOW)
    assert visits.open_points(visit, record_text="x", result="clean") == ["须附照片：采样管路是否完好"]


def test_a_no_cannot_end_as_nothing_found(visit, cast):
    answer_all(visit, cast, reply="no")
    with pytest.raises(VisitError):
        visits.finish(visit, cast.officer, record_text="设备停运", result="clean", now=NOW)
    visits.finish(visit, cast.officer, record_text="设备停运", result="order", now=NOW)


def test_after_finishing_nothing_can_be_changed(visit, cast, clue):
    answer_all(visit, cast)
    visits.finish(visit, cast.officer, record_text="正常", result="clean", now=NOW)
    visits.finish(visit, cast.officer, record_text="正常", result="clean", now=NOW)  # twice is once
    question = cast.item.questions.first()
    with pytest.raises(VisitError):
        visits.answer(visit, question, cast.officer, reply="no", now=NOW)
    with pytest.raises(VisitError):
        attach_photo(visit, jpeg(colour=(1, 2, 3)), cast.officer, question=question, now=NOW)
    clue.refresh_from_db()
    assert clue.state == "to_feed_back"


def test_only_officers_of_the_code_write(visit, cast):
    with pytest.raises(VisitError):
        visits.answer(visit, cast.item.questions.first(), cast.next_district_officer, reply="yes", now=NOW)


def test_the_whole_walk_closes_the_clue_and_the_chain_holds(visit, cast, clue, code):
    answer_all(visit, cast)
    visits.finish(visit, cast.officer, record_text="设备正常，数据属实", result="corrected", now=NOW)
    visits.deliver(visit.code, cast.officer, now=NOW)
    clue.refresh_from_db()
    take_step(clue, "close", cast.officer, now=NOW, reason="当场改正", verdict="confirmed")
    assert (clue.state, clue.verdict, clue.feedback) == ("closed", "confirmed", "当场改正")
    count, broken = audit.verify()
    assert broken is None
    assert count >= 13


def test_a_visit_is_rated_once_after_delivery_and_the_rating_leads_back_to_nobody(visit, cast):
    answer_all(visit, cast)
    visits.finish(visit, cast.officer, record_text="正常", result="clean", now=NOW)
    code = visit.code
    with pytest.raises(RatingError):
        rate(code, score=5, comment="", now=NOW)
    visits.deliver(code, cast.officer, now=NOW)
    for bad in (0, 6):
        with pytest.raises(RatingError):
            rate(code, score=bad, comment="", now=NOW)
    rating = rate(code, score=4, comment="文明规范", now=NOW)
    with pytest.raises(RatingError):
        rate(code, score=1, comment="", now=NOW)
    assert code.code_id not in rating.pseudonym
    assert {f.name for f in Rating._meta.fields} == {"id", "pseudonym", "district", "score", "comment", "rated_on"}
    assert rating_summary(cast.plant.district_id, NOW - timedelta(days=1)) is None


def test_an_unrated_visit_closes_by_itself(visit, cast):
    answer_all(visit, cast)
    visits.finish(visit, cast.officer, record_text="正常", result="clean", now=NOW)
    visits.deliver(visit.code, cast.officer, now=NOW)
    later = NOW + timedelta(days=16)
    with pytest.raises(RatingError):
        rate(visit.code, score=4, comment="", now=later)
    assert expire_codes(later) == 1
    visit.code.refresh_from_db()
    assert visit.code.status == "unrated"
