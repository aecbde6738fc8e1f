"""What the frame around every page needs."""

from django.http import HttpRequest

from .appearance import chosen
from .places import places


def frame(request: HttpRequest) -> dict[str, object]:
    """Places in the rail and how the person likes pages to look. Cheap: no query here."""
    viewer = getattr(request, "user", None)
    known = viewer is not None and viewer.is_authenticated
    here = places(request, viewer) if known else []
    return {
        "frame": {
            "places": here,
            "bottom": here[:5],
            "look": chosen(request),
            "is_big": request.GET.get("screen") == "big",
            "is_known": known,
        }
    }
