"""How the screens are doing, for the operator's page."""

from dataclasses import dataclass
from datetime import datetime

from sanjian.base.lake import Lake
from sanjian.base.lake import stream as stream_named

from .contract import all_screens
from .models import Backfill, ScreenState, SetAside, Watermark


@dataclass(frozen=True, slots=True)
class Lag:
    """How far one screen is behind one stream.

    Args:
        behind: versions of the lake that it has not judged yet.
        history_left: days of history that it has not judged yet.
        set_aside: subjects that are waiting for someone to look why the rule fails on them.
    """

    screen: str
    version: str
    stream: str
    watermark: int
    newest: int
    behind: int
    ran_at: datetime | None
    took_ms: int
    findings: int
    errors: int
    last_error: str
    history_left: int
    set_aside: int


def screen_lags(lake: Lake) -> list[Lag]:
    """One row per screen and input stream, by name."""
    marks = {(m.screen, m.stream): m.version for m in Watermark.objects.all()}
    states = {s.screen: s for s in ScreenState.objects.all()}
    lags = []
    for screen in all_screens():
        state = states.get(screen.name) or ScreenState(screen=screen.name)
        aside = SetAside.objects.filter(screen=screen.name, settled_at=None).count()
        for source in screen.inputs:
            newest = lake.version(stream_named(source.stream))
            mark = marks.get((screen.name, source.stream), 0)
            tasks = Backfill.objects.filter(screen=screen.name, stream=source.stream, finished_at=None)
            lags.append(
                Lag(
                    screen=screen.name,
                    version=screen.version,
                    stream=source.stream,
                    watermark=mark,
                    newest=newest,
                    behind=max(0, newest - mark),
                    ran_at=state.ran_at,
                    took_ms=state.took_ms,
                    findings=state.findings,
                    errors=state.errors,
                    last_error=state.last_error,
                    history_left=sum((t.last_on - t.next_on).days + 1 for t in tasks),
                    set_aside=aside,
                )
            )
    return lags
