"""Sources: where facts come from, how trusted each is, when it was pulled last. The whole city's supervisors only."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sanjian.base.identity import audit
from sanjian.base.identity.gates import registrars
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import DataSource
from sanjian.base.registry.updates import pulls, queries

from .forms import SourceForm


@require_safe
@registrars
def listing(request: AccountRequest) -> HttpResponse:
    """Every source with its last pull and its last problem."""
    _city_only(request)
    return render(request, "updates/sources.html", {"rows": DataSource.objects.all(), "here": "sources"})


@require_http_methods(["GET", "HEAD", "POST"])
@registrars
def edit(request: AccountRequest, pk: int | None = None) -> HttpResponse:
    """Add a source, or change one. Its secret goes in and never comes out."""
    _city_only(request)
    source = _found(request, pk) if pk is not None else DataSource(kind=DataSource.Kind.HTTP)
    form = SourceForm(request.POST or None, instance=source)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            saved = form.save()
            audit.record(
                "source.change" if pk else "source.add", actor=request.user, kind="data_source",
                record_id=saved.code, at=timezone.now(), details={"changed": sorted(form.changed_data)},
            )  # fmt: skip
        messages.success(request, _("已保存"))
        return redirect("data_sources")
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "source": source if pk else None, "has_secret": bool(source.secret)}
    return render(request, "updates/source.html", context, status=status)


@require_POST
@registrars
def pull(request: AccountRequest, pk: int) -> HttpResponse:
    """Ask a source now; the answer waits as a batch."""
    _city_only(request)
    source = _found(request, pk)
    if source.kind not in (DataSource.Kind.HTTP, DataSource.Kind.DATABASE):
        raise Http404
    batch = pulls.pull(source, timezone.now(), actor=request.user)
    if batch is not None:
        return redirect("updates_batch", batch.pk)
    source.refresh_from_db()
    if source.last_problem:
        messages.error(request, _("拉取失败：%(why)s") % {"why": source.last_problem})
    else:
        messages.success(request, _("来源没有新内容"))
    return redirect("data_sources")


def _city_only(request: AccountRequest) -> None:
    if not request.user.sees_whole_city:
        raise Http404


def _found(request: AccountRequest, pk: int) -> DataSource:
    source = queries.visible_sources(request.user).filter(pk=pk).first()
    if source is None:
        raise Http404
    return source
