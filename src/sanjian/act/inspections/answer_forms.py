"""The form of one question of a visit: a field that fits its kind, beside the note and the photo that all have."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from sanjian.base.registry.models import Question

from .forms import QuestionForm
from .models import Answer
from .rules import visits

YES_NO = (visits.Reply.YES, visits.Reply.NO, visits.Reply.NOT_APPLICABLE, visits.Reply.TEXT)


class AnswerForm(QuestionForm):
    """Reads an answer of any kind. Whether it fits is decided by the service; here only its form."""

    suggested = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, question: Question, *args: Any, given: Answer | None, offered: Any = None, **more: Any) -> None:
        initial = {"note": given.note, "reply": given.reply, "value": given.value} if given else {"value": offered}
        if given and given.reply == visits.Reply.NOT_APPLICABLE:
            initial["is_na"] = True
        super().__init__(*args, initial=initial, **more)
        self.question = question
        self.is_yes_no = question.kind == Question.Kind.YES_NO
        if self.is_yes_no:
            reply = self.fields["reply"]
            if isinstance(reply, forms.ChoiceField):
                reply.choices = [(r.value, _(visits.REPLY_NAMES[r])) for r in YES_NO]
        else:
            del self.fields["reply"]
            self.fields["value"] = _value_field(question)
            self.fields["is_na"] = forms.BooleanField(required=False, label=_("不适用或无法取得（请写明说明）"))

    @property
    def is_cards(self) -> bool:
        """Whether the value is chosen from cards rather than typed."""
        return self.question.kind in {Question.Kind.CHOICE, Question.Kind.CHOICES}

    def answer(self) -> dict[str, Any]:
        """What `services.visits.answer` takes: reply and value."""
        given = self.cleaned_data
        if self.is_yes_no:
            return {"reply": given["reply"], "value": None}
        if given["is_na"]:
            return {"reply": visits.Reply.NOT_APPLICABLE, "value": None}
        value = given["value"]
        return {"reply": "", "value": value.isoformat() if isinstance(value, date) else value}

    @property
    def is_answered(self) -> bool:
        """Whether anything was answered at all; a photo alone may be saved too."""
        given = self.answer()
        return bool(given["reply"]) or given["value"] not in (None, "", [])

    @property
    def asked_field(self) -> str:
        """The name of the field that holds the answer, for its errors."""
        return "reply" if self.is_yes_no else "value"


def _value_field(question: Question) -> forms.Field:
    options = [(str(o["value"]), str(o["label"])) for o in question.full_options]
    label = _("回答")
    match question.kind:
        case Question.Kind.NUMBER:
            label = _("数值（%(unit)s）") % {"unit": question.unit} if question.unit else _("数值")
            widget = forms.NumberInput(attrs={"inputmode": "decimal", "step": "any"})
            return forms.FloatField(required=False, label=label, widget=widget, help_text=normal_range(question))
        case Question.Kind.CHOICE:
            return forms.ChoiceField(required=False, label=label, choices=options, widget=forms.RadioSelect)
        case Question.Kind.CHOICES:
            boxes = forms.CheckboxSelectMultiple
            return forms.MultipleChoiceField(required=False, label=_("回答（可多选）"), choices=options, widget=boxes)
        case Question.Kind.DATE:
            picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            return forms.DateField(required=False, label=_("日期"), widget=picker, input_formats=["%Y-%m-%d"])
    area = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(required=False, label=label, max_length=2000, widget=area)


def normal_range(question: Question) -> str:
    """What is normal for a number, in words; "" when nothing is said."""
    facts = {"low": f"{question.low:g}" if question.low is not None else "",
             "high": f"{question.high:g}" if question.high is not None else "", "unit": question.unit}  # fmt: skip
    if question.low is not None and question.high is not None:
        return _("正常范围 %(low)s–%(high)s %(unit)s") % facts
    if question.low is not None:
        return _("正常不低于 %(low)s %(unit)s") % facts
    return _("正常不高于 %(high)s %(unit)s") % facts if question.high is not None else ""
