"""Permits, the facility and outlet tree, monitoring points, factors and limits."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from sanjian.base.identity.models import Account
from sanjian.base.identity.scope import district_scope

from .items import LegalBasis
from .objects import InspectionObject
from .validity import Dated, DatedQuerySet


class Permit(Dated):
    """排污许可证 or registration receipt. `valid_from`/`valid_to` is its term; a change of content is a new row."""

    class Kind(models.TextChoices):
        PERMIT = "permit", "排污许可证"
        REGISTRATION = "registration", "固定污染源排污登记回执"

    inspection_object = models.ForeignKey(InspectionObject, on_delete=models.PROTECT, related_name="permits")
    permit_no = models.CharField("许可证编号", max_length=22, help_text="22 位排污单位编码，HJ 608-2017", db_index=True)
    kind = models.CharField("类型", max_length=12, choices=Kind, default=Kind.PERMIT)
    issuer = models.CharField("核发机关", max_length=80, blank=True)
    issued_on = models.DateField("核发日期", null=True, blank=True)
    industry_codes = models.CharField("行业子编码", max_length=60, blank=True, help_text="4 位行业代码，逗号分隔")
    content = models.TextField("许可内容摘要", blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "排污许可证"
        ordering = ["inspection_object", "-valid_from"]

    def __str__(self) -> str:
        return self.permit_no


class Facility(Dated):
    """One node of a source's tree: production MF, treatment TA / TW / TN / TS, outlet DA / DW (HJ 608-2017)."""

    class Kind(models.TextChoices):
        PRODUCTION = "production", "生产设施"
        TREATMENT = "treatment", "治理设施"
        OUTLET = "outlet", "排放口"

    inspection_object = models.ForeignKey(InspectionObject, on_delete=models.CASCADE, related_name="facilities")
    code = models.CharField(
        "编号",
        max_length=10,
        validators=[RegexValidator(r"^(MF\d{4}|T[AWNS]\d{3}|D[AW]\d{3})$", "应为 MF0001、TA001、DA001 这样的编号")],
    )
    kind = models.CharField("类型", max_length=10, choices=Kind)
    name = models.CharField("名称", max_length=80)
    flows_to = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="fed_by", verbose_name="去向",
        help_text="生产设施到治理设施，治理设施到排放口",
    )  # fmt: skip
    latitude = models.FloatField("纬度", help_text="WGS-84", null=True, blank=True)
    longitude = models.FloatField("经度", help_text="WGS-84", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "设施与排口"
        ordering = ["inspection_object", "code"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["inspection_object", "code", "valid_from"],
                condition=Q(superseded_at=None),
                name="facility_code_once_per_object",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class MonitoringPointQuerySet(models.QuerySet["MonitoringPoint"]):
    """Points, narrowed to a viewer."""

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
    outlet = models.ForeignKey(
        Facility, on_delete=models.SET_NULL, null=True, blank=True, related_name="points", verbose_name="排放口"
    )
    outlet_code = models.CharField("排口编号", max_length=10, blank=True, help_text="DA001 / DW001，HJ 608-2017")
    name = models.CharField("名称", max_length=80)
    medium = models.CharField("类别", max_length=6, choices=Medium)
    latitude = models.FloatField("纬度", help_text="WGS-84", null=True, blank=True)
    longitude = models.FloatField("经度", help_text="WGS-84", null=True, blank=True)
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


class Limit(Dated):
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

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "限值"
        ordering = ["point", "factor", "valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(name="limit_has_a_bound", condition=Q(lower__isnull=False) | Q(upper__isnull=False)),
            models.UniqueConstraint(
                fields=["point", "factor", "period", "valid_from"],
                condition=Q(superseded_at=None),
                name="one_limit_per_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.point} {self.factor} ≤ {self.upper}"


class ApprovedParameter(Dated):
    """备案参数: a setting of an analyser or logger as it was accepted; what a device says of itself is held against it.

    Source: HJ 212-2017 tables of info codes (i13007 截距, i13008 斜率, ...); HJ 75-2017 and HJ 355-2019 name what is
    fixed at acceptance.
    """

    point = models.ForeignKey(
        MonitoringPoint, on_delete=models.CASCADE, related_name="approved_parameters", verbose_name="点位"
    )
    factor_code = models.CharField("因子编码", max_length=12, blank=True, help_text="数采仪自身的参数不填")
    info_code = models.CharField("参数编码", max_length=8)
    value = models.FloatField("备案值")
    source = models.CharField("依据", max_length=160, help_text="验收、比对或变更记录的编号")

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "备案参数"
        ordering = ["point", "factor_code", "info_code", "valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["point", "factor_code", "info_code", "valid_from"],
                condition=Q(superseded_at=None),
                name="one_approved_parameter_per_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.point} {self.factor_code} {self.info_code} = {self.value:g}"
