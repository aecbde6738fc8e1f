"""Pages of raw packets: what a device sent, byte for byte, and what came out of it."""

from datetime import UTC, datetime

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sanjian.base.identity.gates import CASEWORK, KEEPERS, casework, only
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.sensing.hj212.explain import explain

from . import packets, queries
from .names import flag_name, period_name
from .pages import LAKE_TROUBLE
from .period import SPANS, BadPeriod, period

MOST = 200
"""Packets of one list (our choice); narrower periods show the rest."""


@require_safe
@only(*CASEWORK, *KEEPERS)
def packet(request: AccountRequest, sha256: str) -> HttpResponse:
    """One packet: hash, receipts, bytes, what they mean, which readings came out of it."""
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise Http404
    try:
        found = packets.packet(request.user, sha256, _near(request), timezone.now())
        came_out = packets.readings_from(found) if found else []
    except LAKE_TROUBLE:
        return render(request, "sources/packet.html", {"sha256": sha256, "trouble": True}, status=503)
    if found is None:
        raise Http404
    explanation = explain(found.raw)
    return render(
        request,
        "sources/packet.html",
        {
            "sha256": sha256,
            "packet": found,
            "text": found.raw.decode("utf-8", errors="replace"),
            "hex": packets.hex_lines(found.raw),
            "fields": explanation.rows,
            "messages_zh": explanation.messages,
            "readings": [
                {**r, "flag_name": flag_name(r["data_flag"]), "kind_name": period_name(r["kind"])} for r in came_out
            ],
        },
    )


@require_safe
@casework
def listing(request: AccountRequest, device_mn: str) -> HttpResponse:
    """The packets of a point in a period, the newest first."""
    now = timezone.now()
    row = queries.point_page(request.user, device_mn, now)
    if row is None:
        raise Http404
    context = {"row": row, "point": row.point, "most": MOST, "spans": SPANS}
    try:
        span = period(request.GET.dict(), now)
        found = packets.packets_of(device_mn, span.since, span.until, MOST)
    except BadPeriod as error:
        return render(request, "sources/packets.html", {**context, "problem": str(error)}, status=422)
    except LAKE_TROUBLE:
        return render(
            request, "sources/packets.html", {**context, "problem": _("数据湖暂时读不出来，请稍后重试")}, status=503
        )
    return render(
        request, "sources/packets.html", {**context, "period": span, "packets": list(found.iter_rows(named=True))}
    )


def _near(request: AccountRequest) -> datetime | None:
    """The moment of receipt that a link may carry: it saves looking through years."""
    try:
        moment = datetime.fromisoformat(request.GET.get("at", ""))
    except ValueError:
        return None
    now = timezone.now()
    if not now.year - 100 < moment.year < now.year + 100:
        return None
    return (moment if moment.tzinfo else timezone.make_aware(moment)).astimezone(UTC)
