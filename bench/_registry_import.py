"""The part of the registry bench that runs in a process of its own: import, import again, change; prints one JSON line.

python -m bench._registry_import BOOK.xlsx AGAIN.csv CHANGES
"""

import json
import resource
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from sanjian.base.identity.models import Account, District  # noqa: E402
from sanjian.base.registry.models import ImportBatch, InspectionObject, ObjectVersion  # noqa: E402
from sanjian.base.registry.services import load_code_lists  # noqa: E402
from sanjian.base.registry.services.bulk import ObjectWrite, write_objects  # noqa: E402
from sanjian.base.registry.updates import services  # noqa: E402


def main(book: Path, again: Path, changes: int) -> dict[str, Any]:
    """Import a workbook, preview the same lines as CSV, change some objects."""
    call_command("migrate", verbosity=0, interactive=False)
    load_code_lists()
    person = Account.objects.create_user(
        "bench", password=None, display_name="监管人员", role="supervisor", district=District.objects.get(is_city=True)
    )
    began = time.perf_counter()
    batch = _sent(book, person)
    previewed = time.perf_counter()
    services.confirm(batch, actor=person, at=timezone.now())
    services.apply_now(batch, timezone.now())
    applied = time.perf_counter()
    if batch.state != ImportBatch.State.APPLIED or batch.counts["new"] != InspectionObject.objects.count():
        raise RuntimeError(f"{batch.state}: {batch.counts}")
    figures = {
        "objects": batch.counts["new"],
        "import_s": round(applied - began, 2),
        "preview_s": round(previewed - began, 2),
        "apply_s": round(applied - previewed, 2),
    }
    began = time.perf_counter()
    unchanged = _sent(again, person)
    if unchanged.counts["same"] != unchanged.total_rows:
        raise RuntimeError(f"{unchanged.counts}")
    figures["preview_again_s"] = round(time.perf_counter() - began, 2)
    services.cancel(unchanged, actor=person, at=timezone.now())
    figures["changed"] = _change(person, changes)
    figures["versions"] = ObjectVersion.objects.count()
    figures["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return figures | {"session": _session(person)}


def _sent(file: Path, person: Account) -> ImportBatch:
    batch = services.submit(
        file.read_bytes(), name=file.name, register="objects", actor=person, at=timezone.now(),
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    return services.read_now(batch, timezone.now())


def _change(person: Account, changes: int) -> int:
    ids = list(InspectionObject.objects.order_by("id").values_list("id", flat=True)[: changes * 9 : 9])
    day = date(2026, 6, 1)
    writes = [
        ObjectWrite(
            pk, {"production": "suspended", "industry_name": f"调整后行业 {n % 7}"}, day + timedelta(days=n % 90)
        )
        for n, pk in enumerate(ids)
    ]
    return write_objects(writes, actor=person, at=timezone.now(), reason="bench").changed


def _session(person: Account) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return str(session.session_key)


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))))
