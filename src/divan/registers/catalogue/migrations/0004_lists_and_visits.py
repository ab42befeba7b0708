"""What the public lists filter by, the tree of services, ways of access, and visits; read from the stored packages."""

import json

import django.contrib.postgres.fields
from django.db import migrations, models


def project(apps, schema_editor):
    """Fill the new columns of the versions that stand already; their package says it all."""
    versions = apps.get_model("catalogue", "ServiceVersion")
    if not versions.objects.exists():
        return
    schema_editor.execute("ALTER TABLE catalogue_serviceversion DISABLE TRIGGER version_stands")
    for row in versions.objects.only("id", "canonical").iterator(chunk_size=50):
        package = json.loads(bytes(row.canonical))
        card, texts = package["card"], package["texts"]
        versions.objects.filter(pk=row.pk).update(
            audience=card.get("audience", "public"),
            identifier=card.get("identifier", ""),
            broader=card.get("broader", ""),
            narrower=card.get("sub_services", []),
            life_events=card["life_events"],
            audience_groups=card.get("audience_groups", []),
            ways=[
                {
                    "stage": way["stage"],
                    "channel": way["channel"],
                    "electronic": way["electronic"],
                    "address": way.get("address", ""),
                    **{
                        f"reason_{language}": texts[language].get(f"card.reasons.{way.get('reason', '')}", "")
                        for language in ("fa", "en")
                    },
                }
                for way in card["access"]
            ],
        )
    schema_editor.execute("ALTER TABLE catalogue_serviceversion ENABLE TRIGGER version_stands")


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_names_of_bodies")]
    operations = [
        migrations.AddField("serviceversion", "audience", models.CharField(default="public", max_length=12)),
        migrations.AddField("serviceversion", "identifier", models.CharField(blank=True, default="", max_length=20), preserve_default=False),
        migrations.AddField("serviceversion", "broader", models.CharField(blank=True, default="", max_length=60), preserve_default=False),
        migrations.AddField("serviceversion", "narrower", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, size=None)),
        migrations.AddField("serviceversion", "life_events", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
        migrations.AddField("serviceversion", "audience_groups", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
        migrations.AddField("serviceversion", "ways", models.JSONField(default=list)),
        migrations.CreateModel(
            name="VisitDay",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uuid", models.UUIDField(unique=True)),
                ("day", models.DateField(unique=True)),
                ("counts", models.JSONField(default=dict)),
            ],
        ),
        migrations.RunPython(project, migrations.RunPython.noop),
    ]
