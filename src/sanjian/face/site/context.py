"""What the frame around every page needs."""

from django.http import HttpRequest

from sanjian.base.identity.models import Account

from .appearance import chosen
from .places import places


def frame(request: HttpRequest) -> dict[str, object]:
    """Places in the rail and how the person likes pages to look. Cheap: no query here."""
    viewer = getattr(request, "user", None)
    known = isinstance(viewer, Account)
    here = places(request, viewer) if isinstance(viewer, Account) else []
    return {
        "frame": {
            "places": here,
            "bottom": here[:5],
            "look": chosen(request),
            "is_big": request.GET.get("screen") == "big",
            "is_known": known,
        }
    }
