"""Keeping the item library: what a published item says never changes without a new version beside the old one.

ItemError
├── NotTheirs   the person does not keep the library
└── Overtaken   somebody else changed the item since it was read
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from sanjian.base.identity import audit
from sanjian.base.identity.models import Account, Role

from ..answers import is_known
from ..item_queries import BASES, known_codes
from ..models import InspectionItem, ItemVersion, LegalBasis, Question
from ..rules import questions as rules
from ..rules import scope as scopes

FIELDS = (
    "name", "domain", "standard", "method", "remote_sufficient", "evidence", "scope", *BASES, "yearly_cap",
    "joint_theme", "is_undisturbed", "published_url", "valid_from", "valid_to",
)  # fmt: skip
"""What an item says: changing one of these in a published item makes a new version."""

QUESTION_FIELDS = (
    "code", "text", "kind", "unit", "options", "low", "high", "shown_when", "filled_from", "severity", "order",
    "evidence_required",
)  # fmt: skip


class ItemError(Exception):
    """Something that may not be done; `message` says why, `problems` has every reason."""

    def __init__(self, message: str, problems: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = list(problems) or [message]


class NotTheirs(ItemError):
    """The person does not keep the library."""


class Overtaken(ItemError):
    """Somebody else changed the item since it was read."""


def keeps_library(account: Account) -> bool:
    """Whether a person may change items: the library is the whole city's, so a supervisor of the whole city."""
    return account.role == Role.SUPERVISOR and account.sees_whole_city


def add_item(values: Mapping[str, Any], *, actor: Account, at: datetime, reason: str = "") -> InspectionItem:
    """Put a new item into the library, as a draft: without questions it is not ready to be published.

    Raises:
        ItemError: no right, the code is taken, or the scope is wrong.
    """
    _require(actor)
    code = str(values.get("code", ""))
    _check_scope(values.get("scope") or {})
    with transaction.atomic():
        own = {name: value for name, value in values.items() if name in FIELDS}
        item, is_new = InspectionItem.objects.get_or_create(code=code, defaults={**own, "is_published": False})
        if not is_new:
            raise ItemError(_("编码“%(code)s”已被使用") % {"code": code})
        audit.record("item.add", actor=actor, kind="item", record_id=code, reason=reason, at=at)
    return item


def change_item(
    item: InspectionItem, changes: Mapping[str, Any], *, actor: Account, at: datetime, reason: str, seen_version: int
) -> InspectionItem:
    """Change what an item says. A published item gets a new version from now on; the old one stays readable.

    Args:
        changes: of FIELDS; those equal to what stands are left out.
        seen_version: the version that the editor saw.

    Raises:
        ItemError: no right, no reason, or the scope is wrong.
        Overtaken: another version stands by now.
    """
    _require(actor)
    changed = {name: value for name, value in changes.items() if name in FIELDS and getattr(item, name) != value}
    if not changed:
        return item
    _require_reason(reason)
    _check_scope(changed.get("scope", item.scope))
    with transaction.atomic():
        _begin_version(item, seen_version, at, changed)
        _keep_version(item, actor, at, reason)
        audit.record(
            "item.change", actor=actor, kind="item", record_id=item.code, reason=reason, at=at,
            details={"version": item.version, "fields": sorted(changed)},
        )  # fmt: skip
    return item


def set_published(item: InspectionItem, is_published: bool, *, actor: Account, at: datetime, reason: str) -> None:
    """Publish an item, or take it back; an item that is not published may not be used. Twice is once.

    Raises:
        ItemError: no right, no reason, or it has no question or no power to inspect to publish.
    """
    _require(actor)
    _require_reason(reason)
    if is_published and not item.questions.current().exists():
        raise ItemError(_("没有检查问题的事项不能公布"))
    if is_published and item.power_basis_id is None:
        raise ItemError(_("没有检查权条款的事项不能公布"))
    with transaction.atomic():
        if InspectionItem.objects.filter(pk=item.pk, is_published=not is_published).update(is_published=is_published):
            act = "item.publish" if is_published else "item.withdraw"
            audit.record(act, actor=actor, kind="item", record_id=item.code, reason=reason, at=at)
    item.is_published = is_published


def save_questions(
    item: InspectionItem,
    rows: Sequence[Mapping[str, Any]],
    *,
    actor: Account,
    at: datetime,
    reason: str,
    seen_version: int,
) -> InspectionItem:
    """Make these the questions of an item, in this order. What differs is retired and replaced, so that answers keep
    the question they were given to.

    Args:
        rows: QUESTION_FIELDS without `order`.

    Raises:
        ItemError: no right, no reason, or faults in the list; `problems` names every one.
        Overtaken: another version stands by now.
    """
    _require(actor)
    if problems := question_problems(rows):
        raise ItemError(_("问题清单还不能保存"), problems)
    wanted = {row["code"]: {**row, "order": n} for n, row in enumerate(rows)}
    standing = {q.code: q for q in item.questions.current()}
    gone = [q for code, q in standing.items() if code not in wanted or _differs(q, wanted[code])]
    fresh = [row for code, row in wanted.items() if code not in standing or _differs(standing[code], row)]
    if not gone and not fresh:
        return item
    _require_reason(reason)
    with transaction.atomic():
        _begin_version(item, seen_version, at, {})
        Question.objects.filter(pk__in=[q.pk for q in gone], retired_at=None).update(retired_at=at)
        Question.objects.bulk_create(Question(item=item, added_at=at, **row) for row in fresh)
        _keep_version(item, actor, at, reason)
        audit.record(
            "item.questions", actor=actor, kind="item", record_id=item.code, reason=reason, at=at,
            details={"version": item.version, "retired": len(gone), "added": len(fresh), "count": len(rows)},
        )  # fmt: skip
    return item


def question_problems(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Everything that is wrong with a list of questions, in words."""
    parts = [Question(**{name: row[name] for name in QUESTION_FIELDS if name in row}).rule for row in rows]
    found = [_(message) % facts for message, facts in rules.list_faults(parts)]
    found.extend(
        _("问题“%(code)s”的自动填写来源“%(source)s”不存在") % {"code": row["code"], "source": row["filled_from"]}
        for row in rows
        if row.get("filled_from") and not is_known(row["filled_from"])
    )
    return found


def switch_basis(item: InspectionItem, part: str, *, actor: Account, at: datetime, to: LegalBasis) -> InspectionItem:
    """Cite another provision instead, as the citations report offers it.

    Raises:
        ItemError: no right, or it is none of the three citations of an item.
    """
    if part not in BASES:
        raise ItemError(_("没有这一类条款"))
    reason = _("改引现行条款：%(basis)s") % {"basis": str(to)}
    return change_item(item, {part: to}, actor=actor, at=at, reason=reason[:200], seen_version=item.version)


def version_at(item: InspectionItem, moment: datetime) -> ItemVersion | None:
    """What an item said at a moment; None while it has never been changed: then it says now what it always said."""
    return item.versions.filter(recorded_at__lte=moment).order_by("-version").first()


def content_of(item: InspectionItem) -> dict[str, Any]:
    """What an item says, as plain values: fields, codes of provisions, questions."""
    fields: dict[str, Any] = {}
    for name in FIELDS:
        value = getattr(item, name)
        fields[name] = value.code if isinstance(value, LegalBasis) else value
        if isinstance(value, date):
            fields[name] = value.isoformat()
    asked = [{name: getattr(q, name) for name in QUESTION_FIELDS} for q in item.questions.current()]
    return {**fields, "questions": asked}


def _begin_version(item: InspectionItem, seen_version: int, at: datetime, changed: Mapping[str, Any]) -> None:
    """Write the changes if the version is still the one that was seen.

    1. The old state is kept, unless an earlier change kept it. 2. The conditional update takes the row: a second editor
    finds another version and is refused. Both stand or fall with the caller's transaction.
    """
    if item.is_published:
        start = datetime.combine(item.valid_from, time.min, timezone.get_default_timezone()).astimezone(UTC)
        kept = {"content": content_of(_as_stored(item)), "valid_from": item.valid_from, "recorded_at": min(start, at)}
        ItemVersion.objects.get_or_create(item=item, version=item.version, defaults=kept)
    number = seen_version + 1 if item.is_published else seen_version
    if not InspectionItem.objects.filter(pk=item.pk, version=seen_version).update(**changed, version=number):
        raise Overtaken(_("该事项刚被别人改成了新版本，请重新打开后再改"))
    item.refresh_from_db()


def _as_stored(item: InspectionItem) -> InspectionItem:
    return InspectionItem.objects.select_related(*BASES).get(pk=item.pk)


def _keep_version(item: InspectionItem, actor: Account, at: datetime, reason: str) -> None:
    if item.is_published:
        ItemVersion.objects.create(
            item=item,
            version=item.version,
            content=content_of(_as_stored(item)),
            valid_from=timezone.localdate(at),
            recorded_at=at,
            actor=actor,
            reason=reason,
        )


def _differs(question: Question, row: Mapping[str, Any]) -> bool:
    return any(getattr(question, name) != row[name] for name in QUESTION_FIELDS if name in row)


def _check_scope(scope: object) -> None:
    if found := scopes.faults(scope, known_codes()):
        raise ItemError(_("适用对象的条件不对"), [_(message) % facts for message, facts in found])


def _require(actor: Account) -> None:
    if not keeps_library(actor):
        raise NotTheirs(_("事项库由市级监管人员维护"))


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ItemError(_("请写明修改的理由"))
