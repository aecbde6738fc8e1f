"""Findings as stored, and how far each screen has read."""

from django.db import models

from sanjian.base.identity.models import Account
from sanjian.base.identity.scope import district_scope
from sanjian.base.registry.models import InspectionObject, LegalBasis, MonitoringPoint

from .contract import told


class FindingQuerySet(models.QuerySet["FindingRecord"]):
    def visible_to(self, viewer: Account) -> "FindingQuerySet":
        """Findings that a viewer may see: none of a rule in shadow; the regulated only what their own data show."""
        found = self.filter(
            district_scope(viewer, district="inspection_object__district", object_id="inspection_object_id"),
            is_shadow=False,
        )
        return found.filter(screen__in=told()) if viewer.is_regulated else found

    def shadow(self, viewer: Account) -> "FindingQuerySet":
        """Findings of rules in shadow, for those who judge the rules."""
        scope = district_scope(viewer, district="inspection_object__district", object_id="inspection_object_id")
        return self.filter(scope, is_shadow=True)


class FindingRecord(models.Model):
    """预警: a finding as a screen raised it. A re-run updates it by fingerprint; what a person decides lies in the
    clue.
    """

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
    withdrawn_at = models.DateTimeField(
        "撤回时间", null=True, blank=True, help_text="补传或更正的数据使它不再成立；记录保留"
    )

    is_shadow = models.BooleanField("试运行", default=False, help_text="规则试运行时发现，不产生线索")

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


class Backfill(models.Model):
    """补算: a stretch of history that a screen still has to judge, day by day, behind the live data."""

    screen = models.CharField("规则", max_length=60)
    stream = models.CharField("数据流", max_length=60)
    next_on = models.DateField("下一天")
    last_on = models.DateField("最后一天")
    upto_version = models.BigIntegerField("数据湖版本", help_text="此版本及以前的数据由补算负责")
    made_at = models.DateTimeField("建立时间")
    finished_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = "历史补算"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.screen} {self.stream} {self.next_on}–{self.last_on}"


class SetAside(models.Model):
    """搁置: a subject's window on which a screen failed again and again. Kept until someone has it judged again."""

    screen = models.CharField("规则", max_length=60)
    version = models.CharField("规则版本", max_length=20)
    key = models.JSONField("对象", help_text="规则的对象列的取值")
    first_at = models.DateTimeField("首行数据时间")
    last_at = models.DateTimeField("末行数据时间")
    error = models.TextField("错误")
    at = models.DateTimeField("搁置时间")
    settled_at = models.DateTimeField("重新判定时间", null=True)

    class Meta:
        verbose_name = "搁置的筛查"
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.screen} {self.key} {self.error[:60]}"


class UnclaimedFinding(models.Model):
    """无主预警: a finding on a device that the registry does not know. It becomes a record when the device is
    registered.
    """

    fingerprint = models.CharField("指纹", max_length=32, unique=True)
    subject = models.CharField("对象编码", max_length=60)
    finding = models.JSONField("预警")
    inputs_sha256 = models.CharField("冻结输入", max_length=64)
    first_at = models.DateTimeField("首次发现")
    updated_at = models.DateTimeField("最近发现")

    class Meta:
        verbose_name = "无主预警"
        ordering = ["-updated_at"]

    def __str__(self) -> str:
        return f"{self.subject} {self.fingerprint}"


class ScreenState(models.Model):
    """How one screen is doing, and which worker holds it just now."""

    screen = models.CharField("规则", max_length=60, primary_key=True)
    worker = models.CharField("处理进程", max_length=80, blank=True)
    held_until = models.DateTimeField("占用至", null=True)
    ran_at = models.DateTimeField("最近运行", null=True)
    clock_ran_at = models.DateTimeField("最近定时运行", null=True)
    took_ms = models.PositiveIntegerField("耗时（毫秒）", default=0)
    findings = models.BigIntegerField("累计预警", default=0)
    errors = models.BigIntegerField("累计错误", default=0)
    failures = models.PositiveIntegerField("连续失败", default=0)
    last_error = models.TextField("最近错误", blank=True)

    class Meta:
        verbose_name = "规则运行状态"

    def __str__(self) -> str:
        return self.screen


class WorkerState(models.Model):
    """How one worker process is doing; one row per process, updated every few seconds."""

    name = models.CharField("进程", max_length=80, primary_key=True)
    started_at = models.DateTimeField("启动时间")
    at = models.DateTimeField("时间")
    passes = models.BigIntegerField("轮次", default=0)
    doing = models.CharField("正在做", max_length=80, blank=True)
    trouble = models.CharField("异常", max_length=300, blank=True)

    class Meta:
        verbose_name = "后台进程状态"

    def __str__(self) -> str:
        return self.name


class ScreenMode(models.Model):
    """规则的运行方式: one row per change, the newest holds; without one the rule runs as its contract says."""

    class Mode(models.TextChoices):
        LIVE = "live", "正式"
        SHADOW = "shadow", "试运行"

    screen = models.CharField("规则", max_length=60)
    mode = models.CharField("方式", max_length=6, choices=Mode)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name="决定人")
    reason = models.CharField("理由", max_length=300)

    class Meta:
        verbose_name = "规则运行方式"
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.screen} {self.mode}"


class ShadowVerdict(models.Model):
    """研判: what a person makes of a finding of a rule in shadow."""

    class Verdict(models.TextChoices):
        TRUE = "true", "属实"
        FALSE = "false", "不属实"
        UNCLEAR = "unclear", "无法判断"

    finding = models.OneToOneField(
        FindingRecord, on_delete=models.CASCADE, related_name="shadow_verdict", verbose_name="预警"
    )
    verdict = models.CharField("结论", max_length=8, choices=Verdict)
    reason = models.CharField("理由", max_length=300)
    by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name="研判人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "试运行研判"

    def __str__(self) -> str:
        return f"{self.finding_id} {self.verdict}"
