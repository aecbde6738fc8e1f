"""一企一档: one object with everything that is known of it, its history, and its relations as data."""

from typing import NamedTuple

from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from sanjian.base.identity.gates import REGISTRARS, casework
from sanjian.base.identity.requests import AccountRequest
from sanjian.base.registry.models import InspectionObject
from sanjian.base.registry.queries.objects import history_of
from sanjian.base.registry.queries.relations import Graph, Node, relation_graph
from sanjian.base.registry.services.lineage import resolve

from . import dossier, moment
from .timeline import steps


class Neighbour(NamedTuple):
    """A relation as a line of the list: `is_out` when the arrow leaves the object of the page."""

    pk: int
    label: str
    other: Node
    is_out: bool


def found(request: AccountRequest, pk: int) -> InspectionObject:
    """The object of an address, merged ones included; 404 when the viewer may not know of it."""
    thing = InspectionObject.objects.visible_to(request.user).select_related("district").filter(pk=pk).first()
    if thing is None:
        raise Http404
    return thing


def standing(request: AccountRequest, pk: int) -> InspectionObject:
    """The object of an address that is to be changed; a merged one cannot be."""
    thing = found(request, pk)
    if thing.survivor_id is not None:
        raise Http404
    return thing


@require_safe
@casework
def page(request: AccountRequest, pk: int) -> HttpResponse:
    """Everything of one object, today or as of a day. The id of a merged object leads to the one that survived."""
    thing, now = found(request, pk), timezone.now()
    if thing.survivor_id is not None:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return HttpResponseRedirect(reverse("object", args=[resolve(pk)]) + query)
    asked = moment.asked(request.GET.dict(), timezone.localdate())
    can_edit = request.user.role in REGISTRARS and asked.on is None
    context = {"thing": thing, "asked": asked, "can_edit": can_edit}
    if asked.on is not None:
        shown = dossier.past(request.user, thing, asked)
        if shown is None:
            return render(request, "registers_objects/unknown.html", context)
        context["can_correct"] = request.user.role in REGISTRARS
        if asked.known_at is None:
            context["relations"] = _neighbours(thing, relation_graph(request.user, thing, 1, asked.on))
        return render(request, "registers_objects/object.html", context | shown)
    shown = dossier.present(request.user, thing, now)
    context |= {"can_reveal": not request.user.is_regulated, "relations": _neighbours(thing, shown["graph"])}
    return render(request, "registers_objects/object.html", context | shown)


@require_safe
@casework
def history(request: AccountRequest, pk: int) -> HttpResponse:
    """Every state of an object, with both times: from when it held, and when it was recorded or corrected."""
    thing = found(request, pk)
    rows = history_of(thing)
    lineage = [] if request.user.is_regulated else dossier.lineage_of(thing)
    return render(request, "registers_objects/history.html", {"thing": thing, "steps": steps(rows), "lineage": lineage})


@require_safe
@casework
def graph(request: AccountRequest, pk: int) -> JsonResponse:
    """The relation graph within two steps, today or `on` a day, as
    `{"nodes": [{"id", "name", "district", "depth", "url"}], "edges": [{"from", "to", "label"}], "is_cut"}`.
    """
    on = moment.asked(request.GET.dict(), timezone.localdate()).on
    drawn = relation_graph(request.user, found(request, pk), 2, on)
    nodes = [
        {"id": n.id, "name": n.name, "district": n.district, "depth": n.depth, "url": reverse("object", args=[n.id])}
        for n in drawn.nodes
    ]
    edges = [{"from": e.subject, "to": e.target, "label": e.label} for e in drawn.edges]
    return JsonResponse({"nodes": nodes, "edges": edges, "is_cut": drawn.is_cut})


def _neighbours(thing: InspectionObject, graph: Graph) -> list[Neighbour]:
    nodes = {node.id: node for node in graph.nodes}
    return [
        Neighbour(e.id, e.label, nodes[e.target if e.subject == thing.pk else e.subject], e.subject == thing.pk)
        for e in graph.edges
        if thing.pk in (e.subject, e.target)
    ]
