"""What may happen to a clue: states, steps, clocks, merging and priority, as data and pure functions.

The clocks and thresholds are our own defaults (no public text gives Shanghai's limits); they are shown to people as
platform defaults, never as official rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .workdays import Calendar


def _(text: str) -> str:
    """Mark a sentence for translation; whoever shows it translates it."""
    return text


class State(StrEnum):
    """Where a clue stands."""

    TO_JUDGE = "to_judge"
    TO_EXPLAIN = "to_explain"
    DISPATCHED = "dispatched"
    TO_INSPECT = "to_inspect"
    INSPECTING = "inspecting"
    TO_FEED_BACK = "to_feed_back"
    CLOSED = "closed"
    DISMISSED = "dismissed"


STATE_NAMES = {
    State.TO_JUDGE: _("待研判"),
    State.TO_EXPLAIN: _("待企业说明"),
    State.DISPATCHED: _("已派发"),
    State.TO_INSPECT: _("待检查"),
    State.INSPECTING: _("检查中"),
    State.TO_FEED_BACK: _("待反馈"),
    State.CLOSED: _("已办结"),
    State.DISMISSED: _("已排除"),
}
FINAL = frozenset({State.CLOSED, State.DISMISSED})
OPEN = frozenset(State) - FINAL
DEPARTMENTS = {
    State.TO_JUDGE: "supervisor",
    State.TO_EXPLAIN: "enterprise",
    State.DISPATCHED: "enforcer",
    State.TO_INSPECT: "enforcer",
    State.INSPECTING: "enforcer",
    State.TO_FEED_BACK: "enforcer",
}
"""Who must act next in each open state."""


TOLD_TO_ENTERPRISE = FINAL | {State.TO_EXPLAIN}
"""What an enterprise may know of its clue. The rest is "in hand": to tell that a visit is coming would spoil it."""
ENTERPRISE_ACTS = frozenset({"ask", "explain", "dismiss", "close"})
"""The lines of the timeline that an enterprise sees."""


class Verdict(StrEnum):
    """What the clue turned out to be: every closed or dismissed clue has one, and the rules learn from it."""

    CONFIRMED = "confirmed"
    PARTLY = "partly"
    UNFOUNDED = "unfounded"
    FALSE_RULE = "false_rule"
    FALSE_DATA = "false_data"


VERDICT_NAMES = {
    Verdict.CONFIRMED: _("属实"),
    Verdict.PARTLY: _("部分属实"),
    Verdict.UNFOUNDED: _("不属实"),
    Verdict.FALSE_RULE: _("误报（规则问题）"),
    Verdict.FALSE_DATA: _("误报（数据问题）"),
}
TRUE_VERDICTS = frozenset({Verdict.CONFIRMED, Verdict.PARTLY})
FALSE_VERDICTS = frozenset(Verdict) - TRUE_VERDICTS


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the state table.

    Args:
        act: machine name; the audit entry is called "clue.<act>".
        label: what the button says.
        source, target: states; the same state twice is an entry in the timeline that moves nothing.
        roles: who may.
        requires: what must be given: "reason", "verdict".
        verdicts: the verdicts that fit.
        within: an undo is possible only this long after the state was entered.
        by: "person" for a form on the clue page, "inspection" when the inspection capability takes the step.
    """

    act: str
    label: str
    source: State
    target: State
    roles: frozenset[str]
    requires: tuple[str, ...] = ()
    verdicts: frozenset[Verdict] = frozenset()
    within: timedelta | None = None
    by: str = "person"


UNDO_WITHIN = timedelta(minutes=30)
"""Ours: long enough to notice a slip, short enough that nobody has driven off yet."""
_SUPERVISOR, _ENFORCER = frozenset({"supervisor"}), frozenset({"enforcer"})
_ENTERPRISE = frozenset({"enterprise", "laboratory", "station", "carrier"})
_OFFICIALS = frozenset({"monitor", "supervisor", "enforcer", "district"})
_S = State

STEPS: tuple[Step, ...] = (
    Step("dispatch", _("派发执法检查"), _S.TO_JUDGE, _S.DISPATCHED, _SUPERVISOR, ("reason",)),
    Step("ask", _("请企业说明"), _S.TO_JUDGE, _S.TO_EXPLAIN, _SUPERVISOR, ("reason",)),
    Step("dismiss", _("排除线索"), _S.TO_JUDGE, _S.DISMISSED, _SUPERVISOR, ("reason", "verdict"), FALSE_VERDICTS),
    Step("explain", _("提交说明"), _S.TO_EXPLAIN, _S.TO_JUDGE, _ENTERPRISE, ("reason",)),
    Step("stop_waiting", _("不再等待说明"), _S.TO_EXPLAIN, _S.TO_JUDGE, _SUPERVISOR, ("reason",)),
    Step("accept", _("接收"), _S.DISPATCHED, _S.TO_INSPECT, _ENFORCER),
    Step("return", _("退回研判"), _S.DISPATCHED, _S.TO_JUDGE, _ENFORCER, ("reason",)),
    Step("undo_dispatch", _("撤回派发"), _S.DISPATCHED, _S.TO_JUDGE, _SUPERVISOR, ("reason",), within=UNDO_WITHIN),
    Step("undo_dismiss", _("撤回排除"), _S.DISMISSED, _S.TO_JUDGE, _SUPERVISOR, ("reason",), within=UNDO_WITHIN),
    Step("issue_code", _("出具检查码"), _S.TO_INSPECT, _S.TO_INSPECT, _ENFORCER, by="inspection"),
    Step("check_in", _("到场签到"), _S.TO_INSPECT, _S.INSPECTING, _ENFORCER, by="inspection"),
    Step("finish_visit", _("完成检查"), _S.INSPECTING, _S.TO_FEED_BACK, _ENFORCER, by="inspection"),
    Step("close", _("反馈并办结"), _S.TO_FEED_BACK, _S.CLOSED, _ENFORCER, ("reason", "verdict"), frozenset(Verdict)),
    *(Step("note", _("补充记录"), s, s, _OFFICIALS, ("reason",)) for s in State if s in OPEN),
)

WORKDAYS: dict[State, tuple[int, int, int, int, int]] = {
    State.TO_JUDGE: (5, 5, 3, 1, 1),
    State.TO_EXPLAIN: (5, 5, 5, 2, 1),
    State.DISPATCHED: (5, 3, 3, 1, 1),
    State.TO_INSPECT: (10, 10, 5, 3, 1),
    State.INSPECTING: (3, 3, 3, 2, 2),
    State.TO_FEED_BACK: (5, 5, 5, 2, 2),
}
"""Ours: working days in each open state for severity 1..5, after the red / orange / yellow pattern of peers."""

MERGE_WITHIN = timedelta(days=7)
"""Ours: how long a settled clue still takes up findings of its own episode."""


def step(act: str, state: State) -> Step | None:
    """The row for an act in a state; None when the table has none, i.e. it may not happen."""
    return next((s for s in STEPS if s.act == act and s.source == state), None)


def steps_for(state: State, role: str) -> list[Step]:
    """What a person of this role may do in this state, most usual first."""
    return [s for s in STEPS if s.source == state and role in s.roles and s.by == "person"]


def missing(wanted: Step, *, reason: str, verdict: str) -> list[str]:
    """The names of required inputs that were not given or do not fit the step."""
    given = {"reason": bool(reason.strip()), "verdict": verdict in wanted.verdicts}
    return [name for name in wanted.requires if not given[name]]


def is_late_to_undo(wanted: Step, entered_at: datetime, now: datetime) -> bool:
    """Whether a step's short time has run out."""
    return wanted.within is not None and now - entered_at > wanted.within


def due_at(state: State, severity: int, entered_at: datetime, calendar: Calendar) -> datetime | None:
    """When the state must be left, None for a final state."""
    days = WORKDAYS.get(state)
    return calendar.deadline(entered_at, days[severity - 1]) if days else None


def priority(severity: int, confidence: float) -> int:
    """0..100, for the order of lists: severity (1..5) times confidence (0..1), scaled."""
    return round(severity * confidence * 20)


def joins(
    *,
    state: State,
    severity: int,
    closed_at: datetime | None,
    verdict: str,
    finding_severity: int,
    finding_started_at: datetime,
    now: datetime,
) -> bool:
    """Whether a finding of the same object, subject and cause joins this clue instead of opening a new one.

    An open clue takes every one. A clue settled less than MERGE_WITHIN ago takes what belongs to the same episode: a
    finding that began before it was settled, or, when it was a false alarm, one that is no more severe than before.
    What happens again after a confirmed violation is a new clue, because it is a new violation.
    """
    if state in OPEN:
        return True
    if closed_at is None or now - closed_at > MERGE_WITHIN or finding_severity > severity:
        return False
    return finding_started_at < closed_at or verdict in FALSE_VERDICTS


def as_markdown(steps: Iterable[Step] = STEPS) -> str:
    """The state table and its clocks, for the README; a test holds the two together."""
    lines = ["| 现状态 | 行为 | 到状态 | 角色 | 必填 | 限时 |", "| --- | --- | --- | --- | --- | --- |"]
    for s in steps:
        within = f"{int(s.within.total_seconds() // 60)} 分钟内" if s.within else ""
        cells = [STATE_NAMES[s.source], f"{s.label} `{s.act}`", STATE_NAMES[s.target], "、".join(sorted(s.roles))]
        lines.append(f"| {' | '.join(cells)} | {'、'.join(s.requires)} | {within} |")
    lines += ["", "| 状态（工作日） | 1 级 | 2 级 | 3 级 | 4 级 | 5 级 |", "| --- | --- | --- | --- | --- | --- |"]
    lines += [f"| {STATE_NAMES[s]} | {' | '.join(map(str, days))} |" for s, days in WORKDAYS.items()]
    return "\n".join(lines)
