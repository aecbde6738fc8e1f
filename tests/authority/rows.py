"""How a row of the table is written."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from sanjian.base.identity.models import ADMINISTRATOR_ROLES, OFFICIAL_ROLES, REGULATED_ROLES, Role

from .places import CITY, PEOPLE, STRANGER

Roles = Set[str]

OFFICIALS: Roles = {str(role) for role in OFFICIAL_ROLES} | {CITY}
REGULATED: Roles = {str(role) for role in REGULATED_ROLES}
KEEPERS: Roles = {str(role) for role in ADMINISTRATOR_ROLES}
AUDITOR: Roles = {str(Role.AUDITOR)}
ENFORCER: Roles = {str(Role.ENFORCER)}
OPERATOR: Roles = {str(Role.OPERATOR)}
SECURITY: Roles = {str(Role.SECURITY)}
SUPERVISOR: Roles = {str(Role.SUPERVISOR)}
USERS: Roles = OFFICIALS - {str(Role.DISTRICT)}
"""Who handles instruments."""
REGISTRARS: Roles = {str(Role.SUPERVISOR), CITY}
CITY_ONLY: Roles = {CITY}
CASEWORK: Roles = OFFICIALS | REGULATED | AUDITOR
READERS: Roles = OFFICIALS | AUDITOR
CONSOLE: Roles = {str(Role.MONITOR), str(Role.SUPERVISOR), str(Role.DISTRICT), CITY}
"""Who has commands sent to devices."""
JUDGES: Roles = {str(Role.MONITOR), str(Role.SUPERVISOR), CITY}
"""Who judges what rules in shadow would have said."""
CITY_JUDGES: Roles = {CITY}
LOGGED_IN: Roles = set(PEOPLE) - {STRANGER}
EVERYBODY: Roles = set(PEOPLE)
NOBODY: Roles = set()
BEYOND: Roles = {CITY} | AUDITOR
"""Whose view does not end at a district's border."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who is let in.

    Args:
        own: to a record of the person's own district or object, or to an address that names no record.
        other: to a record of the next district; None when the address names no record.
    """

    own: Roles
    other: Roles | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One address: its template, filled from `Place.ids`, and who is let in by which method. Every other method is
    refused to everyone.
    """

    address: str
    methods: Mapping[str, Access] = field(default_factory=dict)


def get(address: str, own: Roles, other: Roles | None = None) -> Row:
    """An address that is only read."""
    return Row(address, {"GET": Access(own, other)})


def post(address: str, own: Roles, other: Roles | None = None) -> Row:
    """An address that only acts."""
    return Row(address, {"POST": Access(own, other)})


def form(address: str, own: Roles, other: Roles | None = None) -> Row:
    """A form: shown and sent by the same people."""
    return Row(address, {"GET": Access(own, other), "POST": Access(own, other)})
