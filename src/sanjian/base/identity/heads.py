"""The head of the audit chain, signed and written out, so that a copy kept elsewhere convicts whoever cuts or rewrites.

One file holds one signed token (`base/evidence/signing`): position, hash, time, and the hash of the file before it, so
that a file taken out of the middle is missed. The private key lies on this machine: whoever holds it can sign a false
head, therefore copies belong to someone else (a notary, the audit administrator's own machine) the day they are made.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.utils import timezone

from sanjian.base.config import config
from sanjian.base.evidence.signing import public_key_pem, read, sign, signing_key

from . import chain
from .models import AuditHead

KIND = "sanjian audit head"
SUFFIX = ".head"


@dataclass(frozen=True, slots=True)
class HeadFile:
    """A head file: `problem` says in Chinese why it cannot be trusted, "" when it can."""

    path: Path
    head: chain.Head | None
    at: str
    problem: str


def folder() -> Path:
    """Where this installation writes its heads."""
    return config().home / "audit-heads"


def write(at: datetime, into: Path | None = None) -> Path | None:
    """Write the present head; None when the chain is still empty. The file is there whole or not at all.

    Args:
        at: aware time, part of the name and of what is signed.
        into: another folder than `folder()`.
    """
    head = AuditHead.objects.filter(id=1).first()
    if head is None or head.seq == 0:
        return None
    target = into or folder()
    target.mkdir(parents=True, exist_ok=True)
    key = signing_key()
    claims = {"kind": KIND, "seq": head.seq, "hash": head.hash, "at": at.isoformat(), "previous": _newest_hash(target)}
    path = target / f"{timezone.localtime(at):%Y%m%d-%H%M%S}-{head.seq}{SUFFIX}"
    part = path.with_suffix(".part")
    with part.open("w", encoding="ascii") as file:
        file.write(sign(claims, key) + "\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    (target / "public.pem").write_text(public_key_pem(key))
    return path


def write_daily(now: datetime) -> int:
    """Duty: one head for each local day with anything new to say. Two workers at once write two true files."""
    day = f"{timezone.localtime(now):%Y%m%d}"
    written = sorted(folder().glob(f"*{SUFFIX}"))
    if written and written[-1].name.startswith(day):
        return 0
    head = AuditHead.objects.filter(id=1).first()
    if written and head is not None and written[-1].stem.endswith(f"-{head.seq}"):
        return 0
    return int(write(now) is not None)


def known(source: Path | None = None) -> list[HeadFile]:
    """Every head file of a folder, the oldest first, each with what is wrong with it.

    Args:
        source: a folder kept elsewhere, in which some may be missing; the home's own, without a gap, by default.
    """
    public = signing_key().public_key()
    found, before, newest = [], "", 0
    for path in sorted((source or folder()).glob(f"*{SUFFIX}")):
        raw = path.read_text(encoding="ascii", errors="replace").strip()
        claims: dict[str, Any] | None = read(raw, public)
        if claims is None or claims.get("kind") != KIND:
            found.append(HeadFile(path, None, "", "签名不符：文件被改动，或不是本机签发"))
            continue
        problem = ""
        if source is None and claims["previous"] not in ("", before):
            problem = "在它之前的链头文件缺失或被替换"
        elif claims["seq"] < newest:
            problem = "位置比更早的链头还靠前：链曾被截断"
        before, newest = sha256(raw.encode()).hexdigest(), max(newest, claims["seq"])
        found.append(HeadFile(path, chain.Head(claims["seq"], claims["hash"]), claims["at"], problem))
    return found


def _newest_hash(target: Path) -> str:
    written = sorted(target.glob(f"*{SUFFIX}"))
    return (
        sha256(written[-1].read_text(encoding="ascii", errors="replace").strip().encode()).hexdigest()
        if written
        else ""
    )
