from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_first_versions")]

    operations = [
        migrations.RemoveIndex(model_name="inspectionobject", name="object_by_name"),
        migrations.RemoveIndex(model_name="objectversion", name="version_by_name"),
        migrations.AddIndex(
            model_name="inspectionobject",
            index=models.Index(fields=["survivor", "name", "id"], name="standing_object_by_name"),
        ),
        migrations.AddIndex(
            model_name="objectversion",
            index=models.Index(
                fields=["name", "inspection_object", "valid_from", "valid_to", "superseded_at", "recorded_at"],
                name="version_by_name_and_times",
            ),
        ),
    ]
