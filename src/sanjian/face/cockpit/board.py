"""地图: the board. Districts in outline, points by standing, the same set as a list, counters, events."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from sanjian.base.identity.gates import casework
from sanjian.base.identity.models import Account
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.live.models import LiveEvent
from sanjian.watch.sources.queries import point_list
from sanjian.watch.sources.standing import STANDINGS

from .counters import Counters

LISTED = 500
"""Points in the list beside the map, the most urgent first (our choice); the map shows all."""
EVENTS = 14
"""Events that the feed begins with (our choice: what fits beside the map)."""


@require_safe
@casework
def page(request: AccountRequest) -> HttpResponse:
    """The board; ?screen=big is the same for a wall."""
    viewer: Account = request.user
    now = timezone.now()
    listed = _listed(viewer, now)
    events = list(LiveEvent.objects.visible_to(viewer).order_by("-id")[:EVENTS])
    return render(
        request,
        "cockpit/board.html",
        {
            "standings": STANDINGS.values(),
            "points": listed[:LISTED],
            "total": len(listed),
            "counters": Counters().of(viewer, now),
            "events": events,
            "newest_event": events[0].id if events else 0,
            "works_on_clues": not viewer.is_regulated,
        },
    )


@require_safe
@casework
def points(request: AccountRequest) -> JsonResponse:
    """The points of the board as GeoJSON, ids and standings included."""
    features = [
        {
            "type": "Feature",
            "id": row.point.pk,
            "geometry": {"type": "Point", "coordinates": [row.point.longitude, row.point.latitude]},
            "properties": {
                "mn": row.point.device_mn,
                "name": f"{row.point.outlet_code} {row.point.name}".strip(),
                "object": row.point.inspection_object.name,
                "standing": row.standing.code,
                "word": row.standing.word,
                "url": reverse("point", args=[row.point.device_mn]),
            },
        }
        for row in _listed(request.user, timezone.now())
        if row.point.latitude is not None
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


def _listed(viewer: Account, now):
    """The points of map and list, the most urgent first."""
    order = list(STANDINGS)
    return sorted(point_list(viewer, {}, now), key=lambda row: order.index(row.standing.code))
