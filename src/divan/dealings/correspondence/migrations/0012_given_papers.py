"""Papers that a secretariat gives out bear a code by which anybody finds what they say."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("correspondence", "0011_what_is_waited_for")]

    operations = [
        migrations.CreateModel(
            name="GivenPaper",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uuid", models.UUIDField(unique=True)),
                ("code", models.CharField(max_length=14, unique=True)),
                ("kind", models.CharField(max_length=10)),
                ("about_uuid", models.UUIDField()),
                ("said", models.JSONField()),
                ("given_by", models.UUIDField()),
                ("given_in", models.UUIDField()),
                ("given_at", models.DateTimeField()),
                (
                    "secretariat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="correspondence.secretariat",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["about_uuid"], name="given_paper_about")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("receipt", "proof"))), name="given_paper_kind_known"
                    )
                ],
            },
        ),
    ]
