"""One batch: see what it will do, settle what is doubtful, confirm, take back."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sanjian.base.evidence.store import Tampered
from sanjian.base.identity import audit
from sanjian.base.identity.gates import registrars
from sanjian.base.identity.personal import Unreadable
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import ImportBatch, ImportRow, Register
from sanjian.base.registry.updates import queries, services, sheets
from sanjian.base.registry.updates.readers import NotReadable

from .forms import ReasonForm
from .intake_pages import PAGE_SIZE, workbook

AT_ONCE_ROWS = 500
"""A batch up to this size is written or taken back while the person waits (our choice: about a second)."""
State = ImportBatch.State
_MOVING = (State.READING, State.APPLYING, State.UNDOING)


@require_safe
@registrars
def page(request: AccountRequest, pk: int) -> HttpResponse:
    """One batch: where it stands, its counts as filters, its rows with old and new."""
    return _page(request, _found(request, pk))


@require_safe
@registrars
def progress(request: AccountRequest, pk: int) -> HttpResponse:
    """Where a batch stands, asked for every second while it moves; then the page itself has news."""
    batch = _found(request, pk)
    response = render(request, "updates/_progress.html", {"batch": batch, "is_moving": batch.state in _MOVING})
    if batch.state not in _MOVING:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@registrars
def confirm(request: AccountRequest, pk: int) -> HttpResponse:
    """Have the batch written."""
    batch, now = _found(request, pk), timezone.now()
    try:
        services.confirm(batch, actor=request.user, at=now)
    except services.UpdateError as error:
        messages.error(request, str(error))
        return redirect("updates_batch", pk)
    if batch.total_rows <= AT_ONCE_ROWS:
        services.apply_now(batch, now)
        messages.success(request, _("已生效"))
    return redirect("updates_batch", pk)


@require_POST
@registrars
def cancel(request: AccountRequest, pk: int) -> HttpResponse:
    """Give the batch up."""
    try:
        services.cancel(_found(request, pk), actor=request.user, at=timezone.now())
    except services.UpdateError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("已放弃，登记库没有变化"))
    return redirect("updates_batch", pk)


@require_POST
@registrars
def undo(request: AccountRequest, pk: int) -> HttpResponse:
    """Have the batch taken back, with a reason: a small one at once, a large one by the worker."""
    batch, form, now = _found(request, pk), ReasonForm(request.POST), timezone.now()
    if not form.is_valid():
        return _page(request, batch, form, status=422)
    try:
        services.undo(batch, actor=request.user, at=now, reason=form.cleaned_data["reason"])
    except services.UpdateError as error:
        messages.error(request, str(error))
        return redirect("updates_batch", pk)
    if batch.total_rows <= AT_ONCE_ROWS:
        refused = services.undo_now(batch, now).counts["undo"]["refused"]
        if refused:
            messages.warning(request, _("%(n)d 行之后又有变更，没有撤销；其余已恢复") % {"n": refused})
        else:
            messages.success(request, _("已撤销，恢复到导入之前"))
    return redirect("updates_batch", pk)


@require_safe
@registrars
def errors(request: AccountRequest, pk: int) -> HttpResponse:
    """The lines to be corrected, as they were sent. They may hold personal data in clear: reading is audited."""
    batch = _found(request, pk)
    try:
        content = sheets.rows_to_correct(batch)
    except (FileNotFoundError, Tampered, Unreadable, NotReadable):
        messages.error(request, _("原文件已不可用，请重新上传"))
        return redirect("updates_batch", pk)
    audit.record("import.errors", actor=request.user, kind="import", record_id=batch.pk, at=timezone.now())
    return workbook(content, f"to-correct-{batch.pk}")


@require_POST
@registrars
def decide(request: AccountRequest, pk: int, row: int) -> HttpResponse:
    """Settle one doubtful row."""
    batch = _found(request, pk)
    found = ImportRow.objects.select_related("batch__source", "batch__actor__district").filter(batch=batch, pk=row)
    doubtful = found.first()
    if doubtful is None:
        raise Http404
    try:
        services.decide_row(doubtful, request.POST.get("same") == "1", actor=request.user, at=timezone.now())
    except services.UpdateError as error:
        messages.error(request, str(error))
    query = "?outcome=doubtful" if batch.rows.filter(outcome=ImportRow.Outcome.DOUBTFUL).exists() else ""
    return redirect(f"{reverse('updates_batch', args=[pk])}{query}")


def _found(request: AccountRequest, pk: int) -> ImportBatch:
    batch = queries.visible_batches(request.user).select_related("actor__district").filter(pk=pk).first()
    if batch is None:
        raise Http404
    return batch


def _page(
    request: AccountRequest, batch: ImportBatch, bound: ReasonForm | None = None, status: int = 200
) -> HttpResponse:
    chosen = request.GET.get("outcome", "")
    rows = batch.rows.order_by("line_no")
    if chosen in ImportRow.Outcome.values:
        rows = rows.filter(outcome=chosen)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    names = queries.object_names(list(page.object_list)) if batch.register == Register.OBJECTS else {}
    context: dict[str, Any] = {
        "batch": batch,
        "is_moving": batch.state in _MOVING,
        "is_mine": request.user.sees_whole_city or batch.actor_id == request.user.pk,
        "counts": [(v, label, batch.counts.get(v, 0)) for v, label in ImportRow.Outcome.choices],
        "to_write": batch.counts.get("new", 0) + batch.counts.get("changed", 0),
        "to_correct": batch.counts.get("wrong", 0) + batch.counts.get("doubtful", 0),
        "chosen": chosen,
        "page": page,
        "rows": [queries.shown_row(row, batch.register, names) for row in page.object_list],
        "undo_form": bound or ReasonForm(),
        "is_objects": batch.register == Register.OBJECTS,
    }
    return render(request, "updates/batch.html", context, status=status)
