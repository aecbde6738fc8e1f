"""The relation graph round an object, as far as the viewer may see it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from sanjian.base.identity.models import Account

from ..models import InspectionObject, Relation

MOST = 200
"""Nodes drawn at most (our choice): a denser graph says nothing to a person."""


@dataclass(frozen=True, slots=True)
class Node:
    """An object of the graph; `depth` is how many arrows away."""

    id: int
    name: str
    district: str
    depth: int


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow between two nodes of the graph."""

    id: int
    subject: int
    target: int
    kind: str
    label: str


@dataclass(slots=True)
class Graph:
    """Nodes, the middle one first; edges between them. `is_cut`: there are more than MOST."""

    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    is_cut: bool = False


def relation_graph(viewer: Account, obj: InspectionObject, depth: int = 2, on: date | None = None) -> Graph:
    """The objects within `depth` arrows of one, with the relations that hold on a day (today).

    An object that the viewer may not see is left out, and nothing is followed through it.
    """
    graph = Graph([Node(obj.pk, obj.name, obj.district.name, 0)])
    relations = Relation.objects.as_of(on or timezone.localdate())
    known, edges, rim = {obj.pk}, dict[int, Edge](), {obj.pk}
    for step in range(1, depth + 1):
        found = list(relations.filter(Q(subject__in=rim) | Q(target__in=rim)).order_by("pk")[: MOST * 5])
        beyond = {end for r in found for end in (r.subject_id, r.target_id)} - known
        nodes = _visible(viewer, beyond, step)
        graph.is_cut |= len(known) + len(nodes) > MOST
        nodes = nodes[: MOST - len(known)]
        graph.nodes += nodes
        rim = {node.id for node in nodes}
        known |= rim
        edges |= {r.pk: Edge(r.pk, r.subject_id, r.target_id, r.kind, _(r.get_kind_display())) for r in found}
    graph.edges = [e for e in edges.values() if e.subject in known and e.target in known]
    return graph


def _visible(viewer: Account, ids: Collection[int], depth: int) -> list[Node]:
    things = InspectionObject.objects.visible_to(viewer).standing().filter(pk__in=ids).select_related("district")
    return [Node(t.pk, t.name, t.district.name, depth) for t in things.order_by("name", "pk")]
