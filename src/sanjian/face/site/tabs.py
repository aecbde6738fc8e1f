"""Tabs over the pages of one family: places that share an entry of the rail."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sanjian.base.identity.gates import CASEWORK, KEEPERS, REGISTER_READERS, REGISTRARS, SCORE_READERS
from sanjian.base.identity.models import Role

FAMILIES = {
    "registers": (
        ("objects", gettext_noop("检查对象"), CASEWORK),
        ("people", gettext_noop("机构人员"), REGISTER_READERS),
        ("equipment", gettext_noop("装备"), REGISTER_READERS),
        ("items", gettext_noop("检查事项"), REGISTER_READERS),
        ("updates", gettext_noop("数据更新"), REGISTRARS),
    ),
    "system": (
        ("system", gettext_noop("运行"), KEEPERS),
        ("scores", gettext_noop("成绩"), SCORE_READERS),
        ("accounts", gettext_noop("账号"), KEEPERS),
        ("lock_outs", gettext_noop("登录失败"), {Role.SECURITY, Role.AUDITOR}),
        ("audit", gettext_noop("审计"), {Role.AUDITOR}),
    ),
}
"""Family -> URL name, label, roles."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab."""

    label: str
    url: str
    is_here: bool


def tabs(family: str, role: str, here: str) -> list[Tab]:
    """The tabs that this role may open; none when there is nothing to choose between.

    Args:
        here: URL name of the page that is open.
    """
    found = [Tab(_(label), reverse(name), name == here) for name, label, roles in FAMILIES[family] if role in roles]
    return found if len(found) > 1 else []
