"""装备库: instruments, their verification and calibration, and the readings that rest on them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from sanjian.base.identity.models import Account

from .people import Body, Officer, territory_scope


class InstrumentQuerySet(models.QuerySet["Instrument"]):
    """Instruments, narrowed to a viewer."""

    def visible_to(self, viewer: Account) -> "InstrumentQuerySet":
        """Instruments of the bodies of the viewer's territory."""
        return self.filter(territory_scope(viewer, "body__territory"))


class Instrument(models.Model):
    """A piece of enforcement equipment."""

    class State(models.TextChoices):
        IN_USE = "in_use", "在用"
        REPAIR = "repair", "维修"
        IDLE = "idle", "闲置"
        SCRAPPED = "scrapped", "报废"

    asset_no = models.CharField("资产编号", max_length=40, unique=True)
    category = models.CharField("类别", max_length=60, help_text="环办执法〔2024〕27号 装备目录")
    name = models.CharField("名称", max_length=80)
    model = models.CharField("型号", max_length=60, blank=True)
    serial_no = models.CharField("出厂编号", max_length=60, blank=True)
    maker = models.CharField("制造商", max_length=80, blank=True)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="instruments", verbose_name="机构")
    keeper = models.ForeignKey(Officer, on_delete=models.SET_NULL, null=True, blank=True, verbose_name="保管人")
    location = models.CharField("存放地点", max_length=80, blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.IN_USE)
    is_metered = models.BooleanField("须检定校准", default=True, help_text="车辆、无人机等不出数的装备不需要")
    firmware = models.CharField("固件版本", max_length=40, blank=True)
    clock_offset_s = models.FloatField("时钟偏差（秒）", null=True, blank=True)

    objects = InstrumentQuerySet.as_manager()

    class Meta:
        verbose_name = "装备"
        ordering = ["asset_no"]

    def __str__(self) -> str:
        return f"{self.name} {self.asset_no}"


class CalibrationQuerySet(models.QuerySet["Calibration"]):
    """Checks, narrowed to those that count."""

    def counting(self) -> "CalibrationQuerySet":
        """Without those whose certificate turned out to be void."""
        return self.filter(voided_at=None)


class Calibration(models.Model):
    """One check of an instrument: verification (检定), calibration (校准) or the daily check before use."""

    class Kind(models.TextChoices):
        VERIFICATION = "verification", "检定"
        CALIBRATION = "calibration", "校准"
        DAILY = "daily", "使用前核查"

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="calibrations")
    kind = models.CharField("类型", max_length=12, choices=Kind)
    certificate_no = models.CharField("证书编号", max_length=60, blank=True)
    agency = models.CharField("机构", max_length=80, blank=True)
    performed_at = models.DateTimeField("时间")
    valid_to = models.DateField("有效期至（含）", null=True, blank=True, help_text="使用前核查不填，当日有效")
    has_passed = models.BooleanField("合格")
    range_text = models.CharField("量程", max_length=60, blank=True)
    uncertainty = models.CharField("不确定度", max_length=60, blank=True)
    document_sha256 = models.CharField("证书文件", max_length=64, blank=True)
    recorded_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    voided_at = models.DateTimeField("作废时间", null=True, blank=True, editable=False)
    voided_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    void_reason = models.CharField("作废理由", max_length=200, blank=True)

    objects = CalibrationQuerySet.as_manager()

    class Meta:
        verbose_name = "检定校准"
        ordering = ["instrument", "-performed_at"]
        indexes = [models.Index(fields=["instrument", "performed_at"], name="calibration_by_instrument")]

    def __str__(self) -> str:
        return f"{self.instrument} {self.get_kind_display()} {self.performed_at:%Y-%m-%d}"


class Loan(models.Model):
    """Who had an instrument, from when to when."""

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="loans")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, related_name="loans")
    taken_at = models.DateTimeField("借出")
    returned_at = models.DateTimeField("归还", null=True, blank=True)

    class Meta:
        verbose_name = "借用"
        ordering = ["-taken_at"]
        constraints = [
            models.UniqueConstraint(fields=["instrument"], condition=Q(returned_at=None), name="lent_to_one_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.officer}"


class FieldReading(models.Model):
    """A value read from an instrument, and whether it can be evidence. `record` is what cites it, e.g. a visit."""

    class Standing(models.TextChoices):
        GOOD = "good", "可作证据"
        CLUE_ONLY = "clue_only", "仅作线索"

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="readings")
    officer = models.ForeignKey(Officer, on_delete=models.PROTECT, null=True, blank=True)
    taken_at = models.DateTimeField("读数时间")
    quantity = models.CharField("项目", max_length=60)
    value = models.FloatField("数值")
    unit = models.CharField("单位", max_length=16)
    record_kind = models.CharField("所属记录", max_length=40, blank=True)
    record_id = models.CharField("记录编号", max_length=64, blank=True)
    standing = models.CharField("证据效力", max_length=10, choices=Standing)
    standing_reason = models.CharField("理由", max_length=200, blank=True)
    reopened_at = models.DateTimeField("重新审查时间", null=True, blank=True)

    class Meta:
        verbose_name = "现场读数"
        ordering = ["-taken_at"]
        indexes = [
            models.Index(fields=["instrument", "taken_at"], name="reading_by_instrument"),
            models.Index(fields=["record_kind", "record_id"], name="reading_by_record"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.value} {self.unit}"
