"""No visit without a live inspection code: the database itself refuses one."""

from django.db import migrations

from sanjian.act.inspections import constraints


def forward(_apps, schema_editor):
    constraints.install(schema_editor.connection)


def backward(_apps, schema_editor):
    constraints.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("inspections", "0001_initial")]

    operations = [migrations.RunPython(forward, backward)]
