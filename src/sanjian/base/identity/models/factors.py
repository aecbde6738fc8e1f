"""What a person proves themselves with besides the password, and the passwords that they may not use again."""

from django.db import models

from sanjian.base.identity.personal import PersonalField

from .accounts import Account


class OneTimeSecret(models.Model):
    """动态口令: the secret of one account's authenticator app (RFC 6238). It counts once confirmed."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="one_time_secret")
    secret = PersonalField("密钥")
    made_at = models.DateTimeField("建立时间")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    last_step = models.BigIntegerField("最近用过的时间步", default=0, help_text="同一个口令不能用两次")

    class Meta:
        verbose_name = "动态口令"

    def __str__(self) -> str:
        return str(self.account)


class Passkey(models.Model):
    """通行密钥: a WebAuthn credential. Only its public half is here."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    name = models.CharField("名称", max_length=60)
    credential_id = models.CharField("凭据编号", max_length=700, unique=True, help_text="base64url")
    public_key = models.TextField("公钥", help_text="COSE, base64url")
    sign_count = models.BigIntegerField("签名计数", default=0)
    made_at = models.DateTimeField("建立时间")
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)

    class Meta:
        verbose_name = "通行密钥"
        ordering = ["account", "made_at"]

    def __str__(self) -> str:
        return self.name


class RecoveryCode(models.Model):
    """恢复码: opens once when the other factors are lost. Only its keyed hash is kept."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField("建立时间")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = "恢复码"
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="one_recovery_code")]

    def __str__(self) -> str:
        return str(self.account)


class FormerPassword(models.Model):
    """A password hash that the account had: the last few may not come back."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = "历史密码"
        ordering = ["account", "-set_at"]

    def __str__(self) -> str:
        return str(self.account)
