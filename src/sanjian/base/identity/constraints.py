"""Database triggers behind the promise "audit entries are only ever added", for SQLite and PostgreSQL.

Whoever owns the database can take them away; then the chain and the heads kept elsewhere tell. On SQLite, Django
rebuilds a table to alter it and thereby drops its triggers; therefore they are put back after every migrate.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

TABLE = "identity_auditentry"

SQLITE = (
    """CREATE TRIGGER IF NOT EXISTS audit_keeps_entries BEFORE UPDATE ON identity_auditentry
        BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END""",
    """CREATE TRIGGER IF NOT EXISTS audit_loses_nothing BEFORE DELETE ON identity_auditentry
        BEGIN SELECT RAISE(ABORT, 'an audit entry is never deleted'); END""",
)
POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION audit_keeps_entries() RETURNS trigger AS $$
        BEGIN
            RAISE EXCEPTION 'an audit entry is never changed or deleted'
                USING ERRCODE = 'integrity_constraint_violation';
        END $$ LANGUAGE plpgsql""",
    """CREATE OR REPLACE TRIGGER audit_keeps_entries BEFORE UPDATE OR DELETE ON identity_auditentry
        FOR EACH ROW EXECUTE FUNCTION audit_keeps_entries()""",
    """CREATE OR REPLACE TRIGGER audit_loses_nothing BEFORE TRUNCATE ON identity_auditentry
        FOR EACH STATEMENT EXECUTE FUNCTION audit_keeps_entries()""",
)
REMOVE = {
    "sqlite": ("DROP TRIGGER IF EXISTS audit_keeps_entries", "DROP TRIGGER IF EXISTS audit_loses_nothing"),
    "postgresql": (
        "DROP TRIGGER IF EXISTS audit_keeps_entries ON identity_auditentry",
        "DROP TRIGGER IF EXISTS audit_loses_nothing ON identity_auditentry",
    ),
}


def install(connection: Any) -> None:
    """Put the triggers in place; doing it again changes nothing."""
    _execute(connection, {"sqlite": SQLITE, "postgresql": POSTGRESQL}[connection.vendor])


def remove(connection: Any) -> None:
    """Take the triggers away (reverse migration, emptying the whole database)."""
    _execute(connection, REMOVE[connection.vendor])


@contextmanager
def lifted(connection: Any) -> Iterator[None]:
    """The triggers are away inside: for emptying a whole database, and for tests that play the intruder."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def after_migrate(using: str, **_: Any) -> None:
    """Signal receiver: the triggers stand after every migrate of this app."""
    connection = connections[using]
    if TABLE in connection.introspection.table_names():
        install(connection)


def _execute(connection: Any, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
