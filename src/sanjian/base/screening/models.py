"""Findings as stored, and how far each screen has read."""

from django.db import models

from sanjian.base.identity.models import Account
from sanjian.base.identity.scope import district_scope
from sanjian.base.registry.models import InspectionObject, LegalBasis, MonitoringPoint


class FindingQuerySet(models.QuerySet["FindingRecord"]):
    def visible_to(self, viewer: Account) -> "FindingQuerySet":
        """Findings that a viewer may see."""
        return self.filter(
            district_scope(viewer, district="inspection_object__district", object_id="inspection_object_id")
        )


class FindingRecord(models.Model):
    """预警: a finding as a screen raised it. A re-run updates it by fingerprint; what a person decides lies in the clue."""

    fingerprint = models.CharField("指纹", max_length=32, unique=True)
    screen = models.CharField("规则", max_length=60)
    version = models.CharField("规则版本", max_length=20)
    kind = models.CharField("种类", max_length=60)
    inspection_object = models.ForeignKey(
        InspectionObject, on_delete=models.PROTECT, related_name="findings", verbose_name="检查对象"
    )
    point = models.ForeignKey(
        MonitoringPoint, on_delete=models.PROTECT, null=True, related_name="findings", verbose_name="点位"
    )
    subject = models.CharField("对象编码", max_length=60)
    started_at = models.DateTimeField("开始")
    ended_at = models.DateTimeField("结束", null=True)
    severity = models.PositiveSmallIntegerField("严重程度")
    confidence = models.FloatField("把握")
    summary_zh = models.CharField("摘要", max_length=300)
    evidence = models.JSONField("证据")
    law = models.ManyToManyField(LegalBasis, verbose_name="法律依据", blank=True)
    inputs_sha256 = models.CharField("冻结输入", max_length=64, help_text="证据库中清单文件的 SHA-256")
    raised_at = models.DateTimeField("发现时间")
    updated_at = models.DateTimeField("更新时间")

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "预警"
        ordering = ["-raised_at"]
        indexes = [models.Index(fields=["inspection_object", "kind"])]

    def __str__(self) -> str:
        return self.summary_zh


class Watermark(models.Model):
    """How far a screen has read a stream: everything up to this lake version has been judged."""

    screen = models.CharField(max_length=60)
    stream = models.CharField(max_length=60)
    version = models.BigIntegerField(default=0)
    ran_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["screen", "stream"], name="one_watermark")]

    def __str__(self) -> str:
        return f"{self.screen} {self.stream} {self.version}"
