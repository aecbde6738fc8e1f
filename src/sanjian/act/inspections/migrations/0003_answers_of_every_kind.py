"""Answers are numbers, choices, texts and days too, and keep what the platform offered beside what was written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inspections", "0002_live_code_trigger"), ("registry", "0004_item_versions")]

    operations = [
        migrations.AddField(
            "answer",
            "value",
            models.JSONField("填写的值", blank=True, help_text="数值、选项、文字或日期；是否题为空", null=True),
        ),
        migrations.AddField(
            "answer",
            "suggested",
            models.JSONField("平台的值", blank=True, help_text="当时给出的值与来源，改填时两者都留", null=True),
        ),
        migrations.AlterField(
            "answer",
            "reply",
            models.CharField(
                "回答",
                choices=[("yes", "符合"), ("no", "不符合"), ("na", "不适用"), ("text", "文字记录"), ("val", "已填写")],
                max_length=4,
            ),
        ),
    ]
