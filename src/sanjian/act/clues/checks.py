"""Verifying a finding from its clue: frozen files, the same rule again, and the lake while it keeps the version."""

from django.utils.translation import gettext as _

from sanjian.base.config import config
from sanjian.base.evidence.store import Store, Tampered
from sanjian.base.lake import Lake
from sanjian.base.screening.models import FindingRecord
from sanjian.base.screening.verdicts import verify


def recheck(finding: FindingRecord) -> tuple[bool, str]:
    """Verify a finding. Returns whether it holds, and a sentence for the person either way."""
    store = Store(config().evidence_root)
    try:
        manifest = store.get(finding.inputs_sha256)
    except (FileNotFoundError, ValueError):
        return False, _("冻结的输入不在证据库中，无法复算")
    except Tampered as error:
        return False, _("证据文件 %(sha256)s 与其哈希不符，请立即报告") % {"sha256": error.sha256[:12]}
    verdict = verify(manifest, store.get, lake=Lake(config().lake_root), expect=finding.inputs_sha256)
    seen = "；".join(f"{check.name}：{check.seen_zh}" for check in verdict.checks if check.holds is not True)
    if verdict.holds:
        sentence = _("复算一致：同一规则在冻结的数据上得到同一预警")
        return True, f"{sentence}（{seen}）" if seen else sentence
    return False, _("复算没有得到同一预警：%(seen)s") % {"seen": seen}
