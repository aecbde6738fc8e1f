"""No inspection record can exist without a live inspection code: not by the ORM, not by raw SQL."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from sanjian.act.clues.tests.cast import NOW
from sanjian.act.inspections import constraints
from sanjian.act.inspections.models import Inspection, InspectionCode
from sanjian.act.inspections.services.visits import check_in

INSERT = """INSERT INTO inspections_inspection (code_id, checked_in_at, checked_in_by_id, record_text, result)
            VALUES (%s, %s, %s, '', '')"""


def raw_insert(code_id, officer) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, [code_id, NOW, officer.id])
        connection.check_constraints()


def raw_delete(code_id) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM inspections_codeofficer WHERE code_id = %s", [code_id])
        cursor.execute("DELETE FROM inspections_inspectioncode_items WHERE inspectioncode_id = %s", [code_id])
        cursor.execute("DELETE FROM inspections_inspectioncode WHERE id = %s", [code_id])
        connection.check_constraints()


def test_a_visit_without_code_is_refused_by_the_orm(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Inspection.objects.create(checked_in_at=NOW, checked_in_by=cast.officer)


def test_a_visit_without_code_is_refused_in_raw_sql(cast):
    with pytest.raises(DatabaseError):
        raw_insert(None, cast.officer)


def test_a_visit_with_a_code_that_does_not_exist_is_refused_in_raw_sql(cast):
    with pytest.raises(DatabaseError):
        raw_insert(987654, cast.officer)


@pytest.mark.parametrize("status", ["draft", "refused", "approved", "cancelled", "expired", "inspected", "rated"])
def test_a_visit_with_a_code_that_is_not_live_is_refused_in_raw_sql(cast, code, status):
    InspectionCode.objects.filter(id=code.id).update(status=status)
    with pytest.raises(DatabaseError, match="without a live inspection code"):
        raw_insert(code.id, cast.officer)


def test_a_second_visit_on_one_code_is_refused_in_raw_sql(cast, code):
    check_in(code, cast.officer, now=NOW)
    with pytest.raises(IntegrityError):
        raw_insert(code.id, cast.officer)


def test_a_visit_cannot_be_hung_on_another_code(cast, code, apply_for):
    visit = check_in(code, cast.officer, now=NOW)
    with pytest.raises(DatabaseError, match="keeps its inspection code"), transaction.atomic():
        Inspection.objects.filter(id=visit.id).update(code_id=code.id + 1)


def test_a_code_with_a_visit_cannot_be_deleted_in_raw_sql(cast, code):
    check_in(code, cast.officer, now=NOW)
    with pytest.raises(DatabaseError):
        raw_delete(code.id)


def test_the_triggers_come_back_after_a_table_was_rebuilt(cast, code):
    constraints.remove(connection)
    constraints.after_migrate(using="default")
    InspectionCode.objects.filter(id=code.id).update(status="draft")
    with pytest.raises(DatabaseError):
        raw_insert(code.id, cast.officer)
