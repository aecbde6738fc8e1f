"""How a person likes pages to look: kept in cookies, because it belongs to the device, not to the account."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

CHOICES = {
    "theme": ("auto", "light", "dark"),
    "contrast": ("normal", "high"),
    "density": ("comfortable", "compact"),
}
"""Cookie name -> allowed values, the first is the default."""

A_YEAR_S = 365 * 86400


def chosen(request: HttpRequest) -> dict[str, str]:
    """The choices of this device; anything unknown counts as the default. The wall board is dark."""
    look = {
        name: request.COOKIES[name] if request.COOKIES.get(name) in allowed else allowed[0]
        for name, allowed in CHOICES.items()
    }
    if request.GET.get("screen") == "big":
        look |= {"theme": "dark", "contrast": "normal", "density": "comfortable"}
    return look


@login_not_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember a choice and go back to the page it was made on."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    for name, allowed in CHOICES.items():
        value = request.POST.get(name)
        if value in allowed:
            response.set_cookie(name, value, max_age=A_YEAR_S, samesite="Lax", secure=request.is_secure())
    return response
