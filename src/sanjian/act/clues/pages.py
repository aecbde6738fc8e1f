"""Pages of clues: the list, the clue, its steps, its evidence pack."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from sanjian.act.inspections import exports as inspection_exports
from sanjian.act.inspections import queries as inspections
from sanjian.base.identity.gates import casework
from sanjian.base.identity.models import Role
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.screening.contract import all_screens
from sanjian.base.screening.modes import JUDGES

from . import checks, exports, filters, queries, rules, services
from .forms import StepForm, seen
from .models import Clue
from .rules import State

PAGE_SIZE = 50


@require_GET
@casework
def clue_list(request: AccountRequest) -> HttpResponse:
    """The list, filtered by its address."""
    now = timezone.now()
    clues = queries.clue_list(request.user, filters.chosen(request.GET), now)
    page = Paginator(clues, PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "filter_rows": filters.rows(request.GET, request.user, now),
        "now": now,
        "q": request.GET.get("q", ""),
        "query": query.urlencode(),
        "is_narrowed": bool(set(request.GET) & set(filters.NAMES)),
        "can_export": not request.user.is_regulated,
        "may_judge_rules": request.user.role in JUDGES,
    }
    return render(request, "clues/list.html", context)


@require_GET
@casework
def export(request: AccountRequest) -> StreamingHttpResponse:
    """The list as shown, as CSV. An enterprise sees its clues as pages, one by one."""
    if request.user.is_regulated:
        raise Http404
    now = timezone.now()
    clues = queries.clue_list(request.user, filters.chosen(request.GET), now)
    lines = exports.as_csv(clues.iterator(chunk_size=500), now)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="clues-{timezone.localtime(now):%Y%m%d-%H%M}.csv"'
    return response


@require_GET
def clue(request: AccountRequest, clue_no: str) -> HttpResponse:
    """The clue page: reasons, evidence, timeline and the one next action."""
    return _clue_page(request, _found(request, clue_no))


@require_POST
def act(request: AccountRequest, clue_no: str, act: str) -> HttpResponse:
    """Take one step of the state table from its form."""
    found = _found(request, clue_no)
    step = rules.step(act, State(found.state)) or next((s for s in rules.STEPS if s.act == act), None)
    if step is None or step.by != "person" or request.user.role not in step.roles:
        raise Http404
    form = StepForm(step, found, request.POST)
    if not form.is_valid():
        return _clue_page(request, found, form, status=422)
    key = form.cleaned_data["request_key"]
    if form.cleaned_data["seen"] != seen(found) and not services.is_done(found, request.user, key):
        messages.error(request, _("其他人刚刚处理了这条线索，请查看最新状态后再操作"))
        return HttpResponseRedirect(found.get_absolute_url())
    given = {name: form.cleaned_data.get(name, "") for name in ("reason", "verdict")}
    try:
        services.take_step(found, act, request.user, now=timezone.now(), request_key=key, **given)
    except services.ClueError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("已完成：%(act)s") % {"act": _(step.label)})
    return HttpResponseRedirect(found.get_absolute_url())


@require_GET
def pack(request: AccountRequest, clue_no: str) -> HttpResponse:
    """The evidence pack as ZIP, for officials and auditors."""
    if request.user.is_regulated:
        raise Http404
    found = _found(request, clue_no)
    content = exports.evidence_pack(found, inspection_exports.pack_files(found))
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{found.clue_no}.zip"'
    return response


@require_POST
def verify(request: AccountRequest, clue_no: str, fingerprint: str) -> HttpResponse:
    """Run the screen again on the frozen slice of one finding, and say whether it comes to the same."""
    found = _found(request, clue_no)
    finding = next((f for f in found.findings.all() if f.fingerprint == fingerprint), None)
    if finding is None:
        raise Http404
    is_same, sentence = checks.recheck(finding)
    (messages.success if is_same else messages.error)(request, sentence)
    return HttpResponseRedirect(f"{found.get_absolute_url()}#finding-{finding.pk}")


def _found(request: AccountRequest, clue_no: str) -> Clue:
    found = queries.clue_page(request.user, clue_no)
    if found is None:
        raise Http404
    return found


def _clue_page(request: AccountRequest, found: Clue, bound: StepForm | None = None, status: int = 200) -> HttpResponse:
    now = timezone.now()
    steps = queries.available_steps(found, request.user, now)
    forms = [bound if bound and bound.step == step else StepForm(step, found) for step in steps]
    about = {s.name: s.about_zh for s in all_screens()}
    officials = not request.user.is_regulated
    context: dict[str, Any] = {
        "clue": found,
        "now": now,
        "findings": [
            {
                "record": f,
                "about": about.get(f.screen, ""),
                "templates": (f"{f.screen.split('.', 1)[0]}/_evidence.html", "clues/_evidence.html"),
            }
            for f in found.findings.all()
        ],
        "events": queries.timeline(found, request.user),
        "forms": forms,
        "bound": bound,
        "is_official": officials,
        "is_mine": found.department == request.user.role,
        "waits_for": waits_for(found),
        "codes": list(inspections.codes_of_clue(found)) if officials else [],
        "visit_step": _visit_step(found, request),
    }
    return render(request, "clues/clue.html", context, status=status)


def waits_for(found: Clue) -> str:
    """Who must act next, as a sentence; empty when nobody."""
    sentences = {
        State.TO_JUDGE: _("等待监管部门研判"),
        State.TO_EXPLAIN: _("等待企业说明"),
        State.DISPATCHED: _("等待执法部门接收"),
        State.TO_INSPECT: _("等待执法人员出具检查码并到场"),
        State.INSPECTING: _("检查正在进行"),
        State.TO_FEED_BACK: _("等待执法人员反馈结论"),
    }
    return sentences.get(State(found.state), "")


def _visit_step(found: Clue, request: AccountRequest) -> tuple[str, str] | None:
    """The next action that lies in the inspection capability: (label, address)."""
    if request.user.role != Role.ENFORCER:
        return None
    code = inspections.codes_of_clue(found).filter(status__in=["issued", "in_use"]).first()
    if found.state == State.TO_INSPECT:
        if code and not code.is_expired(timezone.now()):
            return _("打开检查码，到场签到"), code.get_absolute_url()
        return _("出具检查码"), f"{reverse('inspections:issue')}?clue={found.clue_no}"
    if found.state == State.INSPECTING and code:
        return _("继续检查"), reverse("inspections:visit", args=[code.code_id])
    return None
