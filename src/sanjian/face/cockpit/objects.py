"""对象: the inspection objects, and one of them with everything that is known of it."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sanjian.act.clues.queries import clue_list
from sanjian.base.identity.gates import casework
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import InspectionObject
from sanjian.base.registry.spreadsheet import csv_response
from sanjian.base.screening.models import FindingRecord
from sanjian.watch.sources.names import kind_name
from sanjian.watch.sources.queries import point_list

from .object_queries import districts_in_use, object_list


@require_safe
@casework
def listing(request: AccountRequest) -> HttpResponse:
    """Objects with their counts. The address is the filter."""
    chosen = request.GET.dict()
    rows = object_list(request.user, chosen)
    return render(
        request,
        "cockpit/objects.html",
        {
            "rows": rows[:500],
            "total": rows.count(),
            "chosen": chosen,
            "grades": "ABCD",
            "kinds": InspectionObject.Supervision.choices,
            "districts": districts_in_use(request.user),
        },
    )


@require_safe
@casework
def export(request: AccountRequest) -> HttpResponseBase:
    """The list as CSV: all rows, not only the first page."""
    head = [
        _("名称"),
        _("统一社会信用代码"),
        _("行政区"),
        _("行业"),
        _("监管类别"),
        _("信用风险等级"),
        _("点位数"),
        _("未办结线索"),
    ]
    rows = (
        [
            o.name,
            o.credit_code,
            o.district.name,
            o.industry_name,
            _(o.get_supervision_display()),
            o.grade,
            o.point_count,  # type: ignore[attr-defined]
            o.open_clues,  # type: ignore[attr-defined]
        ]
        for o in object_list(request.user, request.GET.dict())
    )
    return csv_response("objects", head, rows)


@require_safe
@casework
def page(request: AccountRequest, pk: int) -> HttpResponse:
    """One object: what it is, how it is now, what is wrong, what was done."""
    viewer, now = request.user, timezone.now()
    thing = InspectionObject.objects.visible_to(viewer).select_related("district").filter(pk=pk).first()
    if thing is None:
        raise Http404
    findings = FindingRecord.objects.visible_to(viewer).filter(inspection_object=thing).select_related("point")[:20]
    return render(
        request,
        "cockpit/object.html",
        {
            "thing": thing,
            "points": point_list(viewer, {"object": str(pk)}, now),
            "findings": [(f, kind_name(f.kind)) for f in findings],
            "clues": clue_list(viewer, {}, now).filter(inspection_object=thing).order_by("-opened_at")[:20],
        },
    )
