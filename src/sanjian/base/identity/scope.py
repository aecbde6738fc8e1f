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
    if viewer.is_official and viewer.district_id is not None:
        return Q(**{f"{district}_id": viewer.district_id})
    if viewer.is_regulated and viewer.inspection_object_id is not None:
        return Q(**{object_id: viewer.inspection_object_id})
    return Q(pk__in=[])


def body_scope(viewer: Account, *, body: str = "body") -> Q:
    """The filter that narrows records which belong to a body (personnel, equipment, plans) to what a viewer may see.

    Officials of the whole city and auditors see all, other officials what belongs to their own body, everyone else
    nothing: neither the regulated, nor an official whose account names no body.

    Args:
        body: lookup path from the record to its body.
    """
    if not viewer.is_authenticated:
        return Q(pk__in=[])
    if viewer.role == Role.AUDITOR or (viewer.is_official and viewer.sees_whole_city):
        return Q()
    if viewer.is_official and viewer.body_id is not None:
        return Q(**{f"{body}_id": viewer.body_id})
    return Q(pk__in=[])
