"""Verifying a finding from its clue: the same screen version on the frozen slice must come to the same finding."""

import json

from django.utils.translation import gettext as _

from sanjian.base.config import config
from sanjian.base.evidence.store import Store, Tampered
from sanjian.base.screening.contract import screen
from sanjian.base.screening.models import FindingRecord
from sanjian.base.screening.slices import rerun_manifest


def recheck(finding: FindingRecord) -> tuple[bool, str]:
    """Run a finding again. Returns whether it came out the same, and a sentence for the person either way."""
    store = Store(config().evidence_root)
    try:
        manifest = json.loads(store.get(finding.inputs_sha256))
        rule = screen(manifest["screen"])
        if rule.version != manifest["version"]:
            facts = {"old": manifest["version"], "new": rule.version}
            return False, _("规则已从 %(old)s 版改为 %(new)s 版，须用原版本复算") % facts
        again = rerun_manifest(rule, manifest, store.get)
    except (FileNotFoundError, ValueError):
        return False, _("冻结的输入不在证据库中，无法复算")
    except Tampered as error:
        return False, _("证据文件 %(sha256)s 与其哈希不符，请立即报告") % {"sha256": error.sha256[:12]}
    except KeyError:
        return False, _("这条规则已不在系统中，无法复算")
    if again != manifest["finding"]:
        return False, _("复算结果与当时的预警不一致，请联系规则负责人")
    return True, _("复算一致：同一规则在冻结的数据上得到同一预警")
