"""检查对象: enterprises and institutions under regulation, what they are in law and in the city, and their history."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from sanjian.base.identity.models import Account, District
from sanjian.base.identity.personal import PersonalField
from sanjian.base.identity.scope import district_scope

from .validity import Dated, DatedQuerySet


class ObjectFacts(models.Model):
    """What is recorded of an object: the same columns in the present row and in every row of its history."""

    class Supervision(models.TextChoices):
        KEY = "key", "重点监管"
        GENERAL = "general", "一般监管"
        SIMPLE = "simple", "简易监管"

    class PermitClass(models.TextChoices):
        KEY = "key", "重点管理"
        SIMPLIFIED = "simplified", "简化管理"
        REGISTERED = "registered", "登记管理"
        NONE = "none", "不需办理"

    class Production(models.TextChoices):
        OPERATING = "operating", "生产"
        SUSPENDED = "suspended", "停产"
        CLOSED = "closed", "关闭"

    class Datum(models.TextChoices):
        """The coordinate system in which a position was given; it is always kept as WGS-84."""

        WGS84 = "wgs84", "WGS-84 / CGCS2000"
        GCJ02 = "gcj02", "GCJ-02（地图应用）"
        UNKNOWN = "unknown", "未注明"

    credit_code = models.CharField("统一社会信用代码", max_length=18, null=True, blank=True)
    former_code = models.CharField("旧证号", max_length=20, blank=True, help_text="15 位营业执照号或 9 位组织机构代码")
    site_no = models.CharField("场所序号", max_length=3, blank=True, help_text="同一法人的多个厂区，HJ 608-2017")
    name = models.CharField("名称", max_length=120)
    district = models.ForeignKey(District, on_delete=models.PROTECT, verbose_name="行政区", related_name="+")
    street_code = models.CharField("街镇代码", max_length=12, blank=True, help_text="统计用区划代码 12 位")
    address = models.CharField("地址", max_length=200, blank=True)
    industry_code = models.CharField("行业代码", max_length=4, blank=True, help_text="GB/T 4754-2017")
    industry_name = models.CharField("行业", max_length=60, blank=True)
    permit_class = models.CharField("排污许可管理类别", max_length=10, choices=PermitClass, blank=True)
    supervision = models.CharField("监管类别", max_length=8, choices=Supervision, default=Supervision.GENERAL)
    production = models.CharField("生产状态", max_length=10, choices=Production, default=Production.OPERATING)
    latitude = models.FloatField(
        "纬度", help_text="WGS-84", null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        "经度", help_text="WGS-84", null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    datum = models.CharField("坐标原始基准", max_length=8, choices=Datum, default=Datum.WGS84)
    accuracy_m = models.FloatField("坐标精度（米）", null=True, blank=True)
    legal_person = models.CharField("法定代表人", max_length=40, blank=True)
    grade = models.CharField("信用风险等级", max_length=1, choices=[(g, g) for g in "ABCD"], default="B")
    source_note = models.CharField("数据来源说明", max_length=200, blank=True)

    class Meta:
        abstract = True


class InspectionObjectQuerySet(models.QuerySet["InspectionObject"]):
    """Objects, narrowed to a viewer or to those that stand."""

    def visible_to(self, viewer: Account) -> "InspectionObjectQuerySet":
        """Objects that a viewer may see."""
        return self.filter(district_scope(viewer))

    def standing(self) -> "InspectionObjectQuerySet":
        """Without those that were merged into another."""
        return self.filter(survivor=None)


class InspectionObject(ObjectFacts):
    """检查对象 as it stands today. Written only by `registry.services.objects`, which writes the history beside it."""

    registered_at = models.DateTimeField("入库时间", default=timezone.now, editable=False)
    changed_at = models.DateTimeField("最近变更", default=timezone.now, editable=False, db_index=True)
    present_since = models.DateField(
        "现状起", null=True, editable=False, help_text="本行是历史中自哪一天起的状态；空为尚无历史"
    )
    survivor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="absorbed", verbose_name="已并入"
    )

    objects = InspectionObjectQuerySet.as_manager()

    class Meta:
        verbose_name = "检查对象"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code", "site_no"], name="one_object_per_code_and_site", condition=Q(survivor=None)
            ),
            models.CheckConstraint(name="credit_code_is_null_not_empty", condition=~Q(credit_code="")),
        ]
        indexes = [
            models.Index(fields=["district", "name", "id"], name="object_by_district"),
            models.Index(fields=["survivor", "name", "id"], name="standing_object_by_name"),
            models.Index(fields=["former_code"], name="object_by_former_code"),
        ]

    def __str__(self) -> str:
        return self.name


class ObjectVersionQuerySet(DatedQuerySet):
    """States of objects, narrowed to a viewer."""

    def visible_to(self, viewer: Account) -> "ObjectVersionQuerySet":
        """Versions that a viewer may see: by the district of the version itself."""
        return self.filter(district_scope(viewer, object_id="inspection_object_id"))


class ObjectVersion(ObjectFacts, Dated):
    """One state of an object: what held from day to day, as believed from moment to moment."""

    inspection_object = models.ForeignKey(InspectionObject, on_delete=models.CASCADE, related_name="versions")
    changed = models.JSONField("变更字段", default=list, help_text="与前一状态相比")
    actor = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField("理由", max_length=200, blank=True)

    objects = ObjectVersionQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "检查对象历史"
        ordering = ["inspection_object", "valid_from", "recorded_at", "id"]
        indexes = [
            models.Index(fields=["inspection_object", "valid_from"], name="version_by_object"),
            # All that a list of a past day must look at before it knows which fifty rows it shows.
            models.Index(
                fields=["name", "inspection_object", "valid_from", "valid_to", "superseded_at", "recorded_at"],
                name="version_by_name_and_times",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from}"


class ObjectRole(Dated):
    """One of the many parts an object plays. One object has many roles, never many rows."""

    class Role(models.TextChoices):
        DISCHARGER = "discharger", "排污单位"
        WASTE_PRODUCER = "waste_producer", "危险废物产生单位"
        WASTE_FACILITY = "waste_facility", "危险废物经营单位"
        CARRIER = "carrier", "运输单位"
        LABORATORY = "laboratory", "社会化监测机构"
        TEST_STATION = "test_station", "机动车排放检验机构"
        CONSTRUCTION_SITE = "construction_site", "建筑工地"
        LANDLORD = "landlord", "出租方"
        MAINTAINER = "maintainer", "运维单位"
        CONSULTANT = "consultant", "环评与许可技术单位"
        OTHER = "other", "其他"

    inspection_object = models.ForeignKey(InspectionObject, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField("角色", max_length=20, choices=Role)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "对象角色"
        ordering = ["inspection_object", "role", "valid_from"]
        indexes = [models.Index(fields=["role", "inspection_object"], name="role_by_kind")]

    def __str__(self) -> str:
        return self.get_role_display()


class Listing(Dated):
    """Membership of a published list: the third axis of management class, apart from permit class and supervision."""

    class List(models.TextChoices):
        KEY_WATER = "key_water", "重点单位（水）"
        KEY_GAS = "key_gas", "重点单位（大气）"
        KEY_SOIL = "key_soil", "重点单位（土壤）"
        KEY_NOISE = "key_noise", "重点单位（噪声）"
        KEY_RISK = "key_risk", "重点单位（环境风险）"
        UNOBTRUSIVE = "unobtrusive", "无感监管对象"
        POSITIVE = "positive", "正面清单"

    inspection_object = models.ForeignKey(InspectionObject, on_delete=models.CASCADE, related_name="listings")
    list_code = models.CharField("名录", max_length=12, choices=List)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "名录"
        ordering = ["inspection_object", "list_code", "valid_from"]
        indexes = [models.Index(fields=["list_code", "inspection_object"], name="listing_by_kind")]

    def __str__(self) -> str:
        return self.get_list_code_display()


class Contact(models.Model):
    """A person to speak to. Name and number are encrypted; pages show them masked, opening them is audited."""

    inspection_object = models.ForeignKey(InspectionObject, on_delete=models.CASCADE, related_name="contacts")
    duty = models.CharField("职责", max_length=40, default="环保联系人")
    name = PersonalField("姓名")
    phone = PersonalField("电话", blank=True)
    has_consented = models.BooleanField("同意电子送达", default=False)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    class Meta:
        verbose_name = "联系人"
        ordering = ["inspection_object", "id"]

    def __str__(self) -> str:
        return self.duty


class Relation(Dated):
    """An arrow of the relation graph: `subject` is the landlord, group, operator, carrier ... of `target`."""

    class Kind(models.TextChoices):
        LANDLORD = "landlord", "出租给"
        GROUP = "group", "控股"
        OPERATOR = "operator", "运营"
        CARRIER = "carrier", "承运"
        LABORATORY = "laboratory", "检测"
        MAINTAINER = "maintainer", "运维"

    subject = models.ForeignKey(InspectionObject, on_delete=models.CASCADE, related_name="relations_out")
    target = models.ForeignKey(InspectionObject, on_delete=models.CASCADE, related_name="relations_in")
    kind = models.CharField("关系", max_length=12, choices=Kind)

    objects = DatedQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = "关系"
        ordering = ["subject", "kind", "target"]
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(name="relation_of_two", condition=~Q(subject=models.F("target"))),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.get_kind_display()} {self.target}"


class ObjectWords(models.Model):
    """What an object is searched by, in one narrow row: names now and before, codes, address, pinyin initials."""

    inspection_object = models.OneToOneField(
        InspectionObject, on_delete=models.CASCADE, primary_key=True, related_name="words"
    )
    district = models.ForeignKey(District, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("名称", max_length=120, blank=True, help_text="规范化的现用名称，用于排序和前缀匹配")
    initials = models.CharField("拼音首字母", max_length=120, blank=True)
    text = models.TextField("检索词", help_text="各行：=现用名称、~曾用名称、#代码、@地址")

    class Meta:
        verbose_name = "检索词"

    def __str__(self) -> str:
        return self.text


class Lineage(models.Model):
    """A merge or a split: which id survived, what moved, who decided, and whether it was taken back."""

    class Kind(models.TextChoices):
        MERGE = "merge", "合并"
        SPLIT = "split", "拆分"

    kind = models.CharField("类型", max_length=6, choices=Kind)
    survivor = models.ForeignKey(InspectionObject, on_delete=models.CASCADE, related_name="lineage")
    other = models.ForeignKey(InspectionObject, on_delete=models.CASCADE, related_name="lineage_of")
    moved = models.JSONField("移动的记录", default=dict, help_text="表名到主键列表，撤销时按此移回")
    on = models.DateField("生效日期", default=date.today)
    at = models.DateTimeField("操作时间")
    actor = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField("理由", max_length=200)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = "合并与拆分"
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.survivor} {self.other}"
