"""Thousands of rows in one statement.

`bulk_create` and `bulk_update` compile every value of every row into SQL, which for 50,000 objects with their history
costs a minute. Here the statement is compiled once and the driver repeats it: both databases take that as one batch.
Fields are prepared as Django prepares them; nothing is returned, so models whose new ids are needed use `bulk_create`.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models

_PLAIN = (models.CharField, models.TextField, models.FloatField, models.BooleanField, models.IntegerField)


def insert(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model that need no new id back."""
    if not rows:
        return
    table = rows[0]._meta
    fields: list[Any] = [f for f in table.concrete_fields if not isinstance(f, models.AutoField)]
    quote = connection.ops.quote_name
    columns, places = ", ".join(quote(f.column) for f in fields), ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(table.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - quoted names
    _run(sql, rows, fields)


def update(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write some columns of stored rows of one model."""
    if not rows:
        return
    table = rows[0]._meta
    fields: list[Any] = [table.get_field(name) for name in names]
    key: Any = table.pk
    quote = connection.ops.quote_name
    columns = ", ".join(f"{quote(f.column)} = %s" for f in fields)
    sql = f"UPDATE {quote(table.db_table)} SET {columns} WHERE {quote(key.column)} = %s"  # noqa: S608 - quoted names
    _run(sql, rows, [*fields, key])


def _run(sql: str, rows: Sequence[models.Model], fields: Sequence[Any]) -> None:
    readers = [(f.attname, _prepare(f)) for f in fields]
    values = [[getattr(row, name) if to is None else to(getattr(row, name)) for name, to in readers] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)


def _prepare(field: Any) -> Callable[[Any], Any] | None:
    """How a value of a field goes to the driver; None: as it is."""
    if type(field) in _PLAIN or isinstance(field, models.AutoField):
        return None
    target = getattr(field, "target_field", field)
    if field is not target:
        return _prepare(target)
    if isinstance(field, models.DateField):  # thousands of rows share a few days and moments
        return lru_cache(maxsize=64)(lambda value: field.get_db_prep_save(value, connection))
    return lambda value: field.get_db_prep_save(value, connection)
