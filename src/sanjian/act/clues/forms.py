"""The form of one step: built from its row in the state table, so that page and table cannot differ."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from . import rules
from .models import Clue
from .rules import Step


class StepForm(forms.Form):
    """Inputs of one step.

    `seen` carries the state that the person saw, `request_key` makes a repeated submission the same one.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    request_key = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)

    def __init__(self, step: Step, clue: Clue, data: Any = None) -> None:
        initial = {"seen": seen(clue), "request_key": secrets.token_urlsafe(16)}
        super().__init__(data, initial=initial, auto_id=f"id_{step.act}_%s")
        self.step = step
        if "reason" in step.requires:
            label, hint = prompt(step)
            self.fields["reason"] = forms.CharField(
                label=label,
                help_text=hint,
                required=True,
                max_length=4000,
                widget=forms.Textarea(attrs={"rows": 3}),
                error_messages={"required": _("请填写%(label)s") % {"label": label}},
            )
        if "verdict" in step.requires:
            choices = [(v.value, _(rules.VERDICT_NAMES[v])) for v in rules.Verdict if v in step.verdicts]
            self.fields["verdict"] = forms.ChoiceField(
                label=_("结论"),
                choices=choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("请选择结论")},
            )
        self.order_fields(["verdict", "reason"])


def prompt(step: Step) -> tuple[str, str]:
    """What the reason field asks, in label and hint."""
    prompts = {
        "dispatch": (_("研判意见"), _("为什么值得现场核查，建议查什么")),
        "ask": (_("请企业说明什么"), _("企业会看到这段话")),
        "dismiss": (_("排除理由"), _("会用来改进规则，请写明依据")),
        "explain": (_("情况说明"), _("写明原因、起止时间和已采取的措施")),
        "close": (_("反馈意见"), _("现场看到了什么，与预警是否一致")),
        "note": (_("记录内容"), _("写进时间线，不改变状态")),
    }
    return prompts.get(step.act, (_("理由"), ""))


def seen(clue: Clue) -> str:
    """A token of the state as shown: a form from an older page is recognised by it."""
    return f"{clue.state} {clue.state_entered_at.isoformat()}"
