"""What may go wrong when the registry is written.

RegistryError
├── InvalidValues      fields with what is wrong in each
├── NotAllowed         the actor may not write this record
├── ChangedMeanwhile   somebody else changed the record since it was read
├── NothingChanged     every value is as it was
├── Clash              another record already stands where this one would
└── StillNeeded        other records point here
"""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _


class RegistryError(Exception):
    """Base of all; the message is for the person who asked."""


class InvalidValues(RegistryError):
    """Attributes: errors: field name -> what is wrong with it, in Chinese."""

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        super().__init__("；".join(said for all_said in errors.values() for said in all_said))
        self.errors = dict(errors)


class NotAllowed(RegistryError):
    """The actor's role or district does not cover this record."""


class ChangedMeanwhile(RegistryError):
    """Attributes: changed_at: when the record was last changed."""

    def __init__(self, changed_at: datetime) -> None:
        super().__init__(_("您打开之后，这条记录已被他人修改；请对照最新内容后再提交"))
        self.changed_at = changed_at


class NothingChanged(RegistryError):
    """A change that changes nothing is not recorded."""


class Clash(RegistryError):
    """Two records would stand in one place."""


class StillNeeded(RegistryError):
    """Removing this would leave others pointing nowhere."""
