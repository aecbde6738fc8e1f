"""The list of instruments, filtered by its address; its export, and its due days as a calendar."""

from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sanjian.base.identity.gates import REGISTRARS, register_readers
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import Body, Instrument
from sanjian.base.registry.queries import equipment as queries
from sanjian.base.registry.spreadsheet import csv_response

from .ics import as_ics

PAGE_SIZE = 50
FILTERS = ("q", "body", "state", "category", "papers", "lent")


@require_safe
@register_readers
def listing(request: AccountRequest) -> HttpResponse:
    """Instruments with the end of their term, and who has them."""
    viewer, today = request.user, timezone.localdate()
    rows = queries.instrument_rows(viewer, request.GET.dict(), today)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "rows": [(row, *standing(row, today)) for row in page.object_list],
        "chosen": request.GET.dict(),
        "is_narrowed": any(request.GET.get(name) for name in FILTERS),
        "papers": [("due", _("30 天内到期"), "clock"), ("overdue", _("已过期或未检定"), "alarm"),
                   ("failed", _("最近核查不合格"), "warn"), ("good", _("可用"), "ok")],
        "states": Instrument.State.choices,
        "bodies": Body.objects.visible_to(viewer),
        "can_write": viewer.role in REGISTRARS,
    }  # fmt: skip
    return render(request, "equipment/list.html", context)


def standing(row: Any, today: date) -> tuple[str, str, str]:
    """Tone, icon and word of an instrument's badge; `row` comes from `queries.instrument_rows`."""
    if row.state != Instrument.State.IN_USE:
        return "", "notice", _(row.get_state_display())
    if not row.is_metered:
        return "good", "ok", _("不需检定")
    if row.term_to is None:
        return "alarm", "alarm", _("未检定或不合格")
    if row.term_to < today:
        return "alarm", "alarm", _("已过期")
    if row.last_passed is False:
        return "warn", "warn", _("核查不合格")
    if row.term_to <= today + timedelta(days=queries.DUE_WITHIN_DAYS):
        return "notice", "clock", _("即将到期")
    return "good", "ok", _("可用")


@require_safe
@register_readers
def export(request: AccountRequest) -> HttpResponseBase:
    """The list as CSV, all rows."""
    today = timezone.localdate()
    head = [
        _("资产编号"), _("名称"), _("类别"), _("型号"), _("出厂编号"), _("制造商"), _("机构"), _("保管人"),
        _("存放地点"), _("状态"), _("检定校准"), _("有效期至"), _("在谁手里"),
    ]  # fmt: skip
    rows = queries.instrument_rows(request.user, request.GET.dict(), today)
    return csv_response("equipment", head, (_line(row, today) for row in rows.iterator(chunk_size=500)))


def _line(row: Any, today: date) -> list[object]:
    return [
        row.asset_no, row.name, row.category, row.model, row.serial_no, row.maker, row.body.name,
        row.keeper.name if row.keeper else "", row.location, _(row.get_state_display()), standing(row, today)[2],
        row.term_to.isoformat() if row.term_to else "", row.holder or "",
    ]  # fmt: skip


@require_safe
@register_readers
def calendar(request: AccountRequest) -> HttpResponse:
    """The last days of all terms as an iCalendar file, a month's warning with each."""
    now = timezone.now()
    due = queries.calendar(request.user, timezone.localdate(now))
    title = _("%(name)s %(no)s 检定校准到期")
    events = [(f"instrument-{i.pk}", day, title % {"name": i.name, "no": i.asset_no}) for i, day in due]
    response = HttpResponse(as_ics(events, now), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="equipment.ics"'
    return response
