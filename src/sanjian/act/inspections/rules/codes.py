"""The life of an inspection code (检查码), as a table.

A code is drafted, checked by the gate, approved and issued; it is used by one visit; the result is delivered; the
inspected body may rate. Times that no public text gives (life of a code, rating window, late approval in an
emergency) are ours and marked so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


def _(text: str) -> str:
    """Mark a sentence for translation; whoever shows it translates it."""
    return text


class Kind(StrEnum):
    """Why a visit is made (§2): by plan, by a trigger, or at once."""

    PLANNED = "planned"
    TRIGGERED = "triggered"
    EMERGENCY = "emergency"


class Status(StrEnum):
    """Where a code stands."""

    DRAFT = "draft"
    REFUSED = "refused"
    APPROVED = "approved"
    ISSUED = "issued"
    IN_USE = "in_use"
    INSPECTED = "inspected"
    RESULT_SENT = "result_sent"
    RATED = "rated"
    UNRATED = "unrated"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


KIND_NAMES = {
    Kind.PLANNED: _("计划检查"),
    Kind.TRIGGERED: _("触发式检查"),
    Kind.EMERGENCY: _("紧急检查"),
}
STATUS_NAMES = {
    Status.DRAFT: _("草稿"),
    Status.REFUSED: _("未通过校验"),
    Status.APPROVED: _("已批准"),
    Status.ISSUED: _("已出码"),
    Status.IN_USE: _("检查中"),
    Status.INSPECTED: _("检查完成"),
    Status.RESULT_SENT: _("结果已送达"),
    Status.RATED: _("已评价"),
    Status.UNRATED: _("未评价"),
    Status.CANCELLED: _("已取消"),
    Status.EXPIRED: _("已过期"),
}
LIVE = frozenset({Status.ISSUED, Status.IN_USE})
"""A visit may only hang on a code in one of these; a database trigger holds it as well."""
VISITED = frozenset({Status.IN_USE, Status.INSPECTED, Status.RESULT_SENT, Status.RATED, Status.UNRATED})
"""A code that was used counts as a visit of that year, whatever came after."""

RATING_WINDOW = timedelta(days=15)
RATIFY_WITHIN = timedelta(hours=24)
"""Both ours: how long a rating is possible, and how soon an emergency visit must be approved."""


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the state table: who may move a code by which act from where to where."""

    act: str
    source: Status
    target: Status
    roles: frozenset[str]
    needs_reason: bool = False


_ENFORCER, _SYSTEM, _PUBLIC = frozenset({"enforcer"}), frozenset({"system"}), frozenset({"public"})
STEPS: tuple[Step, ...] = (
    Step("refuse", Status.DRAFT, Status.REFUSED, _SYSTEM),
    Step("approve", Status.DRAFT, Status.APPROVED, _SYSTEM),
    Step("issue", Status.APPROVED, Status.ISSUED, _ENFORCER),
    Step("cancel", Status.ISSUED, Status.CANCELLED, _ENFORCER, needs_reason=True),
    Step("expire", Status.ISSUED, Status.EXPIRED, _SYSTEM),
    Step("check_in", Status.ISSUED, Status.IN_USE, _ENFORCER),
    Step("finish", Status.IN_USE, Status.INSPECTED, _ENFORCER),
    Step("deliver", Status.INSPECTED, Status.RESULT_SENT, _ENFORCER),
    Step("rate", Status.RESULT_SENT, Status.RATED, _PUBLIC),
    Step("close_rating", Status.RESULT_SENT, Status.UNRATED, _SYSTEM),
)


def step(act: str, status: Status) -> Step | None:
    """The row for an act in a status; None when it may not happen."""
    return next((s for s in STEPS if s.act == act and s.source == status), None)


def as_markdown(steps: Iterable[Step] = STEPS) -> str:
    """The state table for the README; a test holds the two together."""
    lines = ["| 现状态 | 行为 | 到状态 | 谁 |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {STATUS_NAMES[s.source]} | `{s.act}` | {STATUS_NAMES[s.target]} | {'、'.join(sorted(s.roles))} |"
        for s in steps
    ]
    return "\n".join(lines)


def is_past(window_to: datetime, now: datetime) -> bool:
    """Whether a visit may no longer begin."""
    return now > window_to
