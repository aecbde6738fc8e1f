"""Asking for, issuing, cancelling, approving late and expiring inspection codes."""

import base64
import secrets
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from sanjian.act.clues import services as clues
from sanjian.act.clues.queries import dispatched_by
from sanjian.base.evidence import signing
from sanjian.base.identity import audit
from sanjian.base.identity.models import Account, Role
from sanjian.base.registry.models import InspectionObject, Officer
from sanjian.base.registry.queries.people import officer_facts
from sanjian.base.registry.rules import certificates

from ..models import CodeOfficer, InspectionCode
from ..rules import codes, gate
from ..rules.codes import Kind, Status
from .errors import CodeError
from .facts import Application, registered, request_of


def issue_code(wanted: Application, actor: Account, *, now: datetime, request_key: str = "") -> InspectionCode:
    """Put an application through the gate and issue its code, or keep it refused with every reason.

    The same form submitted twice (`request_key`) gives the first code back.

    Raises:
        CodeError: the person may not ask for this at all.
        ClueError: the clue is not in a state to be inspected.
    """
    if actor.role != Role.ENFORCER:
        raise CodeError(_("只有执法人员可以申请检查码"))
    if not InspectionObject.objects.visible_to(actor).filter(id=wanted.inspection_object.id).exists():
        raise CodeError(_("检查对象不在您的辖区内"))
    if request_key and (done := InspectionCode.objects.filter(created_by=actor, request_key=request_key).first()):
        return done
    with transaction.atomic():
        # The object's row is the lock: two officers who apply at once are counted one after the other.
        InspectionObject.objects.select_for_update().get(id=wanted.inspection_object.id)
        approver = dispatched_by(wanted.clue) if wanted.clue else None
        request = request_of(wanted, approver, now)
        refused = gate.refusals(request)
        code = _draft(wanted, approver, actor, request, now, request_key)
        if refused:
            code.refusals = [reason.as_json() for reason in refused]
            code.save(update_fields=["refusals"])
            move(code, "refuse", None, now, details={"rules": sorted({r.rule for r in refused})})
            return code
        move(code, "approve", None, now)
        code.issued_at, code.token = now, _token(code, now)
        code.save(update_fields=["issued_at", "token"])
        move(code, "issue", actor, now)
        if code.clue:
            clues.take_step(code.clue, "issue_code", actor, now=now, reason=code.code_id, by="inspection")
    return code


def refusals_of(wanted: Application, *, now: datetime) -> list[gate.Refusal]:
    """What the gate would say, without writing anything."""
    return gate.refusals(request_of(wanted, dispatched_by(wanted.clue) if wanted.clue else None, now))


def cancel_code(code: InspectionCode, actor: Account, *, reason: str, now: datetime) -> None:
    """Give an unused code back, with a reason.

    Raises:
        CodeError: no reason, or the code is already used, cancelled or expired.
    """
    if not reason.strip():
        raise CodeError(_("请写明取消的理由"))
    with transaction.atomic():
        move(code, "cancel", actor, now, reason=reason.strip())


def approve_late(code: InspectionCode, approver: Account, *, now: datetime) -> None:
    """Approve an emergency visit afterwards; whoever goes cannot approve.

    Raises:
        CodeError: not an emergency, already approved, too late, or not this person's to approve.
    """
    if approver.role != Role.SUPERVISOR or code.officers.filter(account=approver).exists():
        raise CodeError(_("紧急检查由监管部门补批，检查人员不能批准自己的检查"))
    if is_irregular(code, now):
        raise CodeError(_("已超过补批时限，该检查列入监督清单"))
    with transaction.atomic():
        waiting = InspectionCode.objects.filter(id=code.id, kind=Kind.EMERGENCY, approver=None)
        if not waiting.exclude(status__in=[Status.REFUSED, Status.CANCELLED]).update(
            approver=approver, approved_at=now
        ):
            raise CodeError(_("该检查码无须补批，或已经补批"))
        audit.record("code.approve_late", actor=approver, kind="code", record_id=code.code_id, at=now)
    code.refresh_from_db()


def is_irregular(code: InspectionCode, now: datetime) -> bool:
    """An emergency visit that nobody approved in time: it goes to the oversight list."""
    is_open = code.kind == Kind.EMERGENCY and code.approver_id is None and code.issued_at is not None
    return is_open and now - code.issued_at > codes.RATIFY_WITHIN  # type: ignore[operator]


def expire_codes(now: datetime) -> int:
    """Mark codes whose window ran out unused and rating windows that closed: for the worker. Returns how many."""
    late = [(code, "expire") for code in InspectionCode.objects.filter(status=Status.ISSUED, window_to__lt=now)]
    silent = InspectionCode.objects.filter(status=Status.RESULT_SENT, delivered_at__lt=now - codes.RATING_WINDOW)
    late += [(code, "close_rating") for code in silent]
    count = 0
    for code, act in late:
        try:
            with transaction.atomic():
                move(code, act, None, now)
            count += 1
        except CodeError:  # an officer or the enterprise was first, which is as good
            continue
    return count


def move(
    code: InspectionCode,
    act: str,
    actor: Account | None,
    now: datetime,
    *,
    reason: str = "",
    details: dict[str, object] | None = None,
) -> None:
    """Take one step of `codes.STEPS` by a conditional update, with its audit entry. Call it in a transaction.

    Raises:
        CodeError: the table has no such step now, the role may not, or somebody else was first.
    """
    step = codes.step(act, Status(code.status))
    role = actor.role if actor else ("public" if act == "rate" else "system")
    if step is None or role not in step.roles:
        status = _(codes.STATUS_NAMES[Status(code.status)])
        raise CodeError(_("检查码现为“%(status)s”，不能进行此操作") % {"status": status})
    if not InspectionCode.objects.filter(id=code.id, status=step.source).update(status=step.target):
        raise CodeError(_("检查码的状态刚刚改变，请刷新页面"))
    code.status = step.target
    facts = {"from": str(step.source), "to": str(step.target)} | (details or {})
    audit.record(f"code.{act}", actor=actor, kind="code", record_id=code.code_id, reason=reason, at=now, details=facts)


def _draft(
    wanted: Application, approver: Account | None, actor: Account, request: gate.Request, now: datetime, key: str
) -> InspectionCode:
    code = InspectionCode.objects.create(
        code_id=base64.b32encode(secrets.token_bytes(16)).decode().rstrip("="),
        kind=wanted.kind,
        mode=wanted.mode,
        plan_no=wanted.plan_no.strip(),
        clue=wanted.clue,
        reason=wanted.reason.strip(),
        on_site_reason=wanted.on_site_reason.strip(),
        approver=approver,
        approved_at=now if approver else None,
        inspection_object=wanted.inspection_object,
        window_from=wanted.window_from,
        window_to=wanted.window_to,
        visit_no_in_year=request.planned_visits + (wanted.kind is Kind.PLANNED),
        yearly_cap=min((item.yearly_cap for item in request.items), default=0),
        request_key=key,
        created_by=actor,
        created_at=now,
    )
    code.items.set(wanted.items)
    CodeOfficer.objects.bulk_create(_going(code, account, request.visit_days) for account in registered(wanted))
    return code


def _going(code: InspectionCode, pair: tuple[Account, Officer | None], days: Sequence[date]) -> CodeOfficer:
    """Name, body and certificate as the registry has them now; an enterprise reads them on the public page."""
    account, officer = pair
    shown = certificates.best(officer_facts(officer).certificates, days)[0] if officer else None
    return CodeOfficer(
        code=code,
        account=account,
        name=officer.name if officer else account.display_name,
        certificate_no=shown.certificate_no if shown else "",
        body_name=officer.body.name if officer else "",
    )


def _token(code: InspectionCode, now: datetime) -> str:
    claims = {
        "use": "inspection_code",
        "code": code.code_id,
        "kind": code.kind,
        "object": code.inspection_object.credit_code,
        "items": sorted(code.items.values_list("code", flat=True)),
        "certificates": sorted(code.officers.values_list("certificate_no", flat=True)),
        "from": code.window_from.isoformat(),
        "to": code.window_to.isoformat(),
        "issued": now.isoformat(),
    }
    return signing.sign(claims, signing.signing_key())
