"""Forms of the item library. They read what a person entered; the services decide whether it can stand."""

from datetime import date
from typing import Any

from django import forms
from django.forms.formsets import BaseFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sanjian.base.identity.models import District
from sanjian.base.registry.item_queries import BASES
from sanjian.base.registry.models import InspectionItem, LegalBasis, Question
from sanjian.base.registry.services.items import FIELDS

from .words import CHOICES, SCOPE_LABELS, condition_from, condition_text, options_from, options_text

RESERVED = {"new", "legal", "citations", "scope-count"}
"""Codes that would hide a page behind an item."""

MOST_QUESTIONS = 60


class ScopeFields(forms.Form):
    """The conditions of a scope: nothing chosen anywhere is every object."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        choices = {key: [(code, _(name)) for code, name in pairs] for key, pairs in CHOICES.items()}
        districts = District.objects.filter(is_city=False).values_list("code", "name")
        for key, label in SCOPE_LABELS.items():
            if key == "industry":
                hint = _("GB/T 4754 代码前缀，2 至 4 位，用逗号分隔，如 26,2710")
                self.fields[key] = forms.CharField(required=False, max_length=200, label=_(label), help_text=hint)
            else:
                pairs = list(districts) if key == "districts" else choices[key]
                boxes = forms.CheckboxSelectMultiple
                self.fields[key] = forms.MultipleChoiceField(
                    required=False, label=_(label), choices=pairs, widget=boxes
                )

    def clean_industry(self) -> list[str]:
        """Prefixes of industry codes."""
        parts = self.cleaned_data["industry"].replace("，", ",").split(",")
        return [part.strip() for part in parts if part.strip()]

    def scope(self) -> dict[str, list[str]]:
        """The scope that was chosen."""
        return {key: self.cleaned_data[key] for key in SCOPE_LABELS if self.cleaned_data.get(key)}

    def scope_fields(self) -> list[Any]:
        """The bound fields of the scope."""
        return [self[key] for key in SCOPE_LABELS if key != "industry"]


LABELS = {
    "code": gettext_noop("事项编码"), "name": gettext_noop("名称"), "domain": gettext_noop("领域"),
    "standard": gettext_noop("检查标准"), "method": gettext_noop("检查方式"),
    "remote_sufficient": gettext_noop("非现场可查清，入户须写明理由"), "evidence": gettext_noop("应取证据"),
    "duty_basis": gettext_noop("义务条款"), "power_basis": gettext_noop("检查权条款"),
    "penalty_basis": gettext_noop("罚则条款"), "yearly_cap": gettext_noop("每年检查上限（计划检查）"),
    "joint_theme": gettext_noop("联合检查主题"), "is_undisturbed": gettext_noop("无事不扰：只因线索触发"),
    "scope": gettext_noop("适用对象"), "published_url": gettext_noop("公布网址"),
    "valid_from": gettext_noop("启用日期"),
    "valid_to": gettext_noop("停用日期"), "reason": gettext_noop("修改理由"),
}  # fmt: skip
_DAY = forms.DateInput


class ItemForm(ScopeFields):
    """What an item says."""

    code = forms.SlugField(max_length=40)
    name = forms.CharField(max_length=120)
    domain = forms.CharField(max_length=40, required=False)
    standard = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    method = forms.ChoiceField(widget=forms.RadioSelect)
    remote_sufficient = forms.BooleanField(required=False)
    evidence = forms.CharField(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    duty_basis = forms.ModelChoiceField(LegalBasis.objects.all(), required=False)
    power_basis = forms.ModelChoiceField(LegalBasis.objects.all(), required=False)
    penalty_basis = forms.ModelChoiceField(LegalBasis.objects.all(), required=False)
    yearly_cap = forms.IntegerField(min_value=0, max_value=366)
    joint_theme = forms.CharField(max_length=60, required=False)
    is_undisturbed = forms.BooleanField(required=False)
    published_url = forms.URLField(required=False, assume_scheme="https")
    valid_from = forms.DateField(widget=_DAY(attrs={"type": "date"}, format="%Y-%m-%d"))
    valid_to = forms.DateField(required=False, widget=_DAY(attrs={"type": "date"}, format="%Y-%m-%d"))
    reason = forms.CharField(max_length=200, required=False)
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, item: InspectionItem | None = None, today: date) -> None:
        initial: dict[str, Any] = {"yearly_cap": 2, "valid_from": today, "method": InspectionItem.Method.ON_SITE}
        if item:
            scope = item.scope
            initial = {name: getattr(item, name) for name in FIELDS if name != "scope"}
            initial |= {**scope, "industry": ",".join(scope.get("industry", [])), "seen_version": item.version}
        super().__init__(data, initial=initial)
        if item:
            del self.fields["code"]
        for name, label in LABELS.items():
            if name in self.fields:
                self.fields[name].label = _(label)
        method = self.fields["method"]
        if isinstance(method, forms.ChoiceField):
            method.choices = [(code, _(name)) for code, name in InspectionItem.Method.choices]

    def clean_code(self) -> str:
        """A code that is no address of ours."""
        code: str = self.cleaned_data["code"]
        if code in RESERVED:
            raise forms.ValidationError(_("这个编码是保留字，请换一个"))
        return code

    def clean(self) -> dict[str, Any]:
        """Days in order."""
        given = super().clean() or self.cleaned_data
        start, end = given.get("valid_from"), given.get("valid_to")
        if start and end and end < start:
            self.add_error("valid_to", _("停用日期早于启用日期"))
        return given

    def values(self) -> dict[str, Any]:
        """What the services take."""
        own = {name: self.cleaned_data[name] for name in FIELDS if name in self.cleaned_data}
        return {**own, "scope": self.scope()}

    def basis_fields(self) -> list[Any]:
        """The three provisions."""
        return [self[name] for name in BASES]


QUESTION_LABELS = {
    "code": gettext_noop("编码"), "text": gettext_noop("题目"), "kind": gettext_noop("类型"),
    "unit": gettext_noop("单位"), "low": gettext_noop("正常下限"), "high": gettext_noop("正常上限"),
    "options": gettext_noop("选项"), "shown_when": gettext_noop("出现条件"), "filled_from": gettext_noop("自动填写"),
    "severity": gettext_noop("严重程度 1-5"), "evidence_required": gettext_noop("须附照片"),
}  # fmt: skip


class QuestionRow(forms.Form):
    """One question in the editor."""

    code = forms.SlugField(max_length=40)
    text = forms.CharField(max_length=200)
    kind = forms.ChoiceField()
    unit = forms.CharField(max_length=16, required=False)
    low = forms.FloatField(required=False)
    high = forms.FloatField(required=False)
    options = forms.CharField(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    shown_when = forms.CharField(max_length=400, required=False)
    filled_from = forms.CharField(max_length=60, required=False)
    severity = forms.IntegerField(min_value=1, max_value=5, initial=2)
    evidence_required = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for name, label in QUESTION_LABELS.items():
            self.fields[name].label = _(label)
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [(code, _(name)) for code, name in Question.Kind.choices]
        self.fields["options"].help_text = _("一行一个：编码 = 名称，不合格的选项后面写 [不合格]")
        self.fields["shown_when"].help_text = _("如 running = no；空为总是出现")
        self.fields["filled_from"].help_text = _("如 permit.valid_to、limit:w01018、telemetry.latest:w01018")

    def clean_options(self) -> list[dict[str, Any]]:
        """Options as they are kept."""
        return options_from(self.cleaned_data["options"])

    def clean_shown_when(self) -> dict[str, Any]:
        """The condition as it is kept."""
        try:
            return condition_from(self.cleaned_data["shown_when"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


QuestionList = forms.formset_factory(
    QuestionRow, can_order=True, can_delete=True, extra=2, max_num=MOST_QUESTIONS,
    absolute_max=MOST_QUESTIONS,
)  # fmt: skip


def initial_rows(item: InspectionItem) -> list[dict[str, Any]]:
    """The questions as the editor shows them."""
    rows = []
    for question in item.questions.current():
        row = {name: getattr(question, name) for name in QUESTION_LABELS}
        row["options"] = options_text(question.options)
        rows.append({**row, "shown_when": condition_text(question.shown_when)})
    return rows


def questions_in(sheet: "BaseFormSet[Any]") -> list[dict[str, Any]]:
    """The questions of a valid sheet in the order that was asked for, without those struck out and the empty ones."""
    return [
        {name: form.cleaned_data[name] for name in QUESTION_LABELS}
        for form in sheet.ordered_forms
        if form.cleaned_data.get("code")
    ]
