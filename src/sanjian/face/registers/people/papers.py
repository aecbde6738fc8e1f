"""How an officer's certificate stands, in a word for lists and pages."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from sanjian.base.registry.models import Certificate, Officer
from sanjian.base.registry.queries.people import facts_of, officer_facts
from sanjian.base.registry.rules import certificates as rules
from sanjian.base.registry.services.certificates import ENDING_WITHIN_DAYS


@dataclass(frozen=True, slots=True)
class Paper:
    """One certificate's state: tone and icon of its badge, a word, the reason, its number and last day."""

    tone: str
    icon: str
    word: str
    reason: str = ""
    certificate_no: str = ""
    ends: date | None = None


def standing_of(officer: Officer, today: date) -> Paper:
    """The best that an officer has today; read the officer through `queries.with_papers`."""
    facts = officer_facts(officer)
    if not facts.certificates:
        return Paper("", "notice", _("无执法证"))
    shown, verdict = rules.best(facts.certificates, [today])
    if shown is None:
        latest = max(facts.certificates, key=rules.last_day)
        return _said(latest, verdict, today)
    longest = max((c for c in facts.certificates if rules.in_term(c, today).ok), key=rules.last_day)
    return _said(longest, verdict, today)


def paper(certificate: Certificate, today: date) -> Paper:
    """One certificate."""
    facts = facts_of(certificate)
    return _said(facts, rules.in_term(facts, today), today)


def _said(facts: rules.CertificateFacts, verdict: rules.Verdict, today: date) -> Paper:
    ends = rules.last_day(facts)
    if not verdict.ok:
        word = _("未生效") if today < facts.valid_from else _("已失效")
        return Paper("alarm", "alarm", word, _(verdict.reason) % verdict.facts, facts.certificate_no, ends)
    if ends <= today + timedelta(days=ENDING_WITHIN_DAYS):
        return Paper("notice", "clock", _("即将失效"), "", facts.certificate_no, ends)
    return Paper("good", "ok", _("有效"), "", facts.certificate_no, ends)
