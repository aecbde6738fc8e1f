"""Who may write the registry: supervisors, each within their district; the system for what has no person."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from sanjian.base.identity.models import Account, Role

from .errors import NotAllowed


def ensure_keeper(actor: Account | None, district_ids: Iterable[str]) -> None:
    """Refuse unless the actor keeps the registry of all these districts.

    Args:
        actor: None is the system itself: demonstration, pulls from a partner.

    Raises:
        NotAllowed: another role, or a district that is not the actor's.
    """
    if actor is None:
        return
    if actor.role != Role.SUPERVISOR or not actor.is_active:
        raise NotAllowed(_("只有监管人员可以维护登记库"))
    if not actor.sees_whole_city and any(code != actor.district_id for code in district_ids):
        raise NotAllowed(_("只能维护本辖区的检查对象"))
