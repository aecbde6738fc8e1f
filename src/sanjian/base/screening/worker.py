"""The loop behind `sanjian worker`: screens as rows come in, history behind them, housekeeping when nothing else waits.

Several workers may run: each screen is held by one of them at a time (a lease in the database, taken by an atomic
update). A worker that dies loses its lease after HOLD; what it was doing is done again, which changes nothing.
"""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import structlog
from django.db import DatabaseError, close_old_connections
from django.db.models import F, Q

from sanjian.base.config import config
from sanjian.base.evidence.services import evidence_store
from sanjian.base.evidence.store import Store
from sanjian.base.lake import Lake, LakeError
from sanjian.base.lake import stream as stream_named

from . import progress, services
from .backfill import backfill
from .contract import Screen, all_screens
from .duties import Rounds
from .housekeeping import Housekeeping
from .judging import on_clock
from .models import Backfill, ScreenState, WorkerState
from .runner import ScreenFailed
from .slices import NotReproducible

log = structlog.get_logger()

PASS = timedelta(seconds=1)
"""A pass begins this long after the one before began (our choice)."""
HOLD = timedelta(minutes=5)
"""How long a screen stays held by a worker that says nothing any more."""
SPARE = 20
"""A paced screen rests this many times as long as its last run took, at most its pace (our choice): 5 % of a core."""
HISTORY = timedelta(milliseconds=500)
"""How much of a pass may go to history (our choice): one step of it is always done, so that it never stands still."""


class Worker:
    """One worker process. `stop` may be called from a signal handler: the work in hand is finished first."""

    def __init__(self, lake: Lake, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.lake, self.store, self.clock = lake, store, clock
        self.name = f"{socket.gethostname()}:{os.getpid()}"[:80]
        self._stopping = threading.Event()
        self._ran: dict[str, tuple[datetime, timedelta, tuple[int, ...]]] = {}
        self._told: datetime | None = None
        self._housekeeping = Housekeeping(lake)
        self._rounds = Rounds()

    def stop(self) -> None:
        """Finish what is in hand, then return from `run`."""
        self._stopping.set()

    def run(self) -> None:
        """Work until `stop`."""
        log.info("worker started", worker=self.name, screens=[s.name for s in all_screens()])
        while not self._stopping.is_set():
            began = time.monotonic()
            close_old_connections()
            try:
                self.pass_once()
            except (LakeError, DatabaseError) as error:
                # Full disk, database away: nothing was lost, the watermarks stand; say so and try again.
                log.warning("worker waits", reason=str(error))
                self._trouble(str(error))
            self._stopping.wait(max(0.0, PASS.total_seconds() - (time.monotonic() - began)))
        WorkerState.objects.filter(name=self.name).delete()
        log.info("worker stopped", worker=self.name)

    def pass_once(self) -> bool:
        """One pass over all screens. Returns whether live data are waiting still."""
        waiting = has_rested = False
        for screen in all_screens():
            if self._stopping.is_set():
                return waiting
            now = self.clock()
            rows, clock = self._has_rows(screen, now), self._clock_due(screen, now)
            if screen.rest and rows:
                # Rules over weeks take turns, one a pass: what must be seen within the minute does not queue for them.
                rows, has_rested = not has_rested, True
            if (rows or clock) and self._hold(screen):
                try:
                    waiting = (rows and self._live(screen, now)) or waiting
                    if clock:
                        self._on_clock(screen, now)
                finally:
                    self._release(screen)
        if not waiting:
            self._history()
            self._housekeeping.some(self.clock(), self._stopping.is_set)
            services.claim_unclaimed(at=self.clock())
            self._rounds.some(self.clock())
        self._tell("")
        return waiting

    def _has_rows(self, screen: Screen, now: datetime) -> bool:
        """Whether its streams moved since this worker last judged them, and its pace lets it run again.

        The pace spares the machine; a run that cost little may be followed sooner.
        """
        ran_at, took, versions = self._ran.get(screen.name, (None, timedelta(0), None))
        is_due = ran_at is None or now - ran_at >= max(screen.rest, min(screen.pace, took * SPARE))
        return bool(screen.inputs) and is_due and self._versions(screen) != versions

    def _versions(self, screen: Screen) -> tuple[int, ...]:
        return tuple(self.lake.version(stream_named(i.stream)) for i in screen.inputs)

    def _live(self, screen: Screen, now: datetime) -> bool:
        self._tell(screen.name)
        versions, began = self._versions(screen), time.monotonic()
        step = self._counted(screen, lambda: progress.live(screen, self.lake, self.store, now))
        if step is None or step.more:
            return step is not None
        self._ran[screen.name] = (now, timedelta(seconds=time.monotonic() - began), versions)
        return False

    def _clock_due(self, screen: Screen, now: datetime) -> bool:
        if screen.every is None:
            return False
        state = ScreenState.objects.filter(screen=screen.name).first()
        return state is None or state.clock_ran_at is None or now - state.clock_ran_at >= screen.every

    def _on_clock(self, screen: Screen, now: datetime) -> None:
        ScreenState.objects.filter(screen=screen.name).update(clock_ran_at=now)
        self._counted(screen, lambda: on_clock(screen, self.store, now))

    def _history(self) -> None:
        until = time.monotonic() + HISTORY.total_seconds()
        unfinished = set(Backfill.objects.filter(finished_at=None).values_list("screen", flat=True))
        for screen in all_screens():
            if screen.name not in unfinished or not self._hold(screen):
                continue
            try:
                more = True
                while more and not self._stopping.is_set():
                    step = self._counted(screen, partial(backfill, screen, self.lake, self.store, self.clock()))
                    more = step is not None and step.more and time.monotonic() < until
            finally:
                self._release(screen)

    def _counted(self, screen: Screen, work: Callable[[], Any]) -> Any:
        """Do a piece of a screen's work; its own failure is counted (by `guarded`) and stays its own."""
        began = time.monotonic()
        try:
            done = work()
        except (ScreenFailed, NotReproducible) as error:
            log.warning("screen will be tried again", screen=screen.name, error=str(error))
            return None
        tally = getattr(done, "tally", done)
        if tally is not None:
            ScreenState.objects.filter(pk=screen.name).update(
                ran_at=self.clock(),
                took_ms=int((time.monotonic() - began) * 1000),
                findings=F("findings") + tally.new,
            )
        return done

    def _hold(self, screen: Screen) -> bool:
        now = self.clock()
        ScreenState.objects.get_or_create(screen=screen.name)
        free = Q(worker__in=("", self.name)) | Q(held_until=None) | Q(held_until__lt=now)
        held = ScreenState.objects.filter(free, screen=screen.name).update(worker=self.name, held_until=now + HOLD)
        return bool(held)

    def _release(self, screen: Screen) -> None:
        ScreenState.objects.filter(screen=screen.name, worker=self.name).update(worker="", held_until=None)

    def _tell(self, doing: str) -> None:
        """Say at most every two seconds that this worker lives."""
        now = self.clock()
        if self._told is not None and now - self._told < timedelta(seconds=2):
            return
        self._told = now
        changing = {"at": now, "doing": doing, "trouble": "", "passes": F("passes") + 1}
        if not WorkerState.objects.filter(name=self.name).update(**changing):
            WorkerState.objects.filter(at__lt=now - timedelta(days=1)).delete()
            WorkerState.objects.create(name=self.name, started_at=now, at=now, doing=doing)

    def _trouble(self, reason: str) -> None:
        try:
            WorkerState.objects.filter(name=self.name).update(trouble=reason[:300], at=self.clock())
        except DatabaseError:
            log.warning("worker cannot say what is wrong", reason=reason)


def main() -> None:
    """`sanjian worker`: run until SIGTERM or SIGINT, finishing the work in hand. Django must be set up."""
    worker = Worker(Lake(config().lake_root), evidence_store())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run()
