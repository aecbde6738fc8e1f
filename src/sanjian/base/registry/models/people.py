"""机构人员库: bodies with their powers and territory, officers with certificates, interests and availability."""

from django.db import models
from django.db.models import Q

from sanjian.base.identity.models import Account, District
from sanjian.base.identity.personal import PersonalField
from sanjian.base.identity.scope import district_scope

from .items import InspectionItem, LegalBasis
from .objects import InspectionObject
from .validity import Dated, DatedQuerySet


def territory_scope(viewer: Account, territory: str = "territory") -> Q:
    """What of the institutions a viewer may see: officials their own territory's, the regulated nothing.

    Args:
        territory: lookup path from the record to the district of its body.
    """
    if viewer.is_authenticated and viewer.is_regulated:
        return Q(pk__in=[])
    return district_scope(viewer, district=territory)


class BodyQuerySet(models.QuerySet["Body"]):
    """Bodies, narrowed to a viewer."""

    def visible_to(self, viewer: Account) -> "BodyQuerySet":
        """Bodies of the viewer's territory."""
        return self.filter(territory_scope(viewer))


class Body(models.Model):
    """机构: who may inspect. A third party never may, so it is no body but an inspection object."""

    class Kind(models.TextChoices):
        STATUTORY = "statutory", "法定行政机关"
        AUTHORISED = "authorised", "法律法规授权组织"
        ENTRUSTED = "entrusted", "受委托组织"

    class Department(models.TextChoices):
        SUPERVISION = "supervision", "监管部门"
        MONITORING = "monitoring", "监测部门"
        ENFORCEMENT = "enforcement", "执法部门"

    code = models.SlugField("编码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("性质", max_length=12, choices=Kind, default=Kind.STATUTORY)
    department = models.CharField("职能", max_length=12, choices=Department)
    territory = models.ForeignKey(District, on_delete=models.PROTECT, related_name="bodies", verbose_name="管辖区域")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, verbose_name="上级机构")
    entrusted_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="entrusts", verbose_name="委托机关"
    )
    statutory_basis = models.ForeignKey(LegalBasis, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    valid_from = models.DateField("起", null=True, blank=True)
    valid_to = models.DateField("止（含）", null=True, blank=True)

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = "机构"
        ordering = ["territory", "code"]
        constraints = [
            models.CheckConstraint(
                name="entrusted_body_has_principal", condition=~Q(kind="entrusted") | Q(entrusted_by__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.name


class Power(Dated):
    """A body's claim to an item: without it the item is not the body's to inspect (事项认领)."""

    body = models.ForeignKey(Body, on_delete=models.CASCADE, related_name="powers")
    item = models.ForeignKey(InspectionItem, on_delete=models.CASCADE, related_name="claims")

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "事项认领"
        ordering = ["body", "item", "valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["body", "item", "valid_from"], condition=Q(superseded_at=None), name="one_claim_per_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.item}"


class OfficerQuerySet(models.QuerySet["Officer"]):
    """People, narrowed to a viewer."""

    def visible_to(self, viewer: Account) -> "OfficerQuerySet":
        """People of the bodies of the viewer's territory."""
        return self.filter(territory_scope(viewer, "body__territory"))


class Officer(models.Model):
    """人员: one who works for a body; with an account when they use the platform."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="officers", verbose_name="机构")
    account = models.OneToOneField(
        Account, on_delete=models.SET_NULL, null=True, blank=True, related_name="officer", verbose_name="账号"
    )
    staff_no = models.CharField("工号", max_length=30, unique=True)
    name = models.CharField("姓名", max_length=60)
    post = models.CharField("职务", max_length=60, blank=True)
    id_number = PersonalField("身份证号", blank=True)
    id_digest = models.CharField("身份证号摘要", max_length=64, blank=True, editable=False, db_index=True)
    phone = PersonalField("电话", blank=True)
    skills = models.JSONField("专长", default=list, blank=True, help_text="大气、水、固废、辐射、移动源等")
    can_sample = models.BooleanField("采样资格", default=False)
    can_review = models.BooleanField("法制审核资格", default=False)
    is_established = models.BooleanField("在编在岗", default=True, help_text="双随机只抽在编在岗且持证人员")
    left_on = models.DateField("离岗日期", null=True, blank=True)

    objects = OfficerQuerySet.as_manager()

    class Meta:
        verbose_name = "人员"
        ordering = ["body", "name", "id"]

    def __str__(self) -> str:
        return self.name


class Certificate(Dated):
    """执法证: holds in its territory and term; unchecked for two years it lapses."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="certificates")
    certificate_no = models.CharField("执法证号", max_length=30, db_index=True)
    kind = models.CharField("类型", max_length=40, default="行政执法证")
    territory = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+", verbose_name="执法区域")
    issuer = models.CharField("发证机关", max_length=80, blank=True)
    issued_on = models.DateField("发证日期", null=True, blank=True)
    checked_on = models.DateField("最近审验日期", null=True, blank=True)
    withdrawn_on = models.DateField("暂扣或吊销日期", null=True, blank=True)
    ending_told_at = models.DateTimeField("到期提醒时间", null=True, blank=True, editable=False)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "执法证"
        ordering = ["officer", "-valid_from"]
        constraints = [
            *Dated.Meta.constraints,
            models.UniqueConstraint(
                fields=["certificate_no", "valid_from"],
                condition=Q(superseded_at=None),
                name="one_certificate_per_start",
            ),
        ]

    def __str__(self) -> str:
        return self.certificate_no


class Interest(Dated):
    """A declared interest: whoever holds it is never drawn for, nor sent to, that object."""

    class Kind(models.TextChoices):
        SELF = "self", "本人"
        RELATIVE = "relative", "近亲属"
        FORMER_EMPLOYER = "former_employer", "曾任职"
        FINANCIAL = "financial", "经济利益"
        OTHER = "other", "其他关系"

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="interests")
    inspection_object = models.ForeignKey(
        InspectionObject, on_delete=models.CASCADE, related_name="interests", verbose_name="检查对象"
    )
    kind = models.CharField("类型", max_length=16, choices=Kind)
    note = PersonalField("说明", blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "利益申报"
        ordering = ["officer", "inspection_object"]

    def __str__(self) -> str:
        return f"{self.officer} {self.inspection_object}"


class Absence(models.Model):
    """Days on which an officer cannot be sent: leave, training, secondment."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="absences")
    first_day = models.DateField("起")
    last_day = models.DateField("止（含）")
    reason = models.CharField("原因", max_length=40)

    class Meta:
        verbose_name = "不可用时段"
        ordering = ["officer", "first_day"]
        constraints = [
            models.CheckConstraint(name="absence_in_order", condition=Q(last_day__gte=models.F("first_day")))
        ]

    def __str__(self) -> str:
        return f"{self.officer} {self.first_day}–{self.last_day}"
