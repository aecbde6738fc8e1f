"""Completeness and freshness of the registers, as a page and as CSV."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sanjian.base.identity.gates import registrars
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import Register
from sanjian.base.registry.spreadsheet import csv_response
from sanjian.base.registry.updates import completeness


@require_safe
@registrars
def page(request: AccountRequest) -> HttpResponse:
    """One register in full; the others as chips."""
    register = request.GET.get("register", "")
    register = register if register in Register.values else Register.OBJECTS.value
    context = {
        "report": completeness.report_of(register, request.user, timezone.now()),
        "registers": Register.choices,
        "register": register,
        "here": "report",
    }
    return render(request, "updates/report.html", context)


@require_safe
@registrars
def export(request: AccountRequest) -> HttpResponseBase:
    """Every register, every field and district."""
    head = [_("登记库"), _("项目"), _("名称"), _("记录数"), _("已填"), _("完整率")]
    return csv_response("completeness", head, _lines(request))


def _lines(request: AccountRequest) -> Iterator[list[Any]]:
    for one in completeness.report(request.user, timezone.now()):
        yield [one.name, _("合计"), "", one.records, "", one.completeness]
        for filled in one.fields:
            yield [one.name, _("字段"), filled.head, one.records, filled.filled, filled.share]
        for row in one.districts:
            yield [one.name, _("行政区"), row["name"], row["records"], "", row["completeness"]]
