import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("correspondence", "0005_receipts"),
    ]

    operations = [
        migrations.CreateModel(
            name="LetterEntry",
            fields=[
                (
                    "letter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="correspondence.letter",
                    ),
                ),
                ("body_id", models.BigIntegerField()),
                ("secrecy", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["words"], name="letter_entry_words"),
                ],
            },
        ),
        migrations.CreateModel(
            name="FileText",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("file_uuid", models.UUIDField(unique=True)),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("text", models.TextField(blank=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["id"], name="file_text_waiting")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("waiting", "read", "silent", "unreadable"))),
                        name="file_text_state_known",
                    )
                ],
            },
        ),
    ]
