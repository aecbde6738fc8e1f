"""Shadow mode: a new or changed rule runs silently until evidence promotes it. Nothing else writes modes or verdicts.

ModeError       base: the text is a sentence for the person
├── NotAllowed  this role may not
└── Incomplete  a reason is missing, or the choice does not exist
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account, Role

from .contract import Screen, all_screens
from .models import FindingRecord, ScreenMode, ShadowVerdict

JUDGES = frozenset({Role.MONITOR, Role.SUPERVISOR})


class ModeError(Exception):
    """A change that cannot be made."""


class NotAllowed(ModeError):
    """This person may not."""


class Incomplete(ModeError):
    """A reason is missing, or the choice does not exist."""


def mode_of(name: str) -> str:
    """How a screen runs now: "live" or "shadow"."""
    newest = ScreenMode.objects.filter(screen=name).first()
    return newest.mode if newest else next((s.starts for s in all_screens() if s.name == name), "live")


def may_promote(person: Account) -> bool:
    """A rule speaks to the whole city: whoever promotes it must see the whole city."""
    return person.role == Role.SUPERVISOR and person.sees_whole_city


def set_mode(screen: Screen, mode: str, *, actor: Account, reason: str, at: datetime) -> ScreenMode:
    """Promote a rule or send it back to shadow. What it found before stays what it was.

    Raises:
        NotAllowed, Incomplete: see above; nothing changed.
    """
    if not may_promote(actor):
        raise NotAllowed(_("只有全市监管人员可以改变规则的运行方式"))
    if mode not in ScreenMode.Mode.values or not reason.strip():
        raise Incomplete(_("请填写理由"))
    with transaction.atomic():
        made = ScreenMode.objects.create(screen=screen.name, mode=mode, at=at, by=actor, reason=reason.strip()[:300])
        details = {"mode": mode, "version": screen.version}
        audit.record(
            "screen.mode", actor=actor, kind="screen", record_id=screen.name, reason=made.reason, at=at, details=details
        )
    return made


def judge(finding: FindingRecord, verdict: str, *, actor: Account, reason: str, at: datetime) -> ShadowVerdict:
    """Say what a finding in shadow is; saying it again replaces the verdict, the audit chain keeps both.

    Raises:
        NotAllowed, Incomplete: see above; nothing changed.
    """
    if actor.role not in JUDGES or not FindingRecord.objects.shadow(actor).filter(pk=finding.pk).exists():
        raise NotAllowed(_("您的角色不能研判这条预警"))
    if verdict not in ShadowVerdict.Verdict.values or not reason.strip():
        raise Incomplete(_("请选择结论并填写理由"))
    values = {"verdict": verdict, "reason": reason.strip()[:300], "by": actor, "at": at}
    with transaction.atomic():
        made, _created = ShadowVerdict.objects.update_or_create(finding=finding, defaults=values)
        audit.record(
            "finding.judge", actor=actor, kind="finding", record_id=finding.pk, reason=made.reason, at=at,
            details={"fingerprint": finding.fingerprint, "screen": finding.screen, "verdict": verdict},
        )  # fmt: skip
    return made
