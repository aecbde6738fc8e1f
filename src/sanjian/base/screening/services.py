"""Storing what screens found, so that people hear of it once and can always come to it again.

Per finding, in this order: 1. look whether anything changed; 2. freeze what it rests on (files first: a crash leaves
files that nobody cites, never a record without its proof); 3. in one transaction the record, its legal basis, the audit
entry, the live event and whatever the subscribers make of it. A crash anywhere means that the runner comes again, and
the fingerprint makes the second time harmless.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from sanjian.base.evidence.models import EvidenceFile
from sanjian.base.evidence.store import Store
from sanjian.base.identity import audit
from sanjian.base.live.services import announce
from sanjian.base.registry.models import LegalBasis, MonitoringPoint

from .contract import Finding
from .models import FindingRecord, UnclaimedFinding
from .modes import mode_of
from .runner import Outcome
from .slices import freeze
from .windows import earlier, later, reach

Subscriber = Callable[[FindingRecord, bool], object]
"""(record, whether it is new), called inside the transaction that stores the finding."""

_subscribers: list[Subscriber] = []


def subscribe(callback: Subscriber) -> None:
    """Have a callback told of every finding that is new or changed. Registering it again changes nothing."""
    if callback not in _subscribers:
        _subscribers.append(callback)


@dataclass(slots=True)
class Tally:
    """What became of the findings of one run."""

    new: int = 0
    updated: int = 0
    same: int = 0
    withdrawn: int = 0
    unclaimed: int = 0


@dataclass(slots=True)
class _Files:
    """A store that remembers what was put into it, for the rows of `EvidenceFile`."""

    store: Store
    sizes: dict[str, int] = field(default_factory=dict)

    def put(self, content: bytes) -> str:
        sha256 = self.store.put(content)
        self.sizes[sha256] = len(content)
        return sha256


def store_findings(outcomes: Iterable[Outcome], *, store: Store, at: datetime) -> Tally:
    """Store what a run came to, each finding in its own transaction.

    Args:
        at: aware moment of storing.

    Raises:
        LakeFull, NotStored: the disk refused the evidence; what was stored before stays stored.
        NotReproducible: a screen is not pure.
    """
    tally = Tally()
    for outcome in outcomes:
        for finding in outcome.findings:
            what = _store(finding, outcome, store, at)
            setattr(tally, what, getattr(tally, what) + 1)
        tally.withdrawn += withdraw_missing(outcome, at=at)
    return tally


def _store(finding: Finding, outcome: Outcome, store: Store, at: datetime) -> str:
    point = MonitoringPoint.objects.select_related("inspection_object").filter(device_mn=finding.subject).first()
    known = FindingRecord.objects.filter(fingerprint=finding.fingerprint).first()
    unclaimed = None if point else UnclaimedFinding.objects.filter(fingerprint=finding.fingerprint).first()
    if (known and _is_same(known, finding)) or (unclaimed and unclaimed.finding == finding.as_json()):
        return "same"
    files = _Files(store)
    manifest = freeze(finding, outcome.seen, files.put)
    with transaction.atomic():
        _register(files, at)
        if point is None:
            _keep_unclaimed(finding, manifest, at)
            return "unclaimed"
        return "new" if _write(finding, manifest, point, at)[1] else "updated"


def _is_same(record: FindingRecord, finding: Finding) -> bool:
    return (
        record.withdrawn_at is None
        and record.version == finding.version
        and record.ended_at == finding.ended_at
        and (record.severity, record.confidence) == (finding.severity, finding.confidence)
        and record.summary_zh == finding.summary_zh[:300]
        and record.evidence == finding.as_json()["evidence"]
    )


def _write(finding: Finding, manifest: str, point: MonitoringPoint, at: datetime) -> tuple[FindingRecord, bool]:
    """Write a finding's record, tell the audit chain, the open pages and the subscribers. Call it in a transaction."""
    before = FindingRecord.objects.select_for_update().filter(fingerprint=finding.fingerprint).first()
    changing = {
        "version": finding.version,
        "ended_at": finding.ended_at,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "summary_zh": finding.summary_zh[:300],
        "evidence": finding.as_json()["evidence"],
        "inputs_sha256": manifest,
        "updated_at": at,
        "withdrawn_at": None,
    }
    is_shadow = before.is_shadow if before else mode_of(finding.screen) == "shadow"
    fixed = {
        "is_shadow": is_shadow,
        "screen": finding.screen,
        "kind": finding.kind,
        "inspection_object": point.inspection_object,
        "point": point,
        "subject": finding.subject,
        "started_at": finding.started_at,
        "raised_at": at,
    }
    record, created = FindingRecord.objects.update_or_create(
        fingerprint=finding.fingerprint, defaults=changing, create_defaults={**changing, **fixed}
    )
    record.law.set(LegalBasis.objects.filter(code__in=finding.law))
    if is_shadow:  # it waits to be judged; nobody is told and no clue opens
        return record, created
    if created or (before and before.withdrawn_at):
        _tell("finding.raised", record, at, title=record.summary_zh)
    elif before and before.ended_at is None and record.ended_at is not None:
        _tell("finding.ended", record, at, title=_("已结束：%(what)s") % {"what": record.summary_zh})
    for subscriber in _subscribers:
        subscriber(record, created)
    return record, created


def _tell(act: str, record: FindingRecord, at: datetime, *, title: str) -> None:
    """Officials of the district hear of it; the enterprise does not, or every visit would be announced to it."""
    details = {"fingerprint": record.fingerprint, "screen": record.screen, "inputs_sha256": record.inputs_sha256}
    audit.record(act, actor=None, kind="finding", record_id=record.pk, reason=title, at=at, details=details)
    announce(
        act,
        title[:200],
        at=at,
        severity=record.severity,
        district_id=record.inspection_object.district_id,
        details={"finding": record.pk, "device_mn": record.subject, "kind": record.kind, "screen": record.screen},
    )


def withdraw_missing(outcome: Outcome, *, at: datetime) -> int:
    """Withdraw findings that the same rows no longer bear out: data came late or were corrected. Returns how many.

    Only a run over rows can tell, only for findings that begin inside its window (or, for screens that carry on from
    their open findings, that are open), and only for the same version of the screen. The record stays, marked.
    """
    window, screen = outcome.window, outcome.seen.screen
    if window is None:
        return 0
    candidates = FindingRecord.objects.filter(
        screen=screen.name, version=screen.version, subject=window.key[0], withdrawn_at=None
    )
    margin = reach(screen) / 2
    inside = candidates.filter(started_at__gte=window.first, started_at__lte=later(window.last, margin))
    if "open" in screen.facts:
        near = Q(started_at__gte=earlier(window.first, margin), started_at__lte=later(window.last, margin))
        inside = candidates.filter(Q(ended_at=None) | (near & Q(ended_at__gte=window.first)))
    found = {f.fingerprint for f in outcome.findings}
    count = 0
    for record in inside.exclude(fingerprint__in=found):
        with transaction.atomic():
            if FindingRecord.objects.filter(pk=record.pk, withdrawn_at=None).update(withdrawn_at=at, updated_at=at):
                record.withdrawn_at = at
                if record.is_shadow:
                    continue
                title = _("撤回：补传或更正的数据使其不再成立：%(what)s") % {"what": record.summary_zh}
                _tell("finding.withdrawn", record, at, title=title)
                count += 1
    return count


def _keep_unclaimed(finding: Finding, manifest: str, at: datetime) -> None:
    plain = finding.as_json()
    changing = {"subject": finding.subject, "finding": plain, "inputs_sha256": manifest, "updated_at": at}
    _row, created = UnclaimedFinding.objects.update_or_create(
        fingerprint=finding.fingerprint, defaults=changing, create_defaults={**changing, "first_at": at}
    )
    if created:
        title = _("未登记设备 %(mn)s：%(what)s") % {"mn": finding.subject, "what": finding.summary_zh}
        announce(
            "finding.unclaimed", title[:200], at=at, severity=finding.severity, details={"subject": finding.subject}
        )


def claim_unclaimed(*, at: datetime) -> int:
    """Turn findings on devices that have been registered since into records. Returns how many."""
    count = 0
    subjects = UnclaimedFinding.objects.values_list("subject", flat=True)
    for point in MonitoringPoint.objects.select_related("inspection_object").filter(device_mn__in=subjects):
        for row in UnclaimedFinding.objects.filter(subject=point.device_mn):
            with transaction.atomic():
                if UnclaimedFinding.objects.filter(pk=row.pk, updated_at=row.updated_at).delete()[0]:
                    _write(Finding.from_json(row.finding), row.inputs_sha256, point, at)
                    count += 1
    return count


def _register(files: _Files, at: datetime) -> None:
    EvidenceFile.objects.bulk_create(
        [
            EvidenceFile(sha256=sha256, size_bytes=size, media_type="application/octet-stream", stored_at=at)
            for sha256, size in files.sizes.items()
        ],
        ignore_conflicts=True,
    )
