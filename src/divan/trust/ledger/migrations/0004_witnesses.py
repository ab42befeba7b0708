"""What witnesses vouch for: each of them, and the newest head that enough of them cosigned."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_examinations"),
    ]

    operations = [
        migrations.CreateModel(
            name="CosignedHead",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField()),
                ("note", models.TextField()),
                ("cosigned_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="log_has_one_cosigned_head"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Witness",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uuid", models.UUIDField(unique=True)),
                ("verifier", models.CharField(max_length=400, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("size", models.BigIntegerField(default=0)),
                ("cosigned_size", models.BigIntegerField(null=True)),
                ("cosigned_at", models.DateTimeField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("trouble", models.CharField(blank=True, max_length=100)),
                ("is_silent", models.BooleanField(default=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("size__gte", 0)), name="witness_size_from_zero"),
                ],
            },
        ),
    ]
