"""Who may see what: one place, used by every `visible_to`."""

from django.db.models import Q

from .models import Account, Role


def district_scope(viewer: Account, *, district: str = "district", object_id: str = "id") -> Q:
    """The filter that narrows records to what a viewer may see.

    Officials of the whole city see all, officials of a district theirs, the regulated what belongs to their own object,
    auditors all (they read, they do not act), everyone else nothing.

    Args:
        district: lookup path from the record to its district.
        object_id: lookup path from the record to the id of the inspection object it belongs to.
    """
    if not viewer.is_authenticated:
        return Q(pk__in=[])
    if viewer.role == Role.AUDITOR or (viewer.is_official and viewer.sees_whole_city):
        return Q()
    if viewer.is_official:
        return Q(**{f"{district}_id": viewer.district_id})
    if viewer.is_regulated:
        return Q(**{object_id: viewer.inspection_object_id})
    return Q(pk__in=[])
