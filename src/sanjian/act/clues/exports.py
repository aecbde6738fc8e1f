"""What leaves the platform about clues: the list as CSV, and one clue as a pack that a stranger can verify."""

import csv
import hashlib
import inspect
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from sanjian.base.config import config
from sanjian.base.evidence.store import Store, Tampered
from sanjian.base.identity import audit, chain
from sanjian.base.screening.models import FindingRecord

from . import queries, rules
from .models import Clue, ClueEvent
from .workdays import SHANGHAI

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

VERIFIER = '''"""Check this pack with nothing but Python: python verify.py"""
import hashlib, json, pathlib
import chain

here, bad = pathlib.Path(__file__).parent, []
for name, sha256 in json.loads((here / "manifest.json").read_text(encoding="utf-8"))["files"].items():
    if hashlib.sha256((here / name).read_bytes()).hexdigest() != sha256:
        bad.append(f"文件被改动：{name}")
for entry in json.loads((here / "audit.json").read_text(encoding="utf-8")):
    if chain.link(entry["previous_hash"], entry) != entry["hash"]:
        bad.append(f"审计记录被改动：第 {entry['seq']} 条")
print("\\n".join(bad) or "完好：全部文件与审计记录的哈希相符")
raise SystemExit(bool(bad))
'''


def as_csv(clues: Iterable[Clue], now: datetime) -> Iterator[str]:
    """The lines of a CSV of clues, with a byte order mark so that spreadsheets read the Chinese."""
    head: tuple[str, ...] = (
        _("编号"),
        _("状态"),
        _("严重程度"),
        _("把握"),
        _("优先度"),
        _("检查对象"),
        _("行政区"),
        _("点位"),
    )
    head += (_("问题"), _("产生时间"), _("限期"), _("超期"), _("承办人"), _("结论"), _("反馈"))
    yield "\ufeff" + _line(head)
    for clue in clues:
        yield _line(
            (
                clue.clue_no,
                _(rules.STATE_NAMES[rules.State(clue.state)]),
                clue.severity,
                f"{clue.confidence:.2f}",
                clue.priority,
                clue.inspection_object.name,
                clue.inspection_object.district.name,
                clue.point.name if clue.point else "",
                clue.title,
                _local(clue.opened_at),
                _local(clue.due_at),
                _("是") if clue.is_overdue(now) else "",
                clue.assignee.display_name if clue.assignee else "",
                clue.get_verdict_display(),
                clue.feedback,
            )
        )


def _line(cells: Iterable[object]) -> str:
    """One CSV line; a cell that a spreadsheet would run as a formula is defused with an apostrophe."""
    out = io.StringIO()
    texts = (str(cell) for cell in cells)
    csv.writer(out).writerow([f"'{text}" if text.startswith(_FORMULA) else text for text in texts])
    return out.getvalue()


def _local(moment: datetime | None) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def evidence_pack(clue: Clue, more: Mapping[str, bytes] | None = None) -> bytes:
    """Everything about a clue in one ZIP: findings, frozen inputs, timeline, audit links, hashes and a verifier.

    The same clue in the same state gives the same bytes. A frozen file that is missing or was tampered with is named in
    the manifest instead of being left out in silence.

    Args:
        more: files of other capabilities (visits, photos), path in the pack -> content.
    """
    links = [audit.as_chain(entry) for entry in queries.audit_of(clue)]
    frozen, missing = _frozen(clue.findings.all())
    files: dict[str, bytes] = {
        "clue.json": _json(_clue_facts(clue)),
        "findings.json": _json([_finding_facts(f) for f in clue.findings.order_by("id").prefetch_related("law")]),
        "timeline.json": _json([_event_facts(e) for e in clue.events.all()]),
        "audit.json": _json(links),
        "chain.py": inspect.getsource(chain).encode(),
        "verify.py": VERIFIER.encode(),
    }
    files |= {f"inputs/{sha256}": content for sha256, content in frozen.items()} | dict(more or {})
    manifest = {
        "clue_no": clue.clue_no,
        "about": "各文件的 SHA-256；运行 python verify.py 核对，无需联网。inputs/ 为判定时冻结的输入，以哈希为名",
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
        "missing_inputs": missing,
    }
    return _zip({"manifest.json": _json(manifest)} | files)


def _frozen(findings: Iterable[FindingRecord]) -> tuple[dict[str, bytes], list[str]]:
    """The input manifests of findings and the files that they name by hash, and what could not be read."""
    store = Store(config().evidence_root)
    found: dict[str, bytes] = {}
    missing: list[str] = []
    wanted = sorted({f.inputs_sha256 for f in findings if f.inputs_sha256})
    for sha256 in wanted:
        try:
            found[sha256] = store.get(sha256)
        except (FileNotFoundError, Tampered, ValueError):
            missing.append(sha256)
            continue
        for named in sorted(set(_SHA256.findall(found[sha256].decode("utf-8", "replace"))) - found.keys()):
            if store.path(named).exists():
                found[named] = store.get(named)
    return found, missing


def _clue_facts(clue: Clue) -> dict[str, Any]:
    return {
        "clue_no": clue.clue_no,
        "object": {"name": clue.inspection_object.name, "credit_code": clue.inspection_object.credit_code},
        "subject": clue.subject,
        "kind": clue.kind,
        "title": clue.title,
        "severity": clue.severity,
        "confidence": clue.confidence,
        "state": clue.state,
        "opened_at": _iso(clue.opened_at),
        "closed_at": _iso(clue.closed_at),
        "verdict": clue.verdict,
        "feedback": clue.feedback,
    }


def _finding_facts(finding: FindingRecord) -> dict[str, Any]:
    return {
        "fingerprint": finding.fingerprint,
        "screen": finding.screen,
        "version": finding.version,
        "started_at": _iso(finding.started_at),
        "ended_at": _iso(finding.ended_at),
        "severity": finding.severity,
        "confidence": finding.confidence,
        "summary_zh": finding.summary_zh,
        "law": [str(basis) for basis in finding.law.all()],
        "evidence": finding.evidence,
        "inputs_sha256": finding.inputs_sha256,
        "raised_at": _iso(finding.raised_at),
    }


def _event_facts(event: ClueEvent) -> dict[str, Any]:
    names = ("actor_name", "role", "act", "from_state", "to_state", "reason", "audit_seq")
    return {"at": _iso(event.at)} | {name: getattr(event, name) for name in names}


def _iso(moment: datetime | None) -> str | None:
    """ISO text in UTC, so that the same moment is always the same bytes."""
    return moment.astimezone(UTC).isoformat() if moment else None


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _zip(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, content in sorted(files.items()):
            pack.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
