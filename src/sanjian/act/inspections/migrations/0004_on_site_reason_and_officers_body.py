"""Why a visit goes on site although the item can be checked remotely; which body an officer goes for.

SQLite rebuilds the table of codes, and a trigger that names it must not stand meanwhile: taken away before, put back
after, both ways.
"""

from django.db import migrations, models

from sanjian.act.inspections import constraints


def install(_apps, schema_editor):
    constraints.install(schema_editor.connection)


def remove(_apps, schema_editor):
    constraints.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("inspections", "0003_answers_of_every_kind")]

    operations = [
        migrations.RunPython(remove, install),
        migrations.AddField(
            model_name="inspectioncode",
            name="on_site_reason",
            field=models.TextField(
                blank=True, default="", help_text="事项非现场可查清时须写明", verbose_name="入户理由"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="codeofficer",
            name="body_name",
            field=models.CharField(blank=True, default="", max_length=80, verbose_name="机构"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="codeofficer",
            name="certificate_no",
            field=models.CharField(blank=True, max_length=30, verbose_name="执法证号"),
        ),
        migrations.RunPython(install, remove),
    ]
