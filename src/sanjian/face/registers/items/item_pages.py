"""One item: what it says, whom it concerns, what is asked, what it said before."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sanjian.base.identity.gates import register_readers
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry import citations
from sanjian.base.registry.item_queries import BASES, claims, items, objects_in_scope
from sanjian.base.registry.models import InspectionItem, LegalBasis
from sanjian.base.registry.services.items import content_of, keeps_library

from .forms import LABELS
from .words import condition_text, options_text, scope_words

PAGE = 50
LIST_PARAMS = {
    "roles": "role", "lists": "list", "permit_class": "permit_class", "supervision": "supervision",
    "industry": "industry", "districts": "district",
}  # fmt: skip
"""Key of a scope -> parameter of the objects list, which takes one value each."""


@require_safe
@register_readers
def page(request: AccountRequest, code: str) -> HttpResponse:
    """Everything of one item."""
    item, today = found(code), timezone.localdate()
    lapsed = {
        x.citation.part: x
        for x in citations.lapsed(today)
        if (x.citation.kind, x.citation.record_id) == ("items", item.code)
    }
    context = {
        "item": item,
        "scope": scope_words(item.scope),
        "object_count": objects_in_scope(request.user, item.scope, today).count(),
        "claims": claims(item, today),
        "bases": [(name, _(citations.PARTS[name]), getattr(item, name), lapsed.get(name)) for name in BASES],
        "questions": [(q, condition_text(q.shown_when)) for q in item.questions.current()],
        "versions": item.versions.select_related("actor"),
        "can_edit": keeps_library(request.user),
    }
    return render(request, "items/item.html", context)


@require_safe
@register_readers
def objects(request: AccountRequest, code: str) -> HttpResponse:
    """The objects to which the item applies today, as far as the viewer may see them."""
    item = found(code)
    things = objects_in_scope(request.user, item.scope, timezone.localdate()).select_related("district")
    page = Paginator(things.order_by("name", "pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "items/objects.html", {"item": item, "page": page, "list_query": list_query(item.scope)})


def list_query(scope: dict[str, Any]) -> str | None:
    """The same scope as parameters of the objects list; None when that list cannot say it (several values a key)."""
    if any(len(wanted) != 1 for wanted in scope.values()) or not set(scope) <= set(LIST_PARAMS):
        return None
    return urlencode({LIST_PARAMS[key]: wanted[0] for key, wanted in scope.items()})


@require_safe
@register_readers
def version(request: AccountRequest, code: str, number: int) -> HttpResponse:
    """What the item said in one version, and what differs from the one before."""
    item = found(code)
    kept = get_object_or_404(item.versions.select_related("actor"), version=number)
    former = item.versions.filter(version__lt=number).first()
    before: dict[str, Any] = former.content if former else {}
    after = kept.content
    names = [name for name in after if name != "questions"]
    rows = [
        (_label(name), _words(name, before.get(name)), _words(name, after[name]), before.get(name) != after[name])
        for name in names
    ]
    old = {q["code"]: q for q in before.get("questions", [])}
    asked = [
        (q, condition_text(q["shown_when"]), options_text(q["options"]), _difference(former is not None, old, q))
        for q in after["questions"]
    ]
    gone = [q for c, q in old.items() if c not in {q["code"] for q in after["questions"]}]
    context = {
        "item": item,
        "kept": kept,
        "former": former,
        "rows": rows,
        "asked": asked,
        "gone": gone,
        "is_current": kept.version == item.version and content_of(item) == after,
    }
    return render(request, "items/version.html", context)


def _difference(has_former: bool, old: dict[str, Any], question: dict[str, Any]) -> str:
    if not has_former or old.get(question["code"]) == question:
        return ""
    return "changed" if question["code"] in old else "new"


def _label(name: str) -> str:
    return _(LABELS[name])


def _words(name: str, value: Any) -> str:
    """A kept value in words; provisions are kept by their code."""
    if isinstance(value, dict):
        return "；".join(f"{label}：{'、'.join(values)}" for label, values in scope_words(value)) or _("全部对象")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if name in BASES and (basis := LegalBasis.objects.filter(code=value).first()):
        return str(basis)
    if name == "method":
        return _(str(InspectionItem.Method(value).label)) if value else "—"
    return "—" if value in (None, "") else str(value)


def found(code: str) -> InspectionItem:
    """The item behind an address, or 404."""
    item = items().filter(code=code).first()
    if item is None:
        raise Http404
    return item
