"""The list of people, filtered by its address, and its export."""

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
from sanjian.base.registry.models import Body, Officer
from sanjian.base.registry.queries import people as queries
from sanjian.base.registry.services.certificates import ENDING_WITHIN_DAYS
from sanjian.base.registry.spreadsheet import csv_response

from .papers import standing_of

PAGE_SIZE = 50
FILTERS = ("q", "body", "district", "skill", "papers", "gone")


@require_safe
@register_readers
def listing(request: AccountRequest) -> HttpResponse:
    """People with their body and certificate."""
    viewer, today = request.user, timezone.localdate()
    rows = queries.with_papers(queries.officer_rows(viewer, request.GET.dict(), today))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "rows": [(officer, standing_of(officer, today)) for officer in page.object_list],
        "chosen": request.GET.dict(),
        "is_narrowed": any(request.GET.get(name) for name in FILTERS),
        "bodies": Body.objects.visible_to(viewer),
        "districts": queries.districts_in_use(viewer),
        "skills": queries.skills_in_use(viewer),
        "ending": len(queries.ending_certificates(viewer, ENDING_WITHIN_DAYS, today)),
        "within": ENDING_WITHIN_DAYS,
        "can_write": viewer.role in REGISTRARS,
    }
    return render(request, "people/list.html", context)


@require_safe
@register_readers
def export(request: AccountRequest) -> HttpResponseBase:
    """The list as CSV, all rows; no numbers of persons."""
    today = timezone.localdate()
    rows = queries.with_papers(queries.officer_rows(request.user, request.GET.dict(), today))
    head = [
        _("姓名"), _("工号"), _("机构"), _("管辖区域"), _("职务"), _("专长"), _("执法证号"), _("执法证状态"),
        _("失效日期"), _("采样资格"), _("法制审核资格"),
    ]  # fmt: skip
    return csv_response("people", head, (_line(officer, today) for officer in rows.iterator(chunk_size=500)))


def _line(officer: Officer, today: Any) -> list[object]:
    paper = standing_of(officer, today)
    return [
        officer.name, officer.staff_no, officer.body.name, officer.body.territory.name, officer.post,
        "、".join(officer.skills), paper.certificate_no, paper.word, paper.ends.isoformat() if paper.ends else "",
        _("是") if officer.can_sample else _("否"), _("是") if officer.can_review else _("否"),
    ]  # fmt: skip
