"""Gathering what the gate judges an application by: the registries as they stand at the moment of asking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sanjian.act.clues.models import Clue
from sanjian.act.clues.workdays import SHANGHAI
from sanjian.base.identity.models import Account, Role
from sanjian.base.registry.models import (
    InspectionItem,
    InspectionObject,
    LegalBasis,
    Listing,
    ObjectRole,
    Officer,
    Power,
)
from sanjian.base.registry.queries.people import claims_of, officer_facts, officers_of
from sanjian.base.registry.rules import scope

from ..models import InspectionCode
from ..rules import codes, gate
from ..rules.codes import Kind


@dataclass(frozen=True, slots=True)
class Application:
    """What an officer asks for.

    Args:
        window_from, window_to: aware; when the visit may take place.
        mode: "on_site" or "remote".
        plan_no: of the filed plan, for planned visits.
        clue: for triggered visits.
        on_site_reason: why somebody goes there although the items can be checked remotely.
    """

    kind: Kind
    inspection_object: InspectionObject
    items: Sequence[InspectionItem]
    officers: Sequence[Account]
    window_from: datetime
    window_to: datetime
    mode: str = "on_site"
    plan_no: str = ""
    clue: Clue | None = None
    reason: str = ""
    on_site_reason: str = ""


PROTECTIVE = (Listing.List.UNOBTRUSIVE, Listing.List.POSITIVE)
"""Lists whose objects are not visited by plan."""

_MOST_DAYS = 8
"""A longer window is refused by itself; its days need not all be looked at."""


def registered(wanted: Application) -> list[tuple[Account, Officer | None]]:
    found = officers_of(wanted.officers)
    return [(account, found.get(account.pk)) for account in wanted.officers]


def visit_days(window_from: datetime, window_to: datetime) -> tuple[date, ...]:
    """Every local day that a window touches, in order; at least its first, and no more than a sane window has."""
    first, last = window_from.astimezone(SHANGHAI).date(), window_to.astimezone(SHANGHAI).date()
    count = min(max((last - first).days, 0) + 1, _MOST_DAYS)
    return tuple(first + timedelta(days=n) for n in range(count))


def request_of(wanted: Application, approver: Account | None, now: datetime) -> gate.Request:
    days = visit_days(wanted.window_from, wanted.window_to)
    target = wanted.inspection_object
    earlier = InspectionCode.objects.filter(
        inspection_object=wanted.inspection_object, status__in=sorted(codes.LIVE | codes.VISITED)
    )
    overlapping = earlier.filter(
        status__in=sorted(codes.LIVE), window_from__lt=wanted.window_to, window_to__gt=wanted.window_from
    ).filter(window_to__gte=now)
    goes = {officer.id for officer in wanted.officers}
    going = registered(wanted)
    claims = claims_of((o.body_id for _a, o in going if o), (item.pk for item in wanted.items))
    facts = _scope_facts(target, days[0])
    return gate.Request(
        kind=wanted.kind,
        district_code=wanted.inspection_object.district_id,
        items=tuple(_item(item, facts, days) for item in wanted.items),
        officers=tuple(_officer(account, officer, wanted.items, claims) for account, officer in going),
        window_from=wanted.window_from,
        window_to=wanted.window_to,
        visit_days=days,
        now=now,
        plan_no=wanted.plan_no,
        clue_no=wanted.clue.clue_no if wanted.clue else "",
        reason=wanted.reason,
        approver=approver.display_name if approver and approver.id not in goes else "",
        planned_visits=earlier.filter(kind=Kind.PLANNED, window_from__year=days[0].year).count(),
        overlapping=tuple(overlapping.values_list("code_id", flat=True)),
        object_id=target.survivor_id or target.id,
        is_on_site=wanted.mode == "on_site",
        on_site_reason=wanted.on_site_reason,
        protected_by=_protected_by(target, days),
    )


def _protected_by(target: InspectionObject, days: Sequence[date]) -> tuple[str, ...]:
    lists = Listing.objects.current().filter(inspection_object=target, list_code__in=PROTECTIVE)
    held = (row for row in lists if any(row.holds_on(day) for day in days))
    return tuple(dict.fromkeys(str(row.get_list_code_display()) for row in held))


def _scope_facts(target: InspectionObject, day: date) -> scope.Facts:
    """What an item's scope looks at in the object, on the first day of the visit."""
    roles = ObjectRole.objects.as_of(day).filter(inspection_object=target).values_list("role", flat=True)
    lists = Listing.objects.as_of(day).filter(inspection_object=target).values_list("list_code", flat=True)
    return scope.Facts(
        frozenset(roles), frozenset(lists), target.permit_class, target.supervision, target.industry_code,
        target.district_id,
    )  # fmt: skip


def _item(item: InspectionItem, facts: scope.Facts, days: Sequence[date]) -> gate.Item:
    others = (_basis(basis) for basis in (item.duty_basis, item.penalty_basis))
    return gate.Item(
        item.name,
        all(item.in_use(day) for day in days),
        item.yearly_cap,
        _basis(item.power_basis),
        tuple(b for b in others if b),
        code=item.code,
        remote_sufficient=item.remote_sufficient,
        is_undisturbed=item.is_undisturbed,
        is_applicable=scope.applies(item.scope, facts),
    )


def _basis(basis: LegalBasis | None) -> gate.Basis | None:
    return gate.Basis(str(basis), basis.valid_from, basis.valid_to) if basis else None


def _officer(
    account: Account, officer: Officer | None, items: Sequence[InspectionItem], claims: Sequence[Power]
) -> gate.Officer:
    is_enforcer = account.role == Role.ENFORCER and account.is_active
    if officer is None:
        return gate.Officer(account.display_name, is_enforcer)
    codes_of = {item.pk: item.code for item in items}
    own = (p for p in claims if p.body_id == officer.body_id)
    body = gate.Body(
        officer.body.name,
        officer.body.territory_id,
        officer.body.territory.is_city,
        tuple(gate.Claim(codes_of[p.item_id], p.valid_from, p.valid_to) for p in own),
        officer.body.valid_from,
        officer.body.valid_to,
    )
    return gate.Officer(officer.name, is_enforcer, body, officer_facts(officer))
