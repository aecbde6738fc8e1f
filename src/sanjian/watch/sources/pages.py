"""Pages of monitoring points: the wall, one point with its curve, and the data behind both."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import polars as pl
from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sanjian.base.identity.gates import casework
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.lake import LakeError
from sanjian.base.registry.models import MonitoringPoint
from sanjian.base.registry.spreadsheet import csv_response
from sanjian.base.screening.models import FindingRecord
from sanjian.base.screening.modes import JUDGES

from . import curve, queries
from .drawing import drawing, finding_window
from .names import BY_SENSOR, flag_name, kind_name, period_name
from .period import SPANS, BadPeriod, Period, period
from .standing import STANDINGS

LAKE_TROUBLE = (LakeError, OSError, pl.exceptions.PolarsError)
MOST_POINTS = 500
"""Points on one page of the wall (our choice); filters narrow, the CSV holds all."""
MOST_TABLE_ROWS = 1000
"""Rows that the table view shows (our choice); all of them are in the CSV."""


@require_safe
@casework
def listing(request: AccountRequest) -> HttpResponse:
    """The wall: every point with how it stands. The address is the filter."""
    now = timezone.now()
    rows = queries.point_list(request.user, request.GET.dict(), now)
    return render(
        request,
        "sources/listing.html",
        {
            "rows": rows[:MOST_POINTS],
            "total": len(rows),
            "chosen": request.GET.dict(),
            "standings": STANDINGS.values(),
            "media": MonitoringPoint.Medium.choices,
            "districts": queries.districts_in_use(request.user),
        },
    )


@require_safe
@casework
def export(request: AccountRequest) -> HttpResponseBase:
    """The wall as CSV, the same rows as shown."""
    head = [
        _("检查对象"),
        _("行政区"),
        _("排口编号"),
        _("点位"),
        "MN",
        _("类别"),
        _("状态"),
        _("最近接收"),
        _("纬度"),
        _("经度"),
    ]
    rows = (
        [
            r.point.inspection_object.name,
            r.point.inspection_object.district.name,
            r.point.outlet_code,
            r.point.name,
            r.point.device_mn,
            _(r.point.get_medium_display()),
            r.standing.word,
            _local(r.state.received_at) if r.state else "",
            r.point.latitude,
            r.point.longitude,
        ]
        for r in queries.point_list(request.user, request.GET.dict(), timezone.now())
    )
    return csv_response("points", head, rows)


@require_safe
@casework
def point(request: AccountRequest, device_mn: str) -> HttpResponse:
    """One point: what it is, how it is now, its curve or table, what was found."""
    now = timezone.now()
    row = _row(request, device_mn, now)
    finding = _finding(request, row.point)
    try:
        span = _period(request, finding, now)
    except BadPeriod as error:
        messages.error(request, str(error))
        span = period({}, now)
    kind, present, trouble = _kind(request, row.point, span, finding)
    is_table = request.GET.get("view") == "table"
    return render(
        request,
        "sources/point.html",
        {
            "row": row,
            "point": row.point,
            "current": queries.current_values(row, now),
            "limits": queries.limits_of(row.point),
            "findings": [(f, kind_name(f.kind)) for f in queries.findings_of(request.user, row.point)],
            "finding": finding,
            "finding_name": kind_name(finding.kind) if finding else "",
            "period": span,
            "spans": SPANS,
            "kind": kind,
            "kinds": [(k, period_name(k), present.get(k, 0)) for k in curve.KINDS],
            "present": present,
            "is_table": is_table,
            "may_expect": kind == "hour" and not request.user.is_regulated,
            "is_expected": _wants_expected(request, finding),
            "table": _table(row.point, span.window(kind)) if is_table and not trouble else [],
            "most": MOST_TABLE_ROWS,
            "trouble": trouble,
            "curve_url": f"{reverse('point_curve', args=[device_mn])}?{_curve_query(request, kind, span, finding)}",
            "since_ms": curve.epoch_ms(span.since),
            "until_ms": curve.epoch_ms(span.until),
            "has_stopped": bool(
                row.state and row.state.data_time_at and row.state.data_time_at < span.since and not finding
            ),
        },
    )


@require_safe
@casework
def curve_data(request: AccountRequest, device_mn: str) -> HttpResponse:
    """What the curve island draws, as JSON; 422 with a message when the address asks for the impossible."""
    now = timezone.now()
    row = _row(request, device_mn, now)
    finding = _finding(request, row.point)
    own = (finding.evidence.get("factor") or "") if finding else ""
    wanted = [c for c in request.GET.get("factors", own).split(",") if c]
    try:
        span = _period(request, finding, now)
        kind = request.GET.get("kind", "") or (finding_window(finding).kind if finding else "")
        if kind not in curve.KINDS:
            present = curve.kinds_present(row.point.device_mn, span.since, span.until)
            kind = curve.choose_kind(present, span.until - span.since)
        shown = drawing(
            request.user, row.point, span.window(kind), wanted, with_expected=_wants_expected(request, finding)
        )
        return JsonResponse(shown)
    except BadPeriod as error:
        return JsonResponse({"error": str(error)}, status=422)
    except LAKE_TROUBLE:
        return JsonResponse({"error": _("数据湖暂时读不出来，数据接入不受影响，请稍后重试")}, status=503)


@require_safe
@casework
def readings_csv(request: AccountRequest, device_mn: str) -> HttpResponseBase:
    """Every reading of the shown kind and period, unthinned, with its mark and packet."""
    now = timezone.now()
    row = _row(request, device_mn, now)
    try:
        span = period(request.GET.dict(), now)
    except BadPeriod as error:
        return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
    kind = request.GET.get("kind", "hour")
    head = [
        "MN", _("因子编码"), _("因子"), _("类型"), _("数据时间"), _("数值"), _("原文"), _("折算值"), _("单位"),
        _("限值"), _("数据标记"), _("质控标记"), _("接收时间"), _("版本数"), _("数据包 SHA-256"),
    ]  # fmt: skip
    lines = (
        [
            row.point.device_mn, r["factor_code"], r["name"], period_name(kind), _local(r["data_time_at"]), r["value"],
            r["value_text"], r["zs_value"], r["unit"], r["upper"], r["data_flag"], r["quality_flag"],
            _local(r["received_at"]), r["versions"], r["frame_sha256"],
        ]
        for r in queries.table_rows(row.point, span.window(kind))
    )  # fmt: skip
    return csv_response(f"readings-{kind}", head, lines)


def _row(request: AccountRequest, device_mn: str, now: datetime) -> queries.PointRow:
    row = queries.point_page(request.user, device_mn, now)
    if row is None:
        raise Http404
    return row


def _curve_query(request: AccountRequest, kind: str, span: Period, finding: FindingRecord | None) -> str:
    query = {"kind": kind, "since": curve.epoch_ms(span.since), "until": curve.epoch_ms(span.until)}
    if finding and finding.evidence.get("factor"):
        query["factors"] = finding.evidence["factor"]
    elif request.GET.get("factors"):
        query["factors"] = request.GET["factors"]
    if _wants_expected(request, finding):
        query["expected"] = 1
    return urlencode(query)


def _wants_expected(request: AccountRequest, finding: FindingRecord | None) -> bool:
    """Whether the soft sensor's line is asked for; a suspicion of tampering is shown with it."""
    asked = request.GET.get("expected", "")
    return asked == "1" or (asked == "" and finding is not None and finding.kind in BY_SENSOR)


def _finding(request: AccountRequest, point: MonitoringPoint) -> FindingRecord | None:
    number = request.GET.get("finding", "")
    if not number.isdigit():
        return None
    known = FindingRecord.objects.visible_to(request.user)
    if request.user.role in JUDGES:
        known |= FindingRecord.objects.shadow(request.user)
    return get_object_or_404(known, pk=int(number), point=point)


def _has_stopped(row: queries.PointRow, span: Period) -> bool:
    """The newest data are older than the period: the curve is empty for a reason."""
    newest = row.state.data_time_at if row.state else None
    return newest is not None and newest < span.since


def _period(request: AccountRequest, finding: FindingRecord | None, now: datetime) -> Period:
    if finding and not request.GET.get("since"):
        window = finding_window(finding)
        return Period("", window.since, window.until)
    return period(request.GET.dict(), now)


def _kind(
    request: AccountRequest, point: MonitoringPoint, span: Period, finding: FindingRecord | None
) -> tuple[str, dict[str, int], bool]:
    """The kind to show, what kinds there are, and whether the lake could not be read."""
    try:
        present = curve.kinds_present(point.device_mn, span.since, span.until)
    except LAKE_TROUBLE:
        return "hour", {}, True
    asked = request.GET.get("kind", "") or (finding_window(finding).kind if finding else "")
    return (asked if asked in curve.KINDS else curve.choose_kind(present, span.until - span.since)), present, False


def _table(point: MonitoringPoint, window: curve.Window) -> list[dict[str, object]]:
    rows = queries.table_rows(point, window)
    return [{**r, "flag_name": flag_name(r["data_flag"])} for r in rows[-MOST_TABLE_ROWS:]][::-1]


def _local(moment: datetime) -> str:
    return timezone.localtime(moment.astimezone(UTC)).strftime("%Y-%m-%d %H:%M:%S")
