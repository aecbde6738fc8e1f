"""The completeness calendar of a point."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sanjian.base.identity.gates import casework
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import Factor, MonitoringPoint
from sanjian.base.registry.spreadsheet import csv_response

from . import completeness
from .pages import LAKE_TROUBLE
from .queries import limits_of


@require_safe
@casework
def page(request: AccountRequest, device_mn: str) -> HttpResponse:
    """A year of days, coloured by how many of their hours are valid."""
    point, today = _point(request, device_mn), timezone.localdate()
    year = _year(request, today.year)
    context = {"point": point, "year": year, "next": year + 1 if year < today.year else None, "previous": year - 1}
    try:
        days = completeness.days_of(point, year, today)
    except LAKE_TROUBLE:
        return render(request, "sources/completeness.html", context | {"trouble": True}, status=503)
    codes = days["factor_code"].unique().sort().to_list()
    limited = {limit.factor_id for limit in limits_of(point)}
    factor = request.GET.get("factor", "")
    chosen = [factor] if factor in codes else [c for c in codes if c in limited] or codes
    names = dict(Factor.objects.filter(code__in=codes).values_list("code", "name"))
    rates = completeness.capture_rates(days, today, year)
    context |= {
        "months": completeness.calendar(days, chosen, year, today),
        "factor": factor if factor in codes else "",
        "factors": [(c, names.get(c, c), rates[c]) for c in codes],
        "worst": min((rates[c] for c in chosen), default=None),
    }
    return render(request, "sources/completeness.html", context)


@require_safe
@casework
def export(request: AccountRequest, device_mn: str) -> HttpResponseBase:
    """The same as a table: factor, day, valid, stopped and due hours."""
    point, today = _point(request, device_mn), timezone.localdate()
    days = completeness.days_of(point, _year(request, today.year), today)
    head = ["MN", _("因子编码"), _("日期"), _("有效小时"), _("停运小时"), _("应有小时")]
    lines = ([point.device_mn, code, on, valid, stopped, due] for code, on, valid, stopped, due in days.iter_rows())
    return csv_response("completeness", head, lines)


def _year(request: AccountRequest, this_year: int) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdigit() and 2000 <= int(asked) <= this_year else this_year


def _point(request: AccountRequest, device_mn: str) -> MonitoringPoint:
    """A point in the person's scope; for others there is none."""
    found = MonitoringPoint.objects.visible_to(request.user).select_related("inspection_object")
    point = found.filter(device_mn=device_mn).first()
    if point is None:
        raise Http404
    return point
