"""Visits of a clue as files of its evidence pack."""

import json

from sanjian.act.clues.models import Clue
from sanjian.base.config import config
from sanjian.base.evidence import signing
from sanjian.base.evidence.store import Store
from sanjian.base.identity import audit
from sanjian.base.identity.models import AuditEntry

from .checklists import set_aside
from .models import Answer, Inspection, InspectionPhoto
from .queries import codes_of_clue


def pack_files(clue: Clue) -> dict[str, bytes]:
    """Path -> content: codes with token and audit links, visits with answers and record, photos as they came.

    Photos keep their bytes; their hashes, times and places stand in the visit's file.
    """
    store = Store(config().evidence_root)
    files = {"inspections/public_key.pem": signing.public_key_pem(signing.signing_key()).encode()}
    codes = list(codes_of_clue(clue))
    for code in codes:
        folder = f"inspections/{code.code_id}"
        links = AuditEntry.objects.filter(record_kind="code", record_id=code.code_id)
        facts: dict[str, object] = {
            "code_id": code.code_id,
            "kind": code.kind,
            "status": code.status,
            "token": code.token,
        }
        visit = Inspection.objects.filter(code=code).first()
        if visit:
            facts["visit"] = _visit(visit)
            for photo in visit.photos.all():
                files[f"{folder}/photos/{photo.file_id}"] = store.get(photo.file_id)
        files[f"{folder}/code.json"] = _json(facts)
        files[f"{folder}/audit.json"] = _json([audit.as_chain(link) for link in links])
    return files if codes else {}


def _visit(visit: Inspection) -> dict[str, object]:
    aside = {answer.pk for answer in set_aside(visit)}
    return {
        "checked_in_at": visit.checked_in_at.isoformat(),
        "latitude": visit.latitude,
        "longitude": visit.longitude,
        "accuracy_m": visit.accuracy_m,
        "distance_m": visit.distance_m,
        "answers": [
            {**_answer(a), "is_counted": a.pk not in aside}
            for a in visit.answers.select_related("question").order_by("question_id")
        ],
        "photos": [_photo(photo) for photo in visit.photos.select_related("question")],
        "record": visit.record_text,
        "result": visit.result,
        "finished_at": visit.finished_at.isoformat() if visit.finished_at else None,
    }


def _answer(answer: Answer) -> dict[str, object]:
    """With the value in its unit, and what the platform had offered, from where."""
    return {
        "question": answer.question.text,
        "reply": answer.reply,
        "value": answer.value,
        "unit": answer.question.unit,
        "suggested": answer.suggested,
        "note": answer.note,
        "at": answer.answered_at.isoformat(),
    }


def _photo(photo: InspectionPhoto) -> dict[str, object]:
    return {
        "sha256": photo.file_id,
        "device_sha256": photo.client_sha256,
        "hash": photo.hash_state,
        "taken_at": photo.taken_at.isoformat() if photo.taken_at else None,
        "device_monotonic_ms": photo.device_monotonic_ms,
        "received_at": photo.received_at.isoformat(),
        "latitude": photo.latitude,
        "longitude": photo.longitude,
        "accuracy_m": photo.accuracy_m,
        "question": photo.question.text if photo.question else None,
    }


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()
