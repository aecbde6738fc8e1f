"""Who cites which provision, and which of those citations no longer hold on a day.

Citing a repealed law is a fatal defect when a file is reviewed. Every part of the platform that cites says so once:

    cite("screens", screening_citations)

The items of this registry are cited from the start; capabilities add their own when the application starts.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q

from sanjian.base.identity import audit
from sanjian.base.identity.models import AuditEntry

from .item_queries import BASES, items
from .models import LegalBasis
from .rules import citations as rules

PARTS = {"duty_basis": "义务条款", "power_basis": "检查权条款", "penalty_basis": "罚则条款"}


class Citation(NamedTuple):
    """One place that cites one provision.

    Args:
        kind: of the citer, e.g. "items"; a page knows from it where the record lies.
        record_id, title: of the citer.
        part: which of its citations, machine name; a field name for items.
        basis_code: of `LegalBasis`.
        valid_from, valid_to: days of conduct for which the citer uses it; None without bound. A rule that switches by
            itself on the day of the change is not at fault for knowing the old provision.
    """

    kind: str
    record_id: str
    title: str
    part: str
    basis_code: str
    valid_from: date | None = None
    valid_to: date | None = None

    def is_used_on(self, day: date) -> bool:
        """Whether the citer would cite it for conduct on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class Lapsed(NamedTuple):
    """A citation that does not hold on a day: `basis` is None when no such provision is known at all."""

    citation: Citation
    basis: LegalBasis | None
    instead: tuple[LegalBasis, ...]


Citer = Callable[[], Iterable[Citation]]


def _item_citations() -> Iterable[Citation]:
    for item in items().order_by("code"):
        for part in BASES:
            basis = getattr(item, part)
            if basis is not None:
                yield Citation("items", item.code, item.name, part, basis.code)


_citers: dict[str, Citer] = {"items": _item_citations}


def cite(kind: str, citer: Citer) -> None:
    """Have the citations of a part of the platform checked with the others. A second call for a kind replaces the
    first.
    """
    _citers[kind] = citer


def all_citations() -> list[Citation]:
    """Every citation of every citer."""
    return [citation for citer in _citers.values() for citation in citer()]


def citations_of(basis: LegalBasis) -> list[Citation]:
    """Who cites a provision."""
    return [citation for citation in all_citations() if citation.basis_code == basis.code]


def lapsed(on: date) -> list[Lapsed]:
    """Every citation that would be used for conduct on a day on which its provision is not in force.

    Args:
        on: the day of conduct, not of the check.
    """
    bases = {b.code: b for b in LegalBasis.objects.all()}
    known = _provisions(bases)
    found = []
    for citation in all_citations():
        basis = bases.get(citation.basis_code)
        if citation.is_used_on(on) and (basis is None or not basis.in_force(on)):
            instead = tuple(bases[code] for code in rules.on_day(citation.basis_code, on, known))
            found.append(Lapsed(citation, basis, instead))
    return found


def bases_on(basis: LegalBasis, conduct_on: date) -> list[LegalBasis]:
    """The provisions that said on the day of conduct what `basis` says, itself included; see `rules.citations.on_day`.

    Several when a new provision replaced several old ones that were all in force: a person picks.
    """
    bases = {b.code: b for b in LegalBasis.objects.all()}
    return [bases[code] for code in rules.on_day(basis.code, conduct_on, _provisions(bases))]


def basis_on(basis: LegalBasis, conduct_on: date) -> LegalBasis | None:
    """The one provision for the day of conduct; None when there was none, or several among which a person picks."""
    found = bases_on(basis, conduct_on)
    return found[0] if len(found) == 1 else None


class Choice(NamedTuple):
    """从旧兼从轻: what held at the conduct and what holds at the decision. A person decides which is lighter."""

    then: list[LegalBasis]
    now: list[LegalBasis]
    must_be_made: bool


def lighter_choice(basis: LegalBasis, conduct_on: date, decided_on: date) -> Choice:
    """What may be cited for conduct on one day that is decided on another (行政处罚法 2021 第三十七条).

    Args:
        basis: in any of its versions.
    """
    bases = {b.code: b for b in LegalBasis.objects.all()}
    choice = rules.choice(basis.code, conduct_on, decided_on, _provisions(bases))
    then, now = [bases[code] for code in choice.then], [bases[code] for code in choice.now]
    return Choice(then, now, choice.must_be_made)


def family_of(basis: LegalBasis) -> list[LegalBasis]:
    """All versions that are linked with a provision, former and later, oldest first."""
    bases = {b.pk: b for b in LegalBasis.objects.all()}
    family, reached = {basis.pk}, [basis.pk]
    while reached:
        near = {b.pk for b in bases.values() if b.replaced_by_id in reached}
        near |= {r for pk in reached if (r := bases[pk].replaced_by_id)}
        reached = sorted(near - family)
        family.update(reached)
    return sorted((bases[pk] for pk in family), key=lambda b: (b.valid_from, b.instrument, b.article))


def _provisions(bases: dict[str, LegalBasis]) -> dict[str, rules.Provision]:
    codes = {b.pk: b.code for b in bases.values()}
    return {b.code: b.provision(codes.get(b.replaced_by_id or 0)) for b in bases.values()}


def check(now: datetime, on: date) -> int:
    """The daily look: lapsed citations go into the audit trail once, and again only when they change.

    Harmless when two workers do it at once: the entry then stands twice.

    Returns:
        How many citations have lapsed.
    """
    found = sorted({(x.citation.kind, x.citation.record_id, x.citation.basis_code) for x in lapsed(on)})
    told = {"count": len(found), "citations": [list(one) for one in found[:MOST_TOLD]]}
    last = AuditEntry.objects.filter(Q(act="citations.check"), record_kind="legal_basis").order_by("-seq").first()
    if told["count"] != 0 if last is None else last.details != told:
        audit.record("citations.check", actor=None, kind="legal_basis", record_id=on.isoformat(), at=now, details=told)
    return len(found)


MOST_TOLD = 100
"""Ours: more are counted, not listed; the report has them all."""
