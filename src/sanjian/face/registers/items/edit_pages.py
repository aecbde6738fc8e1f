"""Changing the library: for supervisors of the whole city; for others these pages do not exist."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanjian.base.identity.gates import registrars
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.item_queries import known_codes, objects_in_scope
from sanjian.base.registry.models import InspectionItem
from sanjian.base.registry.rules import scope as rules
from sanjian.base.registry.services import items
from sanjian.base.registry.services.items import ItemError, keeps_library

from .forms import ItemForm, QuestionList, ScopeFields, initial_rows, questions_in
from .item_pages import found

Page = Callable[..., HttpResponse]


def library_keepers(page: Page) -> Page:
    """A page for those who keep the library."""

    @wraps(page)
    def gated(request: AccountRequest, *args: Any, **given: Any) -> HttpResponse:
        if not keeps_library(request.user):
            raise Http404
        return page(request, *args, **given)

    return registrars(gated)  # type: ignore[return-value]


@require_http_methods(["GET", "POST"])
@library_keepers
def new(request: AccountRequest) -> HttpResponse:
    """A new item, as a draft; its questions come next."""
    form = ItemForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        values = {**form.values(), "code": form.cleaned_data["code"]}
        try:
            item = items.add_item(values, actor=request.user, at=timezone.now(), reason=form.cleaned_data["reason"])
        except ItemError as error:
            _add_problems(form, error)
        else:
            messages.success(request, _("已保存为草稿，请填写检查问题后公布"))
            return HttpResponseRedirect(reverse("item_questions", args=[item.code]))
    return _show(request, form, None)


@require_http_methods(["GET", "POST"])
@library_keepers
def edit(request: AccountRequest, code: str) -> HttpResponse:
    """Change an item; a published one gets a new version."""
    item = found(code)
    form = ItemForm(request.POST or None, item=item, today=timezone.localdate())
    if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
        given = form.cleaned_data
        seen = given["seen_version"] or 0
        try:
            items.change_item(
                item, form.values(), actor=request.user, at=timezone.now(), reason=given["reason"], seen_version=seen
            )
        except ItemError as error:
            _add_problems(form, error)
        else:
            messages.success(request, _("已保存"))
            return HttpResponseRedirect(reverse("item", args=[code]))
    return _show(request, form, item)


def _show(request: AccountRequest, form: ItemForm, item: InspectionItem | None) -> HttpResponse:
    """The form, with the number of objects that the scope in it applies to."""
    scope: dict[str, Any] = item.scope if item else {}
    if form.is_bound:
        form.is_valid()
        scope = form.scope()
    context = {"form": form, "item": item, **_count(request, scope)}
    is_wrong = request.method == "POST" and "preview" not in request.POST
    return render(request, "items/edit.html", context, status=422 if is_wrong else 200)


def _count(request: AccountRequest, scope: dict[str, Any]) -> dict[str, Any]:
    problems = [_(message) % facts for message, facts in rules.faults(scope, known_codes())]
    count = None if problems else objects_in_scope(request.user, scope, timezone.localdate()).count()
    return {"object_count": count, "scope_problems": problems}


@require_safe
@library_keepers
def scope_count(request: AccountRequest) -> HttpResponse:
    """How many objects a scope applies to, while it is being chosen."""
    form = ScopeFields(request.GET)
    scope = form.scope() if form.is_valid() else {}
    return render(request, "items/_scope_count.html", _count(request, scope))


@require_http_methods(["GET", "POST"])
@library_keepers
def questions(request: AccountRequest, code: str) -> HttpResponse:
    """The whole list of questions on one page: add, strike out, put in order, save as one version."""
    item = found(code)
    rows = QuestionList(request.POST or None, initial=initial_rows(item), prefix="q")
    problems: list[str] = []
    reason, seen = request.POST.get("reason", ""), request.POST.get("seen_version", "")
    if request.method == "POST" and rows.is_valid():
        try:
            items.save_questions(
                item, questions_in(rows), actor=request.user, at=timezone.now(), reason=reason,
                seen_version=int(seen) if seen.isdigit() else 0,
            )  # fmt: skip
        except ItemError as error:
            problems = error.problems
        else:
            messages.success(request, _("问题清单已保存"))
            return HttpResponseRedirect(reverse("item", args=[code]))
    context = {"item": item, "rows": rows, "problems": problems, "reason": reason, "seen_version": seen or item.version}
    return render(request, "items/questions.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@library_keepers
def publish(request: AccountRequest, code: str) -> HttpResponse:
    """Publish an item or take it back, with a reason."""
    item, wanted = found(code), request.POST.get("publish") == "yes"
    try:
        items.set_published(item, wanted, actor=request.user, at=timezone.now(), reason=request.POST.get("reason", ""))
    except ItemError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("已公布") if wanted else _("已撤回，不能再用于新的检查"))
    return HttpResponseRedirect(reverse("item", args=[code]))


def _add_problems(form: ItemForm, error: ItemError) -> None:
    for problem in error.problems:
        form.add_error(None, problem)
