"""Whether an officer may be sent: what a certificate is worth on a day, and what keeps a person from going.

A certificate (行政执法证) holds in its term, in its territory, as long as it is checked every two years and not
withdrawn. Both ends of a term are days on which it holds. Two years are counted as periods are in Chinese procedure:
the day of the check does not count, so a check on 2024-11-23 carries to the end of 2026-11-23.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

CHECKED_EVERY_YEARS = 2
"""A certificate that is not checked for this long lapses (环境行政执法证件管理, 2013; verify with the badge reform)."""


def _(text: str) -> str:
    """Mark a sentence for translation; whoever shows it translates it."""
    return text


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """One certificate as registered.

    Args:
        valid_from, valid_to: both included; no `valid_to` means no end on paper.
        district_code, is_city: where it holds; a city certificate holds in every district.
        checked_on: last two-yearly check; before the first one the date of issue counts, or else `valid_from`.
        withdrawn_on: first day on which it is suspended or revoked.
    """

    certificate_no: str
    valid_from: date
    valid_to: date | None
    district_code: str
    is_city: bool = False
    issued_on: date | None = None
    checked_on: date | None = None
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes, or no with a Chinese template and its facts, so that a page can translate it."""

    ok: bool
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reason_zh(self) -> str:
        """The reason as a Chinese sentence."""
        return self.reason % self.facts


YES = Verdict(True)


def check_holds_to(checked: date) -> date:
    """The last day that a check on this day carries."""
    try:
        return checked.replace(year=checked.year + CHECKED_EVERY_YEARS)
    except ValueError:  # 29 February of a year whose second anniversary has none
        return checked.replace(year=checked.year + CHECKED_EVERY_YEARS, day=28)


def latest_check_lapsed_by(day: date) -> date:
    """The latest day of a check that carries no further than this day: the inverse of `check_holds_to`."""
    try:
        found = day.replace(year=day.year - CHECKED_EVERY_YEARS)
    except ValueError:
        found = day.replace(year=day.year - CHECKED_EVERY_YEARS, day=28)
    leap = found + timedelta(days=1)
    return leap if check_holds_to(leap) <= day else found


def checked_from(c: CertificateFacts, day: date) -> date:
    """The day from which the two years run that matter on a day: a check after it says nothing of it yet."""
    first = c.issued_on or c.valid_from
    return c.checked_on if c.checked_on and first <= c.checked_on <= day else first


def last_day(c: CertificateFacts) -> date:
    """The last day on which the certificate will hold if nothing more is done for it."""
    ends = [check_holds_to(c.checked_on or c.issued_on or c.valid_from)]
    ends += [c.valid_to] if c.valid_to else []
    ends += [c.withdrawn_on - timedelta(days=1)] if c.withdrawn_on else []
    return min(ends)


def in_term(c: CertificateFacts, day: date) -> Verdict:
    """Whether a certificate holds on a day, wherever that may be."""
    facts = {"certificate": c.certificate_no, "day": day.isoformat()}
    if c.withdrawn_on and day >= c.withdrawn_on:
        return Verdict(
            False, _("执法证 %(certificate)s 已于 %(end)s 暂扣或吊销"), facts | {"end": c.withdrawn_on.isoformat()}
        )
    if day < c.valid_from:
        return Verdict(
            False, _("执法证 %(certificate)s 自 %(start)s 起有效"), facts | {"start": c.valid_from.isoformat()}
        )
    if c.valid_to and day > c.valid_to:
        return Verdict(
            False, _("执法证 %(certificate)s 有效期至 %(end)s，%(day)s 已过期"), facts | {"end": c.valid_to.isoformat()}
        )
    lapses = check_holds_to(checked_from(c, day))
    if day > lapses:
        facts |= {"end": lapses.isoformat()}
        return Verdict(False, _("执法证 %(certificate)s 未按期审验，审验有效至 %(end)s"), facts)
    return YES


def covers(c: CertificateFacts, district_code: str) -> Verdict:
    """Whether a certificate holds in a district, whenever that may be."""
    if c.is_city or c.district_code == district_code:
        return YES
    return Verdict(
        False, _("执法证 %(certificate)s 的执法区域不含检查对象所在行政区"), {"certificate": c.certificate_no}
    )


def standing(c: CertificateFacts, day: date, district_code: str) -> Verdict:
    """Whether a certificate holds on a day in a district; the first reason against it otherwise."""
    verdict = in_term(c, day)
    return verdict if not verdict.ok else covers(c, district_code)


def best(certificates: Iterable[CertificateFacts], days: Iterable[date]) -> tuple[CertificateFacts | None, Verdict]:
    """The certificate to show on a visit of these days, and why it will not do.

    One certificate may end while the next begins, so each day may rest on another; the last day's is shown. Without any
    the reason says what to register.
    """
    known, shown = list(certificates), None
    if not known:
        return None, Verdict(False, _("没有登记执法证，请在机构人员库登记"), {})
    for day in days:
        verdicts = [(c, in_term(c, day)) for c in known]
        shown = next((c for c, verdict in verdicts if verdict.ok), None)
        if shown is None:
            return None, max(verdicts, key=lambda pair: last_day(pair[0]))[1]
    return shown, YES


@dataclass(frozen=True, slots=True)
class InterestFacts:
    """A declared interest in an object (its id today, after mergers), in its term."""

    object_id: int
    kind: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class AbsenceFacts:
    """Days, both included, on which an officer cannot be sent."""

    first_day: date
    last_day: date
    reason: str


@dataclass(frozen=True, slots=True)
class OfficerFacts:
    """One officer with all that decides whether they may go."""

    name: str
    certificates: tuple[CertificateFacts, ...] = ()
    interests: tuple[InterestFacts, ...] = ()
    absences: tuple[AbsenceFacts, ...] = ()
    is_established: bool = True
    left_on: date | None = None


def conflicts(o: OfficerFacts, object_id: int, day: date) -> Iterator[Verdict]:
    """Declared interests in an object that hold on a day [行政处罚法 第四十三条]."""
    for interest in o.interests:
        held = interest.valid_from <= day and (interest.valid_to is None or day <= interest.valid_to)
        if held and interest.object_id == object_id:
            yield Verdict(False, _("%(officer)s申报过与该对象的利害关系，应当回避"), {"officer": o.name})


def unavailable(o: OfficerFacts, day: date) -> Iterator[Verdict]:
    """Why an officer is not there on a day: gone (`left_on` is the first day without them), or away."""
    facts = {"officer": o.name, "day": day.isoformat()}
    if o.left_on and day >= o.left_on:
        yield Verdict(False, _("%(officer)s已于 %(left)s 离岗"), facts | {"left": o.left_on.isoformat()})
    for absence in o.absences:
        if absence.first_day <= day <= absence.last_day:
            yield Verdict(False, _("%(officer)s %(day)s 不在岗（%(why)s）"), facts | {"why": absence.reason})


def exclusions(o: OfficerFacts, object_id: int, district_code: str, day: date) -> list[Verdict]:
    """Every reason why an officer may not be drawn for an object on a day; empty means that they may.

    Source: 双随机 practice (enforcement.md section 8): officers in an established post with certificates; a declared
    interest excludes whatever the draw says.
    """
    found = list(unavailable(o, day))
    if not o.is_established:
        found.append(Verdict(False, _("%(officer)s不是在编在岗人员"), {"officer": o.name}))
    verdicts = [standing(c, day, district_code) for c in o.certificates]
    if not any(verdict.ok for verdict in verdicts):
        found.append(verdicts[0] if verdicts else best((), (day,))[1])
    return found + list(conflicts(o, object_id, day))
