"""What the frame around every page needs."""

from django.http import HttpRequest


def frame(request: HttpRequest) -> dict[str, object]:
    """Places in the rail and the live state. Cheap: no query here."""
    return {}
