"""The offline form of an inspection code: who verifies it needs the public key and a clock, nothing else."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sanjian.base.evidence import signing


@dataclass(frozen=True, slots=True)
class Verified:
    """What a token says.

    Args:
        is_genuine: the signature holds over every byte.
        in_window: the moment of checking lies in the visit window.
        claims: the signed facts; empty when not genuine.
    """

    is_genuine: bool
    in_window: bool
    claims: dict[str, Any]


FORGED = Verified(False, False, {})


def verify_token(token: str, public_key: Ed25519PublicKey, now: datetime) -> Verified:
    """Check a code's token with no network. Any changed byte makes it FORGED, never an exception."""
    claims = signing.read(token, public_key)
    if claims is None or claims.get("use") != "inspection_code":
        return FORGED
    since, until = datetime.fromisoformat(claims["from"]), datetime.fromisoformat(claims["to"])
    return Verified(True, since <= now <= until, claims)
