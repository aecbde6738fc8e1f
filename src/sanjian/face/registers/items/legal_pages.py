"""Provisions in their versions, who cites them, and what cites a provision that is not in force."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sanjian.base.identity.gates import register_readers
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry import citations
from sanjian.base.registry.models import LegalBasis
from sanjian.base.registry.services import items, legal_bases
from sanjian.base.registry.services.items import ItemError, keeps_library
from sanjian.base.registry.spreadsheet import csv_response

from .edit_pages import library_keepers
from .item_pages import found

PAGE = 50
KINDS = {"items": "检查事项", "screens": "筛查规则", "templates": "文书模板"}


@require_safe
@register_readers
def listing(request: AccountRequest) -> HttpResponse:
    """Provisions, with their standing on a day."""
    chosen = request.GET.dict()
    on = _day(chosen.get("on")) or timezone.localdate()
    bases = LegalBasis.objects.select_related("replaced_by")
    if text := chosen.get("q", "").strip():
        bases = bases.filter(Q(instrument__icontains=text) | Q(article__icontains=text) | Q(text__icontains=text))
    in_force = Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gte=on))
    states = {"in_force": in_force, "ended": Q(valid_to__lt=on), "coming": Q(valid_from__gt=on)}
    if chosen.get("state") in states:
        bases = bases.filter(states[chosen["state"]])
    if chosen.get("instrument"):
        bases = bases.filter(instrument=chosen["instrument"])
    cited: dict[str, int] = {}
    for citation in citations.all_citations():
        cited[citation.basis_code] = cited.get(citation.basis_code, 0) + 1
    page = Paginator(bases, PAGE).get_page(chosen.get("page"))
    context = {
        "page": page,
        "rows": [(basis, state_of(basis, on), cited.get(basis.code, 0)) for basis in page.object_list],
        "chosen": chosen,
        "on": on,
        "is_narrowed": any(chosen.get(name) for name in ("q", "state", "instrument")),
        "can_edit": keeps_library(request.user),
        "instruments": LegalBasis.objects.order_by("instrument").values_list("instrument", flat=True).distinct(),
    }
    return render(request, "items/legal_list.html", context)


@require_safe
@register_readers
def basis(request: AccountRequest, code: str) -> HttpResponse:
    """One provision: its versions on a line of time, who cites it, and what to cite for conduct on a day."""
    thing, today = get_object_or_404(LegalBasis.objects.select_related("replaced_by"), code=code), timezone.localdate()
    conduct, decided = _day(request.GET.get("conduct")), _day(request.GET.get("decided"))
    page = Paginator(citations.citations_of(thing), PAGE).get_page(request.GET.get("page"))
    context = {
        "basis": thing,
        "state": state_of(thing, today),
        "family": [(b, state_of(b, today)) for b in citations.family_of(thing)],
        "page": page,
        "cited_by": [(c, _(KINDS.get(c.kind, c.kind)), _part(c.part)) for c in page],
        "conduct": conduct,
        "decided": decided,
        "choice": citations.lighter_choice(thing, conduct, decided) if conduct and decided else None,
        "verification": legal_bases.verification_of(thing),
        "can_edit": keeps_library(request.user),
        "seen": legal_bases.mark_of(thing),
        "later": LegalBasis.objects.filter(valid_from__gt=thing.valid_from),
    }
    return render(request, "items/legal.html", context)


@require_safe
@register_readers
def report(request: AccountRequest) -> HttpResponse:
    """Everything that cites a provision which is not in force on a day.

    Switching is offered for today only: for another day the library may rightly cite what holds now.
    """
    today = timezone.localdate()
    on = _day(request.GET.get("on")) or today
    page = Paginator(citations.lapsed(on), PAGE).get_page(request.GET.get("page"))
    context = {
        "on": on,
        "is_today": on == today,
        "page": page,
        "rows": [(x, _(KINDS.get(x.citation.kind, x.citation.kind)), _part(x.citation.part)) for x in page],
        "total": len(citations.all_citations()),
        "can_edit": keeps_library(request.user),
    }
    return render(request, "items/citations.html", context)


@require_safe
@register_readers
def report_csv(request: AccountRequest) -> HttpResponseBase:
    """The report as CSV."""
    on = _day(request.GET.get("on")) or timezone.localdate()
    head = [_("类型"), _("编号"), _("名称"), _("引用处"), _("所引条款"), _("失效日期"), _("应引条款")]
    return csv_response("citations", head, (_line(x) for x in citations.lapsed(on)))


def _line(x: citations.Lapsed) -> list[Any]:
    c = x.citation
    ended = x.basis.valid_to if x.basis else None
    name = str(x.basis) if x.basis else c.basis_code
    instead = "；".join(str(b) for b in x.instead)
    return [_(KINDS.get(c.kind, c.kind)), c.record_id, c.title, _part(c.part), name, ended, instead]


@require_POST
@library_keepers
def switch(request: AccountRequest, code: str) -> HttpResponse:
    """Cite the replacement that is in force today instead."""
    item, part = found(code), request.POST.get("part", "")
    cited = getattr(item, part, None) if part in citations.PARTS else None
    if cited is None:
        raise Http404
    wanted = [b for b in citations.bases_on(cited, timezone.localdate()) if b.code == request.POST.get("to")]
    back = request.POST.get("next", "")
    if not wanted:
        messages.error(request, _("这不是该条款的现行替代条款，请刷新后再选"))
    else:
        try:
            items.switch_basis(item, part, actor=request.user, at=timezone.now(), to=wanted[0])
        except ItemError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, _("已改引 %(basis)s") % {"basis": str(wanted[0])})
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(back if is_ours else reverse("item", args=[code]))


def state_of(basis: LegalBasis, on: date) -> tuple[str, str, str]:
    """Tone, icon and word of a provision on a day."""
    if basis.in_force(on):
        return "good", "ok", _("施行中")
    if basis.valid_from > on:
        return "notice", "clock", _("尚未施行")
    return "", "close", _("已失效")


def _part(part: str) -> str:
    return _(citations.PARTS.get(part, part))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
