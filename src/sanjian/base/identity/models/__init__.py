"""Accounts and what they prove themselves with, their sessions, and the audit chain of what people did."""

from .accounts import ADMINISTRATOR_ROLES, OFFICIAL_ROLES, REGULATED_ROLES, Account, District, Role
from .factors import FormerPassword, OneTimeSecret, Passkey, RecoveryCode
from .sessions import AccountSession, LockOut
from .trail import AuditEntry, AuditHead

__all__ = [
    "ADMINISTRATOR_ROLES",
    "OFFICIAL_ROLES",
    "REGULATED_ROLES",
    "Account",
    "AccountSession",
    "AuditEntry",
    "AuditHead",
    "District",
    "FormerPassword",
    "LockOut",
    "OneTimeSecret",
    "Passkey",
    "RecoveryCode",
    "Role",
]
