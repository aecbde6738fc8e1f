"""Where registry rows come from: sources, imports with their rows, and doubtful matches that a person decides."""

from django.db import models
from django.db.models import F, Q

from sanjian.base.identity.models import Account
from sanjian.base.identity.personal import PersonalField

from .objects import InspectionObject


class Register(models.TextChoices):
    """The registers that files and partners can fill."""

    OBJECTS = "objects", "检查对象"
    OFFICERS = "officers", "机构人员"
    INSTRUMENTS = "instruments", "装备"
    ITEMS = "items", "检查事项"


class DataSource(models.Model):
    """A place that facts come from: a person's form, a file, a partner's HTTP interface or database."""

    class Kind(models.TextChoices):
        PERSON = "person", "人工录入"
        FILE = "file", "文件导入"
        HTTP = "http", "HTTP 接口"
        DATABASE = "database", "数据库"

    code = models.SlugField("编码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类型", max_length=8, choices=Kind)
    register = models.CharField("登记库", max_length=12, choices=Register, default=Register.OBJECTS)
    address = models.CharField("地址", max_length=300, blank=True, help_text="https://… 或 postgresql://…，不含密码")
    query = models.TextField("查询", blank=True, help_text="数据库来源的 SELECT 语句")
    secret = PersonalField("凭据", blank=True, help_text="令牌或密码，加密保存")
    columns = models.JSONField("字段对应", default=dict, blank=True, help_text="来源字段名到登记库字段名")
    interval_minutes = models.PositiveIntegerField(
        "拉取间隔（分钟）", null=True, blank=True, help_text="空为不自动拉取"
    )
    is_trusted = models.BooleanField("可自动生效", default=False, help_text="否则每次拉取停在预览，等人确认")
    rank = models.PositiveSmallIntegerField("可信次序", default=5, help_text="1 最可信；低次序不覆盖高次序的字段")
    token_header = models.CharField(
        "凭据请求头", max_length=60, default="Authorization", help_text="HTTP 来源：凭据放在这个请求头"
    )
    seen = models.JSONField("上次答复的标记", default=dict, blank=True, editable=False, help_text="ETag、Last-Modified")
    last_pulled_at = models.DateTimeField("最近拉取", null=True, blank=True)
    last_problem = models.TextField("最近的问题", blank=True)

    class Meta:
        verbose_name = "数据来源"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class ImportBatch(models.Model):
    """One file or pull: read, previewed, applied, perhaps undone."""

    class State(models.TextChoices):
        READING = "reading", "读取中"
        PREVIEWED = "previewed", "待确认"
        APPLYING = "applying", "写入中"
        APPLIED = "applied", "已生效"
        CANCELLED = "cancelled", "已放弃"
        UNDOING = "undoing", "撤销中"
        UNDONE = "undone", "已撤销"
        FAILED = "failed", "失败"

    source = models.ForeignKey(DataSource, on_delete=models.PROTECT, related_name="batches")
    register = models.CharField("登记库", max_length=12, choices=Register)
    file_name = models.CharField("文件名", max_length=200, blank=True)
    file_sha256 = models.CharField("文件", max_length=64, blank=True, help_text="原件在证据库中的哈希")
    state = models.CharField("状态", max_length=10, choices=State, default=State.READING)
    valid_from = models.DateField("生效日期")
    done_rows = models.PositiveIntegerField("已处理行", default=0)
    done_line = models.PositiveIntegerField("已处理到行号", default=0, help_text="中断后从这一行之后继续")
    total_rows = models.PositiveIntegerField("总行数", default=0)
    held_until = models.DateTimeField("占用至", null=True, blank=True, help_text="后台处理期间；过时由别的进程接手")
    handled_at = models.DateTimeField("写入时刻", null=True, blank=True, help_text="该批所有历史行的记录时间")
    counts = models.JSONField("统计", default=dict)
    problem = models.TextField("问题", blank=True)
    created_at = models.DateTimeField("提交时间", auto_now_add=True)
    applied_at = models.DateTimeField("生效时间", null=True, blank=True)
    actor = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="提交人")

    class Meta:
        verbose_name = "导入批次"
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_register_display()} {self.file_name}"


class ImportRow(models.Model):
    """One line of a batch and what it will do."""

    class Outcome(models.TextChoices):
        NEW = "new", "新增"
        CHANGED = "changed", "更新"
        SAME = "same", "无变化"
        DOUBTFUL = "doubtful", "疑似重复"
        WRONG = "wrong", "有错"

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    line_no = models.PositiveIntegerField("行号")
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    target_id = models.BigIntegerField("登记编号", null=True, blank=True)
    values = models.JSONField("读到的值", default=dict)
    changes = models.JSONField("变更", default=dict, help_text="字段到[旧值, 新值]")
    problems = models.JSONField("问题", default=list, help_text="[字段, 说明] 的列表")

    class Meta:
        verbose_name = "导入行"
        ordering = ["batch", "line_no"]
        constraints = [models.UniqueConstraint(fields=["batch", "line_no"], name="one_row_per_line")]
        indexes = [models.Index(fields=["batch", "outcome", "line_no"], name="import_row_by_outcome")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.line_no}"


class Match(models.Model):
    """Two objects that may be one: the score, its reasons, and what a person decided."""

    class State(models.TextChoices):
        OPEN = "open", "待判断"
        SAME = "same", "同一对象"
        DIFFERENT = "different", "不同对象"

    first = models.ForeignKey(InspectionObject, on_delete=models.CASCADE, related_name="matches_first")
    second = models.ForeignKey(InspectionObject, on_delete=models.CASCADE, related_name="matches_second")
    score = models.FloatField("相似度 0-1")
    reasons = models.JSONField("依据", default=list, help_text="[理由, 贡献] 的列表")
    state = models.CharField("判断", max_length=10, choices=State, default=State.OPEN)
    found_at = models.DateTimeField("发现时间", auto_now_add=True)
    decided_at = models.DateTimeField("判断时间", null=True, blank=True)
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField("理由", max_length=200, blank=True)

    class Meta:
        verbose_name = "疑似重复"
        ordering = ["-score", "id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_match_per_pair"),
            models.CheckConstraint(name="match_pair_in_order", condition=Q(first_id__lt=F("second_id"))),
        ]

    def __str__(self) -> str:
        return f"{self.first} / {self.second} {self.score:.2f}"
