"""Where people are logged in, and who is locked out for a while."""

from django.db import models

from .accounts import Account


class AccountSession(models.Model):
    """One log-in that still stands. The session itself is Django's; ending it is deleting that row."""

    class How(models.TextChoices):
        PASSWORD = "password", "密码"
        ONE_TIME = "one_time", "密码和动态口令"
        RECOVERY = "recovery", "密码和恢复码"
        PASSKEY = "passkey", "通行密钥"
        SSO = "sso", "统一认证"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField("登录时间")
    how = models.CharField("方式", max_length=10, choices=How)
    ip_address = models.GenericIPAddressField("IP", null=True, blank=True)
    device = models.CharField("设备", max_length=200, blank=True)

    class Meta:
        verbose_name = "会话"
        ordering = ["account", "-began_at"]

    def __str__(self) -> str:
        return f"{self.account} {self.began_at}"


class LockOut(models.Model):
    """Failed log-ins under one name, whether or not such an account exists: both must look the same from outside."""

    name_digest = models.CharField(max_length=64, primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="lock_outs")
    failures = models.PositiveIntegerField("连续失败次数", default=0)
    last_failed_at = models.DateTimeField("最近失败")
    last_ip = models.GenericIPAddressField("IP", null=True, blank=True)
    locked_until = models.DateTimeField("锁定至", null=True, blank=True)

    class Meta:
        verbose_name = "登录失败"
        ordering = ["-last_failed_at"]

    def __str__(self) -> str:
        return f"{self.account or '—'} {self.failures}"
