"""Photos of a visit: checked, hashed again, and kept exactly as they came."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from sanjian.base.config import config
from sanjian.base.evidence.models import EvidenceFile
from sanjian.base.evidence.store import Store
from sanjian.base.identity import audit
from sanjian.base.identity.models import Account
from sanjian.base.registry.models import Question

from ..models import Inspection, InspectionPhoto
from ..queries import questions_of
from .errors import PhotoError
from .visits import require_open

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 60_000_000
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
"""Ours: what phone cameras make; a bigger or odder file is refused with its reason before it is decoded."""


@dataclass(frozen=True, slots=True)
class Capture:
    """What the device said about a photo; every part may be missing.

    Args:
        sha256: computed on the device from the bytes of the camera, before upload.
        taken_at: the device's wall clock, aware.
        monotonic_ms: the device's monotonic clock, so that a changed wall clock cannot change the order.
        latitude, longitude, accuracy_m: WGS-84 and claimed radius.
    """

    sha256: str = ""
    taken_at: datetime | None = None
    monotonic_ms: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None


def attach_photo(
    inspection: Inspection,
    content: bytes,
    actor: Account,
    *,
    question: Question | None = None,
    name: str = "",
    capture: Capture = Capture(),
    now: datetime,
) -> InspectionPhoto:
    """Keep a photo. The same bytes for the same question are one photo, so an upload may be repeated.

    A hash that differs from the device's is no reason to lose evidence: the photo is kept and marked.

    Raises:
        PhotoError: too big, not a JPEG, PNG or WebP, damaged, or not a question of this visit.
        VisitError: the visit is finished, or the person is not one of its officers.
        LakeFull, NotStored: the disk refused.
    """
    require_open(inspection, actor)
    if question and not questions_of(inspection.code).filter(id=question.id).exists():
        raise PhotoError(_("这个问题不属于本次检查的事项"))
    width, height, media_type = _examine(content)
    sha256 = Store(config().evidence_root).put(content)
    with transaction.atomic():
        file, _new = EvidenceFile.objects.get_or_create(
            sha256=sha256,
            defaults={
                "size_bytes": len(content),
                "media_type": media_type,
                "original_name": name[:200],
                "stored_at": now,
                "stored_by": actor,
            },
        )
        photo, created = InspectionPhoto.objects.get_or_create(
            inspection=inspection,
            question=question,
            file=file,
            defaults={
                "client_sha256": capture.sha256,
                "taken_at": capture.taken_at,
                "device_monotonic_ms": capture.monotonic_ms,
                "received_at": now,
                "latitude": capture.latitude,
                "longitude": capture.longitude,
                "accuracy_m": capture.accuracy_m,
                "width_px": width,
                "height_px": height,
                "taken_by": actor,
            },
        )
        if created:
            facts = {"sha256": sha256, "hash": photo.hash_state, "question": question.code if question else ""}
            code_id = inspection.code.code_id
            audit.record("visit.photo", actor=actor, kind="code", record_id=code_id, at=now, details=facts)
    return photo


def thumbnail(photo: InspectionPhoto, edge_px: int = 480) -> bytes:
    """A small JPEG copy without metadata, made on the fly; the original is never touched.

    Raises:
        Tampered, FileNotFoundError: the original is not what it was.
    """
    original = Store(config().evidence_root).get(photo.file_id)
    with Image.open(io.BytesIO(original)) as image:
        image.draft("RGB", (edge_px, edge_px))
        copy = ImageOps.exif_transpose(image).convert("RGB")
        copy.thumbnail((edge_px, edge_px))
        out = io.BytesIO()
        copy.save(out, "JPEG", quality=80)
    return out.getvalue()


def looks_like_sha256(text: str) -> bool:
    """Whether a device's claim has the form of a SHA-256 at all."""
    return len(text) == hashlib.sha256().digest_size * 2 and all(c in "0123456789abcdef" for c in text)


def _examine(content: bytes) -> tuple[int, int, str]:
    """Width, height and media type, from the header first so that a bomb is never decoded."""
    if not content:
        raise PhotoError(_("文件是空的，请重新拍摄"))
    if len(content) > MAX_BYTES:
        raise PhotoError(_("照片超过 %(mib)s MB，请降低相机分辨率") % {"mib": MAX_BYTES // 1024 // 1024})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=tuple(FORMATS)) as image:
                width, height, kind = image.width, image.height, image.format or ""
                if width * height > MAX_PIXELS:
                    raise PhotoError(_("照片像素过大，请降低相机分辨率"))
                image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoError(_("照片像素过大，请降低相机分辨率")) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise PhotoError(_("不是完整的 JPEG、PNG 或 WebP 照片，请重新拍摄或选择")) from error
    return width, height, FORMATS[kind]
