"""How far a screen has read, and the next step of reading on. The watermark moves only after everything is stored.

    live        tail of each input after its watermark, at most VERSIONS versions a step
    backfill    history before the watermark, some days a step, behind the live data
    clock       rules about absence, every so often, on facts alone

A batch too big to judge between two heartbeats (a first start, a large import) becomes a backfill, so that live data
never wait behind history.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import polars as pl
import structlog
from django.db import transaction

from sanjian.base.evidence.store import Store
from sanjian.base.lake import HistoryGone, Lake
from sanjian.base.lake import stream as stream_named

from .backfill import ROWS, Step, plan_all, plan_days
from .contract import Input, Screen
from .judging import judged
from .models import Watermark
from .windows import affected, merge, windows

log = structlog.get_logger()

VERSIONS = 200
"""Lake versions that one live step reads at most (our choice): two minutes of a gateway that flushes twice a second."""


def live(screen: Screen, lake: Lake, store: Store, now: datetime) -> Step:
    """Judge what came in since the watermark. After an error the same rows come again.

    Raises:
        ScreenFailed, NotReproducible: the rule is at fault (fewer than TRIES times in a row; then it is set aside).
        LakeError, django.db.Error: not the rule's fault; try again later.
    """
    marks = [_mark(screen, source, lake, now) for source in screen.inputs]
    versions: dict[str, int] = {}
    parts: list[pl.DataFrame] = []
    more = False
    for source, mark in zip(screen.inputs, marks, strict=True):
        newest = lake.version(stream_named(source.stream))
        found, upto = _news(screen, source, mark, lake, newest, now)
        versions[source.stream] = upto
        more = more or upto < newest
        parts.append(found)
    if all(versions[m.stream] == m.version for m in marks):
        return Step()
    rows = sum(int(p["rows"].sum()) for p in parts if p.height)
    pending = merge(w for part in parts for w in windows(part, screen.by))
    tally = judged(screen, lake, store, pending, versions, now)
    _advance(marks, versions, now)
    return Step(rows, more, tally)


def _mark(screen: Screen, source: Input, lake: Lake, now: datetime) -> Watermark:
    """The watermark; a screen that meets a stream for the first time starts live and leaves the past to a backfill."""
    with transaction.atomic():
        mark, created = Watermark.objects.get_or_create(screen=screen.name, stream=source.stream)
        if created:
            newest = lake.version(stream_named(source.stream))
            plan_all(screen, source, lake, newest, now)
            mark.version = newest
            mark.save()
    return mark


def _news(
    screen: Screen, source: Input, mark: Watermark, lake: Lake, newest: int, now: datetime
) -> tuple[pl.DataFrame, int]:
    stream = stream_named(source.stream)
    nothing = affected(stream.empty().lazy(), source, stream)
    try:
        rows, upto = lake.tail(stream, mark.version, upto=min(newest, mark.version + VERSIONS))
        found = affected(rows, source, stream) if upto > mark.version else nothing
    except HistoryGone:
        log.warning("screen starts again from history", screen=screen.name, stream=source.stream, after=mark.version)
        plan_all(screen, source, lake, newest, now)
        return nothing, newest
    if found["rows"].sum() > ROWS:
        log.info("batch becomes backfill", screen=screen.name, stream=source.stream, rows=int(found["rows"].sum()))
        first, last = found["first"].min(), found["last"].max()
        if isinstance(first, datetime) and isinstance(last, datetime):
            plan_days(screen, source, first.date(), last.date(), upto, now)
        return nothing, upto
    return found, upto


def _advance(marks: Sequence[Watermark], versions: Mapping[str, int], now: datetime) -> None:
    """Move the watermarks, unless another worker has moved them meanwhile (then it judged these rows too)."""
    with transaction.atomic():
        for mark in marks:
            Watermark.objects.filter(pk=mark.pk, version=mark.version).update(version=versions[mark.stream], ran_at=now)
