"""A batch that a dead worker left is taken up where it stopped; a partner is asked only for what is new."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_four_registries")]

    operations = [
        migrations.AddField(
            "importbatch",
            "done_line",
            models.PositiveIntegerField("已处理到行号", default=0, help_text="中断后从这一行之后继续"),
        ),
        migrations.AddField(
            "importbatch",
            "held_until",
            models.DateTimeField("占用至", null=True, blank=True, help_text="后台处理期间；过时由别的进程接手"),
        ),
        migrations.AddField(
            "importbatch",
            "handled_at",
            models.DateTimeField("写入时刻", null=True, blank=True, help_text="该批所有历史行的记录时间"),
        ),
        migrations.AlterField(
            "importbatch",
            "state",
            models.CharField(
                "状态",
                max_length=10,
                default="reading",
                choices=[
                    ("reading", "读取中"),
                    ("previewed", "待确认"),
                    ("applying", "写入中"),
                    ("applied", "已生效"),
                    ("cancelled", "已放弃"),
                    ("undoing", "撤销中"),
                    ("undone", "已撤销"),
                    ("failed", "失败"),
                ],
            ),
        ),
        migrations.AddField(
            "datasource",
            "token_header",
            models.CharField(
                "凭据请求头", max_length=60, default="Authorization", help_text="HTTP 来源：凭据放在这个请求头"
            ),
        ),
        migrations.AddField(
            "datasource",
            "seen",
            models.JSONField(
                "上次答复的标记", default=dict, blank=True, editable=False, help_text="ETag、Last-Modified"
            ),
        ),
    ]
