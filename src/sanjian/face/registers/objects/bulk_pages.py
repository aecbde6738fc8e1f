"""Changing many objects at once: choose, look at what it will do, do it, take it back."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from sanjian.base.identity.gates import registrars
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import InspectionObject
from sanjian.base.registry.services import objects
from sanjian.base.registry.services.errors import RegistryError

from . import bulk
from .edit_pages import FORM
from .forms import Reasoned


class BulkForm(Reasoned):
    """One change, from a day, with a reason."""

    change = forms.ChoiceField(label=gettext_lazy("改什么"))

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.known = {f"{c.field}:{c.verb}:{c.value}": c for c in bulk.changes()}
        self.fields["change"].choices = [(key, c.said) for key, c in self.known.items()]  # type: ignore[attr-defined]
        self.order_fields(["change", "valid_from", "reason"])


@require_http_methods(FORM)
@registrars
def page(request: AccountRequest) -> HttpResponse:
    """POST `step` = choose, preview, apply or undo. GET shows what the last act of this session did."""
    if request.method != "POST":
        return _last(request)
    if request.POST.get("step") == "undo":
        return _undo(request)
    query = request.POST.get("query", "") if request.POST.get("all") else None
    ids = bulk.targets(request.user, request.POST.getlist("id"), query)
    if not ids or len(ids) > bulk.MOST:
        most = _("一次最多 %(most)d 家，请先缩小筛选范围，或用“数据更新”导入表格") % {"most": bulk.MOST}
        messages.error(request, most if ids else _("请先勾选要修改的对象"))
        return redirect("objects")
    return _chosen(request, ids, query)


def _chosen(request: AccountRequest, ids: list[int], query: str | None) -> HttpResponse:
    """The form; then what it will do; then, for exactly what was shown, the act."""
    step = request.POST.get("step")
    form = BulkForm(request.POST if step in {"preview", "apply"} else None)
    context: dict[str, Any] = {
        "form": form, "count": len(ids), "ids": ids if query is None else [], "query": query,
        "digest": bulk.digest(ids),
    }  # fmt: skip
    if step not in {"preview", "apply"} or not form.is_valid():
        return render(request, "registers_objects/bulk.html", context, status=422 if form.is_bound else 200)
    given = form.cleaned_data
    change = form.known[given["change"]]
    writes = bulk.writes(change, ids, given["valid_from"])
    if step == "apply" and request.POST.get("digest") == context["digest"] and writes:
        try:
            at = timezone.now()
            objects.write_objects(writes, actor=request.user, at=at, reason=given["reason"])
        except RegistryError as error:
            form.add_error(None, str(error))
            return render(request, "registers_objects/bulk.html", context, status=422)
        request.session[bulk.LAST] = {"at": at.isoformat(), "said": change.said, "count": len(writes)}
        return redirect("objects_bulk")
    if step == "apply":
        messages.error(request, _("符合条件的对象刚刚有变化，请重新核对"))
    named = InspectionObject.objects.filter(pk__in=[w.target_id for w in writes[:20] if w.target_id]).select_related(
        "district"
    )
    context |= {"change": change, "will": len(writes), "same": len(ids) - len(writes), "some": named}
    return render(request, "registers_objects/bulk.html", context)


def _last(request: AccountRequest) -> HttpResponse:
    last = request.session.get(bulk.LAST)
    if last is None:
        return redirect("objects")
    return render(request, "registers_objects/bulk_done.html", {"last": last})


def _undo(request: AccountRequest) -> HttpResponse:
    last = request.session.pop(bulk.LAST, None)
    if last is None:
        messages.error(request, _("没有可以撤销的批量修改"))
        return redirect("objects")
    at, reason = datetime.fromisoformat(last["at"]), request.POST.get("reason", "").strip()[:200]
    try:
        done = objects.undo_writes(
            bulk.written(at), written_at=at, data_source=None, actor=request.user, at=timezone.now(),
            reason=reason or _("撤销批量修改"),
        )  # fmt: skip
    except RegistryError as error:
        messages.error(request, str(error))
        return redirect("objects")
    messages.success(request, _("已撤销 %(n)d 家的修改") % {"n": done.restored})
    for pk, why in list(done.refused.items())[:10]:
        messages.error(request, _("编号 %(pk)d 没有撤销：%(why)s") % {"pk": pk, "why": why})
    return redirect("objects")
