"""The officer's phone during a visit: one task at a time, the next button always at the bottom."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from sanjian.act.clues.services import ClueError
from sanjian.base.config import config
from sanjian.base.evidence.store import Store, Tampered
from sanjian.base.identity.gates import REGISTER_READERS, only
from sanjian.base.identity.models import Role
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import Question
from sanjian.base.registry.queries.equipment import readings_of_record

from . import checklists, queries
from .answer_forms import AnswerForm
from .forms import FinishForm, PlaceFields
from .models import Inspection, InspectionCode, Reexamination
from .services import photos, reexamining, visits
from .services.errors import InspectionError, VisitError


@require_http_methods(["GET", "POST"])
def check_in(request: AccountRequest, code_id: str) -> HttpResponse:
    """Arrive."""
    code = _code_to_use(request, code_id)
    form = PlaceFields(request.POST or None)
    if request.method == "POST":
        try:
            visits.check_in(code, request.user, now=timezone.now(), **form.place())
        except (InspectionError, ClueError) as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(code.get_absolute_url())
        return HttpResponseRedirect(reverse("inspections:visit", args=[code_id]))
    return render(request, "inspections/check_in.html", {"code": code, "form": form})


@require_GET
def checklist(request: AccountRequest, code_id: str) -> HttpResponse:
    """The questions that are asked, with what is answered, and the way to the next open one."""
    visit = _visit(request, code_id)
    rows = checklists.checklist(visit)
    waiting = [row.question for row in rows if row.is_waiting]
    context = {
        "visit": visit,
        "code": visit.code,
        "rows": rows,
        "set_aside": checklists.set_aside(visit),
        "next_question": waiting[0] if waiting else None,
        "done": len(rows) - len(waiting),
        "can_write": _can_write(request, visit),
        "reexaminations": visit.reexaminations.select_related("settled_by"),
    }
    return render(request, "inspections/checklist.html", context)


@require_http_methods(["GET", "POST"])
def question(request: AccountRequest, code_id: str, question_id: int) -> HttpResponse:
    """One question: reply, note, photo; all saved together, so that nothing is lost between them.

    Which question comes next is decided after each answer, on the server: that is all there is to skip logic.
    """
    visit = _visit(request, code_id, to_write=request.method == "POST")
    rows = checklists.checklist(visit)
    at = next((n for n, row in enumerate(rows) if row.question.pk == question_id), None)
    if at is None:
        if not queries.questions_of(visit.code).filter(pk=question_id).exists():
            raise Http404
        messages.info(request, _("按前面的回答，这一题不需要填写"))
        return HttpResponseRedirect(reverse("inspections:visit", args=[code_id]))
    asked, given = rows[at].question, rows[at].answer
    offered = checklists.suggestion(visit, asked, timezone.now()) if _can_write(request, visit) else None
    form = AnswerForm(
        asked, request.POST or None, request.FILES or None, given=given, offered=offered and offered["value"]
    )
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, visit, asked, form)
        except InspectionError as error:
            form.add_error("photo" if request.FILES else form.asked_field, error.message)
        else:
            return HttpResponseRedirect(_where_next(request, code_id, asked))
    kept = given.suggested if given else None
    context = {
        "visit": visit,
        "code": visit.code,
        "question": asked,
        "answer": given,
        "form": form,
        "offered": offered or kept,
        "sealed": checklists.seal(visit, asked, offered or kept),
        "number": at + 1,
        "total": len(rows),
        "is_last": at + 1 == len(rows),
        "before": rows[at - 1].question if at else None,
        "photos": [p for p in visit.photos.all() if p.question_id == asked.id],
        "can_write": _can_write(request, visit),
    }
    return render(request, "inspections/question.html", context, status=422 if request.method == "POST" else 200)


def _where_next(request: AccountRequest, code_id: str, asked: Question) -> str:
    """The question after this one as the list stands now, or this one again, or the list."""
    if request.POST.get("go") == "stay":
        return reverse("inspections:question", args=[code_id, asked.pk])
    ids = [row.question.pk for row in checklists.checklist(_visit(request, code_id))]
    after = ids[ids.index(asked.pk) + 1 :]
    return (
        reverse("inspections:question", args=[code_id, after[0]])
        if after
        else reverse("inspections:visit", args=[code_id])
    )


def _save(request: AccountRequest, visit: Inspection, asked: Question, form: AnswerForm) -> None:
    given, now = form.cleaned_data, timezone.now()
    if upload := given["photo"]:
        content = upload.read(photos.MAX_BYTES + 1)
        photos.attach_photo(
            visit, content, request.user, question=asked, name=upload.name, capture=form.capture(), now=now
        )
    if form.is_answered:
        offered = checklists.unseal(visit, asked, given["suggested"])
        visits.answer(visit, asked, request.user, note=given["note"], suggested=offered, now=now, **form.answer())
    elif not upload:
        raise VisitError(_("请选择一个回答") if form.is_yes_no else _("请回答这一题"))


@require_GET
def photo(request: AccountRequest, code_id: str, photo_id: int, form: str) -> HttpResponse:
    """A photo as a small copy or as the untouched original."""
    visit = _visit(request, code_id)
    found = get_object_or_404(visit.photos.select_related("file"), id=photo_id)
    try:
        if form == "thumb":
            content, media_type = photos.thumbnail(found), "image/jpeg"
        elif form == "original":
            content, media_type = Store(config().evidence_root).get(found.file_id), found.file.media_type
        else:
            raise Http404
    except (Tampered, FileNotFoundError):
        return HttpResponse(_("照片原件缺失或与哈希不符"), status=500, content_type="text/plain; charset=utf-8")
    response = HttpResponse(content, content_type=media_type)
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@require_http_methods(["GET", "POST"])
def finish(request: AccountRequest, code_id: str) -> HttpResponse:
    """Record and result."""
    visit = _visit(request, code_id, to_write=True)
    if visit.finished_at:
        return HttpResponseRedirect(reverse("inspections:done", args=[code_id]))
    form = FinishForm(request.POST or None)
    gaps: list[str] = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            now = timezone.now()
            visits.finish(visit, request.user, record_text=given["record_text"], result=given["result"], now=now)
            if given["is_delivered"]:
                visits.deliver(visit.code, request.user, now=now)
        except VisitError as error:
            gaps = error.gaps or [error.message]
        except (InspectionError, ClueError) as error:
            gaps = [error.message]
        else:
            return HttpResponseRedirect(reverse("inspections:done", args=[code_id]))
    context = {"visit": visit, "code": visit.code, "form": form, "gaps": gaps}
    return render(request, "inspections/finish.html", context, status=422 if request.method == "POST" else 200)


@require_GET
def done(request: AccountRequest, code_id: str) -> HttpResponse:
    """What was recorded, and what remains: delivery and feedback on the clue."""
    visit = _visit(request, code_id)
    if not visit.finished_at:
        return HttpResponseRedirect(reverse("inspections:visit", args=[code_id]))
    context = {
        "visit": visit,
        "code": visit.code,
        "goes": _goes(request, visit.code),
        "reexaminations": visit.reexaminations.select_related("settled_by"),
        "outcomes": Reexamination.Outcome.choices,
        "readings": readings_of_record("code", code_id),
        "rows": checklists.checklist(visit),
        "set_aside": checklists.set_aside(visit),
    }
    return render(request, "inspections/done.html", context)


@require_POST
@only(Role.SUPERVISOR)
def settle(request: AccountRequest, code_id: str) -> HttpResponse:
    """Say what the second look at a visit came to."""
    visit, given = _visit(request, code_id), request.POST
    try:
        reexamining.settle(
            visit, request.user, outcome=given.get("outcome", ""), note=given.get("note", ""), now=timezone.now()
        )
    except InspectionError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("复核已办结"))
    return HttpResponseRedirect(reverse("inspections:done", args=[code_id]))


@require_POST
def deliver(request: AccountRequest, code_id: str) -> HttpResponse:
    """Say that the result was given to the inspected body."""
    code = _code_to_use(request, code_id)
    try:
        visits.deliver(code, request.user, now=timezone.now())
    except InspectionError as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("inspections:done", args=[code_id]))


def _code_to_use(request: AccountRequest, code_id: str) -> InspectionCode:
    """The code, for those who go; for everybody else the page does not exist."""
    code = queries.code_page(request.user, code_id)
    if code is None or not _goes(request, code):
        raise Http404
    return code


def _visit(request: AccountRequest, code_id: str, *, to_write: bool = False) -> Inspection:
    """The visit, to be read by officials of its district and auditors, to be written by those who go."""
    visit = queries.visit_page(request.user, code_id)
    if visit is None or request.user.role not in REGISTER_READERS or (to_write and not _goes(request, visit.code)):
        raise Http404
    return visit


def _can_write(request: AccountRequest, visit: Inspection) -> bool:
    return visit.finished_at is None and _goes(request, visit.code)


def _goes(request: AccountRequest, code: InspectionCode) -> bool:
    return any(officer.account_id == request.user.pk for officer in code.officers.all())
