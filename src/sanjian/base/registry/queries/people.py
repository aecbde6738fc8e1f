"""Reads of institutions and people, and the facts that rules judge officers by."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from sanjian.base.identity.models import Account, District

from ..models import Absence, Body, Certificate, InspectionItem, Interest, Officer, Power
from ..rules import certificates as rules

SORTS = {"name": ("name", "pk"), "body": ("body__name", "name", "pk"), "staff_no": ("staff_no",)}


def facts_of(c: Certificate) -> rules.CertificateFacts:
    """A certificate as the rules see it; its territory must be at hand or costs a query."""
    return rules.CertificateFacts(
        c.certificate_no, c.valid_from, c.valid_to, c.territory_id, c.territory.is_city, c.issued_on, c.checked_on,
        c.withdrawn_on,
    )  # fmt: skip


def officer_facts(officer: Officer) -> rules.OfficerFacts:
    """An officer as the rules see them. Read through `with_papers`, or it costs three queries a person."""
    return rules.OfficerFacts(
        officer.name,
        tuple(facts_of(c) for c in officer.certificates.all() if c.superseded_at is None),
        tuple(
            rules.InterestFacts(_survivor(i), i.kind, i.valid_from, i.valid_to)
            for i in officer.interests.all()
            if i.superseded_at is None
        ),
        tuple(rules.AbsenceFacts(a.first_day, a.last_day, a.reason) for a in officer.absences.all()),
        officer.is_established,
        officer.left_on,
    )  # fmt: skip


def _survivor(interest: Interest) -> int:
    """The object's id today: an interest in a plant that was merged is one in its survivor."""
    return interest.inspection_object.survivor_id or interest.inspection_object_id


def with_papers(officers: QuerySet[Officer]) -> QuerySet[Officer]:
    """Officers with what `officer_facts` reads, in a fixed number of queries."""
    return officers.select_related("body__territory").prefetch_related(
        Prefetch("certificates", Certificate.objects.current().select_related("territory")),
        Prefetch("interests", Interest.objects.current().select_related("inspection_object")),
        Prefetch("absences", Absence.objects.order_by("first_day")),
    )


def officers_of(accounts: Iterable[Account]) -> dict[int, Officer]:
    """Account id -> its officer with papers; accounts that no officer stands behind are left out."""
    found = with_papers(Officer.objects.filter(account__in=[a.pk for a in accounts]))
    return {officer.account_id: officer for officer in found if officer.account_id is not None}


def claims_of(bodies: Iterable[int], items: Iterable[int]) -> list[Power]:
    """What these bodies claim of these items, for whatever days."""
    return list(Power.objects.current().filter(body_id__in=set(bodies), item_id__in=set(items)))


def ending(today: date, within_days: int) -> QuerySet[Certificate]:
    """Certificates whose last day is near or past, by term, by check, or by withdrawal; of people who are still there.

    Equal to `rules.last_day(...) <= today + within_days`, written for the database.
    """
    limit = today + timedelta(days=within_days)
    checked = Coalesce(F("checked_on"), F("issued_on"), F("valid_from"))
    found: QuerySet[Certificate] = (
        Certificate.objects.current()
        .alias(checked_day=checked)
        .filter(
            Q(valid_to__lte=limit)
            | Q(checked_day__lte=rules.latest_check_lapsed_by(limit))
            | Q(withdrawn_on__lte=limit + timedelta(days=1))
        )
        .filter(Q(officer__left_on=None) | Q(officer__left_on__gt=today))
    )
    return found


def ending_certificates(viewer: Account, within_days: int, today: date) -> list[tuple[Certificate, date]]:
    """Certificates in the viewer's scope that still hold and end within so many days, with their last day; soonest
    first.
    """
    own = Officer.objects.visible_to(viewer)
    near = ending(today, within_days).filter(officer__in=own).select_related("officer__body__territory", "territory")
    found = [(certificate, rules.last_day(facts_of(certificate))) for certificate in near]
    return sorted(((c, day) for c, day in found if day >= today), key=lambda pair: (pair[1], pair[0].pk))


def officer_rows(viewer: Account, filters: Mapping[str, str], today: date) -> QuerySet[Officer]:
    """People in the viewer's scope, narrowed by an address.

    Args:
        filters: q (name, staff number, certificate number), body (id), district (code), skill, papers ("ending": within
            60 days; "none": no certificate that holds today), gone ("1": those who left), sort.
    """
    rows = Officer.objects.visible_to(viewer)
    rows = rows.filter(left_on__lte=today) if filters.get("gone") == "1" else rows.exclude(left_on__lte=today)
    if text := filters.get("q", "").strip():
        numbers = Certificate.objects.current().filter(officer=OuterRef("pk"), certificate_no__icontains=text)
        rows = rows.filter(Q(name__icontains=text) | Q(staff_no__istartswith=text) | Exists(numbers))
    if filters.get("body", "").isdigit():
        rows = rows.filter(body_id=int(filters["body"]))
    if filters.get("district"):
        rows = rows.filter(body__territory_id=filters["district"])
    if skill := filters.get("skill", "").strip():
        # JSON lists cannot be searched alike on both databases; a register of people is small enough to look through.
        knows = [pk for pk, skills in rows.values_list("pk", "skills") if skill in skills]
        rows = rows.filter(pk__in=knows)
    if filters.get("papers") in ("ending", "none"):
        holding = Exists(_holding(today, 0))
        rows = (
            rows.filter(holding, ~Exists(_holding(today, 61)))
            if filters["papers"] == "ending"
            else rows.filter(~holding)
        )
    return rows.order_by(*SORTS.get(filters.get("sort", ""), SORTS["body"]))


def _holding(today: date, still_after_days: int) -> QuerySet[Certificate]:
    """Of the outer query's officer: certificates that hold today and still will after so many days."""
    ended = ending(today, still_after_days - 1).values("pk")
    own = Certificate.objects.current().filter(officer=OuterRef("pk"), valid_from__lte=today)
    still: QuerySet[Certificate] = own.exclude(pk__in=ended)
    return still


def skills_in_use(viewer: Account) -> list[str]:
    """Every skill that somebody in scope has."""
    lists = Officer.objects.visible_to(viewer).values_list("skills", flat=True)
    return sorted({skill for skills in lists for skill in skills})


def districts_in_use(viewer: Account) -> QuerySet[District]:
    """Districts with a body in scope."""
    return District.objects.filter(pk__in=Body.objects.visible_to(viewer).values("territory"))


def body_rows(viewer: Account, today: date) -> QuerySet[Body]:
    """Bodies in scope with the number of people who work there and of items that they claim today."""
    here = Q(officers__left_on=None) | Q(officers__left_on__gt=today)
    claimed = Q(powers__superseded_at=None, powers__valid_from__lte=today) & (
        Q(powers__valid_to=None) | Q(powers__valid_to__gte=today)
    )
    return (
        Body.objects.visible_to(viewer)
        .select_related("territory", "parent", "entrusted_by")
        .annotate(
            people=Count("officers", filter=here, distinct=True),
            claims=Count("powers__item", filter=claimed, distinct=True),
        )
    )


def as_tree(bodies: Iterable[Body]) -> list[tuple[int, Body]]:
    """Bodies with their depth, each below its superior; one whose superior is not among them stands at the top."""
    rows = list(bodies)
    known = {body.pk for body in rows}
    below: dict[int | None, list[Body]] = {}
    for body in rows:
        below.setdefault(body.parent_id if body.parent_id in known else None, []).append(body)
    found: list[tuple[int, Body]] = []

    def walk(parent: int | None, depth: int) -> None:
        for body in sorted(below.get(parent, []), key=lambda b: (b.territory_id, b.name, b.pk)):
            found.append((depth, body))
            walk(body.pk, depth + 1)

    walk(None, 0)
    return found


def claim_rows(body: Body, today: date) -> list[tuple[InspectionItem, Power | None, list[Power]]]:
    """The powers matrix of a body: every item, the claim that holds today, and all claims ever believed."""
    claims: dict[int, list[Power]] = {}
    for power in Power.objects.current().filter(body=body).order_by("valid_from"):
        claims.setdefault(power.item_id, []).append(power)
    items = InspectionItem.objects.order_by("domain", "code")
    return [
        (item, next((p for p in claims.get(item.pk, []) if p.holds_on(today)), None), claims.get(item.pk, []))
        for item in items
    ]
