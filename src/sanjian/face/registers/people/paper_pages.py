"""The forms of an officer's certificates, interests and days away."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sanjian.base.identity.gates import registrars
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import Absence, Certificate, Interest, Officer
from sanjian.base.registry.services import certificates, people

from .entry import bound, enter
from .forms import AbsenceForm, CertificateForm, EndForm, InterestForm
from .officer_pages import above, found_officer


def _to(officer: Officer) -> str:
    return reverse("officer", args=[officer.pk])


@require_http_methods(["GET", "POST"])
@registrars
def new_certificate(request: AccountRequest, pk: int) -> HttpResponse:
    """Register a certificate."""
    officer = found_officer(request.user, pk)
    initial = {"territory": officer.body.territory, "kind": "行政执法证"}
    form = CertificateForm(bound(request), initial=initial, is_new=True)

    def save(values: dict[str, Any]) -> str:
        certificates.add_certificate(officer, values, actor=request.user, at=timezone.now())
        return _to(officer)

    return enter(request, form, save, title=_("登记执法证"), here="people", crumbs=above(officer))


@require_http_methods(["GET", "POST"])
@registrars
def correct_certificate(request: AccountRequest, pk: int) -> HttpResponse:
    """Record a check, a withdrawal or a correction; what was believed stays readable."""
    certificate = Certificate.objects.current().filter(pk=pk, officer__in=_own(request)).first()
    if certificate is None:
        raise Http404
    initial = {name: getattr(certificate, name) for name in certificates.KEPT}
    form = CertificateForm(bound(request), initial=initial, is_new=False)

    def save(values: dict[str, Any]) -> str:
        reason = values.pop("reason")
        certificates.correct_certificate(certificate, values, actor=request.user, at=timezone.now(), reason=reason)
        return _to(certificate.officer)

    title = _("审验或更正执法证 %(no)s") % {"no": certificate.certificate_no}
    about = _("更正后，原来的记录仍可查阅；检查码按更正后的内容校验。")
    return enter(request, form, save, title=title, here="people", crumbs=above(certificate.officer), about=about)


@require_http_methods(["GET", "POST"])
@registrars
def new_interest(request: AccountRequest, pk: int) -> HttpResponse:
    """Record a declared interest; only for supervisors of the officer's own body or above."""
    officer = found_officer(request.user, pk)
    if not people.supervises(request.user, officer.body):
        raise Http404
    form = InterestForm(request.user, bound(request), initial={"valid_from": timezone.localdate()})

    def save(values: dict[str, Any]) -> str:
        people.declare_interest(officer, actor=request.user, at=timezone.now(), **values)
        return _to(officer)

    about = _("登记后，抽取检查人员和出具检查码时会排除该人员。")
    return enter(request, form, save, title=_("登记利益申报"), here="people", crumbs=above(officer), about=about)


@require_http_methods(["GET", "POST"])
@registrars
def end_interest(request: AccountRequest, pk: int) -> HttpResponse:
    """End a declared interest."""
    interest = (
        Interest.objects.current().filter(pk=pk, officer__in=_own(request)).select_related("officer__body").first()
    )
    if interest is None or not people.supervises(request.user, interest.officer.body):
        raise Http404
    form = EndForm(bound(request), initial={"last_day": timezone.localdate()})

    def save(values: dict[str, Any]) -> str:
        people.end_interest(interest, actor=request.user, at=timezone.now(), **values)
        return _to(interest.officer)

    title = _("结束对 %(name)s 的利益申报") % {"name": interest.inspection_object.name}
    return enter(request, form, save, title=title, here="people", crumbs=above(interest.officer))


@require_http_methods(["GET", "POST"])
@registrars
def new_absence(request: AccountRequest, pk: int) -> HttpResponse:
    """Note days on which an officer cannot be sent."""
    officer = found_officer(request.user, pk)
    form = AbsenceForm(bound(request), initial={"first_day": timezone.localdate(), "last_day": timezone.localdate()})

    def save(values: dict[str, Any]) -> str:
        people.add_absence(officer, actor=request.user, at=timezone.now(), **values)
        return _to(officer)

    return enter(request, form, save, title=_("登记不可用时段"), here="people", crumbs=above(officer))


@require_POST
@registrars
def remove_absence(request: AccountRequest, pk: int) -> HttpResponse:
    """Take an absence back."""
    absence = Absence.objects.filter(pk=pk, officer__in=_own(request)).select_related("officer__body").first()
    if absence is None:
        raise Http404
    people.remove_absence(absence, actor=request.user, at=timezone.now())
    messages.success(request, _("已取消该时段"))
    return HttpResponseRedirect(_to(absence.officer))


def _own(request: AccountRequest) -> Any:
    return Officer.objects.visible_to(request.user)
