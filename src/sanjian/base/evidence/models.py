"""Files that prove something, by their SHA-256."""

from django.db import models

from sanjian.base.identity.models import Account


class EvidenceFile(models.Model):
    """One file in the content-addressed store. Its bytes never change; its name is its hash."""

    sha256 = models.CharField("SHA-256", max_length=64, primary_key=True)
    size_bytes = models.BigIntegerField("字节数")
    media_type = models.CharField("类型", max_length=80)
    original_name = models.CharField("原文件名", max_length=200, blank=True)
    stored_at = models.DateTimeField("入库时间")
    stored_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, verbose_name="入库人")

    class Meta:
        verbose_name = "证据文件"

    def __str__(self) -> str:
        return f"{self.original_name or self.media_type} {self.sha256[:12]}"
