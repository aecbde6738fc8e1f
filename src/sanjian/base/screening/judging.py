"""Judging windows and storing the result, with a failing rule held away from its neighbours.

A rule that raises is counted and tried again; at the TRIES-th time in a row its batch is taken apart, the subjects on
which it fails are set aside where people see them, and everyone else goes on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import polars as pl
import structlog
from django.db.models import F

from sanjian.base.evidence.store import Store
from sanjian.base.lake import Lake
from sanjian.base.lake import stream as stream_named

from . import facts
from .contract import OPEN, Frames, Screen
from .models import FindingRecord, ScreenState, SetAside
from .runner import ScreenFailed, judge, judge_facts
from .services import Tally, store_findings
from .slices import NotReproducible
from .windows import Window

log = structlog.get_logger()

TRIES = 3
"""How often a batch may fail before its failing subjects are set aside."""


def judged(
    screen: Screen, lake: Lake, store: Store, pending: Sequence[Window], versions: Mapping[str, int], now: datetime
) -> Tally:
    """Judge windows and store what comes out; see the module for what happens when the rule fails.

    Raises:
        ScreenFailed, NotReproducible: the rule is at fault, for the first or second time on these rows.
        LakeError, django.db.Error: not the rule's fault; try again later.
    """
    if not pending:
        return Tally()
    return guarded(screen, lambda: judge_windows(screen, lake, store, pending, versions, now)) or one_by_one(
        screen, lake, store, pending, versions, now
    )


def judge_windows(
    screen: Screen, lake: Lake, store: Store, pending: Sequence[Window], versions: Mapping[str, int], now: datetime
) -> Tally:
    """Judge windows, each from the start of its subject's open findings, and store what comes out."""
    opened = open_findings(screen, [w.key[0] for w in pending])
    if "open" not in screen.facts:
        pending = _from_open(pending, opened)

    def facts_of(of: Screen, subjects: Sequence[str]) -> Frames:
        return _facts(of, subjects, opened)

    return store_findings(judge(screen, lake, pending, versions, facts_of, now), store=store, at=now)


def guarded(screen: Screen, work: Callable[[], Tally]) -> Tally | None:
    """Do a screen's work; None when it failed for the TRIES-th time in a row and must be taken apart."""
    state = ScreenState.objects.get_or_create(screen=screen.name)[0]
    try:
        tally = work()
    except (ScreenFailed, NotReproducible) as error:
        failures = state.failures + 1
        ScreenState.objects.filter(pk=state.pk).update(
            failures=0 if failures >= TRIES else failures, errors=F("errors") + 1, last_error=str(error)[:2000]
        )
        log.exception("screen failed", screen=screen.name, failures=failures)
        if failures < TRIES:
            raise
        return None
    if state.failures:
        ScreenState.objects.filter(pk=state.pk).update(failures=0)
    return tally


def one_by_one(
    screen: Screen, lake: Lake, store: Store, pending: Iterable[Window], versions: Mapping[str, int], now: datetime
) -> Tally:
    """Judge each subject alone; those on which the screen fails are set aside, visibly, and their neighbours go on."""
    total = Tally()
    for window in pending:
        try:
            tally = judge_windows(screen, lake, store, [window], versions, now)
        except (ScreenFailed, NotReproducible) as error:
            SetAside.objects.create(
                screen=screen.name,
                version=screen.version,
                key=list(window.key),
                first_at=window.first,
                last_at=window.last,
                error=str(error)[:2000],
                at=now,
            )
            log.warning("subject set aside", screen=screen.name, key=list(window.key))
            continue
        total = Tally(*(getattr(total, n) + getattr(tally, n) for n in Tally.__dataclass_fields__))
    return total


def retry(aside: SetAside, screen: Screen, lake: Lake, store: Store, now: datetime) -> Tally:
    """Judge again what was set aside; it is settled when that succeeds. Raises like `live`."""
    versions = {i.stream: lake.version(stream_named(i.stream)) for i in screen.inputs}
    tally = judge_windows(screen, lake, store, [Window(tuple(aside.key), aside.first_at, aside.last_at)], versions, now)
    SetAside.objects.filter(pk=aside.pk).update(settled_at=now)
    return tally


def on_clock(screen: Screen, store: Store, now: datetime) -> Tally:
    """Run a rule about absence on facts alone, for all subjects."""
    known = _facts(screen, None, open_findings(screen, None))
    return guarded(screen, lambda: store_findings(judge_facts(screen, known, now), store=store, at=now)) or Tally()


def open_findings(screen: Screen, subjects: Sequence[str] | None) -> pl.DataFrame:
    """A screen's findings that have not ended, as the reserved fact "open"."""
    records = FindingRecord.objects.filter(screen=screen.name, ended_at=None, withdrawn_at=None)
    if subjects is not None:
        records = records.filter(subject__in=subjects)
    rows = [
        (r.subject, r.kind, r.evidence.get("factor"), r.started_at)
        for r in records.order_by("subject", "started_at", "pk")
    ]
    return pl.DataFrame(rows, schema=OPEN, orient="row")


def _facts(screen: Screen, subjects: Sequence[str] | None, opened: pl.DataFrame) -> Frames:
    known = facts.load(screen, subjects)
    if "open" in screen.facts:
        mine = opened if subjects is None else opened.filter(pl.col("subject").is_in(subjects))
        known["open"] = mine
    return known


def _from_open(pending: Sequence[Window], opened: pl.DataFrame) -> list[Window]:
    """Windows that reach back to the start of their subject's open findings, so that those can grow or end."""
    starts = dict(opened.group_by("subject").agg(pl.col("started_at").min()).iter_rows())
    return [
        Window(w.key, min(w.first, starts.get(w.key[0], w.first)), w.last, w.grown)
        if starts.get(w.key[0], w.first) <= w.last
        else w
        for w in pending
    ]
