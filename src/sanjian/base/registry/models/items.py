"""检查事项: what may be checked, by whom, on what basis, with which questions; and the provisions themselves."""

from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from sanjian.base.identity.models import Account

from ..rules.citations import Provision
from ..rules.questions import QuestionRule, option


class LegalBasis(models.Model):
    """One provision in one version. The date of the conduct, not today, selects the version."""

    code = models.SlugField("编码", max_length=60, unique=True)
    instrument = models.CharField("文件", max_length=120)
    article = models.CharField("条款", max_length=60)
    text = models.TextField("内容摘要")
    text_sha256 = models.CharField("条文哈希", max_length=64, blank=True, help_text="全文导入后填写，改一字即变")
    valid_from = models.DateField("施行日期")
    valid_to = models.DateField("失效日期", null=True, blank=True, help_text="最后一个有效日")
    replaced_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, verbose_name="替代条款")
    is_verified = models.BooleanField("已与公报核对", default=False)

    class Meta:
        verbose_name = "法律依据"
        ordering = ["instrument", "article", "valid_from"]
        constraints = [
            models.CheckConstraint(
                name="legalbasis_days_in_order", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            )
        ]

    def __str__(self) -> str:
        return f"《{self.instrument}》{self.article}"

    def in_force(self, day: date) -> bool:
        """Whether the provision holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def provision(self, replacement_code: str | None) -> Provision:
        """As the rules see it; the caller knows the replacement's code without another query."""
        return Provision(self.code, self.valid_from, self.valid_to, replacement_code)


class InspectionItem(models.Model):
    """检查事项: what may be checked, on what basis, with which questions."""

    class Method(models.TextChoices):
        ON_SITE = "on_site", "现场"
        REMOTE = "remote", "非现场"
        BOTH = "both", "现场或非现场"

    code = models.SlugField("事项编码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=120)
    domain = models.CharField("领域", max_length=40, blank=True, help_text="大气、水、固体废物、移动源、监测质量等")
    standard = models.TextField("检查标准", help_text="什么算合格，怎样判断")
    method = models.CharField("检查方式", max_length=8, choices=Method, default=Method.ON_SITE)
    remote_sufficient = models.BooleanField("非现场可查清", default=False, help_text="是则入户检查须写明理由")
    evidence = models.TextField("应取证据", blank=True)
    scope = models.JSONField(
        "适用对象",
        default=dict,
        blank=True,
        help_text="条件：角色、名录、管理类别、行业、辖区",
    )
    duty_basis = models.ForeignKey(
        LegalBasis, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="义务条款"
    )
    power_basis = models.ForeignKey(
        LegalBasis, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="检查权条款"
    )
    penalty_basis = models.ForeignKey(
        LegalBasis, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="罚则条款"
    )
    yearly_cap = models.PositiveSmallIntegerField("每年检查上限（计划检查）", default=2)
    joint_theme = models.CharField("联合检查主题", max_length=60, blank=True)
    is_undisturbed = models.BooleanField("无事不扰", default=False, help_text="不主动入户，只因线索触发")
    is_published = models.BooleanField("已公布", default=True)
    published_url = models.URLField("公布网址", blank=True)
    valid_from = models.DateField("启用日期", default=date(2025, 1, 1))
    valid_to = models.DateField("停用日期", null=True, blank=True)
    version = models.PositiveSmallIntegerField("版本", default=1)

    class Meta:
        verbose_name = "检查事项"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def in_use(self, day: date) -> bool:
        """Whether the item may be checked on a day: published, and the day within its own days."""
        return self.is_published and self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class ItemVersion(models.Model):
    """What an item said from one change to the next, with its questions: a record of the past names the version."""

    item = models.ForeignKey(InspectionItem, on_delete=models.CASCADE, related_name="versions", verbose_name="事项")
    version = models.PositiveSmallIntegerField("版本")
    content = models.JSONField("内容", help_text="字段、条款编码与问题，当时的原样")
    valid_from = models.DateField("启用日期")
    recorded_at = models.DateTimeField("记录时间")
    actor = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField("理由", max_length=200, blank=True)

    class Meta:
        verbose_name = "事项版本"
        ordering = ["item", "-version"]
        constraints = [models.UniqueConstraint(fields=["item", "version"], name="item_version_once")]

    def __str__(self) -> str:
        return f"{self.item} v{self.version}"


class QuestionQuerySet(models.QuerySet["Question"]):
    """Questions, by the moment at which they were asked."""

    def current(self) -> Self:
        """What is asked now."""
        return self.filter(retired_at=None)

    def asked_at(self, moment: datetime) -> Self:
        """What was asked at a moment: a visit keeps the questions that stood when its code was issued."""
        return self.filter(Q(added_at=None) | Q(added_at__lte=moment)).filter(
            Q(retired_at=None) | Q(retired_at__gt=moment)
        )


class Question(models.Model):
    """One question of an item's checklist. Once published it is retired and replaced, never rewritten: answers point
    to it.
    """

    class Kind(models.TextChoices):
        YES_NO = "yes_no", "是 / 否 / 不适用"
        NUMBER = "number", "数值"
        CHOICE = "choice", "单选"
        CHOICES = "choices", "多选"
        TEXT = "text", "文字"
        DATE = "date", "日期"

    item = models.ForeignKey(InspectionItem, on_delete=models.CASCADE, related_name="questions", verbose_name="事项")
    code = models.SlugField("编码", max_length=40)
    text = models.CharField("问题", max_length=200)
    kind = models.CharField("类型", max_length=8, choices=Kind, default=Kind.YES_NO)
    unit = models.CharField("单位", max_length=16, blank=True)
    options = models.JSONField("选项", default=list, blank=True)
    low = models.FloatField("正常下限", null=True, blank=True)
    high = models.FloatField("正常上限", null=True, blank=True)
    shown_when = models.JSONField(
        "出现条件", default=dict, blank=True, help_text='{"question": "running", "is": "no"}；空为总是出现'
    )
    filled_from = models.CharField(
        "自动填写", max_length=60, blank=True, help_text="permit.valid_to、telemetry.latest:w01018 等"
    )
    severity = models.PositiveSmallIntegerField("不合格严重程度 1-5", default=2)
    order = models.PositiveSmallIntegerField("次序", default=0)
    evidence_required = models.BooleanField("须附照片", default=False)
    added_at = models.DateTimeField("启用时间", null=True, blank=True, help_text="空为自始就有")
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "检查问题"
        ordering = ["item", "order", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "code"], name="question_code_once_per_item", condition=Q(retired_at=None)
            )
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def rule(self) -> QuestionRule:
        """As the rules see it."""
        return QuestionRule(
            code=self.code,
            kind=self.kind,
            text=self.text,
            unit=self.unit,
            options=tuple(self.full_options),
            low=self.low,
            high=self.high,
            shown_when=self.shown_when or None,
        )

    @property
    def full_options(self) -> list[dict[str, object]]:
        """The options with code, label and whether choosing one is a shortcoming."""
        return [option(given) for given in self.options]
