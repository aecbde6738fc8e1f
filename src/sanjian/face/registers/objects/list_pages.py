"""The list of objects, the answers while somebody types, and the list as a file."""

from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sanjian.base.identity.gates import REGISTRARS, casework
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.queries.finding import find
from sanjian.base.registry.queries.objects import ObjectPages, object_rows
from sanjian.base.registry.spreadsheet import csv_response

from . import bulk, filters, moment, rows

PAGE_SIZE = 50
MOST_HITS = 12
"""Answers while typing (our choice): what fits under the box without scrolling."""
CHUNK = 1000
"""Rows of the file that are shaped at once: bounded memory, few queries."""


@require_safe
@casework
def listing(request: AccountRequest) -> HttpResponse:
    """One page of the list. The address is the filter."""
    today = timezone.localdate()
    asked = moment.asked(request.GET.dict(), today)
    page = _page(request, asked)
    return render(
        request,
        "registers_objects/listing.html",
        {
            "page": page,
            "rows": rows.shown(request.user, list(page.object_list), asked.on or today, asked.known_at),
            "asked": asked,
            "q": request.GET.get("q", ""),
            "industry": request.GET.get("industry", ""),
            "filters": filters.every_filter(request.GET, request.user),
            "is_narrowed": bool(filters.chosen(request.GET)),
            "query": filters.without(request.GET),
            "present_query": filters.without(request.GET, "on", "known"),
            "unfiltered": _only_moment(request),
            "sorts": _sorts(request),
            "can_edit": request.user.role in REGISTRARS and asked.on is None,
            "last_bulk": request.session.get(bulk.LAST),
        },
    )


@require_safe
@casework
def answers(request: AccountRequest) -> JsonResponse:
    """What matches the letters typed so far: `{"q", "hits": [{"name", "note", "url"}], "all": address of the list}`."""
    text = request.GET.get("q", "")[:80]
    hits = [
        {
            "name": hit.name,
            "note": " · ".join(filter(None, (hit.district_name, hit.code, hit.why))),
            "url": reverse("object", args=[hit.object_id]),
        }
        for hit in find(request.user, text, MOST_HITS)
    ]
    return JsonResponse({"q": text, "hits": hits, "all": f"{reverse('objects')}?{urlencode({'q': text})}"})


@require_safe
@casework
def export(request: AccountRequest) -> HttpResponseBase:
    """The list as CSV: every row that matches, not only the page; read and sent piece by piece."""
    today = timezone.localdate()
    asked = moment.asked(request.GET.dict(), today)
    head = [
        _("编号"), _("名称"), _("统一社会信用代码"), _("场所序号"), _("旧证号"), _("行政区"), _("街镇代码"), _("地址"),
        _("行业代码"), _("行业"), _("许可管理"), _("监管类别"), _("生产状态"), _("信用风险等级"), _("角色"), _("名录"),
        _("纬度"), _("经度"), _("点位数"), _("未办结线索"),
    ]  # fmt: skip
    found = _found(request, asked)
    return csv_response("objects", head, _lines(request, found, asked, today))


def _lines(request: AccountRequest, found: QuerySet, asked: moment.Moment, today) -> Iterator[list[object]]:
    stream = found.iterator(chunk_size=CHUNK)
    while piece := list(islice(stream, CHUNK)):
        for row in rows.shown(request.user, piece, asked.on or today, asked.known_at):
            f = row.facts
            yield [
                row.pk, f.name, f.credit_code, f.site_no, f.former_code, f.district.name, f.street_code, f.address,
                f.industry_code, f.industry_name, _spoken(f.get_permit_class_display()),
                _spoken(f.get_supervision_display()), _spoken(f.get_production_display()), f.grade,
                "、".join(row.roles), "、".join(row.lists), f.latitude, f.longitude, row.points, row.open_clues,
            ]  # fmt: skip


def _found(request: AccountRequest, asked: moment.Moment) -> QuerySet:
    wanted = filters.chosen(request.GET) | {"sort": request.GET.get("sort", "")}
    return object_rows(request.user, wanted, on=asked.on, known_at=asked.known_at)


def _page(request: AccountRequest, asked: moment.Moment) -> Page:
    return ObjectPages(_found(request, asked), PAGE_SIZE).get_page(request.GET.get("page"))


def _sorts(request: AccountRequest) -> dict[str, dict[str, str]]:
    """For each column that can order the list: the address that does, and the order it has now."""
    now = request.GET.get("sort", "") or "name"
    found = {}
    for name in ("name", "grade", "district", "code", "changed"):
        rest = request.GET.copy()
        rest.pop("page", None)
        rest["sort"] = "-name" if name == now == "name" else name
        order = "descending" if now == f"-{name}" else "ascending" if now == name else "none"
        found[name] = {"href": f"?{rest.urlencode()}", "order": order}
    return found


def _only_moment(request: AccountRequest) -> str:
    return urlencode({name: request.GET[name] for name in ("on", "known") if name in request.GET})


def _spoken(label: str) -> str:
    return _(label) if label else ""
