"""Relations of an object with others: who is landlord, group, operator ... of whom."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from sanjian.base.identity.gates import registrars
from sanjian.base.identity.models import Account
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import InspectionObject, Relation
from sanjian.base.registry.services import relations
from sanjian.base.registry.services.errors import InvalidValues, RegistryError

from .edit_pages import FORM, shown_form
from .forms import Reasoned, spoken
from .object_pages import standing


class RelationForm(Reasoned):
    """A relation with another object, found by its code."""

    kind = forms.ChoiceField(label=gettext_lazy("关系"))
    direction = forms.ChoiceField(label=gettext_lazy("方向"))
    other = forms.CharField(label=gettext_lazy("对方的统一社会信用代码或登记编号"), max_length=22)

    def __init__(self, viewer: Account, thing: InspectionObject, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.viewer = viewer
        self.fields["kind"].choices = spoken(Relation.Kind.choices)  # type: ignore[attr-defined]
        self.fields["direction"].choices = [  # type: ignore[attr-defined]
            ("out", _("%(name)s → 对方") % {"name": thing.name}),
            ("in", _("对方 → %(name)s") % {"name": thing.name}),
        ]
        self.order_fields(["kind", "direction", "other", "valid_from", "reason"])

    def clean_other(self) -> InspectionObject:
        """An object that this person may know of."""
        text = self.cleaned_data["other"].strip().upper()
        visible = InspectionObject.objects.visible_to(self.viewer).standing()
        wanted = {"pk": int(text)} if text.isdigit() and len(text) < 15 else {"credit_code": text}
        things = list(visible.filter(**wanted)[:2])
        if len(things) > 1:
            raise forms.ValidationError(_("这个代码有几个场所，请填登记编号（在对方档案的地址栏里）"))
        if not things:
            raise forms.ValidationError(_("登记库里没有这个对象，或不在您的辖区内"))
        return things[0]


@require_http_methods(FORM)
@registrars
def relate(request: AccountRequest, pk: int) -> HttpResponse:
    """Record a relation with another object."""
    thing = standing(request, pk)
    form = RelationForm(request.user, thing, request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        subject, target = (thing, given["other"]) if given["direction"] == "out" else (given["other"], thing)
        try:
            relations.relate(
                subject, target, given["kind"], actor=request.user, at=timezone.now(), valid_from=given["valid_from"],
                reason=given["reason"],
            )  # fmt: skip
        except InvalidValues as error:
            form.take(error.errors)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已登记关系"))
            return redirect("object", thing.pk)
    return shown_form(request, form, {"title": _("登记关系"), "act": _("登记"), "thing": thing})


@require_POST
@registrars
def unrelate(request: AccountRequest, pk: int, relation_pk: int) -> HttpResponse:
    """A relation of this object ends: from today on it no longer holds."""
    thing, now = standing(request, pk), timezone.now()
    reason = request.POST.get("reason", "").strip()[:200]
    if not reason:
        messages.error(request, _("请写明理由再结束关系"))
        return redirect(f"{reverse('object', args=[pk])}#relations")
    ends = Relation.objects.current().filter(pk=relation_pk)
    relation = (ends.filter(subject=thing) | ends.filter(target=thing)).first()
    try:
        if relation is not None:
            yesterday = timezone.localdate(now) - timedelta(days=1)
            relations.unrelate(relation, actor=request.user, at=now, last_day=yesterday, reason=reason)
            messages.success(request, _("关系已结束"))
    except RegistryError as error:
        messages.error(request, str(error))
    return redirect("object", thing.pk)
