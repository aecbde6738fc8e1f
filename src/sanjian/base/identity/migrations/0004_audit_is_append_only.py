"""Audit entries are only ever added: the database itself refuses to change or delete one."""

from django.db import migrations

from sanjian.base.identity import constraints


def forward(_apps, schema_editor):
    constraints.install(schema_editor.connection)


def backward(_apps, schema_editor):
    constraints.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_bodies_and_roles")]

    operations = [migrations.RunPython(forward, backward)]
