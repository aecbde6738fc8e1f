"""Pages of rules: how often each was right, which runs in shadow, what it would have said; promoting and judging."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sanjian.base.identity.gates import only
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.screening import modes
from sanjian.base.screening.contract import Screen, screen
from sanjian.base.screening.models import FindingRecord, ScreenMode, ShadowVerdict

from . import precision

PAGE_SIZE = 50
judges = only(*modes.JUDGES)


@require_safe
@judges
def listing(request: AccountRequest) -> HttpResponse:
    """All rules with their precision and mode; those in shadow can be asked for alone."""
    mode = request.GET.get("mode", "")
    known = precision.rules(request.user)
    rows = [row for row in known if mode not in ScreenMode.Mode.values or row.mode == mode]
    context = {"rows": rows, "mode": mode, "modes": ScreenMode.Mode.choices, "total": len(known)}
    return render(request, "clues/rules.html", context)


@require_safe
@judges
def rule(request: AccountRequest, screen_name: str) -> HttpResponse:
    """One rule: what it looks for, how often it was right, what it would have said."""
    known = _screen(screen_name)
    row = next(r for r in precision.rules(request.user) if r.screen.name == known.name)
    found = FindingRecord.objects.shadow(request.user).filter(screen=known.name, withdrawn_at=None)
    is_all = request.GET.get("judged") == "all"
    if not is_all:
        found = found.filter(shadow_verdict=None)
    ordered = found.select_related("point", "inspection_object", "shadow_verdict__by").order_by("-confidence", "-pk")
    context = {
        "row": row,
        "page": Paginator(ordered, PAGE_SIZE).get_page(request.GET.get("page")),
        "is_all": is_all,
        "history": ScreenMode.objects.filter(screen=known.name).select_related("by")[:20],
        "verdicts": ShadowVerdict.Verdict.choices,
        "may_promote": modes.may_promote(request.user),
    }
    return render(request, "clues/rule.html", context)


@require_POST
@judges
def set_mode(request: AccountRequest, screen_name: str) -> HttpResponse:
    """Promote a rule, or send it back to shadow."""
    known = _screen(screen_name)
    mode, reason = request.POST.get("mode", ""), request.POST.get("reason", "")
    try:
        modes.set_mode(known, mode, actor=request.user, reason=reason, at=timezone.now())
    except modes.ModeError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("规则的运行方式已改变，今后的发现按新的方式处理"))
    return HttpResponseRedirect(reverse("clues:rule", args=[known.name]))


@require_POST
@judges
def judge(request: AccountRequest, screen_name: str, number: int) -> HttpResponse:
    """Say what a finding in shadow is."""
    known = _screen(screen_name)
    finding = get_object_or_404(FindingRecord.objects.shadow(request.user), pk=number, screen=known.name)
    verdict, reason = request.POST.get("verdict", ""), request.POST.get("reason", "")
    try:
        modes.judge(finding, verdict, actor=request.user, reason=reason, at=timezone.now())
    except modes.ModeError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已记录"))
    return HttpResponseRedirect(reverse("clues:rule", args=[known.name]))


def _screen(name: str) -> Screen:
    try:
        return screen(name)
    except KeyError as error:
        raise Http404 from error
