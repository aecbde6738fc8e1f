"""Database triggers behind the promise "no visit without a live inspection code", for SQLite and PostgreSQL.

A foreign key alone would accept a draft or cancelled code; a check constraint cannot look at another table. On SQLite,
Django rebuilds a table to alter it and thereby drops its triggers; therefore they are put back after every migrate.
"""

from typing import Any

from django.db import connections

TABLE = "inspections_inspection"

SQLITE = (
    """CREATE TRIGGER IF NOT EXISTS inspection_needs_live_code BEFORE INSERT ON inspections_inspection
        WHEN NOT EXISTS (
            SELECT 1 FROM inspections_inspectioncode WHERE id = NEW.code_id AND status IN ('issued', 'in_use')
        )
        BEGIN SELECT RAISE(ABORT, 'no inspection without a live inspection code'); END""",
    """CREATE TRIGGER IF NOT EXISTS inspection_keeps_code BEFORE UPDATE OF code_id ON inspections_inspection
        WHEN NEW.code_id IS NOT OLD.code_id
        BEGIN SELECT RAISE(ABORT, 'an inspection keeps its inspection code'); END""",
)
POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION inspection_needs_live_code() RETURNS trigger AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND NEW.code_id IS DISTINCT FROM OLD.code_id THEN
                RAISE EXCEPTION 'an inspection keeps its inspection code'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            IF TG_OP = 'INSERT' AND NOT EXISTS (
                SELECT 1 FROM inspections_inspectioncode WHERE id = NEW.code_id AND status IN ('issued', 'in_use')
            ) THEN
                RAISE EXCEPTION 'no inspection without a live inspection code'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$ LANGUAGE plpgsql""",
    """CREATE OR REPLACE TRIGGER inspection_needs_live_code BEFORE INSERT OR UPDATE ON inspections_inspection
        FOR EACH ROW EXECUTE FUNCTION inspection_needs_live_code()""",
)
REMOVE = {
    "sqlite": ("DROP TRIGGER IF EXISTS inspection_needs_live_code", "DROP TRIGGER IF EXISTS inspection_keeps_code"),
    "postgresql": ("DROP TRIGGER IF EXISTS inspection_needs_live_code ON inspections_inspection",),
}


def install(connection: Any) -> None:
    """Put the triggers in place; doing it again changes nothing."""
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[connection.vendor]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def remove(connection: Any) -> None:
    """Take the triggers away (reverse migration)."""
    with connection.cursor() as cursor:
        for statement in REMOVE[connection.vendor]:
            cursor.execute(statement)


def after_migrate(using: str, **_: Any) -> None:
    """Signal receiver: the triggers stand after every migrate of this app."""
    connection = connections[using]
    if TABLE in connection.introspection.table_names():
        install(connection)
