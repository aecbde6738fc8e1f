"""What an installation saw and said, read from its lake and its tables, in minutes of the city."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from sanjian.act.clues.models import Clue
from sanjian.base.lake import Lake
from sanjian.base.screening.models import FindingRecord
from sanjian.base.screening.queries import screen_lags
from sanjian.base.sensing.streams import READINGS

from ..clock import minute_of
from ..folder import City
from ..parts import parts
from .matching import NEVER, Sighting, Watched

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that a score needs of an installation.

    Args:
        days: part of the city -> days with data of its devices, summed.
        by_screen: name of the screen -> what it found and did not withdraw.
    """

    watched: Watched
    since: datetime
    until: datetime
    days: dict[str, int]
    by_screen: dict[str, list[Sighting]]
    clues: list[Sighting]


def look(city: City, lake: Lake) -> Seen:
    """Read it all.

    Raises:
        LookupError: nothing was received from any device of the city.
    """
    heard = _heard(lake)
    own = {mn: part.name for part in parts() if part.devices for mn in city.table(part.devices)["device_mn"].to_list()}
    heard = heard.filter(pl.col("device_mn").is_in(list(own)))
    if heard.is_empty():
        raise LookupError("这座城市的设备还没有发来数据，请先 sanjian city run --against")
    opened = city.opened_on
    first = {mn: minute_of(at, opened) for mn, at in heard.select("device_mn", "first").iter_rows()}
    until: datetime = heard["last"].max()  # type: ignore[assignment]
    live: datetime = heard["received"].min()  # type: ignore[assignment]
    days = dict.fromkeys({*own.values()}, 0)
    for mn, count in heard.select("device_mn", "days").iter_rows():
        days[own[mn]] += count
    since: datetime = heard["first"].min()  # type: ignore[assignment]
    return Seen(
        Watched(first, minute_of(until, opened), minute_of(live, opened)), since, until, days,
        _findings(city), _clues(city),
    )  # fmt: skip


def wait_for_screens(lake: Lake, within_s: float, told: Told = lambda _left: None) -> bool:
    """Wait until every screen has judged all that came in; false when it did not come to that.

    Devices that go on sending never let it end: then it is enough that no history is left and one short step is.
    """
    end = time.monotonic() + within_s
    while True:
        left = sum(lag.behind + lag.history_left for lag in screen_lags(lake))
        told(left)
        if left == 0:
            return True
        if time.monotonic() > end:
            return False
        time.sleep(1)


def _heard(lake: Lake) -> pl.DataFrame:
    """Per device: first and last datum, when the first was received, days with data."""
    at = pl.col("data_time_at")
    return (
        lake.scan(READINGS, superseded=True)
        .group_by("device_mn")
        .agg(first=at.min(), last=at.max(), received=pl.col("received_at").min(), days=pl.col("day").n_unique())
        .collect()
    )


def _findings(city: City) -> dict[str, list[Sighting]]:
    found: dict[str, list[Sighting]] = {}
    for record in FindingRecord.objects.filter(withdrawn_at=None).iterator():
        found.setdefault(record.screen, []).append(
            Sighting(record.kind, record.subject, _spans(city, [record]), minute_of(record.raised_at, city.opened_on))
        )
    return found


def _clues(city: City) -> list[Sighting]:
    """Clues with at least one finding that stands."""
    found = []
    for clue in Clue.objects.prefetch_related("findings"):
        standing = [record for record in clue.findings.all() if record.withdrawn_at is None]
        if standing:
            raised = minute_of(clue.opened_at, city.opened_on)
            found.append(Sighting(clue.kind, clue.subject, _spans(city, standing), raised))
    return found


def _spans(city: City, records: Iterable[FindingRecord]) -> tuple[tuple[int, int], ...]:
    opened = city.opened_on
    return tuple(
        (minute_of(r.started_at, opened), minute_of(r.ended_at, opened) if r.ended_at else NEVER) for r in records
    )
