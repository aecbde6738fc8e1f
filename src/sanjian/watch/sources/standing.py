"""How a monitoring point stands right now: one word with a tone and an icon, the same on the wall, the map and its own
page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

RECENT_SPAN = timedelta(hours=24)
"""A finding colours its point while it goes on and for a day after (our choice): the next shift must still see it."""


def is_recent(now: datetime, prefix: str = "") -> Q:
    """The condition "this finding goes on or ended within the last day"."""
    return Q(**{f"{prefix}ended_at__isnull": True}) | Q(**{f"{prefix}ended_at__gte": now - RECENT_SPAN})


def silent_after(report_interval_s: int) -> timedelta:
    """How long after its last frame a point counts as silent: twice its interval, at least ten minutes (our choice)."""
    return timedelta(seconds=max(600, 2 * report_interval_s))


@dataclass(frozen=True, slots=True)
class Standing:
    """A standing: machine code, tone of the badge, icon, word."""

    code: str
    tone: str
    icon: str
    label: str

    @property
    def word(self) -> str:
        """The word in the reader's language."""
        return _(self.label)


STANDINGS: Mapping[str, Standing] = {
    s.code: s
    for s in (
        Standing("alarm", "alarm", "alarm", gettext_noop("严重预警")),
        Standing("warn", "warn", "warn", gettext_noop("有预警")),
        Standing("silent", "notice", "offline", gettext_noop("未收到数据")),
        Standing("good", "good", "ok", gettext_noop("在线")),
        Standing("never", "", "clock", gettext_noop("尚未接入")),
        Standing("retired", "", "lock", gettext_noop("停用")),
    )
}
"""In the order of urgency."""


def standing(
    *, is_in_service: bool, report_interval_s: int, received_at: datetime | None, worst: int | None, now: datetime
) -> Standing:
    """The standing of one point.

    Args:
        received_at: when its newest frame came, None when none ever did.
        worst: the highest severity among its recent findings, None without any.
    """
    if not is_in_service:
        return STANDINGS["retired"]
    if worst is not None and worst >= 4:
        return STANDINGS["alarm"]
    if worst is not None:
        return STANDINGS["warn"]
    if received_at is None:
        return STANDINGS["never"]
    return STANDINGS["silent" if now - received_at > silent_after(report_interval_s) else "good"]
