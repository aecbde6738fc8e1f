"""检查码 and visits: permission first, then the visit, then what was seen. A visit cannot exist without its code."""

from datetime import datetime
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from sanjian.act.clues.models import Clue
from sanjian.base.evidence.models import EvidenceFile
from sanjian.base.identity.models import Account
from sanjian.base.identity.scope import district_scope
from sanjian.base.registry.models import InspectionItem, InspectionObject, Question

from .rules import codes, visits

KINDS = [(k.value, codes.KIND_NAMES[k]) for k in codes.Kind]
STATUSES = [(s.value, codes.STATUS_NAMES[s]) for s in codes.Status]
RESULTS = [(r.value, visits.RESULT_NAMES[r]) for r in visits.Result]
REPLIES = [(r.value, visits.REPLY_NAMES[r]) for r in visits.Reply]
MODES = [("on_site", "现场检查"), ("remote", "非现场检查")]


class InspectionCodeQuerySet(models.QuerySet["InspectionCode"]):
    def visible_to(self, viewer: Account) -> "InspectionCodeQuerySet":
        """Codes that a viewer may see: of the district, of officers who go; of an enterprise once the visit began."""
        scope = district_scope(viewer, district="inspection_object__district", object_id="inspection_object_id")
        if viewer.is_authenticated and viewer.is_regulated:
            scope &= Q(status__in=sorted(codes.VISITED))
        elif viewer.is_authenticated and viewer.is_official and not viewer.sees_whole_city:
            scope |= Q(pk__in=CodeOfficer.objects.filter(account=viewer).values("code"))
        return self.filter(scope)


class InspectionCode(models.Model):
    """Permission for one visit to one object. Its status changes only through `services.codes`."""

    code_id = models.CharField("检查码", max_length=26, unique=True, help_text="128 位随机数，base32")
    kind = models.CharField("种类", max_length=10, choices=KINDS)
    mode = models.CharField("方式", max_length=8, choices=MODES, default="on_site")
    plan_no = models.CharField("计划编号", max_length=40, blank=True)
    clue = models.ForeignKey(
        Clue, on_delete=models.PROTECT, null=True, blank=True, related_name="codes", verbose_name="线索"
    )
    reason = models.TextField("检查事由", blank=True)
    on_site_reason = models.TextField("入户理由", blank=True, help_text="事项非现场可查清时须写明")
    approver = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="批准人"
    )
    approved_at = models.DateTimeField("批准时间", null=True)
    inspection_object = models.ForeignKey(
        InspectionObject, on_delete=models.PROTECT, related_name="inspection_codes", verbose_name="检查对象"
    )
    items = models.ManyToManyField(InspectionItem, related_name="+", verbose_name="检查事项")
    window_from = models.DateTimeField("检查时段起")
    window_to = models.DateTimeField("检查时段止")
    visit_no_in_year = models.PositiveSmallIntegerField("本年度第几次计划检查", default=0)
    yearly_cap = models.PositiveSmallIntegerField("年度上限", default=0)
    status = models.CharField("状态", max_length=12, choices=STATUSES, default=codes.Status.DRAFT)
    refusals = models.JSONField("未通过的规则", default=list)
    token = models.TextField("离线核验令牌", blank=True)
    request_key = models.CharField("请求编号", max_length=40, blank=True)
    created_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name="申请人")
    created_at = models.DateTimeField("申请时间")
    issued_at = models.DateTimeField("出码时间", null=True)
    delivered_at = models.DateTimeField("结果送达时间", null=True)

    objects = InspectionCodeQuerySet.as_manager()

    class Meta:
        verbose_name = "检查码"
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["inspection_object", "window_from"])]
        constraints = [
            models.CheckConstraint(
                name="code_window_in_order",
                condition=Q(window_to__gt=F("window_from")) | Q(status__in=["draft", "refused"]),
            ),
            models.CheckConstraint(
                name="triggered_code_has_clue_and_approver",
                condition=~Q(kind="triggered")
                | Q(status__in=["draft", "refused"])
                | Q(clue__isnull=False, approver__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["created_by", "request_key"], condition=~Q(request_key=""), name="one_code_per_request"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code_id} {self.inspection_object}"

    def get_absolute_url(self) -> str:
        """The officers' page of the code."""
        return reverse("inspections:code", args=[self.code_id])

    def is_expired(self, now: datetime) -> bool:
        """Whether the window ran out before a visit began, marked or not."""
        return self.status == codes.Status.EXPIRED or (
            self.status == codes.Status.ISSUED and codes.is_past(self.window_to, now)
        )


class CodeOfficer(models.Model):
    """One who goes, with the name and certificate as they were when the code was issued."""

    code = models.ForeignKey(InspectionCode, on_delete=models.CASCADE, related_name="officers")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name="执法人员")
    name = models.CharField("姓名", max_length=60)
    certificate_no = models.CharField("执法证号", max_length=30, blank=True)
    body_name = models.CharField("机构", max_length=80, blank=True)

    class Meta:
        verbose_name = "检查人员"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["code", "account"], name="officer_once_per_code")]

    def __str__(self) -> str:
        return f"{self.name} {self.certificate_no}"


class Inspection(models.Model):
    """检查: the record of one visit. The database refuses a row without a live code (foreign key and trigger)."""

    code = models.OneToOneField(
        InspectionCode, on_delete=models.PROTECT, related_name="inspection", verbose_name="检查码"
    )
    checked_in_at = models.DateTimeField("签到时间（服务器）")
    checked_in_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name="签到人")
    latitude = models.FloatField("签到纬度", null=True, validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField("签到经度", null=True, validators=[MinValueValidator(-180), MaxValueValidator(180)])
    accuracy_m = models.FloatField("定位精度（米）", null=True)
    distance_m = models.FloatField("距登记位置（米）", null=True)
    record_text = models.TextField("现场检查笔录", blank=True)
    result = models.CharField("结果", max_length=10, choices=RESULTS, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True)
    finished_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="完成人"
    )

    class Meta:
        verbose_name = "检查"
        ordering = ["-checked_in_at"]
        constraints = [
            models.CheckConstraint(
                name="finished_visit_has_result", condition=Q(finished_at__isnull=True) | ~Q(result="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.checked_in_at:%F %T}"


class Reexamination(models.Model):
    """复核: a second look at a visit, because an instrument that it relied on was found not to be good then."""

    class Outcome(models.TextChoices):
        UPHELD = "upheld", "结论维持"
        WITHDRAWN = "withdrawn", "结论撤回"

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="reexaminations")
    asked_at = models.DateTimeField("提出时间")
    because = models.TextField("缘由")
    outcome = models.CharField("结论", max_length=10, choices=Outcome, blank=True)
    note = models.TextField("理由", blank=True)
    settled_at = models.DateTimeField("办结时间", null=True)
    settled_by = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="办结人"
    )

    class Meta:
        verbose_name = "复核"
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["inspection"], condition=Q(settled_at=None), name="one_open_reexamination"),
            models.CheckConstraint(
                name="settled_with_outcome", condition=Q(settled_at=None) | (~Q(outcome="") & ~Q(note=""))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspection} {self.asked_at:%F}"


class Answer(models.Model):
    """The reply to one question of the checklist; the last one counts until the visit is finished."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+", verbose_name="问题")
    reply = models.CharField("回答", max_length=4, choices=REPLIES)
    value = models.JSONField("填写的值", null=True, blank=True, help_text="数值、选项、文字或日期；是否题为空")
    suggested = models.JSONField("平台的值", null=True, blank=True, help_text="当时给出的值与来源，改填时两者都留")
    note = models.TextField("说明", blank=True)
    answered_at = models.DateTimeField("时间")
    answered_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name="记录人")

    class Meta:
        verbose_name = "检查回答"
        constraints = [models.UniqueConstraint(fields=["inspection", "question"], name="one_answer_per_question")]

    def __str__(self) -> str:
        return f"{self.question_id} {self.reply}"

    @property
    def given(self) -> Any:
        """The answer as the rules of questions see it."""
        return self.reply if self.value is None else self.value

    @property
    def is_overridden(self) -> bool:
        """Whether the officer wrote something else than what the platform offered."""
        return self.suggested is not None and self.suggested.get("value") != self.given


class InspectionPhoto(models.Model):
    """A photo of a visit. Times of device and server are both kept; a hash that differs is kept and marked."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="photos")
    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="检查问题"
    )
    file = models.ForeignKey(EvidenceFile, on_delete=models.PROTECT, related_name="+", verbose_name="原件")
    client_sha256 = models.CharField("设备端 SHA-256", max_length=64, blank=True)
    taken_at = models.DateTimeField("拍摄时间（设备）", null=True)
    device_monotonic_ms = models.FloatField("设备单调时钟（毫秒）", null=True)
    received_at = models.DateTimeField("接收时间（服务器）")
    latitude = models.FloatField("纬度", null=True)
    longitude = models.FloatField("经度", null=True)
    accuracy_m = models.FloatField("定位精度（米）", null=True)
    width_px = models.PositiveIntegerField("宽")
    height_px = models.PositiveIntegerField("高")
    taken_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name="拍摄人")

    class Meta:
        verbose_name = "检查照片"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "file", "question"], name="photo_once_per_question"),
            models.UniqueConstraint(
                fields=["inspection", "file"], condition=Q(question=None), name="photo_once_without_question"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.file_id[:12]}"

    @property
    def hash_state(self) -> str:
        """`match`, `differs` (the bytes changed between camera and server) or `none` (sent without script)."""
        if not self.client_sha256:
            return "none"
        return "match" if self.client_sha256 == self.file_id else "differs"


class Rating(models.Model):
    """What the inspected body thought of a visit. Pseudonymous: no account, no address, no link to the code."""

    pseudonym = models.CharField("化名", max_length=16, unique=True)
    district = models.ForeignKey("identity.District", on_delete=models.PROTECT, verbose_name="行政区")
    score = models.PositiveSmallIntegerField("评分", validators=[MinValueValidator(1), MaxValueValidator(5)])
    comment = models.TextField("意见", blank=True)
    rated_on = models.DateField("日期")

    class Meta:
        verbose_name = "检查评价"
        constraints = [models.CheckConstraint(name="score_1_to_5", condition=Q(score__gte=1, score__lte=5))]

    def __str__(self) -> str:
        return f"{self.rated_on} {self.score}"
