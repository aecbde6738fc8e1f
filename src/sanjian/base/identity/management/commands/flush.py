"""`flush` empties the whole database, audit entries included: the one deliberate act that the triggers step aside for.

Tests that need real transactions end with it.
"""

from typing import Any

from django.core.management.commands.flush import Command as DjangoFlush
from django.db import connections

from sanjian.base.identity import constraints


class Command(DjangoFlush):
    """Django's, with the audit triggers lifted meanwhile."""

    def handle(self, **options: Any) -> None:
        """See `help`."""
        connection = connections[options["database"]]
        if constraints.TABLE not in connection.introspection.table_names():
            super().handle(**options)
            return
        with constraints.lifted(connection):
            super().handle(**options)
