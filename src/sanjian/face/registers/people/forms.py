"""Forms of bodies, officers and their papers. They read what a person entered; the services decide."""

import re
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanjian.base.identity.models import OFFICIAL_ROLES, Account, District
from sanjian.base.identity.personal import is_id_number
from sanjian.base.identity.scope import district_scope
from sanjian.base.registry.models import Body, InspectionObject, Interest, LegalBasis, Officer


def day(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    """A day, picked by the device's own picker."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=hint)


def why(label: Any) -> forms.CharField:
    """A reason in the person's words."""
    return forms.CharField(label=label, max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


def one_of(**given: Any) -> Any:
    """A choice of one record; which ones are offered is set for each viewer."""
    return forms.ModelChoiceField(None, **given)


def territories(viewer: Account) -> Any:
    """Districts that a keeper may write in."""
    return District.objects.all() if viewer.sees_whole_city else District.objects.filter(pk=viewer.district_id)


class BodyForm(forms.Form):
    """A body as registered."""

    code = forms.SlugField(label=gettext_lazy("编码"), max_length=40, help_text=gettext_lazy("英文字母、数字和连字符"))
    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("性质"))
    department = forms.ChoiceField(label=gettext_lazy("职能"))
    territory = one_of(label=gettext_lazy("管辖区域"))
    parent = one_of(label=gettext_lazy("上级机构"), required=False)
    entrusted_by = one_of(label=gettext_lazy("委托机关"), required=False, help_text=gettext_lazy("受委托组织必填"))
    statutory_basis = one_of(label=gettext_lazy("设立或委托依据"), required=False)
    valid_from = day(gettext_lazy("起"), required=False)
    valid_to = day(gettext_lazy("止（含）"), required=False)

    def __init__(self, viewer: Account, data: Any = None, *, body: Body | None = None) -> None:
        initial = {name: getattr(body, name) for name in self.base_fields} if body else {}
        super().__init__(data, initial=initial)
        choose(self, "kind", Body.Kind.choices)
        choose(self, "department", Body.Department.choices)
        pick(self, "territory", territories(viewer))
        # A district's bureau has the city's above it, which a district's keeper may name though not write.
        above = Body.objects.filter(Q(pk__in=Body.objects.visible_to(viewer)) | Q(territory__is_city=True))
        pick(self, "parent", above)
        pick(self, "entrusted_by", above)
        pick(self, "statutory_basis", LegalBasis.objects.all())


class OfficerForm(forms.Form):
    """A person. Numbers that are stored are never sent back: an empty field leaves them as they are."""

    body = one_of(label=gettext_lazy("机构"))
    staff_no = forms.CharField(label=gettext_lazy("工号"), max_length=30)
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    post = forms.CharField(label=gettext_lazy("职务"), max_length=60, required=False)
    account = one_of(label=gettext_lazy("账号"), required=False)
    skills = forms.CharField(
        label=gettext_lazy("专长"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("用顿号隔开，如 大气、水、固废"),
    )
    id_number = forms.CharField(
        label=gettext_lazy("身份证号"), max_length=18, required=False,
        help_text=gettext_lazy("加密保存；留空表示不改"), widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=gettext_lazy("电话"), max_length=20, required=False, help_text=gettext_lazy("加密保存；留空表示不改"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )  # fmt: skip
    can_sample = forms.BooleanField(label=gettext_lazy("有采样资格"), required=False)
    can_review = forms.BooleanField(label=gettext_lazy("有法制审核资格"), required=False)
    is_established = forms.BooleanField(
        label=gettext_lazy("在编在岗"), required=False, initial=True,
        help_text=gettext_lazy("双随机只抽在编在岗且持证人员"),
    )  # fmt: skip
    left_on = day(gettext_lazy("离岗日期"), required=False, hint=gettext_lazy("第一个不在岗的日子"))

    def __init__(self, viewer: Account, data: Any = None, *, officer: Officer | None = None) -> None:
        initial: dict[str, Any] = {}
        if officer:
            initial = {name: getattr(officer, name) for name in self.base_fields if name not in ("id_number", "phone")}
            initial["skills"] = "、".join(officer.skills)
        super().__init__(data, initial=initial)
        pick(self, "body", Body.objects.visible_to(viewer))
        free = Q(officer=None) | (Q(officer=officer) if officer else Q(pk__in=[]))
        scope = district_scope(viewer, object_id="inspection_object_id")
        pick(self, "account", Account.objects.filter(scope, free, role__in=OFFICIAL_ROLES).order_by("display_name"))

    def clean_skills(self) -> list[str]:
        """Skills as a list without repetition."""
        return list(dict.fromkeys(part for part in re.split(r"[、，,;；\s]+", self.cleaned_data["skills"]) if part))

    def clean_id_number(self) -> str:
        """Eighteen characters that carry their own check (GB 11643-1999, ISO 7064 MOD 11-2)."""
        number: str = self.cleaned_data["id_number"].strip().upper()
        if number and not is_id_number(number):
            raise forms.ValidationError(_("身份证号不对：应为 18 位，最后一位是校验码"))
        return number

    def values(self) -> dict[str, Any]:
        """What to save: numbers only when they were entered."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("id_number", "phone") or value != ""
        }


class CertificateForm(forms.Form):
    """A certificate; with `reason` when one is corrected."""

    certificate_no = forms.CharField(label=gettext_lazy("执法证号"), max_length=30)
    kind = forms.CharField(label=gettext_lazy("类型"), max_length=40, initial="行政执法证")
    territory = one_of(label=gettext_lazy("执法区域"))
    issuer = forms.CharField(label=gettext_lazy("发证机关"), max_length=80, required=False)
    issued_on = day(gettext_lazy("发证日期"), required=False)
    valid_from = day(gettext_lazy("有效期起"))
    valid_to = day(gettext_lazy("有效期止（含）"), required=False)
    checked_on = day(gettext_lazy("最近审验日期"), required=False, hint=gettext_lazy("每两年审验一次，未审验即失效"))
    withdrawn_on = day(gettext_lazy("暂扣或吊销日期"), required=False, hint=gettext_lazy("自这一天起不能再用"))
    reason = why(gettext_lazy("更正理由"))

    def __init__(self, data: Any = None, *, initial: dict[str, Any], is_new: bool) -> None:
        super().__init__(data, initial=initial)
        pick(self, "territory", District.objects.all())
        if is_new:
            del self.fields["reason"]


class InterestForm(forms.Form):
    """A declared interest in an object, which is named or given by its code."""

    inspection_object = forms.CharField(
        label=gettext_lazy("检查对象"), max_length=120, help_text=gettext_lazy("名称或统一社会信用代码")
    )
    kind = forms.ChoiceField(label=gettext_lazy("关系"))
    note = forms.CharField(
        label=gettext_lazy("说明"), max_length=200, required=False, help_text=gettext_lazy("加密保存"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    valid_from = day(gettext_lazy("起"))
    valid_to = day(gettext_lazy("止（含）"), required=False)

    def __init__(self, viewer: Account, data: Any = None, *, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.viewer = viewer
        choose(self, "kind", Interest.Kind.choices)

    def clean_inspection_object(self) -> InspectionObject:
        """The one object that is meant; several or none come back as a question."""
        text = self.cleaned_data["inspection_object"].strip()
        known = InspectionObject.objects.visible_to(self.viewer).standing()
        exact = list(known.filter(Q(credit_code=text.upper()) | Q(name=text))[:2])
        found = exact if len(exact) == 1 else list(known.filter(name__icontains=text)[:6])
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(_("没有找到这个检查对象"))
        raise forms.ValidationError(_("不止一个：%(names)s") % {"names": "、".join(o.name for o in found)})


class AbsenceForm(forms.Form):
    """Days away."""

    first_day = day(gettext_lazy("起"))
    last_day = day(gettext_lazy("止（含）"))
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=40)


class EndForm(forms.Form):
    """The last day of something, and why it ends."""

    last_day = day(gettext_lazy("最后一天（含）"))
    reason = why(gettext_lazy("理由"))


class ClaimForm(forms.Form):
    """From when on a body claims the chosen items."""

    valid_from = day(gettext_lazy("自哪天起认领"))
    item: Any = forms.ModelMultipleChoiceField(None, error_messages={"required": gettext_lazy("请至少选择一个事项")})

    def __init__(self, items: Any, data: Any = None, *, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        pick(self, "item", items)


def choose(form: forms.Form, name: str, choices: Any) -> None:
    """Set choices late, in the language of the reader."""
    form.fields[name].choices = [(value, _(label)) for value, label in choices]  # type: ignore[attr-defined]


def pick(form: forms.Form, name: str, rows: Any) -> None:
    """Set the records that a field offers to this viewer."""
    form.fields[name].queryset = rows  # type: ignore[attr-defined]
