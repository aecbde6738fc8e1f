"""The item library as a list."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sanjian.base.identity.gates import register_readers
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.item_queries import BASES, item_list
from sanjian.base.registry.models import Body, InspectionItem, Power
from sanjian.base.registry.services.items import keeps_library
from sanjian.base.registry.spreadsheet import csv_response

from .words import scope_words

PAGE = 50
SORTS = {"code": "code", "name": "name", "domain": "domain", "cap": "-yearly_cap", "claims": "-claim_count"}


@require_safe
@register_readers
def listing(request: AccountRequest) -> HttpResponse:
    """Items; the address is the filter."""
    chosen, today = request.GET.dict(), timezone.localdate()
    page = Paginator(_sorted(chosen), PAGE).get_page(chosen.get("page"))
    domains = InspectionItem.objects.exclude(domain="").order_by("domain").values_list("domain", flat=True).distinct()
    context = {
        "page": page,
        "rows": [(item, scope_words(item.scope), lapsed_parts(item)) for item in page.object_list],
        "chosen": chosen,
        "is_narrowed": any(chosen.get(name) for name in ("q", "domain", "method", "basis", "body", "state")),
        "domains": domains,
        "methods": InspectionItem.Method.choices,
        "bodies": Body.objects.filter(pk__in=Power.objects.as_of(today).order_by().values("body")),
        "can_edit": keeps_library(request.user),
    }
    return render(request, "items/list.html", context)


@require_safe
@register_readers
def export(request: AccountRequest) -> HttpResponseBase:
    """The list as CSV: all rows with the same filters."""
    head = [
        _("编码"), _("名称"), _("领域"), _("检查方式"), _("适用对象"), _("义务条款"), _("检查权条款"), _("罚则条款"),
        _("每年上限"), _("问题数"), _("认领机构数"), _("已公布"), _("版本"),
    ]  # fmt: skip
    return csv_response("items", head, (_line(item) for item in _sorted(request.GET.dict())))


def _line(item: InspectionItem) -> list[object]:
    scope = "；".join(f"{label}：{'、'.join(values)}" for label, values in scope_words(item.scope)) or _("全部对象")
    bases = [str(basis) if (basis := getattr(item, name)) else "" for name in BASES]
    return [
        item.code, item.name, item.domain, _(item.get_method_display()), scope, *bases, item.yearly_cap,
        item.question_count, item.claim_count,  # type: ignore[attr-defined]
        _("是") if item.is_published else _("否"), item.version,
    ]  # fmt: skip


def _sorted(chosen: dict[str, str]) -> QuerySet[InspectionItem]:
    order = SORTS.get(chosen.get("sort", ""), "code")
    return item_list(chosen, timezone.localdate()).order_by(order, "code")


def lapsed_parts(item: InspectionItem) -> list[str]:
    """Which of an item's provisions are not in force today."""
    today = timezone.localdate()
    return [name for name in BASES if (basis := getattr(item, name)) is not None and not basis.in_force(today)]
