"""审计: who did what to which record, who looked at whose file, and whether the chain still holds. For the auditor."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sanjian.base.identity import audit, heads
from sanjian.base.identity.gates import only
from sanjian.base.identity.models import AuditEntry, AuditHead, Role
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.spreadsheet import csv_response

PAGE_SIZE = 100
FILTERS = ("who", "act", "kind", "id", "since", "until")
_HEAD = ("序号", "时间", "人", "角色", "行为", "记录类型", "记录编号", "理由", "详情", "哈希")


@require_safe
@only(Role.AUDITOR)
def trail(request: AccountRequest) -> HttpResponse:
    """The entries, the latest first; older ones by `before`, because a chain of years is not counted for each page."""
    rows = chosen(request.GET)
    before = request.GET.get("before", "")
    if before.isdigit():
        rows = rows.filter(seq__lt=int(before))
    shown = list(rows[: PAGE_SIZE + 1])
    query = request.GET.copy()
    query.pop("before", None)
    files = heads.known()
    facts = {
        "rows": shown[:PAGE_SIZE],
        "older": shown[PAGE_SIZE - 1].seq if len(shown) > PAGE_SIZE else None,
        "given": {name: request.GET.get(name, "") for name in FILTERS},
        "query": query.urlencode(),
        "is_narrowed": any(request.GET.get(name) for name in FILTERS),
        "before": before,
        "head": AuditHead.objects.filter(id=1).first(),
        "newest_file": files[-1] if files else None,
        "untrusted": [f for f in files if f.problem],
    }
    return render(request, "accounts/trail.html", facts)


@require_safe
@only(Role.AUDITOR)
def trail_csv(request: AccountRequest) -> StreamingHttpResponse:
    """The entries as filtered, as CSV."""
    rows = (
        (
            e.seq, timezone.localtime(e.at).isoformat(timespec="seconds"), e.actor_name, e.role, e.act, e.record_kind,
            e.record_id, e.reason, json.dumps(e.details, ensure_ascii=False) if e.details else "", e.hash,
        )
        for e in chosen(request.GET).iterator(chunk_size=2000)
    )  # fmt: skip
    return csv_response("audit", [_(h) for h in _HEAD], rows)


@require_safe
@only(Role.AUDITOR)
def trail_chain(_request: AccountRequest) -> StreamingHttpResponse:
    """The whole chain, one JSON object a line: what a stranger needs to verify it (`identity/chain.py`)."""

    def lines() -> Iterator[str]:
        for entry in audit.entries():
            yield json.dumps(entry, ensure_ascii=False) + "\n"

    response = StreamingHttpResponse(lines(), content_type="application/x-ndjson; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit-chain.jsonl"'
    return response


@require_POST
@only(Role.AUDITOR)
def trail_verify(request: AccountRequest) -> HttpResponse:
    """Walk the chain now, against the heads written out."""
    files = heads.known()
    count, broken = audit.verify(f.head for f in files if f.head and not f.problem)
    if broken is None:
        said = _("审计链完整：%(n)d 条逐条相连，与 %(heads)d 份留存的链头相符")
        messages.success(request, said % {"n": count, "heads": len(files)})
    else:
        said = _("审计链在第 %(seq)d 条断开：%(why)s。之前 %(n)d 条仍然可信")
        messages.error(request, said % {"seq": broken.seq, "why": broken.why, "n": count})
    return redirect("audit")


def chosen(given: QueryDict) -> QuerySet[AuditEntry]:
    """The entries that the address asks for, the latest first."""
    rows = AuditEntry.objects.order_by("-seq")
    if who := given.get("who", ""):
        rows = rows.filter(Q(actor_name=who) | Q(actor__username=who))
    if act := given.get("act", ""):
        rows = rows.filter(Q(act=act) | Q(act__startswith=f"{act}."))
    if kind := given.get("kind", ""):
        rows = rows.filter(record_kind=kind)
    if record_id := given.get("id", ""):
        rows = rows.filter(record_id=record_id)
    if since := _midnight(given.get("since", "")):
        rows = rows.filter(at__gte=since)
    if until := _midnight(given.get("until", "")):
        rows = rows.filter(at__lt=until + timedelta(days=1))
    return rows


def _midnight(text: str) -> datetime | None:
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(text), time()))
    except ValueError:
        return None
