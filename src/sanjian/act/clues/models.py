"""线索: what people work on, the findings that it rests on, and everything that happened to it."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse

from sanjian.base.identity.models import Account
from sanjian.base.identity.scope import district_scope
from sanjian.base.registry.models import InspectionObject, MonitoringPoint
from sanjian.base.screening.models import FindingRecord

from . import rules
from .rules import State, Verdict

STATES = [(s.value, rules.STATE_NAMES[s]) for s in State]
VERDICTS = [(v.value, rules.VERDICT_NAMES[v]) for v in Verdict]
DEPARTMENTS = [("supervisor", "监管"), ("enforcer", "执法"), ("enterprise", "企业"), ("", "无")]


class ClueQuerySet(models.QuerySet["Clue"]):
    def visible_to(self, viewer: Account) -> "ClueQuerySet":
        """Clues that a viewer may know of: an enterprise only hears of a clue when it was asked to explain."""
        scope = district_scope(viewer, district="inspection_object__district", object_id="inspection_object_id")
        if viewer.is_authenticated and viewer.is_regulated:
            scope &= Q(asked_at__isnull=False)
        elif viewer.is_authenticated and viewer.is_official and not viewer.sees_whole_city:
            scope |= Q(assignee=viewer)
        return self.filter(scope)

    def open(self) -> "ClueQuerySet":
        """Clues on which something is still to be done."""
        return self.filter(state__in=sorted(rules.OPEN))

    def overdue(self, now: datetime) -> "ClueQuerySet":
        """Open clues whose clock has run out."""
        return self.open().filter(due_at__lt=now)


class Clue(models.Model):
    """One suspected matter of one object. Its state changes only through `services`, by the table in `rules.STEPS`."""

    clue_no = models.CharField("线索编号", max_length=20, unique=True)
    inspection_object = models.ForeignKey(
        InspectionObject, on_delete=models.PROTECT, related_name="clues", verbose_name="检查对象"
    )
    point = models.ForeignKey(
        MonitoringPoint, on_delete=models.PROTECT, null=True, related_name="clues", verbose_name="点位"
    )
    subject = models.CharField("对象编码", max_length=60)
    kind = models.CharField("种类", max_length=60)
    title = models.CharField("标题", max_length=300)
    severity = models.PositiveSmallIntegerField("严重程度")
    confidence = models.FloatField("把握")
    priority = models.PositiveSmallIntegerField("优先度")
    state = models.CharField("状态", max_length=12, choices=STATES, default=State.TO_JUDGE)
    state_entered_at = models.DateTimeField("进入状态时间")
    department = models.CharField("当前部门", max_length=12, choices=DEPARTMENTS, blank=True)
    assignee = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, related_name="clues", verbose_name="承办人"
    )
    opened_at = models.DateTimeField("产生时间")
    due_at = models.DateTimeField("限期", null=True)
    asked_at = models.DateTimeField("请企业说明时间", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)
    verdict = models.CharField("结论", max_length=12, choices=VERDICTS, blank=True)
    feedback = models.TextField("反馈", blank=True)
    findings = models.ManyToManyField(FindingRecord, through="ClueFinding", related_name="clues", verbose_name="预警")

    objects = ClueQuerySet.as_manager()

    class Meta:
        verbose_name = "问题线索"
        ordering = ["-priority", "due_at", "id"]
        indexes = [models.Index(fields=["state", "due_at"]), models.Index(fields=["subject", "kind"])]
        constraints = [
            models.UniqueConstraint(
                fields=["inspection_object", "subject", "kind"],
                condition=Q(state__in=sorted(rules.OPEN)),
                name="one_open_clue_per_cause",
            ),
            models.CheckConstraint(
                name="settled_clue_has_verdict",
                condition=~Q(state__in=sorted(rules.FINAL)) | (~Q(verdict="") & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="open_clue_has_clock", condition=~Q(state__in=sorted(rules.OPEN)) | Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clue_no} {self.title}"

    def get_absolute_url(self) -> str:
        """The clue page."""
        return reverse("clues:clue", args=[self.clue_no])

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in rules.OPEN

    def is_overdue(self, now: datetime) -> bool:
        """Whether the state's clock has run out."""
        return self.is_open and self.due_at is not None and self.due_at < now


class ClueFinding(models.Model):
    """A finding belongs to at most one clue."""

    clue = models.ForeignKey(Clue, on_delete=models.CASCADE, related_name="links")
    finding = models.OneToOneField(FindingRecord, on_delete=models.PROTECT, related_name="clue_link")
    joined_at = models.DateTimeField("并入时间")

    class Meta:
        verbose_name = "线索所依据的预警"
        ordering = ["joined_at", "id"]

    def __str__(self) -> str:
        return f"{self.clue_id} {self.finding_id}"


class ClueEvent(models.Model):
    """One line of a clue's timeline: who did what, in which role, when and why. Rows are only ever added."""

    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, verbose_name="行为人")
    actor_name = models.CharField("行为人姓名", max_length=80)
    role = models.CharField("角色", max_length=12)
    act = models.CharField("行为", max_length=20)
    from_state = models.CharField("原状态", max_length=12, choices=STATES, blank=True)
    to_state = models.CharField("新状态", max_length=12, choices=STATES)
    reason = models.TextField("理由", blank=True)
    request_key = models.CharField("请求编号", max_length=40, blank=True, help_text="同一表单重复提交只算一次")
    audit_seq = models.BigIntegerField("审计序号")

    class Meta:
        verbose_name = "线索经过"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clue", "request_key"], condition=~Q(request_key=""), name="one_event_per_request"
            )
        ]

    def __str__(self) -> str:
        return f"{self.clue_id} {self.act} {self.at:%F %T}"


class ClueSequence(models.Model):
    """The last clue number given in a year; one row per year, counted up inside the transaction that opens a clue."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year} {self.last}"
