"""The way in: the list of batches with the form that makes one, and empty workbooks to fill in."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from sanjian.base.identity.gates import registrars
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.lake import LakeError
from sanjian.base.registry.models import ImportBatch, Register
from sanjian.base.registry.updates import queries, services, sheets
from sanjian.base.registry.updates.readers import NotReadable

from .forms import UploadForm

PAGE_SIZE = 50
State = ImportBatch.State


@require_safe
@registrars
def listing(request: AccountRequest) -> HttpResponse:
    """All batches the viewer may see, newest first, with the form that makes one."""
    return _listing(request, UploadForm(request.user))


@require_POST
@registrars
def upload(request: AccountRequest) -> HttpResponse:
    """Take a file in; a small one is previewed at once."""
    form = UploadForm(request.user, request.POST, request.FILES)
    if not form.is_valid():
        return _listing(request, form, status=422)
    given, now = form.cleaned_data, timezone.now()
    try:
        batch = services.submit(
            given["file"].read(), name=given["file"].name, register=given["register"], actor=request.user, at=now,
            valid_from=given["valid_from"],
        )  # fmt: skip
    except (services.UpdateError, NotReadable, LakeError) as error:
        form.add_error("file", str(error))
        return _listing(request, form, status=422)
    if given["file"].size <= services.AT_ONCE_BYTES:
        services.read_now(batch, now)
    return redirect("updates_batch", batch.pk)


@require_safe
@registrars
def template(request: AccountRequest, register: str) -> HttpResponse:
    """An empty workbook of a register."""
    if register not in Register.values or not services.keeps(request.user, register):
        raise Http404
    return workbook(sheets.template_of(register), f"template-{register}")


def _listing(request: AccountRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    chosen = {name: request.GET.get(name, "") for name in ("register", "state", "q")}
    batches = queries.visible_batches(request.user)
    if chosen["register"] in Register.values:
        batches = batches.filter(register=chosen["register"])
    if chosen["state"] in State.values:
        batches = batches.filter(state=chosen["state"])
    if chosen["q"]:
        batches = batches.filter(Q(file_name__icontains=chosen["q"]) | Q(source__name__icontains=chosen["q"]))
    context = {
        "form": form,
        "page": Paginator(batches, PAGE_SIZE).get_page(request.GET.get("page")),
        "chosen": chosen,
        "registers": Register.choices,
        "states": State.choices,
        "templates": [(v, label) for v, label in Register.choices if services.keeps(request.user, v)],
        "here": "batches",
    }
    return render(request, "updates/batches.html", context, status=status)


def workbook(content: bytes, name: str) -> HttpResponse:
    """A workbook to be saved."""
    response = HttpResponse(content, content_type=sheets.MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
