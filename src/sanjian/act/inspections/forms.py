"""Forms of inspections. They read what a person entered; what is allowed is decided by the gate and the services."""

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sanjian.act.clues.workdays import SHANGHAI
from sanjian.base.identity.models import Account
from sanjian.base.registry.models import InspectionObject
from sanjian.base.registry.queries.people import officer_facts, officers_of
from sanjian.base.registry.rules import certificates

from . import queries
from .models import MODES
from .rules import codes, visits
from .services.photos import Capture, looks_like_sha256

_MOMENT = "%Y-%m-%dT%H:%M"


class Moment(forms.DateTimeField):
    """A moment picked to the minute, in Shanghai time."""

    def __init__(self, **given: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT)
        super().__init__(widget=widget, input_formats=[_MOMENT, f"{_MOMENT}:%S"], **given)


class OfficersField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # not generic when it runs
    """Officers with the certificate that the registry has for them today, or plainly without."""

    def __init__(self, accounts: QuerySet[Account], today: date, **given: Any) -> None:
        super().__init__(accounts, **given)
        self.today = today
        self.registered = officers_of(accounts)

    def label_from_instance(self, obj: Account) -> str:
        officer = self.registered.get(obj.pk)
        if officer is None:
            return f"{obj.display_name} {_('未登记在机构人员库')}"
        shown, _verdict = certificates.best(officer_facts(officer).certificates, [self.today])
        return f"{officer.name} {shown.certificate_no if shown else _('无有效执法证')}"


class IssueForm(forms.Form):
    """What an officer asks for: items, people, time, reason."""

    kind = forms.ChoiceField(widget=forms.RadioSelect)
    window_from = Moment()
    window_to = Moment()
    mode = forms.ChoiceField(widget=forms.RadioSelect)
    plan_no = forms.CharField(max_length=40, required=False)
    reason = forms.CharField(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    on_site_reason = forms.CharField(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    request_key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(
        self,
        target: InspectionObject,
        viewer: Account,
        now: datetime,
        data: Any = None,
        *,
        reason: str = "",
        clue: bool,
    ) -> None:
        start = now.astimezone(SHANGHAI).replace(second=0, microsecond=0)
        initial = {
            "kind": codes.Kind.TRIGGERED if clue else codes.Kind.PLANNED,
            "officers": [viewer.pk],
            "window_from": start,
            "window_to": start + timedelta(hours=8),
            "mode": MODES[0][0],
            "reason": reason,
            "request_key": secrets.token_urlsafe(16),
        }
        super().__init__(data, initial=initial)
        kinds = [codes.Kind.TRIGGERED] if clue else [codes.Kind.PLANNED, codes.Kind.EMERGENCY]
        _choose(self, "kind", [(k.value, _(codes.KIND_NAMES[k])) for k in kinds])
        _choose(self, "mode", [("on_site", _("现场检查")), ("remote", _("非现场检查"))])
        self.fields["items"] = forms.ModelMultipleChoiceField(queries.items(), widget=forms.CheckboxSelectMultiple)
        self.fields["officers"] = OfficersField(
            queries.officers_for(target.district_id), start.date(), widget=forms.CheckboxSelectMultiple
        )
        labels = {
            "kind": _("检查种类"),
            "items": _("检查事项"),
            "officers": _("检查人员（至少两名）"),
            "window_from": _("检查时段起"),
            "window_to": _("检查时段止"),
            "mode": _("检查方式"),
            "plan_no": _("计划编号"),
            "reason": _("检查事由"),
            "on_site_reason": _("到现场的理由"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
        self.fields["on_site_reason"].help_text = _("所选事项非现场可以查清而仍须到现场时填写")


class PlaceFields(forms.Form):
    """What a device says about where it is; every part may be missing or nonsense, which then counts as missing."""

    latitude = forms.CharField(required=False, widget=forms.HiddenInput)
    longitude = forms.CharField(required=False, widget=forms.HiddenInput)
    accuracy_m = forms.CharField(required=False, widget=forms.HiddenInput)

    def place(self) -> dict[str, float | None]:
        """Latitude, longitude, accuracy; all None unless both coordinates make sense."""
        latitude = _number(self.data.get("latitude"), -90, 90)
        longitude = _number(self.data.get("longitude"), -180, 180)
        if latitude is None or longitude is None:
            return {"latitude": None, "longitude": None, "accuracy_m": None}
        return {
            "latitude": latitude,
            "longitude": longitude,
            "accuracy_m": _number(self.data.get("accuracy_m"), 0, 1e6),
        }


class QuestionForm(PlaceFields):
    """One question: a reply, a note, and perhaps a photo with what the device knows about it."""

    reply = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    note = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    photo = forms.FileField(
        required=False, widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"})
    )
    sha256 = forms.CharField(required=False, widget=forms.HiddenInput)
    taken_at = forms.CharField(required=False, widget=forms.HiddenInput)
    monotonic_ms = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        _choose(self, "reply", [(r.value, _(visits.REPLY_NAMES[r])) for r in visits.Reply])
        self.fields["reply"].label, self.fields["note"].label = _("回答"), _("说明")
        self.fields["photo"].label = _("现场照片")

    def capture(self) -> Capture:
        """What the device said about the photo."""
        sha256 = str(self.data.get("sha256", "")).lower()
        return Capture(
            sha256=sha256 if looks_like_sha256(sha256) else "",
            taken_at=_moment(self.data.get("taken_at")),
            monotonic_ms=_number(self.data.get("monotonic_ms"), 0, 1e13),
            **self.place(),
        )


class FinishForm(forms.Form):
    """The record and the result."""

    record_text = forms.CharField(required=False, max_length=20000, widget=forms.Textarea(attrs={"rows": 8}))
    result = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    is_delivered = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        _choose(self, "result", [(r.value, _(visits.RESULT_NAMES[r])) for r in visits.Result])
        self.fields["record_text"].label, self.fields["result"].label = _("现场检查笔录"), _("检查结果")
        self.fields["record_text"].help_text = _("起止时间、地点、在场人员、出示证件与告知情况、看到的事实")
        self.fields["is_delivered"].label = _("已当场把结果送达当事人，并告知陈述、申辩和评价的途径")


class RatingForm(forms.Form):
    """One to five, and what the person wants to say."""

    score = forms.TypedChoiceField(coerce=int, choices=[(n, str(n)) for n in range(1, 6)], widget=forms.RadioSelect)
    comment = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["score"].label, self.fields["comment"].label = _("评分（5 分最好）"), _("意见（选填）")
        self.fields["score"].error_messages["required"] = _("请选择 1 到 5 分")


def _choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """Set choices late, in the language of the reader."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


def _number(text: Any, least: float, most: float) -> float | None:
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return value if least <= value <= most else None  # not a number compares as False


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
