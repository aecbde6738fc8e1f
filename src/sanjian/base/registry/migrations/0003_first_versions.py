"""Give every object that was registered before there was a history its first version: as it stands, since its day."""

from django.db import migrations
from django.utils import timezone

CHUNK = 500
FACTS = (
    "credit_code", "former_code", "site_no", "name", "district_id", "street_code", "address", "industry_code",
    "industry_name", "permit_class", "supervision", "production", "latitude", "longitude", "datum", "accuracy_m",
    "legal_person", "grade", "source_note",
)  # fmt: skip


def begin_histories(apps, _schema_editor):
    objects = apps.get_model("registry", "InspectionObject").objects
    versions = apps.get_model("registry", "ObjectVersion").objects
    while True:
        found = list(objects.filter(versions=None, present_since=None).order_by("pk")[:CHUNK])
        if not found:
            return
        rows = []
        for thing in found:
            thing.present_since = timezone.localdate(thing.registered_at)
            values = {name: getattr(thing, name) for name in FACTS}
            rows.append(
                versions.model(
                    inspection_object=thing,
                    valid_from=thing.present_since,
                    recorded_at=thing.registered_at,
                    changed=sorted(name for name, value in values.items() if value not in (None, "")),
                    **values,
                )
            )
        versions.bulk_create(rows)
        objects.bulk_update(found, ["present_since"])


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_four_registries")]

    # Going back leaves the versions: the tables themselves go with 0002.
    operations = [migrations.RunPython(begin_histories, migrations.RunPython.noop)]
