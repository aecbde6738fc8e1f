"""The people of an object to speak to: kept by its keepers, shown masked, opened for a stated purpose."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from sanjian.base.identity.gates import register_readers, registrars
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import Contact, InspectionObject
from sanjian.base.registry.services import contacts
from sanjian.base.registry.services.errors import InvalidValues

from .edit_pages import FORM
from .forms import Entry
from .object_pages import found, standing


class ContactForm(Entry):
    """A person to speak to."""

    duty = forms.CharField(label=gettext_lazy("职责"), max_length=40, initial=gettext_lazy("环保联系人"))
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=40, required=False)
    has_consented = forms.BooleanField(label=gettext_lazy("同意电子送达"), required=False)


class RemovalForm(Entry):
    """Why something is taken out for good."""

    reason = forms.CharField(
        label=gettext_lazy("理由"), max_length=200, help_text=gettext_lazy("例如已离职、本人要求删除")
    )


@require_POST
@register_readers
@never_cache
def reveal(request: AccountRequest, pk: int, contact_pk: int) -> HttpResponse:
    """A contact in clear, once, for a stated purpose that the audit chain keeps. The answer is never cached."""
    thing = found(request, pk)
    contact = Contact.objects.filter(inspection_object=thing, pk=contact_pk).first()
    if contact is None:
        raise Http404
    purpose = request.POST.get("purpose", "")[:120]
    try:
        opened = contacts.reveal_contact(contact, actor=request.user, at=timezone.now(), purpose=purpose)
    except InvalidValues:
        messages.error(request, _("请写明用途再查看号码"))
        return redirect("object", pk)
    context = {"thing": thing, "contact": contact, "opened": opened, "purpose": purpose}
    return render(request, "registers_objects/contact.html", context)


@require_http_methods(FORM)
@registrars
def contact(request: AccountRequest, pk: int, contact_pk: int | None = None) -> HttpResponse:
    """A contact: a new one, or one that is changed or removed. Changing asks for the name and number anew: what is
    kept is not shown in clear for that.
    """
    thing, now = standing(request, pk), timezone.now()
    kept = None if contact_pk is None else Contact.objects.filter(inspection_object=thing, pk=contact_pk).first()
    if contact_pk is not None and kept is None:
        raise Http404
    is_removal = kept is not None and request.POST.get("step") == "end"
    removal = RemovalForm(request.POST if is_removal else None) if kept else None
    if kept and removal and removal.is_valid():
        contacts.remove_contact(kept, actor=request.user, at=now, reason=removal.cleaned_data["reason"])
        messages.success(request, _("已删除联系人"))
        return redirect(f"{reverse('object', args=[pk])}#contacts")
    initial = {"duty": kept.duty, "has_consented": kept.has_consented} if kept else None
    form = ContactForm(None if is_removal else request.POST or None, initial=initial)
    if form.is_valid() and _is_saved(request, thing, kept, form):
        messages.success(request, _("已保存联系人"))
        return redirect(f"{reverse('object', args=[pk])}#contacts")
    context = {
        "thing": thing, "title": _("修改联系人") if kept else _("登记联系人"), "act": _("保存"), "form": form,
        "ending": removal, "ending_title": _("删除联系人"),
    }  # fmt: skip
    return render(request, "registers_objects/form.html", context, status=422 if request.method == "POST" else 200)


def _is_saved(request: AccountRequest, thing: InspectionObject, kept: Contact | None, form: ContactForm) -> bool:
    """Let the service keep what the form says; what it found wrong stands in the form."""
    more: dict[str, Any] = form.cleaned_data | {"actor": request.user, "at": timezone.now()}
    try:
        if kept:
            contacts.change_contact(kept, **more)
        else:
            contacts.add_contact(thing, **more)
    except InvalidValues as error:
        form.take(error.errors)
        return False
    return True
