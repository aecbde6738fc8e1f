"""Forms of the provisions. They read what a person entered; the services decide whether it can stand."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sanjian.base.registry.models import LegalBasis
from sanjian.base.registry.services.legal_bases import FIELDS, mark_of

RESERVED = {"new"}
"""Codes that would hide a page behind a provision."""

LABELS = {
    "code": gettext_noop("编码"), "instrument": gettext_noop("文件"), "article": gettext_noop("条款"),
    "text": gettext_noop("内容摘要"), "valid_from": gettext_noop("施行日期"),
    "valid_to": gettext_noop("失效日期（最后一个有效日）"), "reason": gettext_noop("理由"),
}  # fmt: skip


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class BasisForm(forms.Form):
    """One provision. `basis` is the one to correct; without it the form makes a new one."""

    code = forms.SlugField(max_length=60)
    instrument = forms.CharField(max_length=120)
    article = forms.CharField(max_length=60)
    text = forms.CharField(max_length=8000, widget=forms.Textarea(attrs={"rows": 6}))
    valid_from = forms.DateField(widget=_day())
    valid_to = forms.DateField(required=False, widget=_day())
    reason = forms.CharField(max_length=200, required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, basis: LegalBasis | None = None, former: LegalBasis | None = None) -> None:
        initial: dict[str, Any] = {}
        if basis is not None:
            initial = {name: getattr(basis, name) for name in FIELDS} | {"seen": mark_of(basis)}
        elif former is not None:
            initial = {"text": former.text}
        super().__init__(data, initial=initial)
        if basis is not None:
            del self.fields["code"]
        else:
            self.fields["code"].help_text = _("字母、数字和连字符，如 eec-2026-51-inspection；登记后不再改")
        for name, field in self.fields.items():
            if name in LABELS:
                field.label = _(LABELS[name])

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
            self.add_error("valid_to", _("失效日期早于施行日期"))
        return given

    def values(self) -> dict[str, Any]:
        """What the services take."""
        return {name: self.cleaned_data[name] for name in ("code", *FIELDS) if name in self.cleaned_data}
