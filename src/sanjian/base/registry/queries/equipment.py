"""Reads of the equipment register."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from sanjian.base.identity.models import Account

from ..models import Calibration, FieldReading, Instrument, Loan
from ..rules import calibration as rules

DUE_WITHIN_DAYS = 30
"""Ours: laboratories ask for about a month to take an instrument in."""

SORTS = {
    "asset_no": ("asset_no",),
    "name": ("name", "asset_no"),
    "term": (F("term_to").asc(nulls_first=True), "asset_no"),
    "body": ("body__name", "asset_no"),
}


def instrument_rows(viewer: Account, filters: Mapping[str, str], today: date) -> QuerySet[Instrument]:
    """Instruments in the viewer's scope with the end of their term, their last check and their holder.

    Each row carries `term_to` (see `rules.term_ends`), `last_passed` (last check of any kind, None for none) and
    `holder` (name of who has it).

    Args:
        filters: q (asset number, name, model, serial number), body (id), state, category, papers ("due": term ends
            within 30 days; "overdue": ended or none; "failed": last check failed; "good"), lent ("1"), sort.
    """
    rows = _with_standing(Instrument.objects.visible_to(viewer)).select_related("body__territory", "keeper")
    if text := filters.get("q", "").strip():
        rows = rows.filter(
            Q(asset_no__icontains=text)
            | Q(name__icontains=text)
            | Q(model__icontains=text)
            | Q(serial_no__istartswith=text)
        )
    for name in ("state", "category"):
        if filters.get(name):
            rows = rows.filter(**{name: filters[name]})
    if filters.get("body", "").isdigit():
        rows = rows.filter(body_id=int(filters["body"]))
    if filters.get("lent") == "1":
        rows = rows.filter(Exists(Loan.objects.filter(instrument=OuterRef("pk"), returned_at=None)))
    narrowed = _papers(filters.get("papers", ""), today)
    if narrowed is not None:
        rows = rows.filter(narrowed, is_metered=True).exclude(state=Instrument.State.SCRAPPED)
    return rows.order_by(*SORTS.get(filters.get("sort", ""), SORTS["asset_no"]))


def _papers(wanted: str, today: date) -> Q | None:
    limit = today + timedelta(days=DUE_WITHIN_DAYS)
    return {
        "due": Q(term_to__gte=today, term_to__lte=limit),
        "overdue": Q(term_to__lt=today) | Q(term_to=None),
        "failed": Q(last_passed=False),
        "good": Q(term_to__gte=today, last_passed=True),
    }.get(wanted)


def _with_standing(rows: QuerySet[Instrument]) -> QuerySet[Instrument]:
    """As `rules.term_ends` and the last check say, written for the database; of two at once the failed is the later."""
    own = Calibration.objects.counting().filter(instrument=OuterRef("pk"))
    kinds = sorted(rules.TERM_GIVING)
    failed_since = Calibration.objects.counting().filter(
        instrument=OuterRef("instrument"), kind__in=kinds, has_passed=False, performed_at__gte=OuterRef("performed_at")
    )
    terms = own.filter(kind__in=kinds, has_passed=True, valid_to__isnull=False).filter(~Exists(failed_since))
    out = Loan.objects.filter(instrument=OuterRef("pk"), returned_at=None)
    return rows.annotate(
        term_to=Subquery(terms.order_by("-valid_to").values("valid_to")[:1]),
        last_passed=Subquery(own.order_by("-performed_at", "has_passed").values("has_passed")[:1]),
        holder=Subquery(out.values("officer__name")[:1]),
    )


@dataclass(frozen=True, slots=True)
class InstrumentPage:
    """Everything on an instrument's page."""

    instrument: Instrument
    checks: list[Calibration]
    readings: list[FieldReading]
    loans: list[Loan]
    standing: rules.Standing
    term_ends: date | None
    periods: list[rules.Period]

    @property
    def loan(self) -> Loan | None:
        """Who has it now."""
        return next((loan for loan in self.loans if loan.returned_at is None), None)


def instrument_page(viewer: Account, pk: int, now: datetime, *, most_readings: int = 100) -> InstrumentPage | None:
    """One instrument with checks, readings and loans; None when the viewer may not know of it."""
    loans = Prefetch("loans", Loan.objects.select_related("officer"))
    found = Instrument.objects.visible_to(viewer).select_related("body__territory", "keeper").prefetch_related(loans)
    instrument = found.filter(pk=pk).first()
    if instrument is None:
        return None
    checks = list(Calibration.objects.filter(instrument=instrument).select_related("recorded_by", "voided_by"))
    facts = [rules.Check(c.kind, c.performed_at, c.has_passed, c.valid_to) for c in checks if c.voided_at is None]
    readings = FieldReading.objects.filter(instrument=instrument).select_related("officer")
    start, end = _shown(checks, now)
    return InstrumentPage(
        instrument,
        checks,
        list(readings[:most_readings]),
        list(instrument.loans.all()),
        rules.judge(facts, now, is_metered=instrument.is_metered),
        rules.term_ends(facts, now),
        rules.periods(facts, start, end, is_metered=instrument.is_metered),
    )


def _shown(checks: list[Calibration], now: datetime) -> tuple[datetime, datetime]:
    """The span of the drawn bar: the last two years, or since the first check when that is later; and a quarter ahead.

    Ahead, so that the end of the term can be seen coming.
    """
    first = min((c.performed_at for c in checks), default=now - timedelta(days=365))
    start = max(first - timedelta(days=15), now - timedelta(days=730))
    return min(start, now - timedelta(days=90)), now + timedelta(days=90)


def calendar(viewer: Account, today: date) -> list[tuple[Instrument, date]]:
    """Instruments whose term has an end, with its last day, soonest first: for the calendar file."""
    rows = instrument_rows(viewer, {"sort": "term"}, today).filter(is_metered=True)
    ends: list[tuple[Instrument, date | None]] = [
        (row, getattr(row, "term_to", None)) for row in rows.exclude(state=Instrument.State.SCRAPPED)
    ]
    return [(row, day) for row, day in ends if day]


def readings_of_record(record_kind: str, record_id: str) -> QuerySet[FieldReading]:
    """Readings that a record cites; the caller has made sure that the reader may see the record."""
    return FieldReading.objects.filter(record_kind=record_kind, record_id=record_id).select_related(
        "instrument", "officer"
    )
