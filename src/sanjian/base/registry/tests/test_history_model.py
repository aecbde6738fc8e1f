"""Whatever is changed, corrected and taken back, every (day, moment of knowing) reads as a table of days would say.

The model keeps one cell per day and field and copies the whole table at every step; the services keep rows with two
times. Nothing of `rules.history` is used here.
"""

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sanjian.base.identity.models import Account, District, Role
from sanjian.base.registry.identifiers import credit_code
from sanjian.base.registry.models import InspectionObject
from sanjian.base.registry.queries.objects import object_at
from sanjian.base.registry.services import objects
from sanjian.base.registry.services.errors import NothingChanged

FIRST = date(2026, 1, 1)
SPAN, BORN = 12, 3
DAYS = [FIRST + timedelta(days=n) for n in range(SPAN)]
BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
FIELDS = ("grade", "address")
values = st.fixed_dictionaries({}, optional={"grade": st.sampled_from("ABC"), "address": st.sampled_from("甲乙")})
steps = st.lists(
    st.one_of(
        st.tuples(st.just("change"), values, st.integers(0, SPAN - 1), st.none() | st.integers(0, 4)),
        st.tuples(st.just("batch"), values, st.integers(0, SPAN - 1), st.none()),
        st.tuples(st.just("undo"), st.just({}), st.just(0), st.none()),
    ),
    max_size=7,
)
_serial = count(30_000_000)


class Table:
    """The model: day -> values or None, and on which days a field was said anew."""

    def __init__(self) -> None:
        self.cells = [None if n < BORN else {"grade": "B", "address": "甲"} for n in range(SPAN)]
        self.said = {(BORN, name) for name in FIELDS}

    def put(self, given: dict, start: int, last: int | None) -> bool:
        """One change; False when it says nothing that was not so on its first day."""
        began = next(n for n in range(SPAN) if self.cells[n])
        on_the_day = self.cells[start] or self.cells[began]
        new = {name: value for name, value in given.items() if value != on_the_day[name]}
        if not new:
            return False
        if start < began:
            for n in range(start, began):
                self.cells[n] = dict(self.cells[began])
            self.said |= {(start, name) for day, name in self.said if day == began}
        for name, value in new.items():
            end = last if last is not None else self._next_said(name, start)
            for n in range(start, min(end + 1, SPAN)):
                self.cells[n][name] = value
                if last is not None:
                    self.said.discard((n, name))
            self.said.add((start, name))
            if last is not None:
                self.said.add((last + 1, name))
        return True

    def _next_said(self, name: str, start: int) -> int:
        return min((n for n, said in self.said if said == name and n > start), default=SPAN) - 1


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=steps)
def test_every_day_as_known_at_every_moment_reads_as_the_table_says(db, made) -> None:
    keeper, thing = _born()
    table, now = Table(), BEGIN
    told = [(now, deepcopy(table.cells))]
    batch: tuple[datetime, Table] | None = None
    for kind, given_values, start, length in made:
        now += timedelta(hours=1)
        before, held = deepcopy(table), {"actor": keeper, "at": now, "reason": "x"}
        last = None if length is None else start + length
        if kind == "undo":
            if batch is not None:
                written_at, table = batch
                objects.undo_writes([thing.pk], written_at=written_at, data_source=None, **held)
            batch = None
        elif kind == "batch":
            is_new = table.put(given_values, start, None)
            done = objects.write_objects([objects.ObjectWrite(thing.pk, given_values, DAYS[start])], **held)
            assert done.changed == is_new
            batch = (now, before) if is_new else batch
        else:
            batch = None if _changed(thing, given_values, start, last, held, table) else batch
        told.append((now, deepcopy(table.cells)))
    for moment, cells in told:
        for day, cell in zip(DAYS, cells, strict=True):
            assert _read(keeper, thing, day, moment) == cell, (day, moment)
    assert [_read(keeper, thing, day, None) for day in DAYS] == told[-1][1]
    thing.refresh_from_db()
    assert {name: getattr(thing, name) for name in FIELDS} == told[-1][1][-1] or _ends_in_a_span(table)


def _changed(thing, given_values, start, last, held, table) -> bool:
    """Carry out a change in both; whether it said anything."""
    valid_to = None if last is None else FIRST + timedelta(days=last)
    try:
        objects.change_object(thing, given_values, valid_from=DAYS[start], valid_to=valid_to, **held)
    except NothingChanged:
        assert not table.put(given_values, start, last)
        return False
    assert table.put(given_values, start, last)
    return True


def _ends_in_a_span(table: Table) -> bool:
    """A change for some days that runs past the table: what holds later lies outside of it."""
    return any(day >= SPAN for day, _name in table.said)


def _born() -> tuple[Account, InspectionObject]:
    city, _is_new = District.objects.get_or_create(code="310000", defaults={"name": "上海市", "is_city": True})
    District.objects.get_or_create(code="310115", defaults={"name": "浦东新区"})
    keeper, _is_new = Account.objects.get_or_create(
        username="k", defaults={"display_name": "管", "role": Role.SUPERVISOR, "district": city}
    )
    facts = {"name": "某厂", "credit_code": credit_code("91", "310115", str(next(_serial))), "district_id": "310115",
             "grade": "B", "address": "甲"}  # fmt: skip
    return keeper, objects.register_object(facts, actor=keeper, at=BEGIN, valid_from=DAYS[BORN])


def _read(keeper, thing, day: date, known_at: datetime | None) -> dict | None:
    row = object_at(keeper, thing.pk, day, known_at)
    return None if row is None else {name: getattr(row, name) for name in FIELDS}
