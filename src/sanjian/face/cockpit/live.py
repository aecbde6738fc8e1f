"""/live/: the stream of events that every open page listens to (server-sent events)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from sanjian.base.identity.models import Account

from .hub import Hub, Subscriber, missed

HEARTBEAT_S = 15
LIFETIME_S = 600
"""A connection ends after ten minutes and the browser comes back: so that a role taken away stops hearing."""


@require_GET
async def live(request: HttpRequest) -> HttpResponseBase:
    """Events as they happen; `Last-Event-ID` (or ?after=) says where to go on."""
    viewer = await sync_to_async(_with_district)(await request.auser())
    hub = Hub.here()
    if not hub.has_room(viewer):
        refusal = HttpResponse(_("打开的页面太多，请关闭几个"), status=429, content_type="text/plain; charset=utf-8")
        refusal["Retry-After"] = "30"
        return refusal
    # Join before anything is read, so that nothing that happens from now on is missed.
    subscriber = hub.join(viewer)
    content = stream(hub, subscriber, _resume_point(request))
    response = StreamingHttpResponse(content, content_type="text/event-stream")
    # Django closes a response in a thread of its own; the hub belongs to this loop.
    loop = asyncio.get_running_loop()
    response._resource_closers.append(  # type: ignore[attr-defined]
        lambda: loop.call_soon_threadsafe(hub.leave, subscriber)
    )
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response


async def stream(hub: Hub, subscriber: Subscriber, after: int | None) -> AsyncIterator[bytes]:
    """What one connection hears.

    1. Wait until the hub, which this connection has joined, knows where it stands.
    2. Then read what happened between the resume point and now.
    3. Then pass on what the hub queued, without what step 2 already told.
    """
    loop = asyncio.get_running_loop()
    try:
        yield b"retry: 2000\n\n"
        await hub.is_ready.wait()
        told: set[bytes] = set()
        if after is not None:
            for message in await sync_to_async(missed)(subscriber.viewer, after):
                told.add(message)
                yield message
        ends_at = loop.time() + LIFETIME_S
        while loop.time() < ends_at and not subscriber.is_lost:
            try:
                message = await asyncio.wait_for(subscriber.queue.get(), HEARTBEAT_S)
            except TimeoutError:
                yield b": beat\n\n"
                continue
            if message not in told:
                yield message
    finally:
        hub.leave(subscriber)


def _with_district(viewer: Any) -> Account:
    """The account with its district at hand: the stream must not ask the database in the event loop."""
    return Account.objects.select_related("district").get(pk=viewer.pk)


def _resume_point(request: HttpRequest) -> int | None:
    given = request.headers.get("Last-Event-ID") or request.GET.get("after", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
