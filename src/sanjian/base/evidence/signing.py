"""The installation's Ed25519 key, and compact signed tokens that verify without a network.

A token is `SJ1.<body>.<signature>`: body and signature in base64url without padding, the body being canonical JSON
(sorted keys, no blanks, UTF-8). Whoever holds the public key can check it offline; nothing secret is in it.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from sanjian.base.config import config

PREFIX = "SJ1"


def signing_key(home: Path | None = None) -> Ed25519PrivateKey:
    """The private key of this installation: made at first use, in the home folder, readable by its owner only.

    Several processes may ask at the same time; the first one's key wins and every other one reads that.
    """
    path = (home or config().home) / "keys" / "ed25519.pem"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = path.with_name(f"ed25519.{secrets.token_hex(4)}")
        pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(part)
        except FileExistsError:
            pass
        finally:
            part.unlink()
    return _load(path.read_bytes())


def _load(pem: bytes) -> Ed25519PrivateKey:
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("签名密钥文件不是 Ed25519 私钥")
    return key


def public_key_pem(key: Ed25519PrivateKey) -> str:
    """What a verifier needs, as PEM text."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def sign(claims: dict[str, Any], key: Ed25519PrivateKey) -> str:
    """A token over JSON-able claims."""
    body = json.dumps(claims, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    return f"{PREFIX}.{_text(body)}.{_text(key.sign(body))}"


def read(token: str, public_key: Ed25519PublicKey) -> dict[str, Any] | None:
    """The claims of a token, None when it is not one or not one byte of it may be trusted."""
    parts = token.split(".")
    if len(parts) != 3 or parts[0] != PREFIX:
        return None
    try:
        body, signature = _bytes(parts[1]), _bytes(parts[2])
        public_key.verify(signature, body)
        claims = json.loads(body)
    except (binascii.Error, InvalidSignature, ValueError):
        return None
    return claims if isinstance(claims, dict) else None


def short_seal(purpose: str, text: str, key: Ed25519PrivateKey) -> str:
    """16 characters (80 bits) that only this installation can make for a text: for URLs, where tokens are too long."""
    raw = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    secret = hmac.digest(raw, f"sanjian {purpose}".encode(), "sha256")
    return base64.b32encode(hmac.digest(secret, text.encode(), hashlib.sha256)[:10]).decode().lower()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    """Strict base64url: only the one spelling that `_text` makes, so that every changed character is found."""
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _text(raw) != text:
        raise binascii.Error("not canonical base64url")
    return raw
