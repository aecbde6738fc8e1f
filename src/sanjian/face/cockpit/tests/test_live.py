"""The stream of events: in order, resumed without loss, within the scope, shared by all connections."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import wraps
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.http import StreamingHttpResponse
from django.test import AsyncClient
from django.utils import timezone

from sanjian.base.live.models import LiveEvent
from sanjian.base.live.services import announce
from sanjian.base.registry.tests.cast import Cast
from sanjian.face.cockpit import hub

pytestmark = pytest.mark.django_db(transaction=True)


def in_a_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an async test in a loop of its own."""

    @wraps(test)
    def run(**fixtures: Any) -> None:
        async_to_sync(test)(**fixtures)

    return run


class Listener:
    """One open connection, read message by message."""

    def __init__(self, response: StreamingHttpResponse) -> None:
        self._response = response
        self._content: AsyncIterator[bytes] = response.streaming_content

    async def next(self, *kinds: str) -> dict[str, Any]:
        """The next event of one of the kinds, with its id as `_id`."""
        async with asyncio.timeout(15):
            async for message in self._content:
                fields = dict(line.split(": ", 1) for line in message.decode().strip().splitlines() if ": " in line)
                if fields.get("event") in kinds:
                    return {**json.loads(fields["data"]), "_id": fields.get("id"), "_kind": fields["event"]}
        raise AssertionError("the stream ended")

    async def close(self) -> None:
        """Hang up, as the server does when the browser is gone."""
        await sync_to_async(self._response.close)()


async def listen(cast: Cast, name: str, **headers: str) -> Listener:
    client = AsyncClient()
    await client.aforce_login(cast.person[name])
    response = await client.get("/live/", headers=headers)
    assert response.headers["Content-Type"] == "text/event-stream"
    return Listener(response)


def tell(title: str, cast: Cast, *, there: bool = False) -> LiveEvent:
    plant = cast.next_plant if there else cast.plant
    return announce(
        "finding.raised",
        title,
        at=timezone.now(),
        url="/x/",
        severity=3,
        district_id=plant.district_id,
        inspection_object_id=plant.pk,
    )


say = sync_to_async(tell)


@in_a_loop
async def test_an_event_reaches_an_open_page(cast: Cast, own_lake: None) -> None:
    listener = await listen(cast, "officer")
    await listener.next("counters")
    event = await say("超标", cast)
    heard = await listener.next("finding.raised")
    assert (heard["title"], heard["severity"], heard["url"], heard["_id"]) == ("超标", 3, "/x/", str(event.id))
    await listener.close()


@in_a_loop
async def test_a_page_that_comes_back_misses_nothing_and_hears_nothing_twice(cast: Cast, own_lake: None) -> None:
    first = await say("一", cast)
    await say("二", cast)
    listener = await listen(cast, "officer", **{"last-event-id": str(first.id)})
    assert (await listener.next("finding.raised"))["title"] == "二"
    await say("三", cast)
    assert (await listener.next("finding.raised"))["title"] == "三"
    await listener.close()


@in_a_loop
async def test_a_page_that_heard_no_event_still_knows_where_to_resume(cast: Cast, own_lake: None) -> None:
    event = await say("以前", cast)
    listener = await listen(cast, "officer")
    counters = await listener.next("counters")
    await listener.close()
    assert counters["_id"] == str(event.id)
    await say("离开时", cast)
    again = await listen(cast, "officer", **{"last-event-id": counters["_id"]})
    assert (await again.next("finding.raised"))["title"] == "离开时"
    await again.close()


@in_a_loop
async def test_the_next_district_hears_only_its_own(cast: Cast, own_lake: None) -> None:
    officer, neighbour = await listen(cast, "officer"), await listen(cast, "neighbour")
    for listener in (officer, neighbour):
        await listener.next("counters")
    await say("这里", cast)
    await say("那里", cast, there=True)
    assert (await officer.next("finding.raised"))["title"] == "这里"
    assert (await neighbour.next("finding.raised"))["title"] == "那里"
    await officer.close()
    await neighbour.close()


@in_a_loop
async def test_an_enterprise_hears_of_itself_alone(cast: Cast, own_lake: None) -> None:
    listener = await listen(cast, "enterprise", **{"last-event-id": "0"})
    await say("别家", cast, there=True)
    await say("自家", cast)
    assert (await listener.next("finding.raised"))["title"] == "自家"
    await listener.close()


@in_a_loop
async def test_one_look_at_the_database_serves_all_and_the_last_to_leave_stops_it(cast: Cast, own_lake: None) -> None:
    listeners = [await listen(cast, "officer") for _ in range(3)]
    for listener in listeners:
        await listener.next("counters")
    here = hub.Hub.here()
    assert len(here.subscribers) == 3
    assert len(here._tasks) == 2
    for listener in listeners:
        await listener.close()
    async with asyncio.timeout(15):
        while here.subscribers or here._tasks:
            await asyncio.sleep(0.01)


@in_a_loop
async def test_one_person_cannot_take_all_connections(
    cast: Cast, own_lake: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "PER_PERSON", 1)
    listener = await listen(cast, "officer")
    await listener.next("counters")
    client = AsyncClient()
    await client.aforce_login(cast.person["officer"])
    assert (await client.get("/live/")).status_code == 429
    await listener.close()


@in_a_loop
async def test_a_connection_that_cannot_keep_up_is_let_go() -> None:
    subscriber = hub.Subscriber(viewer=None, scope=None)  # type: ignore[arg-type]
    for _ in range(hub.QUEUE):
        subscriber.put(b"x")
    assert not subscriber.is_lost
    subscriber.put(b"x")
    assert subscriber.is_lost
