"""What an item said before a change stays readable; a question that was asked is retired, never rewritten.

Taking this back fails where a retired question shares its code with its successor: that history has no place before it.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0003_updates_resume_and_pull"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ItemVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveSmallIntegerField("版本")),
                ("content", models.JSONField("内容", help_text="字段、条款编码与问题，当时的原样")),
                ("valid_from", models.DateField("启用日期")),
                ("recorded_at", models.DateTimeField("记录时间")),
                ("reason", models.CharField("理由", blank=True, max_length=200)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="registry.inspectionitem",
                        verbose_name="事项",
                    ),
                ),
            ],
            options={"verbose_name": "事项版本", "ordering": ["item", "-version"]},
        ),
        migrations.AddConstraint(
            "itemversion", models.UniqueConstraint(fields=("item", "version"), name="item_version_once")
        ),
        migrations.AlterModelOptions("question", {"ordering": ["item", "order", "id"], "verbose_name": "检查问题"}),
        migrations.RemoveConstraint("question", "question_code_once_per_item"),
        migrations.AddField(
            "question",
            "added_at",
            models.DateTimeField("启用时间", blank=True, help_text="空为自始就有", null=True),
        ),
        migrations.AddField("question", "retired_at", models.DateTimeField("停用时间", blank=True, null=True)),
        migrations.AddConstraint(
            "question",
            models.UniqueConstraint(
                condition=models.Q(("retired_at", None)), fields=("item", "code"), name="question_code_once_per_item"
            ),
        ),
    ]
