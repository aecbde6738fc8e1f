"""Accounts, roles and districts."""

from collections.abc import Iterator

from django.contrib.auth.models import AbstractUser
from django.db import models

from sanjian.base.identity.personal import PersonalField


class Role(models.TextChoices):
    """What a person may do. The three departments of 三监联动 first."""

    MONITOR = "monitor", "监测"
    SUPERVISOR = "supervisor", "监管"
    ENFORCER = "enforcer", "执法"
    DISTRICT = "district", "属地"
    ENTERPRISE = "enterprise", "企业"
    LABORATORY = "laboratory", "监测机构"
    STATION = "station", "检验机构"
    CARRIER = "carrier", "运输单位"
    OPERATOR = "operator", "系统管理"
    SECURITY = "security", "安全管理"
    AUDITOR = "auditor", "审计"


OFFICIAL_ROLES = frozenset({Role.MONITOR, Role.SUPERVISOR, Role.ENFORCER, Role.DISTRICT})
"""The roles that see what is under regulation in their district."""

REGULATED_ROLES = frozenset({Role.ENTERPRISE, Role.LABORATORY, Role.STATION, Role.CARRIER})
"""The roles of those under regulation: each sees what belongs to its own object."""

ADMINISTRATOR_ROLES = frozenset({Role.OPERATOR, Role.SECURITY, Role.AUDITOR})
"""System, security and audit administrators: never one person (GB/T 22239-2019, level 3)."""


class District(models.Model):
    """An administrative district (GB/T 2260), or the whole city."""

    code = models.CharField("行政区划代码", max_length=6, primary_key=True)
    name = models.CharField("名称", max_length=40)
    name_en = models.CharField("English name", max_length=60, blank=True)
    is_city = models.BooleanField("全市", default=False)

    class Meta:
        verbose_name = "行政区"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Account(AbstractUser):
    """A person who can log in."""

    display_name = models.CharField("姓名", max_length=60)
    role = models.CharField(
        "角色", max_length=12, choices=Role, blank=True, help_text="刚建立、尚未授权的账号为空：什么也看不到"
    )
    district = models.ForeignKey(
        District, verbose_name="辖区", on_delete=models.PROTECT, null=True, blank=True, help_text="全市人员选全市"
    )
    inspection_object_id = models.BigIntegerField(
        "所属检查对象", null=True, blank=True, help_text="被监管单位账号所属的检查对象，其他角色为空"
    )
    body = models.ForeignKey(
        "registry.Body", on_delete=models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name="机构"
    )
    certificate_no = models.CharField("执法证号", max_length=20, blank=True)
    id_number = PersonalField("身份证号", blank=True)
    person_digest = models.CharField("身份证号摘要", max_length=64, blank=True, editable=False, db_index=True)
    must_change_password = models.BooleanField("须改初始密码", default=False)
    password_set_at = models.DateTimeField("密码设定时间", null=True, blank=True, editable=False)
    sso_subject = models.CharField(
        "统一认证标识", max_length=200, null=True, blank=True, unique=True, help_text="城市统一认证平台给这个人的编号"
    )

    class Meta:
        verbose_name = "账号"
        constraints = [
            models.CheckConstraint(
                name="regulated_account_has_object",
                condition=~models.Q(role__in=sorted(REGULATED_ROLES)) | models.Q(inspection_object_id__isnull=False),
            ),
            models.CheckConstraint(
                name="official_account_has_district",
                condition=~models.Q(role__in=sorted(OFFICIAL_ROLES)) | models.Q(district__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_administrator_account_per_person",
                fields=["person_digest"],
                condition=models.Q(role__in=sorted(ADMINISTRATOR_ROLES)) & ~models.Q(person_digest=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_name}（{self.get_role_display()}）"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """None: with a new secret key everybody logs in anew. Django would give an old session a new key, and the list
        of sessions would not know it.
        """
        return iter(())

    @property
    def is_official(self) -> bool:
        """Whether this person works for the bureau on cases."""
        return self.role in OFFICIAL_ROLES

    @property
    def is_regulated(self) -> bool:
        """Whether this person speaks for one who is under regulation."""
        return self.role in REGULATED_ROLES

    @property
    def sees_whole_city(self) -> bool:
        """Whether the district does not narrow what this person sees."""
        return self.district is not None and self.district.is_city

    @property
    def is_administrator(self) -> bool:
        """Whether this is one of the three administrators."""
        return self.role in ADMINISTRATOR_ROLES
