"""The audit chain of what people did. The database itself refuses to change or delete an entry: see `constraints`."""

from django.db import models

from .accounts import Account


class AuditEntry(models.Model):
    """One act of one person on one record, chained to the act before by hash. Rows are only ever added."""

    seq = models.BigAutoField(primary_key=True)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, verbose_name="行为人")
    actor_name = models.CharField("行为人姓名", max_length=80)
    role = models.CharField("角色", max_length=12)
    act = models.CharField("行为", max_length=60)
    record_kind = models.CharField("记录类型", max_length=40)
    record_id = models.CharField("记录编号", max_length=64)
    reason = models.TextField("理由", blank=True)
    details = models.JSONField("详情", default=dict)
    previous_hash = models.CharField("上一条哈希", max_length=64)
    hash = models.CharField("哈希", max_length=64, unique=True)

    class Meta:
        verbose_name = "审计记录"
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["record_kind", "record_id"]),
            models.Index(fields=["actor", "seq"], name="audit_by_person"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.act} {self.record_kind} {self.record_id}"


class AuditHead(models.Model):
    """The newest link of the chain: one row, locked by whoever appends."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [models.CheckConstraint(name="one_audit_head", condition=models.Q(id=1))]
