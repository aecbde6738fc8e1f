"""One look at the database for every open page of this process.

Every half second the hub asks for new events once, works out who may hear them once per scope, and hands them to the
queues of the open connections; every two seconds it does the same with the counters. A connection that cannot keep up
is let go: the browser comes back with its Last-Event-ID and misses nothing.
"""

import asyncio
import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import structlog
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from sanjian.base.identity.models import Account
from sanjian.base.live.models import LiveEvent

from .counters import Counters, Scope

log = structlog.get_logger()
T = TypeVar("T")

POLL_S = 0.5
COUNT_S = 2.0
PER_PERSON = 12
"""Open connections of one account (our choice): a wall of screens, not a flood."""
LOOK_BACK = 64
"""Ids behind the newest that are looked at again: on PostgreSQL a transaction may commit after one that began later."""
QUEUE = 512


@dataclass(eq=False)
class Subscriber:
    """One open page."""

    viewer: Account
    scope: Scope
    queue: asyncio.Queue[bytes] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    is_lost: bool = False

    def put(self, message: bytes) -> None:
        """Queue a message, or mark the connection as lost when its queue is full."""
        try:
            self.queue.put_nowait(message)
        except asyncio.QueueFull:
            self.is_lost = True


class Hub:
    """The events and counters of one event loop. Made by `Hub.here()`."""

    _hubs: "WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = WeakKeyDictionary()

    def __init__(self) -> None:
        self.subscribers: set[Subscriber] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._newcomer = asyncio.Event()
        self.is_ready = asyncio.Event()
        self._told = 0
        self._newest: int | None = None
        self._recent: set[int] = set()
        self._counters = Counters()

    @classmethod
    def here(cls) -> "Hub":
        """The hub of the running loop."""
        return cls._hubs.setdefault(asyncio.get_running_loop(), cls())

    def has_room(self, viewer: Account) -> bool:
        """Whether this person may open one more connection."""
        return sum(s.viewer.pk == viewer.pk for s in self.subscribers) < PER_PERSON

    def join(self, viewer: Account) -> Subscriber:
        """Begin to hear. The first to come starts the hub."""
        subscriber = Subscriber(viewer, Scope.of(viewer))
        self.subscribers.add(subscriber)
        self._newcomer.set()
        if not self._tasks:
            self._newest = None
            self.is_ready.clear()
            self._tasks = [asyncio.create_task(self._events()), asyncio.create_task(self._count())]
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """Stop hearing. The last to go stops the hub."""
        self.subscribers.discard(subscriber)
        if not self.subscribers:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    def _viewers(self) -> dict[Scope, Account]:
        """One viewer for each scope."""
        return {s.scope: s.viewer for s in self.subscribers}

    def _tell(self, scope: Scope, messages: Iterable[bytes]) -> None:
        for message in messages:
            for subscriber in self.subscribers:
                if subscriber.scope == scope:
                    subscriber.put(message)

    async def _events(self) -> None:
        with ThreadPoolExecutor(1, "live-events") as thread:
            try:
                while True:
                    found = await _in(thread, self._new_events, self._viewers())
                    for scope, messages in (found or {}).items():
                        self._tell(scope, messages)
                    if found is not None and self._newest is not None:
                        self._told = self._newest
                        self.is_ready.set()
                    await asyncio.sleep(POLL_S)
            finally:
                thread.submit(_hang_up)

    async def _count(self) -> None:
        """Counters carry the id up to which events were told: a page that heard none still knows where to resume."""
        await self.is_ready.wait()
        with ThreadPoolExecutor(1, "live-counters") as thread:
            try:
                while True:
                    self._newcomer.clear()
                    for scope, viewer in self._viewers().items():
                        numbers = await _in(thread, self._counters.of, viewer, timezone.now())
                        if numbers is not None:
                            self._tell(scope, [message("counters", numbers, self._told)])
                    try:
                        await asyncio.wait_for(self._newcomer.wait(), COUNT_S)
                    except TimeoutError:
                        continue
            finally:
                thread.submit(_hang_up)

    def _new_events(self, viewers: dict[Scope, Account]) -> dict[Scope, list[bytes]]:
        """What is new since the last look, by scope. Runs in the hub's own thread."""
        if self._newest is None:
            known = list(LiveEvent.objects.order_by("-id").values_list("id", flat=True)[:LOOK_BACK])
            self._newest, self._recent = max(known, default=0), set(known)
            return {}
        floor = self._newest - LOOK_BACK
        fresh = [e for e in LiveEvent.objects.filter(id__gt=floor).order_by("id") if e.id not in self._recent]
        if not fresh:
            return {}
        ids = [e.id for e in fresh]
        self._newest = max(self._newest, ids[-1])
        self._recent = {i for i in self._recent.union(ids) if i > self._newest - LOOK_BACK}
        heard = {}
        for scope, viewer in viewers.items():
            allowed = set(LiveEvent.objects.visible_to(viewer).filter(id__in=ids).values_list("id", flat=True))
            heard[scope] = [event_message(e) for e in fresh if e.id in allowed]
        return heard


def missed(viewer: Account, after: int) -> list[bytes]:
    """The newest events after an id that a viewer may hear, oldest first, at most a queue full."""
    rows = LiveEvent.objects.visible_to(viewer).filter(id__gt=after).order_by("-id")[: QUEUE // 2]
    return [event_message(e) for e in reversed(rows)]


def event_message(event: LiveEvent) -> bytes:
    """An event as the stream carries it."""
    data = {
        "id": event.id,
        "at": event.at.isoformat(),
        "title": event.title,
        "url": event.url,
        "severity": event.severity,
    }
    return message(event.kind, data, event.id)


def message(kind: str, data: dict[str, Any], number: int | None = None) -> bytes:
    """One server-sent event; its number is the point from which a browser resumes."""
    head = "" if number is None else f"id: {number}\n"
    return f"{head}event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _hang_up() -> None:
    """Close the database connection of the thread that runs this: naming `connection.close` elsewhere would take the
    caller's.
    """
    connection.close()


async def _in(thread: ThreadPoolExecutor, work: Callable[..., T], *arguments: Any) -> T | None:
    """Run a query in the hub's thread. A database that is busy or away is asked again at the next look."""

    def run() -> T:
        close_old_connections()
        return work(*arguments)

    try:
        return await asyncio.get_running_loop().run_in_executor(thread, run)
    except DatabaseError as error:
        log.warning("live look failed", reason=str(error))
        return None
