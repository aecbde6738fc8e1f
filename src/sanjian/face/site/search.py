"""What the palette finds: objects, points and clues, by name or number, within what the viewer may see."""

from dataclasses import dataclass, field

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sanjian.act.clues.queries import clue_list
from sanjian.base.identity.models import Account
from sanjian.base.registry.models import MonitoringPoint
from sanjian.base.registry.queries import finding as objects

MOST = 6
"""Hits shown of each kind (our choice): a palette that scrolls is a list."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found."""

    title: str
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class Kind:
    """Hits of one kind."""

    name: str
    icon: str
    hits: list[Hit] = field(default_factory=list)


def find(viewer: Account, text: str) -> list[Kind]:
    """Hits by kind, kinds without a hit left out; an empty text finds nothing."""
    text = text.strip()
    if not text:
        return []
    kinds = [
        Kind(_("线索"), "clue", [Hit(c.title, c.clue_no, c.get_absolute_url()) for c in _clues(viewer, text)]),
        Kind(_("检查对象"), "object", [_object_hit(o) for o in objects.find(viewer, text, MOST)]),
        Kind(_("监控点位"), "sense", [_point_hit(p) for p in _points(viewer, text)]),
    ]
    return [k for k in kinds if k.hits]


def _clues(viewer: Account, text: str):
    return clue_list(viewer, {"q": text}, timezone.now())[:MOST]


def _points(viewer: Account, text: str):
    wanted = Q(name__icontains=text) | Q(device_mn__icontains=text) | Q(inspection_object__name__icontains=text)
    return MonitoringPoint.objects.visible_to(viewer).filter(wanted).select_related("inspection_object")[:MOST]


def _object_hit(hit: objects.Hit) -> Hit:
    note = " · ".join(filter(None, (hit.district_name, hit.code)))
    return Hit(hit.name, note, reverse("object", args=[hit.object_id]))


def _point_hit(point: MonitoringPoint) -> Hit:
    note = f"{point.inspection_object.name} · {point.device_mn}"
    return Hit(f"{point.outlet_code} {point.name}".strip(), note, reverse("point", args=[point.device_mn]))
