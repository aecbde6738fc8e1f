"""The flow picture of an enterprise: production MF to treatment TA / TW to outlet DA / DW, laid out in columns.

Pure geometry. The template draws it as SVG; the same flows in words (`chains`) serve the phone and the screen reader.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 156, 46, 40, 12, 2
"""Pixels of a box and between boxes (our choice): ten characters of a name under its code."""
FITS = 792
"""Up to this width (four columns) a picture shrinks into its panel, text above 12 px; a wider one scrolls."""


@dataclass(frozen=True, slots=True)
class Node:
    """A facility as the picture needs it; `kind` is production, treatment or outlet."""

    pk: int
    code: str
    name: str
    kind: str
    flows_to: int | None


@dataclass(frozen=True, slots=True)
class Box:
    """A facility with its place."""

    node: Node
    x: float
    y: float

    @property
    def text_x(self) -> float:
        """Where the text begins."""
        return self.x + 12

    @property
    def code_y(self) -> float:
        """The base line of the code."""
        return self.y + 19

    @property
    def name_y(self) -> float:
        """The base line of the name."""
        return self.y + 37


@dataclass(frozen=True, slots=True)
class Picture:
    """Boxes, arrows (SVG path data) and the flows in words: each chain from its first facility to its last."""

    boxes: list[Box]
    arrows: list[str]
    chains: list[list[Node]]
    width: float
    height: float

    @property
    def is_wide(self) -> bool:
        """It scrolls rather than shrinks."""
        return self.width > FITS


def draw(nodes: Iterable[Node]) -> Picture | None:
    """The picture of these facilities; None when there are none. An arrow to a facility outside of them is left out."""
    by_pk = {node.pk: node for node in sorted(nodes, key=lambda n: n.code)}
    if not by_pk:
        return None
    fed_by: dict[int, list[int]] = defaultdict(list)
    for node in by_pk.values():
        if node.flows_to in by_pk:
            fed_by[node.flows_to].append(node.pk)
    places = _places(list(by_pk.values()), fed_by)
    boxes = [Box(node, *places[node.pk]) for node in by_pk.values()]
    arrows = [_arrow(places[n.pk], places[n.flows_to]) for n in by_pk.values() if n.flows_to in by_pk]
    chains = [_chain(node, by_pk) for node in by_pk.values() if not fed_by[node.pk]]
    width = max(x for x, _y in places.values()) + WIDTH + MARGIN
    height = max(y for _x, y in places.values()) + HEIGHT + MARGIN
    return Picture(boxes, arrows, chains, width, height)


def _places(nodes: Sequence[Node], fed_by: dict[int, list[int]]) -> dict[int, tuple[float, float]]:
    """Top left corners. Within a column a box stands near the middle of what feeds it."""
    columns = _columns(nodes, fed_by)
    rows: dict[int, float] = {}
    for column in sorted(set(columns.values())):
        here = [n for n in nodes if columns[n.pk] == column]

        def middle(node: Node) -> tuple[float, str]:
            known = [rows[pk] for pk in fed_by[node.pk] if pk in rows]
            return (sum(known) / len(known) if known else float("inf"), node.code)

        free = 0.0
        for node in sorted(here, key=middle):
            wanted = middle(node)[0]
            rows[node.pk] = max(free, wanted if wanted != float("inf") else free)
            free = rows[node.pk] + 1
    order = {column: n for n, column in enumerate(sorted(set(columns.values())))}
    return {
        pk: (MARGIN + order[columns[pk]] * (WIDTH + GAP_X), MARGIN + row * (HEIGHT + GAP_Y)) for pk, row in rows.items()
    }


def _columns(nodes: Sequence[Node], fed_by: dict[int, list[int]]) -> dict[int, int]:
    """Production first, treatment after what feeds it, outlets last."""
    kinds = {node.pk: node.kind for node in nodes}

    def stages(pk: int, seen: frozenset[int]) -> int:
        before = [f for f in fed_by[pk] if kinds[f] == "treatment" and f not in seen]
        return 1 + max((stages(f, seen | {f}) for f in before), default=0)

    columns = {pk: stages(pk, frozenset({pk})) for pk, kind in kinds.items() if kind == "treatment"}
    last = max(columns.values(), default=0) + 1
    return {node.pk: columns.get(node.pk, 0 if node.kind == "production" else last) for node in nodes}


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    x1, y1 = start[0] + WIDTH, start[1] + HEIGHT / 2
    x2, y2 = end[0] - 7, end[1] + HEIGHT / 2
    bend = max(18.0, (x2 - x1) / 2)
    return f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"


def _chain(node: Node, by_pk: dict[int, Node]) -> list[Node]:
    chain = [node]
    while (following := by_pk.get(chain[-1].flows_to or 0)) and following not in chain:
        chain.append(following)
    return chain
