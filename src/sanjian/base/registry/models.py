"""The base registries as far as the main loop needs them: objects, outlets, factors, limits, items and their legal
basis.
"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from sanjian.base.identity.models import Account, District
from sanjian.base.identity.scope import district_scope


class LegalBasis(models.Model):
    """One provision in one version. The date of the conduct, not today, selects the version."""

    code = models.SlugField("编码", max_length=60, unique=True)
    instrument = models.CharField("文件", max_length=120)
    article = models.CharField("条款", max_length=60)
    text = models.TextField("内容摘要")
    valid_from = models.DateField("施行日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)
    replaced_by = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, verbose_name="替代条款")

    class Meta:
        verbose_name = "法律依据"

    def __str__(self) -> str:
        return f"《{self.instrument}》{self.article}"


class InspectionObjectQuerySet(models.QuerySet["InspectionObject"]):
    def visible_to(self, viewer: Account) -> "InspectionObjectQuerySet":
        """Objects that a viewer may see."""
        return self.filter(district_scope(viewer))


class InspectionObject(models.Model):
    """检查对象: an enterprise or institution under regulation."""

    class Supervision(models.TextChoices):
        KEY = "key", "重点监管"
        GENERAL = "general", "一般监管"
        SIMPLE = "simple", "简易监管"

    credit_code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("名称", max_length=120)
    district = models.ForeignKey(District, on_delete=models.PROTECT, verbose_name="行政区")
    address = models.CharField("地址", max_length=200, blank=True)
    industry_code = models.CharField("行业代码", max_length=4, blank=True, help_text="GB/T 4754-2017")
    industry_name = models.CharField("行业", max_length=60, blank=True)
    supervision = models.CharField("监管类别", max_length=8, choices=Supervision, default=Supervision.GENERAL)
    latitude = models.FloatField("纬度", help_text="WGS-84", validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(
        "经度", help_text="WGS-84", validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    grade = models.CharField("信用风险等级", max_length=1, choices=[(g, g) for g in "ABCD"], default="B")
    contact_name = models.CharField("联系人", max_length=40, blank=True)
    contact_phone = models.CharField("联系电话", max_length=20, blank=True)
    source_note = models.CharField("数据来源", max_length=200, blank=True, help_text="演示数据注明来源与许可")

    objects = InspectionObjectQuerySet.as_manager()

    class Meta:
        verbose_name = "检查对象"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class MonitoringPointQuerySet(models.QuerySet["MonitoringPoint"]):
    def visible_to(self, viewer: Account) -> "MonitoringPointQuerySet":
        """Points that a viewer may see."""
        return self.filter(
            district_scope(viewer, district="inspection_object__district", object_id="inspection_object_id")
        )


class MonitoringPoint(models.Model):
    """监控点位 / 排口: what one device code MN reports for."""

    class Medium(models.TextChoices):
        GAS = "gas", "废气"
        WATER = "water", "废水"
        DUST = "dust", "扬尘"
        AIR = "air", "环境空气"

    device_mn = models.CharField("设备唯一标识 MN", max_length=40, unique=True)
    inspection_object = models.ForeignKey(
        InspectionObject, on_delete=models.PROTECT, related_name="points", verbose_name="检查对象"
    )
    outlet_code = models.CharField("排口编号", max_length=10, blank=True, help_text="DA001 / DW001，HJ 608-2017")
    name = models.CharField("名称", max_length=80)
    medium = models.CharField("类别", max_length=6, choices=Medium)
    latitude = models.FloatField("纬度", help_text="WGS-84")
    longitude = models.FloatField("经度", help_text="WGS-84")
    report_interval_s = models.PositiveIntegerField("应报间隔（秒）", default=3600)
    oxygen_reference = models.FloatField("基准含氧量 %", null=True, blank=True)
    crc_mode = models.CharField(
        "CRC 方式", max_length=6, default="hj", choices=[("hj", "HJ 212"), ("modbus", "MODBUS"), ("off", "不校验")]
    )
    is_in_service = models.BooleanField("在用", default=True)

    objects = MonitoringPointQuerySet.as_manager()

    class Meta:
        verbose_name = "监控点位"
        ordering = ["inspection_object__name", "outlet_code"]

    def __str__(self) -> str:
        return f"{self.inspection_object.name} {self.name}"


class Factor(models.Model):
    """监测因子: a pollutant or condition code of HJ 212 / HJ 525, with the unit in which we keep it."""

    code = models.CharField("因子编码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=60)
    name_en = models.CharField("English name", max_length=80, blank=True)
    unit = models.CharField("单位", max_length=16, blank=True)
    decimals = models.PositiveSmallIntegerField("小数位", default=2)
    is_step_held = models.BooleanField(
        "分析周期保持", default=False, help_text="分析仪每几小时测一次，期间数值不变属正常（如化学法 COD）"
    )

    class Meta:
        verbose_name = "监测因子"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Limit(models.Model):
    """A limit of one factor at one point, with the period in which it holds and the provision it rests on."""

    class Basis(models.TextChoices):
        MEASURED = "measured", "实测值"
        CORRECTED = "corrected", "折算值"

    point = models.ForeignKey(MonitoringPoint, on_delete=models.CASCADE, related_name="limits", verbose_name="点位")
    factor = models.ForeignKey(Factor, on_delete=models.PROTECT, verbose_name="因子")
    period = models.CharField("考核时段", max_length=4, choices=[("hour", "小时"), ("day", "日")], default="hour")
    basis = models.CharField("考核值", max_length=10, choices=Basis, default=Basis.MEASURED)
    lower = models.FloatField("下限", null=True, blank=True)
    upper = models.FloatField("上限", null=True, blank=True)
    source = models.CharField("来源", max_length=160, help_text="标准号与表号，或排污许可证编号")
    legal_basis = models.ForeignKey(LegalBasis, on_delete=models.PROTECT, null=True, verbose_name="法律依据")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止（含）", null=True, blank=True)

    class Meta:
        verbose_name = "限值"
        ordering = ["point", "factor", "valid_from"]
        constraints = [
            models.CheckConstraint(name="limit_has_a_bound", condition=Q(lower__isnull=False) | Q(upper__isnull=False)),
            models.CheckConstraint(
                name="limit_period_in_order", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
            models.UniqueConstraint(fields=["point", "factor", "period", "valid_from"], name="one_limit_per_start"),
        ]

    def __str__(self) -> str:
        return f"{self.point} {self.factor} ≤ {self.upper}"


class InspectionItem(models.Model):
    """检查事项: what may be checked, on what basis, with which questions."""

    code = models.SlugField("事项编码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=120)
    standard = models.TextField("检查标准", help_text="什么算合格，怎样判断")
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
    is_published = models.BooleanField("已公布", default=True)

    class Meta:
        verbose_name = "检查事项"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Question(models.Model):
    """One question of an item's checklist."""

    item = models.ForeignKey(InspectionItem, on_delete=models.CASCADE, related_name="questions", verbose_name="事项")
    code = models.SlugField("编码", max_length=40)
    text = models.CharField("问题", max_length=200)
    order = models.PositiveSmallIntegerField("次序", default=0)
    evidence_required = models.BooleanField("须附照片", default=False)

    class Meta:
        verbose_name = "检查问题"
        ordering = ["item", "order"]
        constraints = [models.UniqueConstraint(fields=["item", "code"], name="question_code_once_per_item")]

    def __str__(self) -> str:
        return self.text
