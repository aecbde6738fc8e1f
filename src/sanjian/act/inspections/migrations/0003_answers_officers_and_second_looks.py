"""Answers of every kind, why a visit goes on site, which body an officer goes for, and second looks at a visit.

SQLite rebuilds the table of codes, and a trigger that names it must not stand meanwhile: taken away before, put back
after, both ways.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from sanjian.act.inspections import constraints


def install(_apps, schema_editor):
    constraints.install(schema_editor.connection)


def remove(_apps, schema_editor):
    constraints.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("inspections", "0002_live_code_trigger"),
        ("registry", "0002_four_registries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(remove, install),
        migrations.AddField(
            model_name="answer",
            name="suggested",
            field=models.JSONField(
                blank=True, help_text="当时给出的值与来源，改填时两者都留", null=True, verbose_name="平台的值"
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="value",
            field=models.JSONField(
                blank=True, help_text="数值、选项、文字或日期；是否题为空", null=True, verbose_name="填写的值"
            ),
        ),
        migrations.AddField(
            model_name="codeofficer",
            name="body_name",
            field=models.CharField(blank=True, max_length=80, verbose_name="机构"),
        ),
        migrations.AddField(
            model_name="inspectioncode",
            name="on_site_reason",
            field=models.TextField(blank=True, help_text="事项非现场可查清时须写明", verbose_name="入户理由"),
        ),
        migrations.AlterField(
            model_name="answer",
            name="reply",
            field=models.CharField(
                choices=[("yes", "符合"), ("no", "不符合"), ("na", "不适用"), ("text", "文字记录"), ("val", "已填写")],
                max_length=4,
                verbose_name="回答",
            ),
        ),
        migrations.AlterField(
            model_name="codeofficer",
            name="certificate_no",
            field=models.CharField(blank=True, max_length=30, verbose_name="执法证号"),
        ),
        migrations.CreateModel(
            name="Reexamination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(verbose_name="提出时间")),
                ("because", models.TextField(verbose_name="缘由")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("upheld", "结论维持"), ("withdrawn", "结论撤回")],
                        max_length=10,
                        verbose_name="结论",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="理由")),
                ("settled_at", models.DateTimeField(null=True, verbose_name="办结时间")),
                (
                    "inspection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reexaminations",
                        to="inspections.inspection",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办结人",
                    ),
                ),
            ],
            options={
                "verbose_name": "复核",
                "ordering": ["-asked_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("settled_at", None)), fields=("inspection",), name="one_open_reexamination"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("settled_at", None),
                            models.Q(models.Q(("outcome", ""), _negated=True), models.Q(("note", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="settled_with_outcome",
                    ),
                ],
            },
        ),
        migrations.RunPython(install, remove),
    ]
